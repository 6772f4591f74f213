"""Pages for those who enter, confirm and read: what is typed is kept, what is wrong stands at its field."""

import re

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.concessions import operations
from sala.concessions.models import Concession, Party
from sala.core.models import Term

from .conftest import square

pytestmark = pytest.mark.django_db


def post(visit, who, address, **fields):
    return visit(who).post(address, fields)


@pytest.fixture
def entry(cast, db):
    commodity = Term.objects.filter(scheme="commodity").first()
    return {
        "kind": "concession", "name_lo": "ໂຄງການ ໄມ້ສັກ", "name_en": "Teak from the page", "sector": "tree_plantation",
        "commodities": [commodity.code], "area": "0101", "lead": "LAND-D0101",
    }  # fmt: skip


def test_a_district_enters_a_concession_step_by_step(visit, cast, entry, tree_company, paper):
    answer = post(visit, "district", "/concessions/new/", **entry)
    made = Concession.objects.get()
    assert answer.status_code == 302 and answer.url == made.get_absolute_url()
    base, version = made.get_absolute_url(), lambda: Concession.objects.get().version
    agreement = paper("report")
    role = {"role": "agreement", "document": agreement.slug, "version": version()}
    assert post(visit, "district", f"{base}papers/new/", **role).status_code == 302
    grant = {
        "holder": tree_company.number, "share": "100", "granted_ha": "115,5", "decided_on": "2020-01-10",
        "starts_on": "2020-02-01", "years": "30", "document": agreement.pk, "version": version(),
    }  # fmt: skip
    assert post(visit, "district", f"{base}grants/new/", **grant).status_code == 302
    area = {
        "purpose": "granted", "stated_ha": "115.5", "accuracy": "survey", "drawing": shapely.to_geojson(square()),
        "version": version(),
    }  # fmt: skip
    assert post(visit, "district", f"{base}areas/new/", **area).status_code == 302
    village = {"area": "0101", "households": "໑໒", "consultation": "unknown", "version": version()}
    assert post(visit, "district", f"{base}villages/new/", **village).status_code == 302
    jobs = {"kind": "planned", "as_of": "2025-01-01", "total": "40", "women": "18", "version": version()}
    assert post(visit, "district", f"{base}jobs/new/", **jobs).status_code == 302
    step = {"step": "recognise", "decided_on": "2020-01-10", "body_name": "Governor", "version": version()}
    assert post(visit, "district", f"{base}step/", **step).status_code == 403
    assert post(visit, "province", f"{base}step/", **step).status_code == 302
    confirm = {"classes": ["basics", "holder"], "version": version()}
    assert post(visit, "province", f"{base}confirm/", **confirm).status_code == 302
    shown = visit("district").get(base).content.decode()
    for words in ("Agreement signed", "Invented Trees Company", "115.5", "2050", "<svg", "Land Department"):
        assert words in shown, words
    assert made.villages.get().households == 12


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(visit, entry):
    answer = post(visit, "district", "/concessions/new/", **(entry | {"area": "0201", "is_confidential": "on"}))
    shown = answer.content.decode()
    assert answer.status_code == 200 and "Say why it is confidential" in shown and "Teak from the page" in shown
    assert not Concession.objects.exists()


def test_one_of_the_same_name_is_shown_first(visit, entry, concession):
    made = concession("Teak-from the page")
    shown = post(visit, "district", "/concessions/new/", **entry).content.decode()
    assert made.reference in shown and Concession.objects.count() == 1
    assert post(visit, "district", "/concessions/new/", **entry, seen="on").status_code == 302
    assert Concession.objects.count() == 2


def test_who_was_overtaken_is_told_by_what_and_sends_again(visit, cast, concession):
    made = concession()
    change = {
        "kind": "concession", "name_lo": "ໂຄງການ", "name_en": "Mine", "sector": "mining", "area": "0101",
        "lead": "LAND-D0101", "reason": "Sector was wrong", "version": made.version,
    }  # fmt: skip
    operations.change(cast.actor("province"), made, made.version, reason="Lease in truth", kind="lease")
    address = f"{made.get_absolute_url()}edit/"
    shown = post(visit, "district", address, **change).content.decode()
    assert "while you were writing" in shown and "Lease in truth" in shown and "Mine" in shown
    version = re.search(r'name="version" value="(\d+)"', shown).group(1)
    assert post(visit, "district", address, **(change | {"version": version})).status_code == 302
    made.refresh_from_db()
    assert made.sector.code == "mining"


def test_a_file_with_a_shape_is_read_and_a_wrong_one_refused_at_its_field(visit, cast, concession):
    made = concession()
    address = f"{made.get_absolute_url()}areas/new/"
    good = SimpleUploadedFile("area.geojson", shapely.to_geojson(square()).encode())
    fields = {"purpose": "granted", "accuracy": "imagery", "version": made.version}
    assert post(visit, "district", address, **fields, file=good).status_code == 302
    bad = SimpleUploadedFile("area.geojson", b"\x89PNG not a map")
    answer = post(visit, "district", address, **(fields | {"version": made.version + 1}), file=bad)
    assert answer.status_code == 200 and "not a kind of file" in answer.content.decode() and made.areas.count() == 1


def test_a_stranger_finds_no_page_and_a_reader_no_button(visit, concession):
    made = concession()
    for part in (
        "",
        "edit/",
        "grants/new/",
        "areas/new/",
        "papers/new/",
        "villages/new/",
        "jobs/new/",
        "confirm/",
        "step/",
        "changes/",
        "known/",
        "double/",
    ):
        assert visit("other_district").get(f"{made.get_absolute_url()}{part}").status_code == 404, part
        assert visit().get(f"{made.get_absolute_url()}{part}").status_code == 404, part
    for part in ("edit/", "grants/new/", "areas/new/", "confirm/", "step/", "double/"):
        assert visit("inspector").get(f"{made.get_absolute_url()}{part}").status_code == 403, part
    shown = visit("inspector").get(made.get_absolute_url()).content.decode()
    assert "edit/" not in shown and "grants/new/" not in shown
    assert visit("district").get(f"{made.get_absolute_url()}grants/new/").status_code == 200


def test_a_party_is_entered_once_and_shares_are_checked(visit, cast, party):
    known = party("Teak Trees Co., Ltd")
    fields = {
        "kind": "company",
        "name_lo": "ບໍລິສັດ",
        "name_en": "Teak Trees Company",
        "names": "",
        "keeper": "LAND-D0101",
    }
    shown = post(visit, "district", "/parties/new/", **fields).content.decode()
    assert known.number in shown and Party.objects.count() == 1
    answer = post(visit, "district", "/parties/new/", **fields, seen="on")
    made = Party.objects.latest("pk")
    assert answer.url == made.get_absolute_url()
    shares = {"owner": known.number, "role": "parent", "share": "101"}
    answer = post(visit, "district", f"{made.get_absolute_url()}shares/new/", **shares)
    assert answer.status_code == 200 and not made.holders.exists()
    assert (
        post(visit, "district", f"{made.get_absolute_url()}shares/new/", **(shares | {"share": "60"})).status_code
        == 302
    )
    assert "60" in visit("district").get(made.get_absolute_url()).content.decode()
    assert visit("public").get(made.get_absolute_url()).status_code == 404


def test_the_list_keeps_what_was_asked_in_its_address(visit, concession, granted, party):
    small, large = (
        granted(50, concession("Small"), holder=party("A")),
        granted(500, concession("Large"), holder=party("B")),
    )
    shown = (
        visit("province").get("/concessions/?place=01&sector=tree_plantation&least=100&order=hectares").content.decode()
    )
    assert large.reference in shown and small.reference not in shown and "500 ha granted" in shown
    shown = visit("province").get("/concessions/?year=2020&q=small&state=signed").content.decode()
    assert small.reference in shown and large.reference not in shown


def test_a_place_says_what_is_granted_there_to_those_who_may_know(visit, granted):
    made = granted()
    assert made.reference not in visit().get("/places/0101/").content.decode()
    shown = visit("province").get("/places/0101/").content.decode()
    assert made.get_absolute_url() in shown and "100 ha granted" in shown


def test_the_desk_says_what_waits(visit, cast, concession, granted):
    granted()
    assert "Concessions to confirm" in visit("province").get("/desk/").content.decode()
    assert "Concessions to confirm" not in visit("district").get("/desk/").content.decode()


def test_statements_of_list_and_page_do_not_grow_with_rows(visit, concession, granted, party):
    client = visit("province")
    made = granted(10, concession("First"), holder=party("H0"))
    client.get("/concessions/")

    def statements(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = statements("/concessions/"), statements(made.get_absolute_url())
    for number in range(1, 6):
        granted(10, concession(f"More {number}"), holder=party(f"H{number}"))
    after = statements("/concessions/"), statements(made.get_absolute_url())
    assert after == before and before[0] < 30 and before[1] < 45
