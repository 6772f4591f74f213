"""The menu: who is offered which pages, and where the reader is told to be."""

import re
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.people.models import Appointment, Person

pytestmark = pytest.mark.django_db


def groups(page):
    menu = page.content.decode().partition('aria-label="Main menu"')[2].partition("</nav>")[0]
    return re.findall(r'<li class="group(?: here)?"><a href="([^"]+)"', menu), menu


def test_the_public_is_offered_what_is_open_and_an_office_its_work_too(visit):
    page = visit().get("/places/")
    public, menu = groups(page)
    assert {"/search/", "/places/", "/datasets/", "/map/"} <= set(public)
    assert not {"/ledger/", "/concessions/"} & set(public) and "/answers/" not in menu
    assert 'href="/desk/"' not in page.content.decode()
    page = visit("owner").get("/places/")
    office, menu = groups(page)
    assert {"/ledger/", "/concessions/"} <= set(office) and "/answers/" in menu
    assert 'href="/desk/"' in page.content.decode()


def test_what_authorities_think_is_offered_only_to_who_may_read_it(visit, world):
    assert "/concessions/findings/" not in groups(visit("owner").get("/places/"))[1]
    person = Person.objects.create(name="Test inspector", email="inspector@example.org", is_invented=True)
    post = world.position("INSP-inspector")
    Appointment.objects.create(person=person, position=post, valid=DateRange(date(2020, 1, 1), None))
    assert "/concessions/findings/" in groups(visit("inspector").get("/places/"))[1]


@pytest.mark.parametrize(("address", "label"), [("/facilities/", "Places"), ("/documents/", "Data and documents")])
def test_the_group_of_the_page_stands_open_and_the_page_is_marked(visit, address, label):
    menu = groups(visit().get(address))[1]
    assert f"{label}</a>" in menu.partition('class="group here"')[2].partition("</li>")[0]
    assert f'<a href="{address}" aria-current="page">' in menu.partition('class="parts"')[2]


def test_a_page_of_no_group_opens_none(visit):
    menu = groups(visit().get("/"))[1]
    assert "group here" not in menu and 'class="parts"' not in menu


def test_an_address_that_leads_nowhere_has_its_menu_all_the_same(visit):
    page = visit().get("/nowhere/")
    assert page.status_code == 404 and "/places/" in groups(page)[0]
