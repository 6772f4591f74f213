"""The sample of the pack, entered once for all tests of this file: what it shows of every situation, duty, grade and order."""

import shutil
from collections import Counter

import pytest

from config.demonstration.assessments import assessments
from config.demonstration.collection import forms
from config.demonstration.concessions import concessions
from config.demonstration.inspections import orders
from sala.access.actor import command
from sala.access.scope import visible
from sala.concessions.models import (
    ApprovalStep,
    Assessment,
    Concession,
    ConcessionOrder,
    ConstraintLayer,
    Due,
    Finding,
    Inspection,
    Party,
    Screening,
    Situation,
)
from sala.concessions.operations import raise_all
from sala.concessions.queries.arrears import arrears, oldest
from sala.concessions.queries.due_periods import periods
from sala.concessions.queries.dues import dues_of
from sala.concessions.queries.dues import loaded as loaded_of
from sala.concessions.queries.orders import standings
from sala.concessions.queries.register import Narrowing
from sala.core import clock
from sala.core.pack import Pack
from sala.documents.models import Document
from sala.ledger.models import Charge, Payment
from tests.concessions.conftest import appoint
from tests.conftest import fuller_world
from tests.maps.conftest import enter_boundaries, enter_cover, read_once  # noqa: F401
from tests.world import PACK, World

OURS = {"outside_source": "Demonstration"}


@pytest.fixture(scope="module")
def sample(world_template, django_db_setup, django_db_blocker, tmp_path_factory, read_once):  # noqa: F811
    """(what was reported, the pack) of the sample, with a land cover of the test as its layer."""
    told = {}

    def build():
        appoint(World())
        enter_boundaries()
        told["pack"] = _pack(tmp_path_factory.mktemp("pack"), enter_cover(read_once, World()))
        told["report"] = concessions(command(), told["pack"])

    with fuller_world("sample", world_template, build, django_db_blocker):
        yield told["report"], told["pack"]


@pytest.fixture
def loaded(sample, world):
    report, pack = sample
    return world, report, pack


def _pack(folder, layer) -> Pack:
    shutil.copytree(PACK, folder, dirs_exist_ok=True)
    file = folder / "demonstration.yaml"
    text = file.read_text(encoding="utf-8")
    part = layer.distribution
    file.write_text(
        text.replace(
            "dataset: land-cover\n        part: layer", f"dataset: {part.dataset.slug}\n        part: {part.code}"
        ),
        encoding="utf-8",
    )
    return Pack(folder)


@pytest.mark.django_db
def test_the_sample_of_the_pack_shows_every_situation_and_kind_of_finding(loaded):
    _cast, report, _folder = loaded
    assert not report.refused and Concession.objects.filter(**OURS).count() == 60
    assert set(Situation.objects.values_list("code", flat=True)) >= {
        "ghost", "cancelled", "expired", "implementing", "idle", "conflict", "no_grant", "private",
    }  # fmt: skip
    found = Counter(Finding.objects.values_list("code", flat=True))
    assert found.keys() >= {
        "overlap",
        "layer",
        "moratorium",
        "duplicate",
        "paper_missing",
        "area_difference",
        "beyond_term",
    }
    assert found["overlap"] >= 6 and found["moratorium"] >= 3  # each overlap is told at both
    layer, screening = ConstraintLayer.objects.get(), Screening.objects.get()
    assert layer.is_invented and layer.pieces.exists()
    checks = {each["check"]: each for each in screening.result}
    assert checks["layer"]["verdict"] == "attention" and checks["term"]["verdict"] == "blocked"
    assert "key" in checks["overlap"]["figures"]


@pytest.mark.django_db
def test_the_same_again_changes_nothing(loaded):
    _cast, first, pack = loaded
    counted = [
        model.objects.count() for model in (Party, Finding, Screening, Document, ApprovalStep, Due, Charge, Payment)
    ]
    again = concessions(command(), pack)
    assert first.new and again.new == 0 and again.changed == 0
    assert counted == [
        model.objects.count() for model in (Party, Finding, Screening, Document, ApprovalStep, Due, Charge, Payment)
    ]


@pytest.mark.django_db
def test_a_good_part_of_the_sample_owes_pays_and_is_late(loaded):
    _cast, _report, _folder = loaded
    dues = Due.objects.filter(concession__outside_source="Demonstration")
    assert 25 <= dues.values("concession").distinct().count() <= 45
    assert {due.currency for due in dues} == {"XTS", "XDL"} and dues.filter(basis="percent").exists()
    late = arrears(command(), Narrowing(), clock.today())
    assert len(late) >= 10 and len({oldest(row.ages) for row in late}) >= 3
    assert Payment.objects.filter(account__subject_type="concession", is_void=False).count() >= 20
    assert all(row.is_invented for row in Charge.objects.filter(account__subject_type="concession"))
    assert not any(row.charges and row.differs for due in loaded_dues(dues) for row in periods(due, clock.today()))
    assert raise_all(command()).charges == 0
    assert Due.objects.filter(concession__outside_source="Demonstration", basis="once", kind__code="fine").exists()


def loaded_dues(dues):
    return loaded_of(list(dues_of(set(dues.values_list("concession", flat=True)))))


@pytest.mark.django_db
def test_each_sample_post_sees_its_own(loaded):
    cast, _report, _folder = loaded
    every = Concession.objects.filter(**OURS)

    def seen(who):
        return visible(cast.actor(who), Concession).filter(**OURS)

    assert seen("ministry").count() == seen("inspector").count() == 60
    district, province = seen("district"), seen("province")
    assert 0 < district.count() < province.count() < 60
    assert {row.area.code for row in district.select_related("area")} == {"0101"}
    held = every.filter(grants__holder__organisation__code="TREECO")
    assert held.exists() and set(seen("company")) == set(held)


@pytest.mark.django_db
def test_a_grant_ends_with_the_step_that_ended_it(loaded):
    steps = ApprovalStep.objects.filter(concession__outside_source="Demonstration", verb="terminate")
    assert steps.exists()
    for step in steps:
        assert (step.concession.grants.get().valid.upper - step.decided_on).days == 1


@pytest.mark.django_db
def test_the_round_of_the_pack_shows_grades_contradictions_and_one_opened_again(loaded):
    _cast, _report, pack = loaded
    forms(command(), pack)
    assert assessments(command(), pack).new == 3  # two rounds, and one of forms
    by_form = Assessment.objects.filter(answers__reading__isnull=False).distinct()
    assert by_form.exclude(grade="none").exists() and set(by_form.values_list("round__area__code", flat=True)) == {"02"}
    rows = list(Assessment.objects.filter(round__area__code="01").select_related("round"))
    assert {row.round.is_invented for row in rows} == {True}
    assert {"none", "D"} <= {row.grade for row in rows} and {"A", "B", "C"} & {row.grade for row in rows}
    assert {"draft", "validated", "reopened"} <= {row.state for row in rows}
    told = {reason[0] for row in rows for reason in row.reasons}
    assert {"missing", "cap", "differs", "low"} <= told
    assert any(row.changed for row in rows if row.state == "reopened")
    again = assessments(command(), pack)
    assert (again.new, again.unchanged) == (0, 2)
    assert Assessment.objects.filter(round__area__code="01").count() == len(rows)


@pytest.mark.django_db
def test_the_orders_of_the_pack_are_answered_in_part_and_bring_inspections_from_the_ground(loaded):
    _cast, _report, pack = loaded
    forms(command(), pack)
    assert orders(command(), pack).new == 3
    made = {row.kind: row for row in ConcessionOrder.objects.select_related("call")}
    assert set(made) == {"inspect", "act", "improve"} and all(row.call.is_invented for row in made.values())
    standing = standings(command(), [row.call_id for row in made.values()])
    wide = standing[made["act"].call_id]
    assert wide.asked == 40 and 0 < wide.accepted < wide.answered < wide.asked and wide.late
    notice = standing[made["improve"].call_id]
    assert notice.answered and notice.late and Situation.objects.filter(until=None, next_step="end_it").count() <= 1
    found = list(Inspection.objects.all())
    assert len(found) == 5 == standing[made["inspect"].call_id].answered and all(row.is_invented for row in found)
    assert {row.reading_id is None for row in found} == {True, False} and any(row.flags for row in found)
    assert any(row.share_inside == 100 for row in found)
    again = orders(command(), pack)
    assert (again.new, again.unchanged, Inspection.objects.count()) == (0, 3, 5)
