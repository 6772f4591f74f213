"""Verbs on forms and answers, and who sees them.

EDIT     write forms: upload an XLSForm, describe it, name its lists
PUBLISH  put a form in use, and take it out of use
SEND     send answers, from a browser, a phone or paper
REVIEW   return, approve and set aside answers that came to one's office
VISIT    plan visits to the field
TAKE     recorded when answers are taken along as a file; nobody needs a right for what he sees

A form is seen by its tier once it is in use. An answer is seen by the house that sent it, by the house
that a round asked for it and for which another may have typed it in, by the office that gathers it, by the organisation
whose form it is, and by those who read what organisations in the area keep to themselves. That an answer is expected is
seen by the post that gives it, by the office that gathers it, by those who asked for it and those who check that office.
"""

from sala.access.scope import Scope

EDIT = "collection.edit"
PUBLISH = "collection.publish"
SEND = "collection.send"
REVIEW = "collection.review"
VISIT = "collection.visit"
TAKE = "collection.take"
DOOR = "openrosa"  # of the keys that phones carry (people.ApiToken)

FORM_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier", published="is_published")
VERSION_SCOPE = Scope(
    owner="form__owner__path", area="form__owner__area__path", tier="form__tier", published="is_published"
)
SUBMISSION_SCOPE = Scope(
    owner="position__organisation__path",
    area="position__organisation__area__path",
    parties=("form__owner__path", "reading__office__path", "reading__answering__path"),
)
# what was read of a submission is seen by whoever sees the submission; said from its own row, so that lists need not
# ask for every submission first (tests/crawl holds the two against each other)
READING_SCOPE = Scope(
    owner="submission__position__organisation__path",
    area="submission__position__organisation__area__path",
    parties=("form__owner__path", "office__path", "answering__path"),
)
EXPECTED_SCOPE = Scope(
    owner="assignment__position__organisation__path",
    area="assignment__position__organisation__area__path",
    parties=(
        "respondent__organisation__path",
        "form__owner__path",
        "assignment__call__issuer__organisation__path",
        "assignment__validating_position__organisation__path",
        "assignment__reviews__position__organisation__path",
    ),
)
# a visit is seen by those whom its tier names, by the house that goes, and by those who go together with it
VISIT_SCOPE = Scope(
    owner="organisation__path",
    area="organisation__area__path",
    tier="tier",
    parties=("taken_in__organisation__path", "joined__organisation__path"),
)
JOINT_SCOPE = Scope(
    owner="visit__organisation__path",
    area="visit__organisation__area__path",
    parties=("answers__visit__organisation__path",),
)
