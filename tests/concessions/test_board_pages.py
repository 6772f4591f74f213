"""The pages of completeness and of releases, in both languages, and how fields are opened and closed on them."""

from datetime import timedelta

import pytest

from sala.concessions.layers import CONCESSIONS
from sala.concessions.models import Release
from sala.core import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["lo", "en"])
@pytest.mark.parametrize("who", ["public", "company", "district", "province", "inspector"])
@pytest.mark.parametrize(
    "address", ["/concessions/", "/parties/", "/concessions/completeness/", "/concessions/releases/"]
)
def test_every_reader_gets_the_page_and_only_what_is_open_to_them(visit, granted, address, who, language):
    made = granted()
    page = visit(who).get(f"{address}?lang={language}")
    assert page.status_code == 200
    if who == "public":
        assert made.reference not in page.content.decode()


def test_the_board_of_a_district_officer_begins_with_the_own_area(visit, concession):
    concession()
    shown = visit("province").get("/concessions/completeness/").content.decode()
    assert "Phuthong" in shown and "?place=0101" in shown
    assert visit("province").get("/concessions/completeness/?place=none").status_code == 404


def test_the_keeper_opens_and_closes_fields_on_the_page(visit, concession, paper, stand_for):
    made, decision = concession(), paper(owner="LAND")
    stand_for("basics")
    fields = {"field_class": "basics", "decision": decision.slug, "start": clock.today().isoformat()}
    assert visit("province").get("/concessions/releases/new/").status_code == 403
    wrong = visit("ministry").post("/concessions/releases/new/", fields | {"field_class": "hectares"})
    assert wrong.status_code == 200 and "names first" in wrong.content.decode()
    assert visit("ministry").post("/concessions/releases/new/", fields).status_code == 302
    assert visit().get(made.get_absolute_url()).status_code == 200
    row = Release.objects.get()
    close = {"on": (clock.today() + timedelta(days=1)).isoformat(), "reason": "Found wrong"}
    assert visit("province").post(f"/concessions/releases/{row.pk}/close/", close).status_code == 403
    assert visit("ministry").post(f"/concessions/releases/{row.pk}/close/", close).status_code == 302
    row.refresh_from_db()
    assert row.valid.upper == clock.today() + timedelta(days=1)


def test_a_layer_of_the_map_holds_the_areas_that_the_reader_may_see(cast, granted, drawn):
    made = granted()
    drawn(made)
    for who, count in (("district", 1), ("inspector", 1), ("company", 1), ("other_district", 0), ("public", 0)):
        assert len(CONCESSIONS.rows(cast.actor(who), "granted")) == count, who
    shown = CONCESSIONS.rows(cast.actor("inspector"), "granted").get().shown
    assert shown["code"] == made.reference and shown["ha"] > 100
    assert CONCESSIONS.parts() and CONCESSIONS.columns("granted") and CONCESSIONS.source("granted")
