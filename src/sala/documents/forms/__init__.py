"""Forms, one file for each subject."""

from sala.documents.forms.documents import (
    AddForm,
    ClassifyForm,
    DocumentForm,
    FileForm,
    ReasonForm,
    ReferenceForm,
    ReplaceForm,
)
from sala.documents.forms.issued import CheckFileForm, IssueForm
from sala.documents.forms.rules import DayOffForm, EndRuleForm, RuleForm

__all__ = [
    "AddForm",
    "CheckFileForm",
    "ClassifyForm",
    "DayOffForm",
    "DocumentForm",
    "EndRuleForm",
    "FileForm",
    "IssueForm",
    "ReasonForm",
    "ReferenceForm",
    "ReplaceForm",
    "RuleForm",
]
