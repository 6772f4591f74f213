"""Findings and situations of the register: reckoned, decided about, closed by themselves; their pages; who sees them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from sala.concessions.models import Finding, FindingState, Situation
from sala.concessions.operations import hold
from sala.concessions.operations.findings import reckon, settle
from sala.concessions.queries.findings import changes_between, findings_for, tally
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event
from tests.concessions.conftest import square


def found(concession) -> dict:
    return {(row.code, row.key): row for row in concession.findings.all()}


@pytest.fixture
def late(granted):
    """A grant of 100 ha by a province in 2024, when it might grant 100, and one of 60 in 2026, when it may grant 50."""

    def make(hectares, on):
        return granted(hectares, decided_on=on, starts_on=on + timedelta(30))

    return make


@pytest.mark.django_db
def test_reckoning_twice_changes_nothing_the_second_time(cast, late, drawn):
    made = late(60, date(2026, 3, 1))
    drawn(made, square())  # 115 ha
    told = reckon(cast.actor("command"))
    assert set(found(made)) == {("beyond_power", ""), ("area_difference", "")}
    assert told.new == 2 and told.situations == 1
    again = reckon(cast.actor("command"))
    assert (again.new, again.changed, again.gone, again.situations) == (0, 0, 0, 0)
    assert found(made)["beyond_power", ""].figures["limit"] == "50.00"


@pytest.mark.django_db
def test_the_power_is_that_of_the_day(cast, late):
    made = late(100, date(2024, 3, 1))
    reckon(cast.actor("command"), [made.pk])
    assert ("beyond_power", "") not in found(made)


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
    told = reckon(cast.actor("command"), [one.pk, other.pk])
    assert found(one)["overlap", other.reference].state == FindingState.CORRECTED
    assert told.gone >= 2
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


@pytest.mark.django_db
def test_the_pages_are_for_those_who_read_what_authorities_think(cast, late, drawn, visit):
    made = late(60, date(2026, 3, 1))
    drawn(made, square())
    reckon(cast.actor("command"))
    row = found(made)["beyond_power", ""]
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
    row = found(made)["beyond_power", ""]
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
