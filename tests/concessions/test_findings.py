"""Findings and situations of the register: reckoned, decided about, closed by themselves; their pages; who sees them."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.urls import reverse

from sala.concessions import operations
from sala.concessions.jobs import reckon_one
from sala.concessions.models import ConstraintPiece, Finding, FindingState, Situation
from sala.concessions.operations import hold
from sala.concessions.operations.findings import reckon, settle
from sala.concessions.operations.inspections import enter_inspection
from sala.concessions.queries.findings import changes_between, findings_for, tally
from sala.concessions.words.findings import told
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.journal.models import Event
from sala.places.models import Area, Level
from tests.concessions.conftest import square
from tests.concessions.test_screening import forest  # noqa: F401
from tests.maps.conftest import cover, read_once  # noqa: F401


def found(concession) -> dict:
    return {(row.code, row.key): row for row in concession.findings.all()}


def first_of(made) -> str:
    """Key of a finding about the first grant of a concession, or about the decision that made it."""
    return f"grant:{made.grants.order_by('pk').first().pk}"


@pytest.fixture
def late(granted):
    """A grant of 100 ha by a province in 2024, when it might grant 100, and one of 60 in 2026, when it may grant 50."""

    def make(hectares, on, **fields):
        return granted(hectares, decided_on=on, starts_on=on + timedelta(30), **fields)

    return make


@pytest.mark.django_db
def test_reckoning_twice_changes_nothing_the_second_time(cast, late, drawn):
    made = late(60, date(2026, 3, 1))
    drawn(made, square())  # 115 ha
    did = reckon(cast.actor("command"))
    assert set(found(made)) == {("beyond_power", first_of(made)), ("area_difference", "")}
    assert did.new == 2 and did.situations == 1
    again = reckon(cast.actor("command"))
    assert (again.new, again.changed, again.gone, again.situations) == (0, 0, 0, 0)
    assert found(made)["beyond_power", first_of(made)].figures["limit"] == "50.00"


@pytest.mark.django_db
def test_the_power_is_that_of_the_day(cast, late):
    made = late(100, date(2024, 3, 1))
    reckon(cast.actor("command"), [made.pk])
    assert ("beyond_power", first_of(made)) not in found(made)


@pytest.mark.django_db
def test_co_holders_of_one_decision_count_together_and_each_decision_is_decided_about_alone(cast, late, party, paper):
    made = late(40, date(2026, 3, 1))
    operations.grant(
        cast.actor("district"), made, holder=party("Second holder"), share=Decimal(0), granted_ha=Decimal(40),
        decided_on=date(2026, 3, 1), starts_on=date(2026, 4, 1), term_months=360, level="province", body_name="GOV-P01",
    )  # fmt: skip
    operations.correct_grant(
        cast.actor("district"), made.grants.latest("pk"), made.version + 1, reason="As the paper says",
        body=cast.organisation("GOV-P01"),
    )  # fmt: skip
    operations.grant(
        cast.actor("district"), made, holder=party("Third holder"), share=Decimal(0), granted_ha=Decimal(70),
        decided_on=date(2026, 6, 1), starts_on=date(2026, 7, 1), term_months=360, level="province",
    )  # fmt: skip
    reckon(cast.actor("command"))
    beyond = [row for (code, _key), row in sorted(found(made).items()) if code == "beyond_power"]
    assert [(row.figures["granted"], row.figures.get("grants")) for row in beyond] == [("80.00", 2), ("70.00", None)]
    assert "to 2 holders together" in told(beyond[0], {}) and "holders" not in told(beyond[1], {})
    settle(cast.actor("province"), beyond[0], state="accepted", reason="Agreed", document=paper())
    reckon(cast.actor("command"))
    states = [row.state for (code, _key), row in sorted(found(made).items()) if code == "beyond_power"]
    assert states == ["accepted", "open"]


@pytest.mark.django_db
def test_of_co_holders_the_hectares_of_the_common_holder_count_as_parts(cast, granted, concession, drawn, party):
    days = {"decided_on": date(2026, 2, 1), "starts_on": date(2026, 3, 1)}
    one, other = granted(20, **days), granted(30, made=concession("Second"), **days)
    top, partner = party("Top holding"), party("Partner")
    for owned in (one.grants.get().holder, partner):
        hold(cast.actor("command"), top, owned, Decimal(100))
    for holder, size in ((party("Stranger"), 5), (partner, 10)):
        operations.grant(
            cast.actor("district"), one, holder=holder, share=Decimal(0), granted_ha=Decimal(size),
            term_months=360, level="province", body=cast.organisation("GOV-P01"), **days,
        )  # fmt: skip
    drawn(one, square(degrees=0.005))
    drawn(other, square(100.206, degrees=0.005))
    reckon(cast.actor("command"))
    assert found(one)["split", ""].figures == {"with": [other.reference], "together": "60.00"}
    assert found(other)["split", ""].figures == {"with": [one.reference], "together": "60.00"}


@pytest.mark.django_db
def test_two_grants_that_overlap_find_each_other_and_what_is_mended_closes_itself(cast, late, concession, drawn):
    one, other = late(115, date(2024, 3, 1)), late(115, date(2024, 4, 1))
    drawn(one, square())
    drawn(other, square(100.205))
    reckon(cast.actor("command"))
    assert ("overlap", other.reference) in found(one) and ("overlap", one.reference) in found(other)
    assert Situation.objects.get(concession=one, until=None).code != "conflict"
    assert ("duplicate", other.reference) in found(one)  # of one name
    drawn(other, square(100.2005))
    reckon(cast.actor("command"))
    assert found(one)["duplicate", other.reference].figures == {"reason": "name"}
    drawn(other, square(100.211))
    did = reckon(cast.actor("command"), [one.pk, other.pk])
    assert found(one)["overlap", other.reference].state == FindingState.CORRECTED
    assert did.gone >= 2
    steps = [step.after for step in found(one)["overlap", other.reference].steps.all()]
    assert steps == ["open", "open", "corrected"]  # its figures changed once


@pytest.mark.django_db
def test_one_area_drawn_twice_is_told_whoever_holds_it(cast, granted, concession, drawn, party):
    one = granted(115)
    other = granted(50, made=concession("Second"), holder=party("Another"))
    drawn(one, square())
    drawn(other, square(100.2005))  # shares nine tenths of the union
    reckon(cast.actor("command"))
    assert found(one)["duplicate", other.reference].figures == {"reason": "area"}
    drawn(other, square(100.203))
    reckon(cast.actor("command"))
    assert found(one)["duplicate", other.reference].state == FindingState.CORRECTED


@pytest.mark.django_db
def test_parts_of_one_ultimate_holder_near_by_are_found_out(cast, granted, concession, drawn, party, tree_company):
    top, sister = party("Top holding"), party("Sister")
    for owned in (tree_company, sister):
        hold(cast.actor("command"), top, owned, Decimal(100))
    days = {"decided_on": date(2026, 2, 1), "starts_on": date(2026, 3, 1)}
    one = granted(40, **days)
    other = granted(30, made=concession("Second"), holder=sister, **days)
    far = granted(30, made=concession("Third"), holder=sister, **days)
    drawn(one, square(degrees=0.005))
    drawn(other, square(100.206, degrees=0.005))  # about 100 metres east
    drawn(far, square(100.3, degrees=0.005))
    reckon(cast.actor("command"))
    assert found(one)["split", ""].figures == {"with": [other.reference], "together": "70.00"}
    assert ("split", "") in found(other) and ("split", "") not in found(far)
    reckon(cast.actor("command"), [far.pk])
    assert found(one)["split", ""].state == FindingState.OPEN


@pytest.mark.django_db
def test_an_accepted_exception_stays_until_its_figures_change(cast, late, drawn, paper):
    made = late(60, date(2026, 3, 1))
    drawn(made, square())
    reckon(cast.actor("command"))
    row = found(made)["area_difference", ""]
    with pytest.raises(NotPermitted):
        settle(cast.actor("district"), row, state="explained", reason="Old paper")
    with pytest.raises(Invalid, match="document"):
        settle(cast.actor("province"), row, state="accepted", reason="Agreed")
    settle(cast.actor("province"), row, state="accepted", reason="Agreed", document=paper())
    with pytest.raises(Conflict):
        settle(cast.actor("inspector"), row, state="accepted", reason="Agreed", document=paper())
    reckon(cast.actor("command"))
    assert found(made)["area_difference", ""].state == FindingState.ACCEPTED
    assert Event.objects.filter(verb="concessions.judge", subject_id=made.pk).count() == 1
    drawn(made, square(degrees=0.02))
    reckon(cast.actor("command"))
    row = found(made)["area_difference", ""]
    assert (row.state, row.document, row.reason) == (FindingState.OPEN, None, "")
    assert [step.after for step in row.steps.all()] == ["open", "accepted", "open"]


@pytest.mark.django_db
def test_situations_are_kept_from_change_to_change(cast, granted, drawn):
    made = granted(115)
    reckon(cast.actor("command"))
    assert made.situations.get().code == "ghost"  # an agreement, but nothing anybody ever saw
    earlier = clock.today() - timedelta(9)
    Situation.objects.filter(concession=made).update(since=earlier)
    drawn(made, square(), purpose="implementation")
    reckon(cast.actor("command"))
    rows = list(made.situations.order_by("since"))
    assert [(row.code, row.until) for row in rows] == [("ghost", clock.today()), ("implementing", None)]
    province = cast.actor("province")
    assert tally(province, clock.today())["implementing"] == 1
    assert tally(province, earlier)["ghost"] == 1
    changed = changes_between(province, earlier, clock.today())
    assert [(row["before"].code, row["after"].code) for row in changed] == [("ghost", "implementing")]


@pytest.fixture
def village(cast):
    """A village of the district 0101."""
    parent = cast.area("0101")
    made = Area.objects.create(
        level=Level.objects.get(code="village"), code="010101", parent=parent, path="x", name=Translated(en="Thong", lo="ບ້ານທົ່ງ")
    )  # fmt: skip
    made.path = f"{parent.path}{made.pk}/"
    made.save(update_fields=["path"])
    return made


def called(made) -> str:
    return made.situations.get(until=None).code


@pytest.mark.django_db
def test_a_confirmed_overlap_puts_both_in_conflict_until_it_is_mended(cast, late, drawn, concession, party, visit):
    one, other = late(115, date(2024, 3, 1)), late(115, date(2024, 4, 1))
    drawn(one, square())
    drawn(other, square(100.205))
    drawn(other, square(100.206))
    reckon(cast.actor("command"))
    row = found(one)["overlap", other.reference]
    with pytest.raises(NotPermitted):
        settle(cast.actor("district"), row, state="confirmed", reason="Both were measured")
    with pytest.raises(Invalid, match="Only an overlap"):
        settle(cast.actor("province"), found(one)["duplicate", other.reference], state="confirmed", reason="So it is")
    address = reverse("concessions:decide", args=[row.pk])
    assert 'value="confirmed"' in visit("province").get(address).content.decode()
    other_page = reverse("concessions:decide", args=[found(one)["duplicate", other.reference].pk])
    assert 'value="confirmed"' not in visit("province").get(other_page).content.decode()
    done = visit("province").post(address, {"state": "confirmed", "reason": "Both were measured"})
    assert done.status_code == 302
    reckon_one(Event.objects.get(verb="concessions.judge", subject_id=one.pk).pk)
    assert (called(one), called(other)) == ("conflict", "conflict")
    drawn(other, square(100.207))  # smaller, and still there
    reckon(cast.actor("command"))
    row.refresh_from_db()
    assert (row.state, row.reason, called(one)) == ("confirmed", "Both were measured", "conflict")
    drawn(other, square(100.22))
    reckon_one(Event.objects.filter(verb="concessions.enter", subject_id=other.pk).latest("pk").pk)
    row.refresh_from_db()
    assert row.state == FindingState.CORRECTED
    assert "conflict" not in (called(one), called(other))


@pytest.mark.django_db
def test_a_title_in_a_persons_name_tells_private_use_whoever_was_granted_the_land(cast, granted, party, paper, term, visit):  # fmt: skip
    made = granted(115)
    person = party("Somebody Else", kind="person")
    title, role = paper("report"), term("concession-paper", "title")
    operations.add_paper(cast.actor("district"), made, title, role)
    reckon(cast.actor("command"))
    assert called(made) != "private"  # nobody said in whose name, and the holder is a company
    with pytest.raises(Invalid, match="Only a land title"):
        operations.add_paper(cast.actor("district"), made, title, term("concession-paper", "request"), issued_to=person)
    operations.confirm(cast.actor("province"), made, "holder", "papers", "basics")
    address = reverse("concessions:add_paper", args=[made.reference])
    made.refresh_from_db()
    sent = {
        "version": made.version,
        "role": "title",
        "document": title.slug,
        "issued_to": person.number,
        "issued_on": "2024-05-01",
    }
    done = visit("district").post(address, sent)
    assert done.status_code == 302, done.content.decode()[-3000:]
    reckon(cast.actor("command"))
    row = made.situations.get(until=None)
    assert (row.code, row.reasons) == ("private", [["title_to_person", "2024-05-01"]])
    standing = made.confirmations.filter(withdrawn_at=None).values_list("field_class", flat=True)
    assert list(standing) == ["basics"]  # whose it is has to be confirmed again
    page = visit("province").get(made.get_absolute_url()).content.decode()
    assert "in the name of" in page and "Somebody Else" in page
    read = visit("province").get(f"/api/v1/concessions/{made.reference}").json()["papers"]
    assert [row["issued_to"] for row in read if row["role"] == "title"] == [person.number]


@pytest.mark.django_db
def test_an_inspection_that_saw_work_tells_of_work(cast, granted, drawn, concession):
    made, asked = granted(115), concession("Only asked for")
    drawn(made, square())
    for each in (made, asked):
        enter_inspection(
            cast.actor("inspector"),
            each,
            inspected_on=clock.today() - timedelta(1),
            activity="yes",
            team="Two officers",
        )
    reckon(cast.actor("command"))
    assert called(made) == "implementing"
    assert called(asked) == "no_grant"


@pytest.mark.django_db
def test_one_entered_at_its_village_and_one_at_its_district_meet(cast, concession, village):
    elsewhere = cast.area("0102")
    one = concession("Teak of the hill", area=village)
    same_district = concession("Teak of the hill")
    same_province = concession("Teak of the hill", who="command", area=elsewhere)
    other_province = concession(
        "Teak of the hill", who="command", area=cast.area("0201"), lead=cast.organisation("LAND-D0201")
    )
    wider = concession("Teak of the hill", who="command", area=cast.area("0101").parent)
    reckon(cast.actor("command"))
    met = lambda made: {key for code, key in found(made) if code == "duplicate"}  # noqa: E731
    assert met(one) == {same_district.reference, same_province.reference, wider.reference}
    assert met(wider) == {one.reference, same_district.reference, same_province.reference}
    assert met(other_province) == set()
    before = Finding.objects.count()
    did = reckon(cast.actor("command"), [one.pk])  # alone as well
    assert (did.new, did.gone, Finding.objects.count()) == (0, 0, before)


@pytest.mark.django_db
def test_one_holder_of_like_hectares_in_one_district_is_told_wherever_in_it(cast, granted, concession, village):
    one = granted(100, concession("First name", area=village))
    other = granted(Decimal("100.9"), concession("Second name"))
    larger = granted(102, concession("Third name"))
    far = concession("Fourth name", who="command", area=cast.area("0102"))
    operations.grant(cast.actor("command"), far, holder=one.grants.get().holder, granted_ha=Decimal(100))
    reckon(cast.actor("command"))
    assert found(one)["duplicate", other.reference].figures == {"reason": "holder"}
    for stranger in (larger, far):
        assert ("duplicate", stranger.reference) not in found(one)
    reckon(cast.actor("command"), [one.pk])
    assert found(one)["duplicate", other.reference].state == FindingState.OPEN


@pytest.mark.django_db
def test_what_lies_outside_counts_beyond_the_metres_of_how_it_was_found(cast, granted, drawn):
    made = granted(115)
    drawn(made, square())
    for metres, accuracy, counts in (
        (10, "survey", False),
        (31, "survey", True),
        (31, "imagery", False),
        (60, "imagery", True),
    ):
        drawn(made, square(100.2 + metres / 104_400), purpose="implementation", accuracy=accuracy)
        reckon(cast.actor("command"))
        row = found(made).get(("outside", ""))
        assert (row is not None and row.state == FindingState.OPEN) is counts, (metres, accuracy)
    assert (
        6 < Decimal(row.figures["hectares"]) < 7
    )  # all that lies outside, not what reaches further than the metres only


@pytest.mark.django_db
def test_slivers_of_a_layer_are_told_apart_and_make_no_finding(cast, granted, drawn, forest):  # noqa: F811
    made = granted(115)
    drawn(made, square())
    sliver = [square(100.2 + 0.002 * number, degrees=0.0002) for number in range(3)]  # 0.046 ha each
    forest.pieces.all().delete()
    for number, piece in enumerate(sliver):
        ConstraintPiece.objects.create(layer=forest, number=number, geometry=GEOSGeometry(piece.wkt, srid=4326))
    reckon(cast.actor("command"))
    assert ("layer", "forest") not in found(made)  # 0.14 ha in all, each part below 0.1
    for number in (8, 9):  # one over the other: counted once
        large = GEOSGeometry(square(100.205, degrees=0.001).wkt, srid=4326)
        ConstraintPiece.objects.create(layer=forest, number=number, geometry=large)
    reckon(cast.actor("command"), [made.pk])
    row = found(made)["layer", "forest"]
    assert row.is_grave and 1.1 < float(row.figures["hectares"]) < 1.2
    assert (row.figures["slivers"], row.figures["sliver_hectares"]) == (3, "0.14")
    assert "Slivers told apart: 3" in told(row, {})
    reckon(cast.actor("command"))
    assert found(made)["layer", "forest"].steps.count() == 1  # of all as of this one alone


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "state"), [("1.30", "accepted"), ("1.00", "open")])
def test_a_decision_about_a_layer_stays_when_its_slivers_are_told_apart(cast, granted, drawn, forest, paper, was, state):  # fmt: skip  # noqa: F811
    made = granted(115)
    drawn(made, square())
    forest.pieces.all().delete()
    for number in range(3):
        piece = GEOSGeometry(square(100.2 + 0.002 * number, degrees=0.0002).wkt, srid=4326)
        ConstraintPiece.objects.create(layer=forest, number=number, geometry=piece)
    large = GEOSGeometry(square(100.207, degrees=0.001).wkt, srid=4326)
    ConstraintPiece.objects.create(layer=forest, number=4, geometry=large)
    reckon(cast.actor("command"))
    row = found(made)["layer", "forest"]
    now = row.figures
    assert Decimal(now["hectares"]) + Decimal(now["sliver_hectares"]) == Decimal("1.30")
    settle(cast.actor("province"), row, state="accepted", reason="Agreed", document=paper())
    Finding.objects.filter(pk=row.pk).update(figures={"hectares": was, "effect": now["effect"]})  # as it was once told
    reckon(cast.actor("command"))
    row = found(made)["layer", "forest"]
    assert (row.state, row.figures) == (state, now)
    assert (row.document is not None) is (state == "accepted")


@pytest.mark.django_db
def test_decisions_of_before_go_to_the_grants_they_were_about(cast, late, party, paper):
    day = date(2026, 3, 1)
    made = late(10, day, term_months=900, level="district")
    for name in ("Second", "Third"):
        operations.grant(
            cast.actor("district"), made, holder=party(name), share=Decimal(0), granted_ha=Decimal(60), decided_on=day,
            starts_on=date(2026, 4, 1), term_months=900, level="province",
        )  # fmt: skip
    first, second, third = made.grants.order_by("pk")
    told_of = {"on": day.isoformat()}
    for code, figures in (
        ("beyond_power", {"granted": "60.00", "limit": "50.00", "level": "province", **told_of}),
        ("beyond_term", {"months": 900, "longest": 600, **told_of}),
    ):  # as they were once kept: one for all
        row = Finding.objects.create(
            concession=made, code=code, figures=figures, found_at=clock.now(), computed_at=clock.now()
        )
        settle(cast.actor("province"), row, state="accepted", reason="Agreed", document=paper())
    step = import_module("sala.concessions.migrations.0011_findings_by_decision")
    with connection.cursor() as cursor:
        cursor.execute(step.KEYED)
        cursor.execute(step.COPIED)
    now = found(made)
    assert now["beyond_power", f"grant:{second.pk}"].state == "accepted"
    for one in (first, second, third):
        row = now["beyond_term", f"grant:{one.pk}"]
        assert (row.state, row.reason, row.document is not None) == ("accepted", "Agreed", True)
        assert row.steps.latest("pk").position == cast.position("LAND-P01-confirms")


@pytest.mark.django_db
def test_the_pages_are_for_those_who_read_what_authorities_think(cast, late, drawn, visit):
    made = late(60, date(2026, 3, 1))
    drawn(made, square())
    reckon(cast.actor("command"))
    row = found(made)["beyond_power", first_of(made)]
    seen = {"district": True, "province": True, "inspector": True, "ministry": True, "other_district": False,
            "company": False, "public": False}  # fmt: skip
    for who, sees in seen.items():
        assert findings_for(cast.actor(who)).filter(pk=row.pk).exists() is sees, who
        browser = visit(who)
        assert (str(made) in browser.get(reverse("concessions:findings")).content.decode()) is sees, who
        assert (str(made) in browser.get(reverse("concessions:situations")).content.decode()) is sees, who
        assert browser.get(row.get_absolute_url()).status_code == (200 if sees else 404), who
    page = visit("province").get(reverse("concessions:findings"), {"code": "beyond_power"}).content.decode()
    assert "60.00 ha were granted" in page and "area" not in page.split("<table")[1].split("</table>")[0].lower()
    table = visit("province").get(reverse("concessions:situations"), {"format": "csv"})
    assert made.reference in table.content.decode()


@pytest.mark.django_db
def test_deciding_on_the_page_asks_for_what_is_missing(cast, late, visit, paper):
    made = late(60, date(2026, 3, 1))
    reckon(cast.actor("command"))
    row = found(made)["beyond_power", first_of(made)]
    address = reverse("concessions:decide", args=[row.pk])
    assert visit("district").get(address).status_code == 403
    browser = visit("province")
    asked = browser.post(address, {"state": "accepted", "reason": "Special project"})
    assert asked.status_code == 200 and "document that allows it" in asked.content.decode()
    done = browser.post(address, {"state": "explained", "reason": "Approved by the assembly"})
    assert done.status_code == 302
    assert Finding.objects.get(pk=row.pk).state == FindingState.EXPLAINED
    assert "Approved by the assembly" in visit("province", "lo").get(row.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 12])
def test_statements_do_not_grow_with_the_register(cast, late, concession, count, django_assert_max_num_queries):
    for number in range(count):
        concession(f"Request {number}")
    with django_assert_max_num_queries(32):
        reckon(cast.actor("command"))
