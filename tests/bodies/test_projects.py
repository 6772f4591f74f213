"""The register of projects: who keeps it, who sees it, and the warning before a second one starts."""

from datetime import date

import pytest

from sala.access.scope import visible
from sala.bodies import operations
from sala.bodies.models import Project
from sala.bodies.queries.projects import projects_for, similar_projects
from sala.core.errors import Invalid, Missing, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document

pytestmark = pytest.mark.django_db


def topics(*codes):
    return list(Term.objects.filter(scheme="topic", code__in=codes))


@pytest.fixture
def project(world):
    """project(**changes) → a running health project of the province 01, kept by its health office."""

    def make(who="head", owner="HEALTH-P01", areas=("01",), about=("health",), **changes):
        values = {
            "kind": "project", "title": Translated({"lo": "ນ້ຳສະອາດ", "en": "Clean water"}), "state": "running",
            "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
            "areas": [world.area(code) for code in areas], "topics": topics(*about),
        }  # fmt: skip
        return operations.register_project(world.actor(who), world.organisation(owner), **(values | changes))

    return make


def test_an_office_enters_its_projects_and_not_those_of_others(world, project):
    assert project().slug == "clean-water"
    with pytest.raises(NotPermitted):
        project(who="stranger")
    with pytest.raises(NotPermitted):
        project(owner="LAND-P02")
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2025, 1, 1)}, "ends before"),
        ({"state": "ended", "ends_on": None}, "last day"),
        ({"verdict": "spread"}, "belong to a pilot"),
        ({"kind": "pilot", "verdict": "spread"}, "before and after"),
        ({"areas": []}, "at least one place"),
        ({"budget": -1}, "not negative"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(project, changes, field):
    if "areas" in changes:
        changes = {"areas": ()}
    with pytest.raises(Invalid, match=field):
        project(**changes)
    assert not Project.objects.exists()


def test_a_pilot_keeps_its_question_measures_and_verdict(project):
    row = project(
        kind="pilot", verdict="adapt", question=Translated({"lo": "ໄວຂຶ້ນບໍ"}), before=Translated({"lo": "9 ວັນ"}),
        after=Translated({"lo": "4 ວັນ"}),
    )  # fmt: skip
    assert row.get_verdict_display() == "Change it and try again"


def test_a_partner_sees_a_closed_project_and_a_stranger_does_not(world, project):
    row = project(tier="own")
    assert not visible(world.actor("stranger"), Project).exists()
    operations.add_partner(world.actor("head"), row, world.organisation("LAND-P02"), role="partner")
    assert visible(world.actor("stranger"), Project).get() == row
    assert not visible(world.actor("public"), Project).exists()
    operations.remove_partner(world.actor("head"), row.partners.get())
    assert not visible(world.actor("stranger"), Project).exists()


def test_the_register_is_narrowed_by_place_partner_topic_and_state(world, project):
    here, there = (
        project(),
        project(areas=["02"], about=["land"], title=Translated({"lo": "ແຜນທີ່", "en": "Maps"}), state="planned"),
    )
    operations.add_partner(world.actor("head"), there, world.organisation("LAND"), role="funder")
    everybody = world.actor("public")
    assert list(projects_for(everybody, place="0101")) == [here]
    assert list(projects_for(everybody, place="DM")) == [there, here] or set(projects_for(everybody, place="DM")) == {
        here,
        there,
    }
    assert list(projects_for(everybody, partner="LAND")) == [there]
    assert list(projects_for(everybody, topic="health")) == [here]
    assert list(projects_for(everybody, state="planned")) == [there]
    assert list(projects_for(everybody, q="ແຜນທີ່")) == [there]
    assert not projects_for(everybody, place="nowhere").exists()


def test_a_like_project_in_the_same_places_at_the_same_time_is_found(world, project):
    first = project()
    [like] = similar_projects(
        world.actor("owner"),
        areas=[world.area("0101")],
        topics=topics("health", "land"),
        start=date(2026, 12, 1),
        end=None,
    )
    assert like.project == first and [area.code for area in like.areas] == ["0101"] and like.days == 31
    nothing = {"areas": [world.area("02")], "topics": topics("health"), "start": date(2026, 1, 1), "end": None}
    assert similar_projects(world.actor("owner"), **nothing) == []


def test_a_project_that_is_hidden_from_the_reader_is_no_hint(world, project):
    project(tier="own")
    asked = {"areas": [world.area("01")], "topics": topics("health"), "start": date(2026, 1, 1), "end": None}
    assert len(similar_projects(world.actor("owner"), **asked)) == 1
    assert similar_projects(world.actor("stranger"), **asked) == []


def test_only_what_one_sees_is_linked(world, project):
    row = project()
    hidden = Document.objects.create(
        slug="hidden", title=Translated({"lo": "ລັບ"}), owner=world.organisation("LAND"), tier="own",
        kind=Term.objects.filter(scheme="document-kind").first(), restriction=Term.objects.filter(scheme="restriction").first(),
    )  # fmt: skip
    with pytest.raises(Missing):
        operations.link_subject(world.actor("head"), row, hidden)
    operations.link_subject(world.actor("head"), row, world.area("01"))
    assert list(row.links.values_list("subject_type", flat=True)) == ["area"]


def test_the_form_shows_a_like_project_before_a_second_one_is_entered(world, project, visit):
    first = project()
    browser = visit("head")
    sent = {
        "kind": "project", "title_0": "ນ້ຳ", "title_1": "Wells", "owner": "HEALTH-P01", "state": "planned",
        "starts_on": "2026-06-01", "areas": "0102", "topics": [term.pk for term in topics("health")], "tier": "public",
    }  # fmt: skip
    names = _names(browser)
    sent = {names.get(name, name): value for name, value in sent.items()}
    page = browser.post("/projects/new/", sent)
    assert page.status_code == 200 and first.get_absolute_url() in page.content.decode()
    assert Project.objects.count() == 1
    page = browser.post("/projects/new/", sent | {"seen": "on"})
    assert page.status_code == 302 and Project.objects.filter(slug="wells").exists()


def _names(browser) -> dict[str, str]:
    """The boxes of the title carry the code of their language where the widget says so."""
    html = browser.get("/projects/new/").content.decode()
    return {"title_0": "title_lo", "title_1": "title_en"} if 'name="title_lo"' in html else {}
