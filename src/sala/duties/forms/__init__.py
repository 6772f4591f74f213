"""Forms of duties, calls and the steps of an assignment. Posts, places and subjects are named by words or codes."""

from sala.access.choosing import referred as subject_by_text
from sala.duties.forms.asked import Selection, SelectionForm
from sala.duties.forms.calls import CallForm
from sala.duties.forms.duties import DutyForm, EndForm, FilterForm
from sala.duties.forms.fields import ActorForm, DocumentField, PlaceField, PostField, SubjectField, day_field
from sala.duties.forms.steps import (
    AnswerForm,
    DecideForm,
    ExtensionForm,
    HandOnForm,
    NoteForm,
    QuestionForm,
    ReasonForm,
    ReplyForm,
    step_form,
)

__all__ = [
    "ActorForm",
    "AnswerForm",
    "CallForm",
    "DecideForm",
    "DocumentField",
    "DutyForm",
    "EndForm",
    "ExtensionForm",
    "FilterForm",
    "HandOnForm",
    "NoteForm",
    "PlaceField",
    "PostField",
    "QuestionForm",
    "ReasonForm",
    "ReplyForm",
    "Selection",
    "SelectionForm",
    "SubjectField",
    "day_field",
    "step_form",
    "subject_by_text",
]
