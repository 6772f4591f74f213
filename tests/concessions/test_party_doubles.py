"""Parties entered twice: which pairs are proposed, what goes over in a merge, and how it comes back."""

from datetime import date
from decimal import Decimal

import pytest

from sala.concessions import operations
from sala.concessions.calculations.alike import alike
from sala.concessions.models import Change, Confirmation, OutsideParty, Party, PartyMerge, Shareholding
from sala.concessions.queries.party_doubles import likely
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event
from sala.ledger import operations as ledger
from sala.ledger.models import Account
from tests.concessions.test_dues import months_ago


@pytest.mark.parametrize(
    ("keys", "registrations", "why"),
    [
        ({1: ["teaktrees"], 2: ["teaktrees"]}, {}, ["name"]),
        ({1: ["teaktrees"], 2: ["teaktreees"]}, {}, ["letter"]),
        ({1: ["teaktrees"], 2: ["teaktrecs"]}, {}, ["letter"]),
        ({1: ["teak"], 2: ["teal"]}, {}, []),  # in a short name another letter is another name
        ({1: ["quarry1"], 2: ["quarry2"], 3: ["quarry12"]}, {}, []),  # another figure is another name
        ({1: ["one"], 2: ["other"]}, {1: ("LA", "0-12/3"), 2: ("", "0123")}, ["registration"]),
        ({1: ["one"], 2: ["other"]}, {1: ("LA", "0123"), 2: ("TH", "0123")}, []),
        ({1: ["teaktrees"], 2: ["teaktrees"]}, {1: ("LA", "1"), 2: ("LA", "2")}, []),  # two numbers of one country
        ({pk: ["rubber"] for pk in range(20)}, {}, []),  # a word of the trade
    ],
)  # fmt: skip
def test_which_parties_may_be_one(keys, registrations, why):
    assert [pair.why for pair in alike(keys, registrations)] == why


@pytest.fixture
def two(party):
    """Two entries of one company, the second with another spelling."""
    return party("Teak Trees Co., Ltd"), party("Teak  Trees Company Limited", registration="0-77", country="LA")


@pytest.mark.django_db
def test_pairs_are_proposed_to_whoever_keeps_both_and_no_more_once_told_apart(cast, two, party):
    kept, lost = two
    party("Rubber")
    for who in ("district", "ministry"):
        assert [(pair.one, pair.other) for pair in likely(cast.actor(who))] == [(kept.pk, lost.pk)], who
    assert likely(cast.actor("other_district")) == likely(cast.actor("company")) == []
    operations.keep_parties_apart(cast.actor("district"), lost, kept, reason="Two brothers, two firms")
    assert likely(cast.actor("district")) == []


@pytest.mark.django_db
def test_everything_that_points_to_the_lost_one_follows(
    cast, two, granted, concession, hold_shares, tree_company, visit
):
    kept, lost = two
    made = granted(100, concession("Teak of two"), holder=lost)
    operations.confirm(cast.actor("province"), made, "holder")
    above, below = hold_shares(tree_company, lost, 60), hold_shares(lost, party_of(cast), 30)
    OutsideParty.objects.create(source="other", outside_id="9", party=lost)
    merge = operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same registration paper")
    lost.refresh_from_db(), kept.refresh_from_db(), above.refresh_from_db(), below.refresh_from_db()
    assert lost.same_as == kept and made.grants.get().holder == kept
    assert (above.owned, below.owner) == (kept, kept) and kept.outside.get().outside_id == "9"
    assert (kept.registration, kept.country) == ("0-77", "LA")
    assert set(lost.name.values()) <= set(kept.names.values_list("text", flat=True))
    told = Change.objects.get(concession=made, field="holder")
    assert told.reason == "Same registration paper" and told.position.code == "LAND-D0101-concessions"
    assert Confirmation.objects.filter(concession=made, field_class="holder", withdrawn_at__isnull=True).exists()
    assert {event.content()["change"] for event in Event.objects.filter(subject_type="party", subject_id__in=[kept.pk, lost.pk])} >= {
        "took in a double", "merged",
    }  # fmt: skip
    assert visit("district").get(lost.get_absolute_url()).url == kept.get_absolute_url()
    assert visit("district").get(f"/api/v1/parties/{lost.number}").json()["number"] == kept.number
    assert made.reference in visit("district").get(kept.get_absolute_url()).content.decode()
    back = operations.undo_merge(cast.actor("district"), merge, reason="Two firms after all")
    kept.refresh_from_db(), above.refresh_from_db(), below.refresh_from_db()
    assert back.same_as is None and made.grants.get().holder == lost
    assert (above.owned, below.owner, lost.outside.count()) == (lost, lost, 1)
    assert (kept.registration, kept.names.count()) == ("", 0)
    with pytest.raises(Conflict):
        operations.undo_merge(cast.actor("district"), merge, reason="Again")


def party_of(cast) -> Party:
    return operations.enter_party(
        cast.actor("command"), name={"lo": "ບໍລິສັດ ລູກ", "en": "Daughter"}, kind="company",
        keeper=cast.organisation("LAND-D0101"),
    )  # fmt: skip


@pytest.fixture
def hold_shares(cast):
    return lambda owner, owned, share, **fields: operations.hold(
        cast.actor("command"), owner, owned, Decimal(share), **fields
    )


@pytest.mark.django_db
def test_representatives_act_for_the_one_that_stays(cast, two, tree_company, granted, visit):
    """The organisation goes over, and with it everybody who is appointed there."""
    kept, _lost = two
    made = granted(holder=kept)
    assert visit("company").get(made.get_absolute_url()).status_code == 404
    merge = operations.merge_parties(cast.actor("ministry"), tree_company, into=kept, reason="One company")
    assert visit("company").get(made.get_absolute_url()).status_code == 200
    operations.undo_merge(cast.actor("ministry"), merge, reason="No")
    assert visit("company").get(made.get_absolute_url()).status_code == 404
    assert Party.objects.get(pk=tree_company.pk).organisation == cast.organisation("TREECO")


@pytest.mark.django_db
def test_what_is_owed_follows_and_no_second_account_is_opened(cast, two, granted, concession, rent):
    kept, lost = two
    start = months_ago(14)
    made = granted(100, concession("Teak of two"), holder=lost, starts_on=start, decided_on=start)
    rent(made, starts_on=start)
    first, second = operations.raise_charges(cast.actor("cashier"), made)
    account = first.charge.account
    assert (account.debtor_type, account.debtor_id) == ("party", lost.pk)
    operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same paper")
    assert operations.raise_charges(cast.actor("cashier"), made) == []
    ledger.reverse(cast.actor("approver"), second.charge.transaction, reason="Wrong rate")
    (again,) = operations.raise_charges(cast.actor("cashier"), made, again=True)
    assert again.charge.account == account and Account.objects.filter(subject_id=made.pk).count() == 1


@pytest.mark.django_db
def test_what_cannot_be_one_is_refused_with_what_to_do_and_nothing_moves(cast, two, granted, concession, hold_shares, tree_company, party):  # fmt: skip
    kept, lost = two
    actor = cast.actor("ministry")
    with pytest.raises(Invalid):
        operations.merge_parties(actor, kept, into=kept, reason="x")
    with pytest.raises(Invalid):
        operations.merge_parties(actor, lost, into=kept, reason=" ")
    with pytest.raises(NotPermitted):
        operations.merge_parties(cast.actor("other_district"), lost, into=kept, reason="x")
    share = hold_shares(kept, lost, 10)
    with pytest.raises(Conflict, match="shares in the other"):
        operations.merge_parties(actor, lost, into=kept, reason="x")
    Shareholding.objects.filter(pk=share.pk).delete()
    daughter = party("Daughter")
    hold_shares(kept, daughter, 30), hold_shares(lost, daughter, 40)
    with pytest.raises(Conflict, match="figures differ"):
        operations.merge_parties(actor, lost, into=kept, reason="x")
    Shareholding.objects.all().delete()
    made = concession("Shared")
    granted(100, made, holder=kept, share=50)
    operations.grant(cast.actor("district"), made, holder=lost, share=50, starts_on=date(2021, 1, 1), granted_ha=5)
    with pytest.raises(Conflict, match=made.reference):
        operations.merge_parties(actor, lost, into=kept, reason="x")
    other = party("Represented", organisation=cast.organisation("HEALTH-P01"))
    with pytest.raises(Conflict, match="represented"):
        operations.merge_parties(actor, other, into=tree_company, reason="x")
    assert not PartyMerge.objects.exists() and Party.objects.filter(same_as__isnull=False).count() == 0


@pytest.mark.django_db
def test_a_share_that_stands_at_both_stands_once_and_comes_back_when_undone(cast, two, hold_shares, party):
    kept, lost = two
    daughter = party("Daughter")
    hold_shares(kept, daughter, 30, start=date(2020, 1, 1)), hold_shares(lost, daughter, 30, start=date(2020, 1, 1))
    merge = operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same")
    assert [row.owner for row in daughter.holders.all()] == [kept]
    operations.undo_merge(cast.actor("district"), merge, reason="No")
    assert {row.owner for row in daughter.holders.all()} == {kept, lost}
    assert {row.share for row in daughter.holders.all()} == {Decimal(30)}


def days_of(rows) -> list[tuple]:
    return [(row.valid.lower, row.valid.upper) for row in rows.order_by("valid")]


@pytest.mark.django_db
@pytest.mark.parametrize("above", [False, True], ids=["shares that it holds", "shares in it"])
def test_shares_that_stand_at_both_for_other_days_hold_for_the_days_of_both(cast, two, hold_shares, party, above):
    kept, lost = two
    other = party("Quarry")

    def both(of, start=None, end=None):
        return hold_shares(*((other, of) if above else (of, other)), 30, start=start, end=end)

    first, second = both(kept, date(2010, 1, 1), date(2012, 1, 1)), both(kept, date(2014, 1, 1), date(2015, 1, 1))
    both(lost, date(2008, 1, 1), date(2010, 6, 1)), both(lost, date(2011, 1, 1))  # to this day
    of_kept, of_lost = (kept.holders, lost.holders) if above else (kept.holdings, lost.holdings)
    before = days_of(of_kept), days_of(of_lost)
    merge = operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same")
    assert days_of(of_kept) == [(date(2008, 1, 1), None)] and not of_lost.exists()
    operations.undo_merge(cast.actor("district"), merge, reason="No")
    assert (days_of(of_kept), days_of(of_lost)) == before
    assert set(of_kept.values_list("pk", flat=True)) == {first.pk, second.pk}


@pytest.mark.django_db
def test_shares_that_ended_since_the_merge_do_not_begin_again_when_it_is_undone(cast, two, hold_shares, party):
    kept, lost = two
    daughter = party("Daughter")
    row = hold_shares(kept, daughter, 30, start=date(2015, 1, 1))
    hold_shares(lost, daughter, 30, start=date(2010, 1, 1))
    merge = operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same")
    row.refresh_from_db()
    operations.end_holding(cast.actor("command"), row, on=date(2020, 1, 1))
    operations.undo_merge(cast.actor("district"), merge, reason="No")
    assert days_of(kept.holdings) == [(date(2015, 1, 1), date(2020, 1, 1))]


@pytest.mark.django_db
def test_longer_shares_of_both_may_not_be_more_than_all(cast, two, hold_shares, party, tree_company):
    kept, lost = two
    other = party("Quarry")
    hold_shares(other, kept, 60, start=date(2015, 1, 1))
    hold_shares(tree_company, kept, 60, start=date(2010, 1, 1), end=date(2015, 1, 1))
    hold_shares(other, lost, 60, start=date(2010, 1, 1))
    with pytest.raises(Invalid, match="120"):
        operations.merge_parties(cast.actor("ministry"), lost, into=kept, reason="Same")
    assert days_of(other.holdings.filter(owned=kept)) == [(date(2015, 1, 1), None)]


@pytest.mark.django_db
def test_a_merge_on_whose_shares_a_later_one_stands_is_undone_after_it(cast, two, hold_shares, party):
    kept, lost = two
    third, daughter = party("Teak Trees"), party("Daughter")
    for holder in (lost, third):
        hold_shares(holder, daughter, 30)
    actor = cast.actor("district")
    first = operations.merge_parties(actor, lost, into=kept, reason="Same")
    second = operations.merge_parties(actor, third, into=kept, reason="Same")
    with pytest.raises(Conflict, match="Undo that merge first"):
        operations.undo_merge(actor, first, reason="No")
    assert Party.objects.get(pk=lost.pk).same_as == kept
    operations.undo_merge(actor, second, reason="No")
    operations.undo_merge(actor, first, reason="No")
    assert {row.owner for row in daughter.holders.all()} == {lost, third}


@pytest.mark.django_db
def test_what_led_to_a_party_leads_to_the_one_it_is_merged_into(cast, two, party, visit):
    middle, lost = two
    end, actor = party("Teak Trees"), cast.actor("district")
    operations.merge_parties(actor, lost, into=middle, reason="Same")
    merge = operations.merge_parties(actor, middle, into=end, reason="Same")
    assert {one.same_as for one in Party.objects.filter(pk__in=[lost.pk, middle.pk])} == {end}
    assert visit("district").get(lost.get_absolute_url()).url == end.get_absolute_url()
    operations.undo_merge(actor, merge, reason="No")
    assert Party.objects.get(pk=lost.pk).same_as == middle and Party.objects.get(pk=middle.pk).same_as is None


@pytest.mark.django_db
def test_a_name_stays_while_another_merge_needs_it(cast, two, party):
    kept, lost = two
    actor, third = cast.actor("district"), party("Teak Three", names=["Teak  Trees Company Limited"])
    spelling = "Teak  Trees Company Limited"
    merges = [operations.merge_parties(actor, one, into=kept, reason="Same") for one in (lost, third)]
    operations.undo_merge(actor, merges[0], reason="No")
    assert kept.names.filter(text=spelling).exists()
    kept.refresh_from_db()
    assert set(third.keys) <= set(kept.keys)
    operations.undo_merge(actor, merges[1], reason="No")
    assert not kept.names.exists()


@pytest.mark.django_db
def test_charges_go_to_the_account_of_the_holder_itself_before_that_of_a_double(cast, two, granted, concession, rent):
    kept, lost = two
    start, cashier = months_ago(14), cast.actor("cashier")
    made = granted(100, concession("Teak of two"), holder=kept, starts_on=start, decided_on=start)
    ledger.open_account(cashier, cast.organisation("FIN-P01"), currency="XTS", debtor=lost, subject=made)
    rent(made, starts_on=start)
    first, second = operations.raise_charges(cashier, made)
    assert first.charge.account.debtor_id == kept.pk
    operations.merge_parties(cast.actor("district"), lost, into=kept, reason="Same paper")
    ledger.reverse(cast.actor("approver"), second.charge.transaction, reason="Wrong rate")
    (again,) = operations.raise_charges(cashier, made, again=True)
    assert again.charge.account == first.charge.account


@pytest.mark.django_db
def test_the_pages_lead_from_the_proposal_to_the_merge_and_back(cast, two, visit):
    kept, lost = two
    browser = visit("district")
    page = browser.get("/parties/doubles/").content.decode()
    assert "the same name" in page and f"/parties/{lost.number}/merge/?into={kept.number}" in page
    address = f"/parties/{lost.number}/merge/"
    assert "1 name" in browser.get(f"{address}?into={kept.number}").content.decode()
    answer = browser.post(address, {"into": kept.number, "reason": "Same paper"})
    assert answer.status_code == 302 and answer.url == kept.get_absolute_url()
    merge = PartyMerge.objects.get()
    shown = browser.get(kept.get_absolute_url()).content.decode()
    assert lost.number in shown and f"/parties/merges/{merge.pk}/undo/" in shown
    assert browser.post(f"/parties/merges/{merge.pk}/undo/", {"reason": "Two"}).status_code == 302
    assert browser.post(f"/parties/{kept.number}/apart/{lost.number}/", {"reason": "Two"}).status_code == 302
    assert lost.number not in browser.get("/parties/doubles/").content.decode().split("<h2>")[0]
    for who, status in (("public", (302, 401, 403)), ("company", (403,)), ("other_district", (404,))):
        asked = "/parties/doubles/" if who != "other_district" else address
        assert visit(who).get(asked).status_code in status, who


@pytest.mark.django_db
def test_programs_merge_undo_and_keep_apart(cast, two, visit):
    kept, lost = two
    browser, kind = visit("district"), "application/json"
    (pair,) = browser.get("/api/v1/parties/doubles").json()["items"]
    assert pair == {"one": kept.number, "other": lost.number, "why": "name", "grants": [0, 0]}
    wrong = browser.post(f"/api/v1/parties/{lost.number}/merge", {"into": "LP-0", "reason": "x"}, content_type=kind)
    assert wrong.status_code == 422 and "into" in wrong.content.decode()
    made = browser.post(f"/api/v1/parties/{lost.number}/merge", {"into": kept.number, "reason": "x"}, content_type=kind)
    assert made.status_code == 201 and made.json()["kept"] == kept.number
    undone = browser.post(f"/api/v1/parties/merges/{made.json()['id']}/undo", {"reason": "y"}, content_type=kind)
    assert undone.json()["undone_at"]
    apart = browser.post(
        f"/api/v1/parties/{lost.number}/apart", {"other": kept.number, "reason": "z"}, content_type=kind
    )
    assert apart.status_code == 201 and browser.get("/api/v1/parties/doubles").json()["count"] == 0
    stranger = visit("other_district").post(f"/api/v1/parties/{lost.number}/merge", {"into": kept.number, "reason": "x"}, content_type=kind)  # fmt: skip
    assert stranger.status_code == 404
