"""Screening a drawing against concessions, layers and rules; its page, its paper, running it again; who sees what."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse
from shapely import box

from sala.access.scope import visible
from sala.concessions.calculations.checks import difference
from sala.concessions.models import Concession, ConstraintLayer, ConstraintPiece, Screening
from sala.concessions.operations import grant, hold, raise_charges, set_area
from sala.concessions.operations.constraints import follow_editions, keep_constraint, retire_constraint
from sala.concessions.operations.screening import Asked, screen
from sala.core import clock
from sala.core.errors import Invalid, NotPermitted
from sala.core.language import Translated
from sala.documents.models import Rule
from sala.journal.models import Event
from sala.ledger.operations import reverse as take_back
from tests.concessions.conftest import square
from tests.maps.conftest import boundaries, cover, read_once  # noqa: F401

NAME = Translated(lo="ປ່າປ້ອງກັນ", en="Protected forest")
WHOLE = Asked(sector="tree_plantation", commodities=["teak"], term_months=240)


def on(day: date):
    return clock.fixed(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))


def clock_day(days: int) -> date:
    return clock.today() + timedelta(days)


def shape(*of, **options) -> GEOSGeometry:
    return GEOSGeometry(square(*of, **options).wkt, srid=4326)


def by_check(row: Screening) -> dict:
    return {found["check"]: found for found in row.result}


@pytest.fixture
def look(cast, boundaries):  # noqa: F811
    """look(shape, asked=WHOLE, who="district", **fields) → the screening."""

    def run(drawing=None, asked=WHOLE, who="district", **fields):
        values = {"shape": shape() if drawing is None else drawing, "title": "Trial", "asked": asked}
        return screen(cast.actor(who), cast.organisation("LAND-D0101"), **(values | fields))

    return run


@pytest.fixture
def forest(cast, cover):  # noqa: F811
    """The layer of land cover as one that forbids, with its pieces."""
    return keep_constraint(
        cast.actor("ministry"), code="forest", name=NAME, distribution=cover.distribution, effect="forbidden",
        owner=cast.organisation("LAND"), is_invented=True,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_request_is_looked_at_by_every_rule(look):
    with on(date(2025, 6, 1)):
        found = by_check(look(asked=Asked("tree_plantation", ["rubber"], "province", 600)))
    assert found["inside"]["verdict"] == "clear"
    assert found["power"]["verdict"] == "blocked"  # 115 ha, and a province may grant 50 since 2025
    assert found["power"]["figures"]["limit"] == "50.00"
    assert found["term"]["verdict"] == "blocked" and found["term"]["figures"] == {"months": 600, "longest": 360}
    assert found["moratorium"]["verdict"] == "clear"  # the stop of rubber ended in 2019
    assert found["splitting"]["verdict"] == found["holder"]["verdict"] == "cannot_tell"
    assert found["overlap"]["verdict"] == "clear"


@pytest.mark.django_db
def test_a_stop_of_approvals_holds_on_its_days(look):
    with on(date(2018, 5, 5)):
        assert (
            by_check(look(asked=Asked("tree_plantation", ["rubber"]), who="command"))["moratorium"]["verdict"]
            == "blocked"
        )
        assert by_check(look(asked=Asked("tree_plantation"), who="command"))["moratorium"]["verdict"] == "cannot_tell"


def stop_in(cast, place: str) -> None:
    Rule.objects.create(
        kind="moratorium", key="concession.teak", area=cast.area(place), valid=(date(2020, 1, 1), None),
        value={"text": {"lo": "ຢຸດອະນຸມັດ", "en": "No approvals"}}, owner=cast.organisation("LAND"), is_invented=True,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_stop_in_one_of_two_provinces_holds_for_what_lies_in_both(look, cast):
    across = GEOSGeometry(box(100.95, 20.5, 101.15, 20.505).wkt, srid=4326)
    before = by_check(look(across, who="command"))
    assert before["inside"]["verdict"] == before["moratorium"]["verdict"] == "clear"
    stop_in(cast, "02")
    assert by_check(look(across, who="command"))["moratorium"]["verdict"] == "blocked"
    assert by_check(look(who="command"))["moratorium"]["verdict"] == "clear"  # wholly in the other


@pytest.mark.django_db
def test_without_boundaries_nobody_can_tell_where_it_lies_and_a_stop_in_a_part_is_told(cast):
    def looked():
        return by_check(
            screen(cast.actor("ministry"), cast.organisation("LAND"), shape=shape(), title="Trial", asked=WHOLE)
        )

    found = looked()
    assert found["inside"]["verdict"] == "cannot_tell" and found["moratorium"]["verdict"] == "clear"
    stop_in(cast, "02")
    found = looked()["moratorium"]
    assert found["verdict"] == "cannot_tell" and found["figures"] == {"of": "teak", "part": True} and found["rule"]
    with pytest.raises(Invalid, match="outside the country"):
        screen(cast.actor("ministry"), cast.organisation("LAND"), shape=shape(20.0, 45.0), title="Trial", asked=WHOLE)


@pytest.mark.django_db
def test_overlaps_are_told_in_hectares_and_shares_and_slivers_do_not_count(look, granted, concession, drawn):
    drawn(granted(), square(100.205))  # half of the drawing
    drawn(concession("Asked"), square(100.2, 20.405), purpose="requested")
    drawn(concession("Edge"), square(100.20999, 20.4), purpose="requested")
    row = look()
    rows = {found["verdict"]: found["figures"] for found in row.result if found["check"] == "overlap"}
    assert set(rows) == {"blocked", "attention", "clear"}
    assert rows["blocked"]["percent"] == rows["attention"]["percent"] == "50.0"
    assert abs(Decimal(rows["blocked"]["hectares"]) * 2 - row.hectares) < Decimal("0.1")
    assert rows["clear"]["counts"] is False and Decimal(rows["clear"]["hectares"]) < 1
    assert row.verdict == "blocked"


def overlaps(row) -> list[tuple]:
    return [
        (found["figures"]["key"], found["verdict"], found["figures"]["purpose"], sorted(found["figures"]["purposes"]))
        for found in row.result
        if found["check"] == "overlap" and "key" in found["figures"]
    ]


@pytest.mark.django_db
def test_one_line_for_each_concession_by_the_gravest_of_its_purposes(look, granted, drawn, visit):
    made = granted()
    drawn(made, square(100.2, 20.395, 0.02), purpose="requested")
    drawn(made, square(100.205, 20.402, 0.003))  # a part of what was requested
    row = look()
    assert overlaps(row) == [(made.reference, "blocked", "granted", ["granted", "requested"])]
    drawn(made, square(100.2, 20.395, 0.02))  # as much as was requested
    assert overlaps(look()) == [(made.reference, "blocked", "granted", ["granted", "requested"])]
    shown = visit("district").get(row.get_absolute_url()).content.decode()
    assert "Hectares by purpose" in shown and "Requested" in shown
    beside = look(shape(100.2, 20.396, 0.003))  # where only the request lay
    drawn(made, square(100.205, 20.402, 0.003))
    beside = look(shape(100.2, 20.396, 0.003))
    assert overlaps(beside) == [(made.reference, "attention", "requested", ["requested"])]


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["disputed", "implementation", "study", "surveyed", "requested"])
def test_land_that_is_disputed_worked_or_looked_at_is_not_clear(look, concession, drawn, purpose):
    made = concession("No grant")
    drawn(made, square(100.205), purpose=purpose)
    row = look()
    assert overlaps(row) == [(made.reference, "attention", purpose, [purpose])] and row.verdict != "clear"


@pytest.mark.django_db
def test_what_has_ended_counts_where_somebody_still_works_there(look, granted, drawn):
    made = granted()
    drawn(made, square(100.205))
    Concession.objects.filter(pk=made.pk).update(state="expired")
    assert overlaps(look()) == [(made.reference, "clear", "granted", ["granted"])]
    drawn(made, square(100.205, degrees=0.004), purpose="implementation")
    found = look()
    assert overlaps(found) == [(made.reference, "attention", "implementation", ["granted", "implementation"])]
    Concession.objects.filter(pk=made.pk).update(state="returned")
    assert overlaps(look())[0][1] == "clear"


@pytest.mark.django_db
def test_the_same_area_twice_is_told_as_such(look, concession, drawn):
    made = concession("Twin")
    drawn(made, square(100.2003), purpose="requested")
    found = by_check(look())["duplicate"]
    assert found["figures"] == {"key": made.reference, "percent": "94.2"}


@pytest.mark.django_db
def test_a_concession_is_not_its_own_overlap(look, concession, drawn):
    made = concession("Own")
    drawn(made, square(), purpose="requested")
    assert "key" not in by_check(look(concession=made))["overlap"]["figures"]


@pytest.mark.django_db
def test_a_layer_counts_once_where_its_features_lie_over_each_other(look, forest):
    row = look()
    found = by_check(row)["layer"]
    assert found["verdict"] == "blocked"
    whole = Decimal(found["figures"]["hectares"])
    assert whole <= row.hectares
    piece = ConstraintPiece.objects.filter(geometry__intersects=shape()).first()
    ConstraintPiece.objects.create(layer=forest, number=10_000, geometry=piece.geometry)
    assert Decimal(by_check(look())["layer"]["figures"]["hectares"]) == whole


@pytest.mark.django_db
def test_a_withdrawn_or_retired_layer_does_not_pass_as_clear(cast, look, forest):
    edition = forest.edition
    type(edition).objects.filter(pk=edition.pk).update(is_published=False, state="withdrawn")
    assert follow_editions(cast.actor("command")) == 1
    assert by_check(look())["layer"]["verdict"] == "cannot_tell"
    retire_constraint(cast.actor("ministry"), forest, reason="Replaced")
    assert "layer" not in by_check(look())


@pytest.mark.django_db
def test_parts_of_one_holder_near_by_are_added_up(cast, look, granted, drawn, tree_company, party):
    top = party("Top holding")
    other = party("Sister")
    for owned in (tree_company, other):
        hold(cast.actor("command"), top, owned, Decimal(100))
    made = granted(hectares=30, decided_on=clock_day(-30), starts_on=clock_day(-20))
    grant(
        cast.actor("district"), made, holder=other, share=Decimal(0), granted_ha=Decimal(10), decided_on=clock_day(-30),
        starts_on=clock_day(-20), term_months=360, level="province",
    )  # fmt: skip
    drawn(made, square(100.2101, degrees=0.005))
    small = shape(100.206, degrees=0.004)
    asked = Asked("tree_plantation", ["teak"], "province", 240, other.number)
    found = by_check(look(small, asked))["splitting"]
    assert found["verdict"] == "attention"
    assert found["figures"]["with"] == [made.reference]
    own = shape(100.206, degrees=0.004).transform(6933, clone=True).area / 10_000
    assert abs(float(found["figures"]["together"]) - own - 40) < 0.5  # both grants of the decision
    far = by_check(look(shape(100.1, degrees=0.004), asked))["splitting"]
    assert far["verdict"] == "clear"


@pytest.mark.django_db
def test_what_is_elsewhere_or_encloses_nothing_is_refused_and_nothing_is_kept(look):
    with pytest.raises(Invalid, match="outside the country"):
        look(shape(20.0, 45.0))
    with pytest.raises(Invalid, match="title"):
        look(title=" ")
    assert not Screening.objects.exists()


@pytest.mark.django_db
def test_only_who_may_screens_and_it_is_journalled(cast, look):
    with pytest.raises(NotPermitted):
        look(who="company")
    row = look()
    assert Event.objects.filter(verb="concessions.screen", subject_id=row.pk).count() == 1
    for who, seen in {"district": True, "province": True, "inspector": True, "other_district": False, "company": False,
                      "public": False}.items():  # fmt: skip
        assert visible(cast.actor(who), Screening).filter(pk=row.pk).exists() is seen, who


@pytest.mark.django_db
def test_running_it_again_shows_what_changed(look, granted, drawn, visit):
    first = look()
    drawn(granted(), square(100.205))
    response = visit("district").post(reverse("concessions:screen_again", args=[first.reference]), follow=True)
    page = response.content.decode()
    assert response.status_code == 200 and "What changed" in page
    again = Screening.objects.get(repeats=first)
    assert again.digest != first.digest
    assert again.verdict == "blocked" and first.verdict != "blocked"


@pytest.mark.django_db
def test_the_page_of_the_form_screens_what_was_pasted(cast, boundaries, visit):  # noqa: F811
    sent = {
        "title": "Pasted", "owner": "LAND-D0101", "drawing": shape().geojson, "sector": "", "level": "", "term_months": "",
    }  # fmt: skip
    response = visit("district").post(reverse("concessions:screen"), sent)
    assert response.status_code == 302, response.content.decode()[:3000]
    row = Screening.objects.get(title="Pasted")
    assert abs(row.hectares - Decimal(115)) < 3
    page = visit("district", "lo").get(row.get_absolute_url()).content.decode()
    assert "Pasted" in page
    wrong = visit("district").post(reverse("concessions:screen"), sent | {"drawing": "{"})
    assert wrong.status_code == 200 and "Pasted" in wrong.content.decode()
    assert visit("company").get(reverse("concessions:screen")).status_code == 403
    assert visit("public").get(row.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_the_paper_is_printed_and_issued_once_with_a_number(cast, look, forest, visit):
    row = look()
    printed = visit("district").get(reverse("concessions:screening_paper", args=[row.reference]))
    assert printed.content.startswith(b"%PDF")
    response = visit("ministry").post(reverse("concessions:issue_screening", args=[row.reference]))
    assert response.status_code == 302
    row.refresh_from_db()
    assert row.issued.number.startswith("LAND-D0101-")
    assert set(row.issued.languages) == {"lo", "en"}
    again = visit("ministry").post(reverse("concessions:issue_screening", args=[row.reference]))
    assert again.status_code == 409


@pytest.mark.django_db
def test_what_a_reader_may_not_see_is_not_named(cast, look, granted, concession, drawn, visit):
    made = concession("Neighbour", who="command", lead=cast.organisation("LAND-D0201"), area=cast.area("0201"))
    set_area(cast.actor("command"), made, purpose="requested", geometry=square(100.205), accuracy="survey")
    row = look()
    page = visit("district").get(row.get_absolute_url()).content.decode()
    assert made.reference not in page and "you may not see" in page
    assert made.reference in visit("ministry").get(row.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_layers_are_kept_by_who_may_and_seen_by_who_screens(cast, forest, visit):
    page = visit("ministry").get(reverse("concessions:constraints")).content.decode()
    assert "Protected forest" in page
    assert visit("district").get(forest.get_absolute_url()).status_code == 200
    assert visit("public").get(forest.get_absolute_url()).status_code == 404
    assert visit("district").get(reverse("concessions:new_constraint")).status_code == 403
    with pytest.raises(Invalid, match="consent"):
        keep_constraint(
            cast.actor("ministry"), code="x", name=NAME, distribution=forest.distribution, effect="consent",
            owner=cast.organisation("LAND"),
        )  # fmt: skip
    assert ConstraintLayer.objects.count() == 1


def test_who_is_late_with_a_payment_is_told_and_paid_it_is_clear_again(cast, look, granted, tree_company, party, rent):
    """So is whoever has the same owner; the paper says how much, and a second run tells the difference."""
    start = clock_day(-500)
    owner, sister = party("The owner of both"), party("A sister")
    hold(cast.actor("district"), owner, tree_company, Decimal(60))
    hold(cast.actor("district"), owner, sister, Decimal(60))
    asked = Asked(sector="tree_plantation", holder=sister.number)
    assert by_check(look())["arrears"]["verdict"] == "cannot_tell"
    assert by_check(look(asked=asked))["arrears"]["verdict"] == "clear"
    made = granted(100, starts_on=start, decided_on=start)
    rent(made, starts_on=start)
    charged = [row.charge for row in raise_charges(cast.actor("cashier"), made)]
    first = look(asked=asked)
    found = by_check(first)["arrears"]
    assert found["verdict"] == "attention" and found["figures"] == {"late": {"XTS": 600_000}, "concessions": 1}
    for charge in charged:
        take_back(cast.actor("approver"), charge.transaction, reason="trial")
    second = look(asked=asked, repeats=first)
    assert by_check(second)["arrears"]["verdict"] == "clear"
    changed = difference(first.result, second.result)
    assert "arrears" in [row["check"] for row in changed]


def test_the_report_says_what_is_late_in_words(visit, cast, look, granted, tree_company, rent):
    start = clock_day(-500)
    made = granted(100, starts_on=start, decided_on=start)
    rent(made, starts_on=start)
    raise_charges(cast.actor("cashier"), made)
    row = look(asked=Asked(sector="tree_plantation", holder=tree_company.number))
    assert "6,000.00 XTS" in visit("district").get(row.get_absolute_url()).content.decode()
