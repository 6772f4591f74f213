"""What was entered wrongly can be mended on the pages: holder and line of a grant, further places, keeper, links."""

from datetime import date
from decimal import Decimal

import pytest

from sala.concessions import operations
from sala.concessions.models import Grant
from sala.core.errors import Conflict, Invalid
from tests.concessions.test_correcting import filled, page_of

pytestmark = pytest.mark.django_db


def no_chosen(sent: dict[str, str], name: str) -> dict[str, str]:
    """What is sent, without what was picked in one box."""
    return {key: value for key, value in sent.items() if key.partition("-")[0] != name}


def test_a_wrong_holder_is_corrected_on_the_page_and_the_rest_stays(visit, granted, party):
    made, buyer = granted(), party("Real holder")
    row = made.grants.get()
    browser, address = visit("district"), f"{made.get_absolute_url()}grants/{row.pk}/correct/"
    sent = filled(page_of(browser, address))
    sent = {name: value for name, value in sent.items() if not name.startswith("holder")}
    assert browser.post(address, sent | {"holder": buyer.number, "reason": "Read the paper"}).status_code == 302
    row.refresh_from_db()
    assert (row.holder, row.granted_ha, row.term_months, row.share) == (buyer, Decimal(100), 360, Decimal(100))
    assert set(made.changes.filter(reason="Read the paper").values_list("field", flat=True)) == {"holder"}


def test_a_holder_who_was_charged_stays_and_the_page_says_what_to_do(cast, granted, party, rent):
    made = granted()
    rent(made)
    assert operations.raise_charges(cast.actor("cashier"), made)
    made.refresh_from_db()
    row = made.grants.get()
    with pytest.raises(Conflict, match="Have the charges taken back first"):
        operations.correct_grant(cast.actor("district"), row, made.version, reason="Wrong", holder=party("Other"))
    with pytest.raises(Conflict, match="Have the charges taken back"):
        operations.remove_grant(cast.actor("district"), row, reason="Wrong")
    row.refresh_from_db()
    assert row.holder.organisation is not None


def test_a_grant_that_was_replaced_stays_ended_when_it_is_corrected(cast, granted, party):
    made = granted()
    older = made.grants.get()
    newer = operations.grant(
        cast.actor("district"), made, holder=party("Buyer"), starts_on=date(2025, 7, 1), term_months=120, replaces=older
    )
    made.refresh_from_db()
    older.refresh_from_db()
    operations.correct_grant(cast.actor("district"), older, made.version, reason="Number found", number="7/2020")
    older.refresh_from_db()
    assert (older.number, older.valid.upper) == ("7/2020", newer.starts_on)


def test_what_a_grant_replaces_can_be_said_later_and_unsaid(cast, granted, party):
    made = granted()
    older, district = made.grants.get(), cast.actor("district")
    newer = operations.grant(district, made, holder=party("Buyer"), share=Decimal(0), starts_on=date(2025, 7, 1))
    made.refresh_from_db()
    operations.correct_grant(
        district, newer, made.version, reason="It is a transfer", replaces=older, share=Decimal(100)
    )
    older.refresh_from_db()
    newer.refresh_from_db()
    assert older.valid.upper == newer.starts_on
    made.refresh_from_db()
    with pytest.raises(Invalid, match="replaces this one"):
        operations.correct_grant(district, older, made.version, reason="Round", replaces=newer)
    newer.refresh_from_db()
    operations.correct_grant(district, newer, made.version, reason="None", replaces=None, share=Decimal(0))
    older.refresh_from_db()
    assert older.valid.upper == date(2050, 2, 1)


def test_a_grant_entered_by_mistake_goes_and_the_older_one_holds_again(visit, cast, granted, party):
    made = granted()
    older = made.grants.get()
    newer = operations.grant(
        cast.actor("district"), made, holder=party("Buyer"), starts_on=date(2025, 7, 1), term_months=120, replaces=older
    )
    made.refresh_from_db()
    browser, base = visit("district"), made.get_absolute_url()
    told = {"reason": "Another concession was meant", "version": made.version}
    refused = browser.post(f"{base}grants/{older.pk}/remove/", told)
    assert refused.status_code == 200 and "Another grant replaces this one" in refused.content.decode()
    assert f"grants/{newer.pk}/remove/" in page_of(browser, base)
    assert browser.post(f"{base}grants/{newer.pk}/remove/", told).status_code == 302
    assert made.grants.get() == older
    older.refresh_from_db()
    assert older.valid.upper == date(2050, 2, 1)
    gone = made.changes.filter(subject=f"grant:{newer.pk}", field="row", reason=told["reason"])
    assert gone and all(change.new is None for change in gone)
    assert visit("inspector").get(f"{base}grants/{older.pk}/remove/").status_code == 403
    assert visit("other_district").get(f"{base}grants/{older.pk}/remove/").status_code == 404


def test_the_law_a_grant_stands_on_is_entered_and_read_by_who_may_open_it(visit, granted, paper):
    made, law = granted(), paper()
    row = made.grants.get()
    browser, address = visit("district"), f"{made.get_absolute_url()}grants/{row.pk}/correct/"
    sent = {name: value for name, value in filled(page_of(browser, address)).items() if not name.startswith("legal_")}
    assert browser.post(address, sent | {"legal_basis": law.slug, "reason": "Found"}).status_code == 302
    assert Grant.objects.get(pk=row.pk).legal_basis == law
    assert law.get_absolute_url() in page_of(browser, made.get_absolute_url())
    told = browser.get(f"/api/v1/concessions/{made.reference}").json()
    assert told["grants"][0]["legal_basis"] == law.slug
    assert law.get_absolute_url() not in page_of(visit("company"), made.get_absolute_url())
    assert visit("company").get(f"/api/v1/concessions/{made.reference}").json()["grants"][0]["legal_basis"] is None


def test_further_places_are_entered_corrected_and_taken_out(visit, cast, concession):
    made = concession()
    browser, base = visit("ministry"), made.get_absolute_url()

    def send(part, **fields):
        made.refresh_from_db()
        return browser.post(f"{base}{part}", {"version": made.version, **fields})

    assert "stands there already" in send("places/new/", area="0101").content.decode()
    assert send("places/new/", area="0201", share="40").status_code == 302
    row = made.places.get()
    operations.tell_village(cast.actor("ministry"), made, cast.area("0201"))
    assert "together" in send("places/new/", area="0102", share="70").content.decode()
    assert send(f"places/{row.pk}/correct/", share="30", reason="Measured").status_code == 302
    told = browser.get(f"/api/v1/concessions/{made.reference}").json()
    assert told["places"] == [{"place": "0201", "share": "30.00"}]
    refused = send(f"places/{row.pk}/remove/", reason="Wrong")
    assert refused.status_code == 200 and "Take them out first" in refused.content.decode()
    operations.remove_village(cast.actor("ministry"), made.villages.get(), reason="Wrong")
    assert send(f"places/{row.pk}/remove/", reason="Wrong").status_code == 302
    assert not made.places.exists()
    assert set(made.changes.filter(subject=f"place:{row.pk}").values_list("field", flat=True)) == {"row", "share"}


def test_keeper_number_address_and_what_it_goes_on_from_are_changed_on_the_page(visit, cast, concession):
    older, made = concession("Older"), concession("Newer")
    browser, address = visit("ministry"), f"{made.get_absolute_url()}edit/"
    sent = filled(page_of(browser, address))
    sent = {name: value for name, value in sent.items() if not name.startswith(("follows", "lead"))} | {
        "follows": older.reference, "lead": "LAND", "open_contracting_id": "ocds-1-2",
        "open_contracting_url": "https://example.org/ocds-1-2", "reason": "Read the papers",
    }  # fmt: skip
    assert browser.post(address, sent).status_code == 302
    made.refresh_from_db()
    assert (made.follows, made.lead.code, made.open_contracting_id) == (older, "LAND", "ocds-1-2")
    page = page_of(browser, made.get_absolute_url())
    assert 'href="https://example.org/ocds-1-2"' in page and older.get_absolute_url() in page
    told = browser.get(f"/api/v1/concessions/{made.reference}").json()
    assert (told["follows"], told["open_contracting_url"]) == (older.reference, "https://example.org/ocds-1-2")
    older.refresh_from_db()
    with pytest.raises(Invalid, match="goes on from this one"):
        operations.change(cast.actor("ministry"), older, older.version, reason="Round", follows=made)


def test_what_it_goes_on_from_is_not_told_to_who_may_not_know_of_it(visit, cast, concession):
    far = concession("Elsewhere", who="other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201"))
    made = concession("Here")
    operations.change(cast.actor("ministry"), made, made.version, reason="Papers", follows=far)
    assert far.reference not in page_of(visit("district"), made.get_absolute_url())
    assert visit("district").get(f"/api/v1/concessions/{made.reference}").json()["follows"] is None
    assert far.reference in page_of(visit("ministry"), made.get_absolute_url())


@pytest.mark.parametrize("share", ["100", "33.333", "12.5", "0.125"])
def test_a_share_that_is_filled_in_is_read_back_as_the_same(visit, granted, share):
    made = granted(share=Decimal(share))
    row = made.grants.get()
    browser, address = visit("district"), f"{made.get_absolute_url()}grants/{row.pk}/correct/"
    sent = filled(page_of(browser, address)) | {"number": "7/2020", "reason": "Number found"}
    assert browser.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.share, row.number) == (Decimal(share), "7/2020")
