"""Key figures and rules declared, changed and ended after an edition was published count for it."""

import pytest
from django.db import connection

from sala.catalogue import jobs, operations
from sala.catalogue.models import Figure, KeyFigure, QualityResult, QualityRule
from sala.catalogue.queries import criteria_of
from sala.journal.models import Event

from .conftest import CLINICS

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
PAGE, API = "/datasets/clinics-of-phuthong/table/", "/api/v1/datasets/clinics-of-phuthong/table"
FIGURE = {"code": "staff", "name": {"lo": "ພະນັກງານ", "en": "Staff"}, "value_column": "staff"}


def work() -> int:
    """What the worker does. Returns how many editions were read again."""
    task = "catalogue.follow_declared"
    with connection.cursor() as cursor:
        cursor.execute("select args->>'event_id' from procrastinate_jobs where task_name = %s order by id", [task])
        events = [int(row[0]) for row in cursor.fetchall()]
        cursor.execute("delete from procrastinate_jobs where task_name = %s", [task])
    return sum(jobs.follow.func(event) for event in events)


def journalled(words: str) -> bool:
    return words in Event.objects.filter(subject_type="dataset").latest("pk").text


@pytest.fixture
def edition(deliver, release):
    return release(deliver(period="2024"))


def values() -> set[tuple[str, int]]:
    return {(row.area.code, int(row.value)) for row in Figure.objects.filter(period="2024").select_related("area")}


def test_a_figure_declared_on_the_page_is_reckoned_for_what_is_published(visit, edition):
    answer = visit("owner").post(
        f"{PAGE}figures/",
        {"code": "staff", "name_lo": "ພະນັກງານ", "name_en": "Staff", "value_column": "staff", "places": "0", "unit": ""},
    )
    assert answer.status_code == 302 and values() == set()
    assert work() == 1
    assert values() == {("0101", 97), ("0102", 43)}
    assert "Staff" in visit().get("/places/0101/").content.decode()


def test_changing_its_column_takes_the_old_values_away_at_once_and_brings_the_new(visit, edition, clinics_figure):
    work()
    assert values() == {("0101", 14), ("0102", 7)}
    sent = {"name_lo": "ພະນັກງານ", "name_en": "Staff", "value_column": "staff", "places": "0", "unit": "ຄົນ",
            "filter_column": "name", "filter_value": "Nongsai"}  # fmt: skip
    assert visit("owner").post(f"{PAGE}figures/clinics/", sent).status_code == 302
    assert values() == set() and journalled("key figure changed")
    work()
    assert values() == {("0101", 97)} and KeyFigure.objects.get().code == "clinics"
    html = visit("owner").get(f"{PAGE}figures/clinics/").content.decode()
    assert '<option value="name" selected>' in html and 'value="Nongsai"' in html


def test_ending_it_takes_its_values_away_and_the_journal_keeps_what_it_was(visit, edition, clinics_figure):
    work()
    assert visit("stranger").post(f"{PAGE}figures/clinics/", {"end": "1"}).status_code == 403
    assert KeyFigure.objects.exists()
    assert visit("owner").post(f"{PAGE}figures/clinics/", {"end": "1"}).status_code == 302
    assert not Figure.objects.exists() and journalled("key figure ended") and journalled("value_column")
    work()
    assert not Figure.objects.exists()


def test_a_column_is_chosen_not_typed(visit, edition):
    html = visit("owner").get(f"{PAGE}figures/").content.decode()
    assert '<option value="clinics">' in html
    sent = {"code": "x", "name_lo": "ກ", "value_column": "clinisc", "places": "0"}
    assert visit("owner").post(f"{PAGE}figures/", sent).status_code == 200
    assert visit("owner").post(f"{PAGE}rules/", {"column": "clinisc", "kind": "filled"}).status_code == 200
    assert not KeyFigure.objects.exists() and not QualityRule.objects.exists()


def test_a_rule_declared_later_judges_what_is_published_and_is_changed_and_ended(visit, edition):
    owner = visit("owner")
    assert owner.post(f"{PAGE}rules/", {"column": "staff", "kind": "at_least", "value": "໔໒"}).status_code == 302
    rule = QualityRule.objects.get()
    assert rule.value == "42" and not QualityResult.objects.exists()
    work()
    assert [row.failing for row in QualityResult.objects.all()] == [1]
    sent = {"column": "staff", "kind": "at_least", "value": "40"}
    assert owner.post(f"{PAGE}rules/{rule.pk}/", sent).status_code == 302
    assert not QualityResult.objects.exists() and journalled("rule changed") and journalled("42")
    work()
    assert [row.failing for row in QualityResult.objects.all()] == [0]
    assert visit("stranger").post(f"{PAGE}rules/{rule.pk}/", {"end": "1"}).status_code == 403
    assert visit("owner").post(f"{PAGE}rules/{rule.pk}/", {"end": "1"}).status_code == 302
    assert not QualityRule.objects.exists() and journalled("declared rule ended")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("at_least", "abc", "This is not a number"),
        ("at_most", "", "This is not a number"),
        ("at_most", "1.250", "can mean"),
        ("one_of", " , ", "Write the values that are allowed"),
    ],
)
def test_a_mistyped_value_is_refused_beside_its_field(visit, edition, kind, value, words):
    answer = visit("owner").post(f"{PAGE}rules/", {"column": "staff", "kind": kind, "value": value})
    assert answer.status_code == 200 and words in answer.content.decode() and not QualityRule.objects.exists()
    refused = visit("owner").post(f"{API}/rules", {"column": "staff", "kind": kind, "value": value}, **JSON)
    assert refused.status_code == 422 and "value" in refused.json()["fields"]


def test_a_limit_that_was_no_number_fails_every_row_instead_of_being_taken_for_nought(world, dataset, deliver):
    part = dataset.distributions.get()
    QualityRule.objects.create(distribution=part, column="staff", kind="at_least", value="abc")
    assert [result.failing for result in deliver().results.all()] == [4]


def test_a_correction_mends_the_score(world, dataset, deliver, release):
    part = dataset.distributions.get()
    operations.declare_rule(world.actor("owner"), part, column="staff", kind="at_least", value="42")

    def kept() -> bool:
        return next(each.met for each in criteria_of(dataset) if each.code == "rules_kept")

    release(deliver(period="2024"))
    assert not kept()
    release(deliver(CLINICS.replace(";41", ";42"), "corrected.csv", period="2024", reason="Staff was miscounted"))
    assert kept()
    release(deliver(CLINICS.replace(";41", ";1"), "next.csv", period="2025"))
    assert not kept(), "the newest of another period is judged too"


def test_programs_declare_change_and_end_by_the_same_rules(visit, edition):
    owner = visit("owner")
    assert owner.post(f"{API}/key-figures", FIGURE, **JSON).status_code == 201
    assert owner.post(f"{API}/key-figures", FIGURE, **JSON).status_code == 409
    assert owner.post(f"{API}/key-figures", FIGURE | {"code": "x", "value_column": "no"}, **JSON).status_code == 422
    assert owner.patch(f"{API}/key-figures/staff", {"unit": "ຄົນ"}, **JSON).json()["unit"] == "ຄົນ"
    made = owner.post(f"{API}/rules", {"column": "staff", "kind": "at_least", "value": "42"}, **JSON)
    assert made.status_code == 201
    rule = f"{API}/rules/{made.json()['pk']}"
    assert owner.patch(rule, {"value": "43"}, **JSON).json()["value"] == "43"
    assert owner.patch(rule, {"kind": "never"}, **JSON).status_code == 422
    stranger = visit("stranger")
    assert [row["code"] for row in stranger.get(f"{API}/key-figures").json()] == ["staff"]
    assert [row["value"] for row in stranger.get(f"{API}/rules").json()] == ["43"]
    for answer in (
        stranger.post(f"{API}/key-figures", FIGURE | {"code": "y"}, **JSON),
        stranger.patch(f"{API}/key-figures/staff", {"unit": "x"}, **JSON),
        stranger.delete(f"{API}/key-figures/staff"),
        stranger.post(f"{API}/rules", {"column": "staff", "kind": "filled"}, **JSON),
        stranger.delete(rule),
    ):
        assert answer.status_code == 403
    owner = visit("owner")
    assert owner.delete(f"{API}/key-figures/staff").status_code == owner.delete(rule).status_code == 204
    assert not KeyFigure.objects.exists() and not QualityRule.objects.exists()


def test_what_is_declared_at_once_is_read_once(world, visit, edition, clinics_figure):
    for column in ("staff", "clinics"):
        operations.declare_rule(world.actor("owner"), edition.distribution, column=column, kind="filled")
    assert work() == 1
    assert QualityResult.objects.count() == 2 and values() == {("0101", 14), ("0102", 7)}


def test_what_stands_in_a_closed_column_is_not_told(visit, edition, dataset):
    owner = visit("owner")
    owner.post(f"{API}/key-figures", FIGURE, **JSON)
    owner.post(f"{API}/rules", {"column": "staff", "kind": "filled"}, **JSON)
    dataset.distributions.get().dictionary.filter(name="staff").update(tier="own")
    assert visit().get(f"{API}/key-figures").json() == [] == visit().get(f"{API}/rules").json()
