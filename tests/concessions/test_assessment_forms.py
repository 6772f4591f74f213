"""Answers to forms enter an assessment once they are approved, and leave it when they no longer stand."""

import pytest

import tests.collection.conftest as forms
from sala.collection import operations as collection
from sala.collection.models import Expected, Form
from sala.collection.operations import answers
from sala.collection.operations.reading import read_submission
from sala.concessions.operations.asking_by_form import ask_by_form
from sala.concessions.operations.assessing import digest_of, validate
from sala.concessions.operations.assessment_rounds import close_round
from sala.concessions.queries.addressees import of_company
from sala.core.errors import NotPermitted
from sala.duties import operations as duties
from sala.duties.models import Call
from sala.people.models import Position, PositionGrant
from tests.collection.answering import send
from tests.concessions.test_assessment import OFFICE, assessed, begin, stand, tell  # noqa: F401

pytestmark = pytest.mark.django_db

read_once = forms.read_once
village_form, workbook, workbooks_read = forms.village_form, forms.workbook, forms.workbooks_read
SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("text", "concession", "ໂຄງການ", "Concession", "yes", "", ""),
    ("begin_group", "told", "ຄຳຕອບ", "Answers", "", "", ""),
    ("text", "village", "ບ້ານ", "Village", "", "", ""),
    ("text", "compensation", "ຄ່າທົດແທນ", "Compensation", "", "", ""),
    ("text", "wages", "ຄ່າແຮງ", "Wages", "", "", ""),
    ("text", "remarks", "ຄຳເຫັນ", "Remarks", "", "", ""),
    ("end_group", "", "", "", "", "", ""),
]


@pytest.fixture
def form(cast, village_form, read_once):
    """form(respondent) → the form in use in which the criteria ask that respondent."""

    def make(respondent="village"):
        made = village_form(
            publish=False, survey=SURVEY, form_id=f"assessment_{respondent}", form_title=f"Form {respondent}"
        )
        told = {"about": "other", "about_noun": "concession", "subject_question": "concession"}
        made = collection.change_form(cast.actor("owner"), made, **told)
        collection.publish_version(cast.actor("colleague"), made.versions.get())
        return Form.objects.get(pk=made.pk)

    return make


@pytest.fixture
def sent(cast, form, assessed):  # noqa: F811
    """sent(respondent, who sends, **answers) → what was received and read about the assessed concession."""

    def make(respondent="village", position="LAND-D0101-concessions", **said):
        told = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
        found = send(
            cast, Form.objects.filter(form_id=f"assessment_{respondent}").first() or form(respondent),
            position=position, concession=assessed.concession.reference, told=told,
        )  # fmt: skip
        read_submission(found)
        return found

    return make


def now(row):
    row.refresh_from_db()
    return row.said["compensation"]


def test_an_answer_counts_once_it_is_approved_and_no_longer_when_that_is_taken_back(cast, assessed, sent):  # noqa: F811
    found = sent(village="0102", compensation="no", remarks="Nobody got anything")
    assert now(assessed) == {"government": 4}
    answers.approve(cast.actor("owner"), found)
    assert now(assessed) == {"government": 4, "village:0102": 0}
    answer = assessed.answers.get(criterion__code="compensation", respondent="village", is_current=True)
    assert (answer.reading_id, answer.words, answer.position.code) == (
        found.pk,
        "Nobody got anything",
        "LAND-D0101-concessions",
    )
    assert ["differs", "compensation"] in assessed.reasons
    read_submission(found)  # read anew: nothing happens
    assert assessed.answers.filter(respondent="village", criterion__code="compensation").count() == 1
    answers.reopen(cast.actor("owner"), found, reason="Counted twice")
    assert now(assessed) == {"government": 4} and assessed.grade == "A"
    assert assessed.answers.filter(respondent="village", is_current=True).count() == 0


def test_what_is_left_out_or_says_something_else_is_not_known(cast, assessed, sent):  # noqa: F811
    answers.approve(cast.actor("owner"), sent("company", compensation="perhaps", wages="yes"))
    assert now(assessed) == {"government": 4} and assessed.said["wages"] == {"government": 4, "company": 4}
    unknown = assessed.answers.get(criterion__code="compensation", respondent="company")
    assert (unknown.code, unknown.points) == ("", None)


def test_an_approved_answer_opens_a_validated_grade_again(cast, assessed, sent, stand):  # noqa: F811
    stand(assessed)
    answers.approve(cast.actor("owner"), sent(village="0101", compensation="no"))
    assessed.refresh_from_db()
    assert (assessed.state, assessed.valid_grade) == ("reopened", "A")
    assert ["answer", "compensation", "village"] in assessed.changed


def test_whoever_sent_the_answer_does_not_validate(cast, assessed, sent):  # noqa: F811
    answers.approve(cast.actor("owner"), sent("government", "LAND-P01-confirms", compensation="yes", wages="yes"))
    assessed.refresh_from_db()
    with pytest.raises(NotPermitted, match="second person"):
        validate(cast.actor("province"), assessed, digest=digest_of(assessed))


def test_a_closed_round_takes_no_answers_of_forms(cast, assessed, sent):  # noqa: F811
    close_round(cast.actor("ministry"), assessed.round)
    answers.approve(cast.actor("owner"), sent(village="0101", compensation="no"))
    assert now(assessed) == {"government": 4}
    assert set(OFFICE) >= {"compensation"}


def test_a_round_asks_each_respondent_by_its_form_about_each_concession(cast, assessed, form, visit):  # noqa: F811
    run, ministry = assessed.round, visit("ministry")
    address = f"{run.get_absolute_url()}ask/"
    sent_form = {"issuer": cast.position("LAND-register").pk, "respondents": ["company", "government"]}
    assert "not in use yet" in ministry.post(address, sent_form).content.decode()
    assert not Call.objects.filter(subject_type="assessment-round").exists()
    form("company")
    form("government")
    assert ministry.post(address, sent_form).status_code == 302
    company, government = Call.objects.filter(subject_type="assessment-round", subject_id=run.pk).order_by("pk")
    assert [row.position.code for row in company.assignments.all()] == ["TREECO-representative"]
    assert [row.position.code for row in government.assignments.all()] == ["LAND-D0101-concessions"]
    duties.issue_call(cast.actor("ministry"), company)
    expected = Expected.objects.get(assignment__call=company)
    assert (expected.subject_type, expected.subject_id) == ("concession", assessed.concession_id)
    assert "0 of 1 answers approved" in ministry.get(run.get_absolute_url()).content.decode()
    assert visit("district").get(address).status_code == 403
    assert "Tick at least one" in ministry.post(address, {"issuer": sent_form["issuer"]}).content.decode()


def test_an_order_and_a_round_of_forms_reach_the_same_post_of_a_company(cast, assessed, form, tree_company):  # noqa: F811
    known = cast.position("TREECO-representative")
    other = Position.objects.create(
        code="TREECO-another", organisation=known.organisation, title={"lo": "x", "en": "x"}, is_invented=True
    )
    for given in known.grants.all():
        PositionGrant.objects.create(
            position=other, role=given.role, area=given.area, across_organisations=given.across_organisations
        )
    form("company")
    (call,) = ask_by_form(
        cast.actor("ministry"), assessed.round, issuer=cast.position("LAND-register"), respondents=["company"]
    )
    ordered = of_company([assessed.concession])
    assert [row.position for row in call.assignments.all()] == [*ordered.values()] == [known]
