"""Rounds of assessment: reckoned, answered, contradicted, settled, validated by a second person, opened again."""

from datetime import timedelta

import pytest
import yaml
from django.db import IntegrityError, transaction

from config import packs
from sala.access.actor import command
from sala.concessions import imports, operations
from sala.concessions.jobs import follow_payment, reckon_one
from sala.concessions.models import AssessmentState, CriteriaVersion
from sala.concessions.operations.assessing import answer, digest_of, settle_difference, validate
from sala.concessions.operations.assessment_rounds import close_round, fill_round, open_round
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.inspections import enter_inspection
from sala.concessions.operations.regrading import regrade
from sala.concessions.queries.facts_of_grades import facts_of_grades
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import Translated
from sala.core.pack import Pack
from sala.journal.models import Event
from sala.ledger.operations import charge, open_account, pay
from tests.world import PACK

pytestmark = pytest.mark.django_db

OFFICE = {
    "dues": "yes",
    "compensation": "yes",
    "measures": "yes",
    "complaints": "none",
    "wages": "yes",
    "reports": "yes",
}


@pytest.fixture
def begin(cast):
    """begin(who="ministry", **fields) → a round over the whole country, from today."""

    def make(who="ministry", **fields):
        values = {
            "name": Translated(lo="ຮອບປະເມີນ", en="Yearly round"), "version": CriteriaVersion.objects.get(code="example-2026"),
            "area": cast.area("DM"), "opens_on": clock.today(), "due_on": clock.today() + timedelta(60),
        }  # fmt: skip
        return open_round(cast.actor(who), cast.organisation("LAND"), **(values | fields))

    return make


@pytest.fixture
def tell(cast):
    """tell(assessment, respondent, answers, who="district", **fields) → how many were new; the assessment is read anew."""

    def enter(row, respondent, answers, who="district", **fields):
        values = {"answered_on": clock.today()}
        if respondent == "village":
            values["area"] = cast.area("0101")
        told = answer(cast.actor(who), row, respondent=respondent, answers=answers, **(values | fields))
        row.refresh_from_db()
        return told

    return enter


@pytest.fixture
def stand(cast):
    """stand(assessment, who="province") → validated as it is reckoned now."""

    def grade(row, who="province", **fields):
        row.refresh_from_db()
        validate(cast.actor(who), row, **({"digest": digest_of(row)} | fields))
        row.refresh_from_db()

    return grade


@pytest.fixture
def assessed(begin, granted, with_paper, tell):
    """A concession with agreement and environmental certificate and the office's answers: a B."""
    made = granted(100)
    with_paper(made, "environmental_certificate")
    begin()
    row = made.assessments.get()
    tell(row, "government", OFFICE)
    return row


def test_what_the_register_knows_alone_is_too_little_for_a_grade(begin, granted):
    made = granted(100)
    begin()
    row = made.assessments.get()
    assert (row.grade, row.score, row.state) == ("none", None, AssessmentState.DRAFT)
    assert row.said["agreement"] == {"register": 4} and row.points["dues"] is None
    assert row.reasons[0] == ["missing", "58.00", 35]
    asked = dict(row.lifts[0]["needs"])
    assert "dues" in asked and set(asked.values()) == {None}


def test_answers_make_it_gradable_and_a_missing_certificate_holds_it_back(begin, granted, tell, with_paper, cast):
    made = granted(100)
    begin()
    row = made.assessments.get()
    assert tell(row, "government", OFFICE) == 6
    assert (row.grade, str(row.missing), str(row.score)) == ("D", "21.00", "77.21")
    assert row.reasons[0] == ["cap", "no_environment"]
    lift = row.lifts[0]
    assert lift["needs"] == [["certificate_environment", 4]] and lift["grade"] == "A"
    with_paper(made, "environmental_certificate")
    regrade(command(), [made.pk])
    row.refresh_from_db()
    assert row.grade == "A"
    assert tell(row, "government", OFFICE) == 0  # the same again


def test_a_village_that_says_unpaid_contradicts_the_company_that_says_paid(assessed, tell, stand, cast):
    row, before = assessed, assessed.grade
    tell(row, "company", {"compensation": "yes", "wages": "yes"}, words="Paid in May")
    tell(row, "village", {"compensation": "no"}, words="Nobody got anything")
    assert row.said["compensation"] == {"government": 4, "company": 4, "village:0101": 0}
    assert row.points["compensation"] == 0 and ["differs", "compensation"] in row.reasons
    assert (before, row.grade) == ("A", "C")  # held back by the cap of unpaid compensation
    with pytest.raises(Conflict, match="contradict"):
        stand(row)
    criterion = row.round.version.criteria.get(code="compensation")
    with pytest.raises(Invalid, match="reason"):
        settle_difference(cast.actor("district"), row, criterion, points=3, reason="  ")
    settle_difference(cast.actor("district"), row, criterion, points=3, reason="Receipts of 40 of 45 households")
    row.refresh_from_db()
    assert (row.points["compensation"], row.grade) == (3, "A")
    assert ["differs", "compensation"] not in row.reasons
    stand(row)
    assert (row.state, row.valid_grade) == (AssessmentState.VALIDATED, "A")


def test_a_settlement_holds_only_for_the_answers_it_was_made_for(assessed, tell, cast):
    row = assessed
    tell(row, "village", {"wages": "no"})
    criterion = row.round.version.criteria.get(code="wages")
    with pytest.raises(Invalid, match="between"):
        settle_difference(
            cast.actor("district"), row, row.round.version.criteria.get(code="dues"), points=5, reason="x"
        ) if len(row.said["dues"]) > 1 else settle_difference(
            cast.actor("district"), row, criterion, points=5, reason="x"
        )
    settle_difference(cast.actor("district"), row, criterion, points=4, reason="Pay slips were shown")
    row.refresh_from_db()
    assert row.points["wages"] == 4
    tell(row, "village", {"wages": "partly"})
    assert row.points["wages"] == 1 and ["differs", "wages"] in row.reasons
    assert row.answers.filter(respondent="village").count() == 2  # the earlier one stays readable


def test_whoever_entered_answers_does_not_validate(assessed, tell, stand):
    row = assessed
    with pytest.raises(NotPermitted):
        stand(row, "district")  # has no right to
    tell(row, "government", {"reports": "mostly"}, who="province")
    with pytest.raises(NotPermitted, match="second person"):
        stand(row, "province")
    stand(row, "inspector")
    assert row.validated_by.code == "INSP-inspector"
    with pytest.raises(Conflict, match="already"):
        stand(row, "inspector")
    assert Event.objects.filter(verb="concessions.grade", subject_id=row.concession_id).count() == 1


def test_nobody_validates_what_changed_meanwhile(assessed, tell, stand):
    before = digest_of(assessed)
    tell(assessed, "government", {"reports": "no"})
    with pytest.raises(Conflict, match="changed since"):
        stand(assessed, digest=before)
    assert assessed.state == AssessmentState.DRAFT


def test_what_cannot_be_graded_stays_so_when_it_is_validated(begin, granted, stand):
    made = granted(100)
    begin()
    row = made.assessments.get()
    stand(row)
    assert (row.valid_grade, row.valid_score) == ("none", None)
    row.score = 70
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_an_arrear_opens_a_validated_grade_again_and_the_old_one_stays(assessed, stand, cast):
    stand(assessed)
    made = assessed.concession
    account = open_account(
        cast.actor("cashier"), cast.organisation("FIN-P01"), currency="XTS", payer=cast.organisation("TREECO"), subject=made
    )  # fmt: skip
    charge(cast.actor("cashier"), account, kind="concession_fee", amount=50000, due_on=clock.today() + timedelta(1))
    assert regrade(command()).reopened == 0  # not due yet
    with clock.fixed(clock.now() + timedelta(days=2)):
        told = regrade(command())
        again = regrade(command())
    assert (told.reopened, again.changed) == (1, 0)
    assessed.refresh_from_db()
    assert (assessed.state, assessed.valid_grade) == (AssessmentState.REOPENED, "A")
    assert assessed.changed == [["fact", "paid", None, "0.0"]]
    assert assessed.points["dues"] == 0 and assessed.said["dues"] == {"register": 0, "government": 4}
    assert [step.state for step in assessed.steps.all()][-2:] == ["validated", "reopened"]


def test_a_payment_counts_at_once(assessed, stand, cast):
    account = open_account(
        cast.actor("cashier"), cast.organisation("FIN-P01"), currency="XTS", payer=cast.organisation("TREECO"), subject=assessed.concession
    )  # fmt: skip
    bank = open_account(
        cast.actor("cashier"), cast.organisation("FIN-P01"), kind="bank", currency="XTS", code="fin-p01-bank", bank_number="1",
        name=Translated(lo="ທະນາຄານ", en="Bank"),
    )  # fmt: skip
    charge(cast.actor("cashier"), account, kind="concession_fee", amount=50000, due_on=clock.today())
    regrade(command())
    dues = assessed.round.version.criteria.get(code="dues")
    settle_difference(cast.actor("district"), assessed, dues, points=0, reason="The books count")
    stand(assessed)
    assert (assessed.points["dues"], assessed.said["dues"]["register"]) == (0, 0)
    pay(cast.actor("cashier"), account, into=bank, amount=50000, paid_on=clock.today())
    follow_payment(Event.objects.filter(verb="ledger.enter", subject_type="payment").latest("pk").pk)
    assessed.refresh_from_db()
    assert (assessed.state, assessed.said["dues"]["register"]) == (AssessmentState.REOPENED, 4)
    assert assessed.changed == [["fact", "paid", "0.0", "100.0"]]


def test_a_paper_that_goes_opens_the_grade_again_through_the_queue(assessed, stand, cast):
    stand(assessed)
    paper = assessed.concession.documents.get(role__code="environmental_certificate")
    operations.remove_paper(cast.actor("district"), paper, reason="It was of another project")
    reckon_one(Event.objects.filter(subject_id=assessed.concession_id, verb="concessions.enter").latest("pk").pk)
    assessed.refresh_from_db()
    assert (assessed.state, assessed.grade, assessed.valid_grade) == ("reopened", "D", "A")
    assert assessed.changed == [["fact", "environment", "certificate", "none"]]
    stand(assessed)
    assert (assessed.valid_grade, assessed.changed) == ("D", [])


def test_a_later_round_takes_the_place_of_the_earlier_one(assessed, begin, stand, cast):
    stand(assessed)
    begin(opens_on=clock.today() + timedelta(1), name=Translated(lo="ຮອບໃໝ່", en="Next"))
    later = assessed.concession.assessments.exclude(pk=assessed.pk).get()
    stand(later)
    assessed.refresh_from_db()
    assert assessed.state == AssessmentState.SUPERSEDED and assessed.valid_grade == "A"
    with pytest.raises(Conflict, match="later round"):
        stand(assessed, "inspector")


def test_refusals_leave_nothing_behind(assessed, cast, tell, begin, paper):
    row, count = assessed, assessed.answers.count()
    with pytest.raises(Invalid, match="Choose one"):
        tell(row, "government", {"dues": "maybe"})
    with pytest.raises(Invalid, match="not asked"):
        tell(row, "village", {"dues": "yes"})
    with pytest.raises(Invalid, match="which village"):
        tell(row, "village", {"wages": "yes"}, area=None)
    with pytest.raises(Invalid, match="up to today"):
        tell(row, "government", {"dues": "no"}, answered_on=clock.today() + timedelta(1))
    with pytest.raises(NotPermitted):
        tell(row, "government", {"dues": "no"}, who="company")
    with pytest.raises(NotPermitted):
        tell(row, "company", {"dues": "no"}, who="stranger")
    with pytest.raises(NotPermitted):
        tell(row, "company", {"dues": "no"}, who="other_district")
    hidden = paper(owner="LAND-P02")
    with pytest.raises(Missing):
        tell(row, "company", {"dues": "no"}, who="company", document=hidden)
    close_round(cast.actor("ministry"), row.round)
    row.refresh_from_db()
    with pytest.raises(Conflict, match="closed"):
        tell(row, "government", {"dues": "no"})
    assert row.answers.count() == count


def test_a_round_takes_in_what_is_granted_there_and_later_on_what_was_granted_since(begin, cast, granted, concession):
    with pytest.raises(Invalid, match="No granted"):
        begin()
    first = granted(10)
    concession("Only requested")
    run = begin()
    assert [row.concession for row in run.assessments.all()] == [first]
    second = granted(20, concession("Second"))
    assert fill_round(cast.actor("ministry"), run) == 1 and fill_round(cast.actor("ministry"), run) == 0
    assert run.assessments.get(concession=second).grade == "none"
    with pytest.raises(NotPermitted):
        begin("district")
    with pytest.raises(Invalid, match="hold since"):
        begin(opens_on=CriteriaVersion.objects.get().valid_from - timedelta(1), due_on=clock.today())
    with pytest.raises(Invalid, match="before the round begins"):
        begin(due_on=clock.today() - timedelta(1))


def test_what_the_register_knows_follows_its_rows(cast, granted, concession, drawn, with_paper):
    made, bare = granted(100), concession("Bare")
    known = facts_of_grades([made.pk, bare.pk], clock.today())
    assert known[bare.pk] | {"legal_findings": "", "land_findings": ""} == dict.fromkeys(known[bare.pk]) | {
        "agreement": "none", "holder": "no", "certificate": "no", "environment": "none", "inspection": "no",
        "boundary": "none", "legal_findings": "", "land_findings": "",
    }  # fmt: skip
    drawn(made, accuracy="imagery")
    drawn(made, purpose="implementation", stated_ha=40)
    enter_inspection(cast.actor("inspector"), made, inspected_on=clock.today(), activity="yes")
    with_paper(made, "assessment")
    operations.tell_village(cast.actor("district"), made, cast.area("0101"), consultation="agreed", consulted_on=clock.today(),
                            compensation_promised=1000, compensation_paid=400, currency="XTS")  # fmt: skip
    for kind, total in (("planned", 50), ("present", 30)):
        operations.count_jobs(cast.actor("district"), made, kind=kind, as_of=clock.today(), total=total)
    reckon(command(), [made.pk])
    found = facts_of_grades([made.pk], clock.today())[made.pk]
    assert found == {
        "agreement": "agreement", "holder": "yes", "certificate": "no", "environment": "assessment", "boundary": "imagery",
        "legal_findings": "none", "land_findings": "open", "developed": "40.0", "paid": None, "consulted": "100.0",
        "compensated": "40.0", "jobs": "60.0", "duties_met": None, "inspection": "yes",
    }  # fmt: skip


# ---- the pack ----------------------------------------------------------------------------------------------------


@pytest.fixture
def criteria(tmp_path):
    """criteria(**changes of the version) → a pack that holds the demonstration's version so changed."""
    described = yaml.safe_load((PACK / "assessment.yaml").read_text(encoding="utf-8"))

    def make(**changes):
        version = described["versions"][0] | changes
        (tmp_path / "pack.yaml").write_text((PACK / "pack.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "assessment.yaml").write_text(
            yaml.safe_dump({"versions": [version]}, allow_unicode=True), encoding="utf-8"
        )
        return Pack(tmp_path)

    return make


def test_a_version_in_use_is_never_altered(begin, granted, criteria):
    pack = Pack(PACK)
    assert imports.apply(pack, command()).unchanged == 1
    other = criteria(missing_limit=50)
    assert imports.apply(other, command()).changed == 1
    assert imports.apply(pack, command()).changed == 1
    granted(10)
    begin()
    refused = imports.apply(other, command()).refused
    assert len(refused) == 1 and "new code" in refused[0]
    assert CriteriaVersion.objects.get().missing_limit == 35
    assert imports.apply(criteria(code="example-2027", missing_limit=50), command()).new == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"missing_limit": 100}, "missing_limit"),
        ({"contradiction": 0}, "contradiction"),
        ({"grades": {"A": 50, "B": 80, "C": 0}}, "each with a lower score"),
        ({"grades": {"A": 80, "B": 20}}, "end with 0"),
        ({"certainty": "confirmed"}, "names its source"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"criteria": []}, "no criteria"),
        ({"forms": {"bank": "x"}}, "no respondent"),
        ({"caps": [{"code": "x", "criterion": "weather", "below": 9, "grade": "Z", "reason": {"lo": "x"}}]}, "no criterion weather"),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_version_is_told_before_anything_is_written(criteria, changes, said):
    faults = imports.validate(criteria(**changes))
    assert [fault for fault in faults if said in fault], faults
    assert all(fault.startswith("assessment.yaml example-2026") for fault in faults)


def test_the_criteria_of_every_pack_are_sound():
    for folder in (PACK, PACK.parent / "laos"):
        assert imports.validate(Pack(folder)) == []
    assert "concessions" in packs.PARTS
