"""A call from the secretary's draft to acceptance, in Lao, on a phone's width, without JavaScript: a district answers, the
province returns it, the officer leaves, and the next one finishes what the first began."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.people.models import Appointment, Person, Position
from tests.conftest import connected_to

pytestmark = pytest.mark.browser
POST = "HEALTH-D0102-data"


@pytest.fixture
def officer(served):
    """Somebody holds the district's post since a while."""
    with connected_to(served.database):
        person = Person.objects.create(
            name="Test officer", email="officer@example.org", language="lo", is_invented=True
        )
        Appointment.objects.create(
            person=person, position=Position.objects.get(code=POST), valid=DateRange(date(2020, 1, 1), None)
        )


def signed_in(open_page, who):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in(who)
    return page


def take(page, step, **texts):
    page.click(f"#moves a[data-step={step}]")
    for name, text in texts.items():
        page.fill(f"[name={name}]", text)
    page.click("main form > button, main form p.row button")


def state(page):
    return page.get_attribute("#assignment-state", "data-state")


def issue(page):
    """The draft, whom it asks by a selection that is shown first, and the issue. Returns the call's address."""
    page.go("/calls/new/")
    page.fill("[name=title_lo]", "ຂໍຈຳນວນສຸກສາລາ")
    page.fill("[name=purpose_lo]", "ສຳລັບແຜນປີໜ້າ")
    page.fill("[name=instruction_lo]", "ນັບສຸກສາລາທີ່ເປີດບໍລິການ ໃນທ້າຍປີ")
    page.fill("[name=due_on]", (date.today() + timedelta(days=60)).isoformat())
    page.click("main form details summary")
    page.select_option("[name=review_1]", "1:data_review")
    page.click("main form > button")
    call = page.url
    page.click("#go-asked")
    page.select_option("[name=post]", "data")
    page.select_option("[name=sector]", label="ສາທາລະນະສຸກ")
    page.fill("[name=place]", "0102")
    page.click("form[method=get] button.second >> nth=-1")
    assert page.locator("#chosen tbody tr").count() == 1
    page.click("#add")
    page.goto(call)
    page.click("#go-issue")
    page.click("main form > button, main form p.row button")
    assert page.get_attribute("#call-state", "data-state") == "issued"
    return call


def test_the_next_officer_finishes_what_the_first_began(open_page, served, officer):
    caller = signed_in(open_page, "caller")
    call = issue(caller)

    first = signed_in(open_page, "officer")
    first.go("/desk/")
    first.click("section#acknowledge h3 a:has-text('ຂໍຈຳນວນສຸກສາລາ')")
    assignment = first.url
    take(first, "acknowledge")
    take(first, "submit", answer="ສຸກສາລາ 14 ແຫ່ງ")
    assert state(first) == "submitted"

    province = signed_in(open_page, "reviewer")
    province.go("/desk/")
    province.click("section#review h3 a:has-text('ຂໍຈຳນວນສຸກສາລາ')")
    take(province, "return", reason="ຂາດສຸກສາລາບ້ານໃໝ່")
    assert state(province) == "returned"

    admin = signed_in(open_page, "admin")
    admin.go(f"/posts/{POST}/hand-over/")
    admin.fill("[name=name]", "Test successor")
    admin.fill("[name=email]", "successor@example.org")
    admin.fill("[name=on]", date.today().isoformat())
    admin.fill("[name=note]", "ເອກະສານຢູ່ຕູ້ທີສອງ")
    admin.click("main form > button, main form p.row button")
    assert admin.url.rstrip("/").rpartition("/")[0].endswith("hand-overs")

    second = signed_in(open_page, "successor")
    second.go(f"/posts/{POST}/first-day/")
    assert "ຕູ້ທີສອງ" in second.inner_text("main")
    second.click("#next h3 a:has-text('ຂໍຈຳນວນສຸກສາລາ')")
    assert second.url == assignment and "ຂາດສຸກສາລາບ້ານໃໝ່" in second.inner_text("#returned")
    take(second, "submit", answer="ສຸກສາລາ 15 ແຫ່ງ")
    assert second.evaluate("document.documentElement.scrollWidth") <= 360

    province.goto(assignment)
    take(province, "approve")
    assert state(province) == "approved"
    caller.goto(assignment)
    take(caller, "accept")
    caller.goto(call)
    assert caller.get_attribute("#call-state", "data-state") == "closed"
    assert caller.locator("#statistics").count() == 1
