"""What is open to everybody: nothing before a decision, then class by class, and nothing that lets a hidden value be closed in on."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from sala.access.actor import public
from sala.access.scope import visible
from sala.concessions import operations, redaction
from sala.concessions.layers import rows as live_rows
from sala.concessions.models import Concession, Confirmation, FieldClass, Release
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.models import Term
from sala.documents.models import Rule
from sala.search.models import SearchRow
from tests.concessions.conftest import square

pytestmark = pytest.mark.django_db
YESTERDAY = clock.today() - timedelta(days=1)


@pytest.fixture
def opened(cast, paper, stand_for):
    """opened(*classes, **fields) → the decision that opens them since yesterday, of entries for which an office stands."""

    def make(*classes, **fields):
        decision = paper(owner="LAND")
        stand_for(*classes)
        for name in classes:
            operations.open_class(
                cast.actor("ministry"), **{"field_class": name, "decision": decision, "start": YESTERDAY} | fields
            )
        return decision

    return make


@pytest.fixture
def many(granted, concession, party):
    """many(*hectares) → granted concessions of these sizes, each with a holder of its own."""
    return lambda *sizes: [
        granted(size, concession(f"Teak of {size}"), holder=party(f"Holder of {size}")) for size in sizes
    ]


def page(visit, who="public", query=""):
    return visit(who).get(f"/concessions/{query}").content.decode()


def test_before_any_decision_everybody_sees_nothing(visit, many):
    found = many(100, 200, 300)
    listed = page(visit)
    for made in found:
        assert made.reference not in listed
        for address in (
            made.get_absolute_url(),
            f"/api/v1/concessions/{made.reference}",
            f"/journal/concession/{made.pk}/",
        ):
            assert visit().get(address).status_code == 404, address
    assert visit().get("/api/v1/concessions").json()["count"] == 0
    assert not visible(public(), Concession).exists()


def test_only_the_class_that_a_decision_opened_is_shown(visit, many, opened):
    made, *_others = many(100, 200, 300)
    opened("basics")
    answer = visit().get(f"/api/v1/concessions/{made.reference}").json()
    assert answer["name"]["en"] == "Teak of 100" and answer["open"] == ["basics"]
    for closed in (
        "place",
        "holders",
        "granted_ha",
        "starts_on",
        "grants",
        "areas",
        "papers",
        "steps",
        "villages",
        "jobs",
    ):
        assert answer[closed] is None, closed
    shown = visit().get(made.get_absolute_url()).content.decode()
    for hidden in ("Holder of 100", "Nongsai", "2050", "Land Office"):
        assert hidden not in shown, hidden
    opened("holder")
    assert "Holder of 100" in visit().get(made.get_absolute_url()).content.decode()
    assert visit().get(f"/api/v1/concessions/{made.reference}").json()["granted_ha"] is None


def test_a_filter_on_a_hidden_class_finds_nothing_and_neither_does_an_order(cast, visit, many, opened):
    many(100, 200, 300)
    opened("basics")
    for query in (
        "least=150",
        "most=250",
        "place=0101",
        "year=2020",
        "order=hectares",
        "order=ends",
        "order=place",
        "lacks=agreement",
    ):
        assert visit().get(f"/api/v1/concessions?{query}").json()["count"] == 0, query
    assert visit("inspector").get("/api/v1/concessions?least=150").json()["count"] == 2
    opened("hectares")
    assert len(visit().get("/api/v1/concessions?least=150").json()["items"]) == 2


def test_hidden_hectares_are_in_no_total_and_few_are_told_as_few(visit, many, opened):
    many(100, 200, 300)
    opened("basics")
    assert "ha granted" not in page(visit) and "3 found" in page(visit)
    opened("hectares")
    assert "600 ha granted" in page(visit)
    shown = page(visit, query="?least=250")
    assert "Fewer than 3 found" in shown and "300 ha granted" not in shown
    assert "1 found: 300 ha granted" in page(visit, "inspector", "?least=250")


def test_a_release_for_a_sector_opens_that_sector_only(visit, many, concession, opened, term):
    teak, *_others = many(100, 200, 300)
    mine = concession("Copper", sector=term("sector", "mining"))
    opened("basics", sector=term("sector", "mining"))
    assert visit().get(mine.get_absolute_url()).status_code == 200
    assert visit().get(teak.get_absolute_url()).status_code == 404


def test_confidential_and_unconfirmed_entries_are_opened_by_nothing(visit, concession, opened):
    secret = concession("Secret", is_confidential=True, confidential_reason="Defence law, article 4")
    proposed = concession("Rumour")
    Concession.objects.filter(pk=proposed.pk).update(state="proposed")
    opened("basics")
    for made in (secret, proposed):
        assert visit().get(made.get_absolute_url()).status_code == 404


def test_an_entry_made_confidential_later_is_closed_at_once(cast, visit, concession, opened):
    made = concession()
    opened("basics")
    assert visit().get(made.get_absolute_url()).status_code == 200
    operations.change(
        cast.actor("district"),
        made,
        Concession.objects.get(pk=made.pk).version,
        reason="By order",
        is_confidential=True,
        confidential_reason="Defence law",
    )
    assert visit().get(made.get_absolute_url()).status_code == 404


def test_names_come_first_and_only_a_decision_opens(cast, paper, opened):
    ministry = cast.actor("ministry")
    with pytest.raises(Invalid, match="names first"):
        operations.open_class(ministry, field_class="hectares", decision=paper(), start=YESTERDAY)
    with pytest.raises(Invalid, match="Only a decision"):
        operations.open_class(ministry, field_class="basics", decision=paper("report"), start=YESTERDAY)
    with pytest.raises(NotPermitted):
        operations.open_class(cast.actor("province"), field_class="basics", decision=paper(), start=YESTERDAY)
    opened("basics")
    with pytest.raises(Conflict, match="open in that time already"):
        opened("basics")
    assert Release.objects.count() == 1


def test_a_release_begins_and_ends_with_its_days(cast, visit, concession, paper, stand_for):
    made = concession()
    stand_for("basics")
    operations.open_class(
        cast.actor("ministry"), field_class="basics", decision=paper(), start=clock.today() + timedelta(days=10),
        end=clock.today() + timedelta(days=20),
    )  # fmt: skip
    assert visit().get(made.get_absolute_url()).status_code == 404
    with clock.fixed(clock.now() + timedelta(days=15)):
        assert operations.follow_releases(cast.actor("command")) == 1
        assert visit().get(made.get_absolute_url()).status_code == 200
        assert operations.follow_releases(cast.actor("command")) == 0
    with clock.fixed(clock.now() + timedelta(days=20)):
        assert visit().get(made.get_absolute_url()).status_code == 404  # before the day's work has run
        assert operations.follow_releases(cast.actor("command")) == 1


def test_closing_again_hides_at_once(cast, visit, concession, opened):
    made = concession()
    opened("basics")
    operations.close_class(cast.actor("ministry"), Release.objects.get(), on=clock.today(), reason="Found wrong")
    assert visit().get(made.get_absolute_url()).status_code == 404


def test_a_company_reads_what_it_holds_but_not_what_authorities_think_of_it(cast, visit, granted, concession, party):
    own = granted()
    other = granted(50, concession("Other"), holder=party("Somebody"))
    classes = redaction.classes_of(cast.actor("company"), own)
    assert classes == frozenset(FieldClass) - {FieldClass.JUDGEMENT}
    assert visit("company").get(own.get_absolute_url()).status_code == 200
    assert visit("company").get(other.get_absolute_url()).status_code == 404
    found = visit("company").get("/api/v1/concessions").json()
    assert [row["reference"] for row in found["items"]] == [own.reference]
    assert [Decimal(str(row["granted_ha"])) for row in found["items"]] == [100]


def test_what_everybody_finds_by_search_says_nothing_of_closed_classes(visit, many, opened):
    made, *_others = many(100, 200, 300)
    row = SearchRow.objects.get(noun="concession", subject_id=made.pk)
    assert "Holder of 100" in str(row.body) and row.area_ids and "public" not in row.audiences
    opened("basics")
    row = SearchRow.objects.get(noun="concession", subject_id=made.pk)
    assert "public" in row.audiences
    assert "Holder of 100" not in str(row.body) and not row.area_ids and not row.owner and not row.place


def test_what_was_closed_in_the_tables_alone_is_taken_from_the_search_by_the_days_work(cast, many, opened):
    made, *others = many(100, 200, 300)
    opened("basics")
    Confirmation.objects.filter(concession=made).update(withdrawn_at=clock.now())
    Concession.objects.filter(pk=made.pk).update(is_public=False)

    def found():
        rows = SearchRow.objects.filter(noun="concession", audiences__contains=["public"])
        return set(rows.values_list("subject_id", flat=True))

    assert found() == {made.pk, *(one.pk for one in others)}
    assert operations.follow_releases(cast.actor("command")) == 0
    assert found() == {one.pk for one in others}
    assert "Holder of 100" in str(SearchRow.objects.get(noun="concession", subject_id=made.pk).body)


def reads(who, made, visit) -> set[str]:
    answer = visit(who).get(f"/api/v1/concessions/{made.reference}")
    return set(answer.json()["open"]) if answer.status_code == 200 else set()


@pytest.fixture
def entry(granted, concession):
    """A granted entry that says where it is from."""
    return granted(100, concession("Of the hill", source="Agreement of the governor"))


def test_a_decision_opens_only_what_an_office_stands_for(cast, visit, entry, paper, drawn):
    drawn(entry)
    decision = paper(owner="LAND")
    for name in ("basics", "hectares", "place", "shape"):
        operations.open_class(cast.actor("ministry"), field_class=name, decision=decision, start=YESTERDAY)
    assert reads("public", entry, visit) == set() and entry.reference not in page(visit)
    operations.confirm(cast.actor("province"), entry, "hectares")
    assert reads("public", entry, visit) == set()  # hectares of what nobody may name
    operations.confirm(cast.actor("province"), entry, "basics")
    for who in ("public", "stranger"):
        assert reads(who, entry, visit) == {"basics", "hectares"}, who
    assert visit().get("/api/v1/concessions?place=0101").json()["count"] == 0
    assert json.loads(b"".join(visit().get("/concessions/list.geojson")))["features"] == []
    assert not live_rows(public(), "granted").exists()
    operations.confirm(cast.actor("province"), entry, "place", "shape")
    assert len(visit().get("/api/v1/concessions?place=0101").json()["items"]) == 1
    assert len(json.loads(b"".join(visit().get("/concessions/list.geojson")))["features"]) == 1
    assert live_rows(public(), "granted").count() == 1
    everything = {name.value for name in FieldClass}
    assert reads("district", entry, visit) == reads("province", entry, visit) == everything
    assert reads("company", entry, visit) == everything - {"judgement"}


def test_what_is_changed_after_it_was_confirmed_is_closed_until_it_is_confirmed_again(
    cast, visit, entry, opened, drawn
):
    drawn(entry)
    opened("basics", "hectares", "place", "shape")
    assert reads("public", entry, visit) == {"basics", "hectares", "place", "shape"}
    drawn(entry, square(100.22))
    assert reads("public", entry, visit) == {"basics"}  # a new boundary is one that nobody stood for
    assert not live_rows(public(), "granted").exists()
    operations.change(
        cast.actor("district"), entry, Concession.objects.get(pk=entry.pk).version, reason="Wrong", kind="lease"
    )
    assert reads("public", entry, visit) == set() and visit().get(entry.get_absolute_url()).status_code == 404
    row = SearchRow.objects.get(noun="concession", subject_id=entry.pk)
    assert "public" not in row.audiences
    operations.confirm(cast.actor("province"), entry, "basics")
    assert reads("public", entry, visit) == {"basics"}
    operations.take_back(cast.actor("province"), entry, "basics", reason="Not the right paper")
    if Concession.objects.get(pk=entry.pk).confirmed_classes:  # another level stood for it as well
        operations.take_back(cast.actor("command"), entry, "basics", reason="Not the right paper")
    assert reads("public", entry, visit) == set()


@pytest.mark.parametrize("lacks", ["source", "holder", "place"])
def test_an_entry_that_says_too_little_is_not_opened(cast, visit, concession, granted, paper, party, lacks):
    fields = {"source": "" if lacks == "source" else "List of the province"}
    if lacks == "place":
        fields["area"] = cast.area("01")
    made = concession("Half known", who="command", **fields)
    if lacks != "holder":
        operations.grant(cast.actor("command"), made, holder=party("Holder"))
    operations.open_class(cast.actor("ministry"), field_class="basics", decision=paper(owner="LAND"), start=YESTERDAY)
    operations.confirm(cast.actor("command"), made, "basics")
    assert reads("public", made, visit) == set()
    if lacks == "source":
        operations.add_paper(
            cast.actor("command"), made, paper(), Term.objects.get(scheme="concession-paper", code="request")
        )
        assert reads("public", made, visit) == {"basics"}
    if lacks == "holder":
        operations.grant(cast.actor("command"), made, holder=party("Holder"))
        assert reads("public", made, visit) == {"basics"}
    Rule.objects.filter(key=f"concession.public.{lacks}").delete()
    operations.follow_releases(cast.actor("command"))
    assert reads("public", made, visit) == {"basics"}  # where no rule asks for it


def test_the_page_of_decisions_tells_how_many_stay_closed_and_why(
    cast, visit, entry, concession, opened, granted, party
):
    for number in range(3):
        granted(10, concession(f"Open {number}", source="Letter"), holder=party(f"Of {number}"))
    opened("basics")
    for number in range(4):
        granted(10, concession(f"Waiting {number}", source="Letter"), holder=party(f"For {number}"))
    concession("Without anything")
    concession("Secret", is_confidential=True, confidential_reason="Defence law, article 4")
    shown = visit("ministry").get("/concessions/releases/").content.decode()
    for told in ("open: 4", "not confirmed by an office: 4", "before it is opened: 1", "confidential: 1"):
        assert told in shown, told
    everybody = visit().get("/concessions/releases/").content.decode()
    for told in (
        "open: 4",
        "not confirmed by an office: 4",
        "before it is opened: fewer than 3",
        "confidential: fewer than 3",
    ):
        assert told in everybody, told
    assert "sources 1, holders 1, place 2 steps" in everybody
