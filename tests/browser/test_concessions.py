"""A concession from the district's first entry to the recorded agreement, in Lao, on a phone, without scripts."""

import pytest
import shapely

from sala.access.actor import command
from sala.concessions.models import Concession
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations as documents
from sala.people.models import Person
from tests.concessions.conftest import appoint, square
from tests.conftest import connected_to
from tests.world import World


@pytest.fixture
def land(served):
    """People of the land offices in the served world, and an agreement among the documents of the district."""
    with connected_to(served.database):
        world = World()
        if not Person.objects.filter(email="district@example.org").exists():
            appoint(world)
        kind = Term.objects.get(scheme="document-kind", code="decision")
        title = Translated(lo="ສັນຍາປູກໄມ້", en="Tree agreement")
        documents.add_document(
            command(), world.organisation("LAND-D0101"), kind=kind, title=title, slug="tree-agreement"
        )


def test_from_the_first_entry_to_the_agreement(open_page, served, land, check_accessibility):
    page = open_page(360)
    page.sign_in("district")
    page.go("/parties/new/?lang=lo")
    page.fill("[name=name_lo]", "ບໍລິສັດ ປູກໄມ້")
    page.click("main form p.row > button")
    party = page.locator("main .codes").first.inner_text()

    page.go("/concessions/new/")
    page.fill("[name=name_lo]", "ໂຄງການປູກໄມ້ສັກ")
    page.select_option("[name=sector]", "tree_plantation")
    page.fill("[name=area]", "0101")
    page.click("main form p.row > button")
    assert "/concessions/LC-" in page.url
    base = page.url.removeprefix(served.url).partition("?")[0]

    page.go(f"{base}papers/new/")
    page.select_option("[name=role]", "agreement")
    page.fill("[name=document]", "tree-agreement")
    page.click("main form p.row > button")
    page.go(f"{base}grants/new/")
    page.fill("[name=holder]", party)
    page.fill("[name=granted_ha]", "໑໒໐")
    page.fill("[name=decided_on]", "2020-01-10")
    page.fill("[name=starts_on]", "2019-02-01")
    page.fill("[name=years]", "30")
    page.click("main form p.row > button")
    assert page.locator("#id_starts_on").input_value() == "2019-02-01", "what was typed is still there"
    page.fill("[name=starts_on]", "2020-02-01")
    page.click("main form p.row > button")
    page.go(f"{base}areas/new/")
    page.fill("[name=stated_ha]", "120")
    page.select_option("[name=purpose]", "granted")
    page.select_option("[name=accuracy]", "survey")
    page.fill("[name=drawing]", shapely.to_geojson(square()))
    page.click("main form p.row > button")
    assert page.locator("figure.map svg").first.is_visible()

    page = open_page(1280, scripts=True)
    page.sign_in("province")
    page.go("/desk/?lang=lo")
    assert page.locator("a[href*='lacks=confirmation']").count() == 1
    page.go(f"{base}step/")
    page.check("[name=step][value=recognise]")
    page.fill("[name=decided_on]", "2020-01-10")
    page.fill("[name=body_name]", "ທ່ານເຈົ້າແຂວງ")
    page.click("main form p.row > button")
    page.go(f"{base}confirm/")
    page.check("[name=classes][value=basics]")
    page.click("main form p.row > button")
    page.go(base)
    check_accessibility(page)
    page.go("/concessions/")
    check_accessibility(page)
    with connected_to(served.database):
        made = Concession.objects.get(reference=base.split("/")[2])
        assert made.state == "signed" and made.confirmations.count() == 1
        assert made.grants.get().ends_on.isoformat() == "2050-01-31"

    page = open_page(360)
    assert page.goto(served.url + base).status == 404
