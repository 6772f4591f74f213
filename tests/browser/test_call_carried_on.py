"""What follows the issue of a call, in Lao, on a phone's width, without JavaScript: its letter and the check page, the
template and the next round, more time, work given to another post, and a corrected call in its place."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from sala.core.language import Translated
from sala.duties import operations
from tests.conftest import connected_to
from tests.duties.conftest import answering
from tests.world import World

pytestmark = pytest.mark.browser
WORDS = {"title": "ຂໍບົດລາຍງານ", "purpose": "ສຳລັບແຜນປີໜ້າ", "instruction": "ຂຽນໜຶ່ງໜ້າ"}


@pytest.fixture
def call(served):
    """Path of a call that was just issued to the owner's post."""
    world = World()
    with connected_to(served.database):
        made = operations.draft_call(
            world.actor("caller"), issuer=world.position("STAT-calls"), kind="report", period="2026",
            asked=[operations.Asked(world.position("HEALTH-P01-data"))], due_on=date.today() + timedelta(days=60),
            **{name: Translated({"lo": text}) for name, text in WORDS.items()},
        )  # fmt: skip
        operations.issue_call(world.actor("caller"), made)
        return made.get_absolute_url()


def signed_in(open_page, who):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in(who)
    return page


def send(page, **values):
    for name, value in values.items():
        box = page.locator(f"main [name={name}]").first
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    page.click("main form p.row button >> nth=-1")


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def test_the_letter_can_be_checked_and_the_call_goes_on_as_a_template_with_its_next_round(open_page, call):
    caller = signed_in(open_page, "caller")
    caller.go(call)
    caller.click("#go-letter")
    assert WORDS["instruction"] in caller.inner_text("main")
    fits(caller)
    send(caller)
    number = caller.inner_text("#letters li strong")
    reader = open_page(width=360, scripts=False, language="lo")
    reader.go(f"/verify/{number}/")
    assert number in reader.inner_text("main") and reader.locator(".notice.ok").count() == 1
    fits(reader)
    caller.go(f"{call}template/")
    send(caller, name_lo="ບົດລາຍງານປະຈຳປີ", rhythm="yearly")
    fits(caller)
    caller.click("main p.row a.button >> nth=0")
    send(caller, period="2027", due_on=(date.today() + timedelta(days=400)).isoformat())
    assert caller.get_attribute("#call-state", "data-state") == "draft"
    assert WORDS["title"] in caller.inner_text("main") and "2027" in caller.inner_text("main")
    fits(caller)


def test_more_time_is_given_the_work_goes_to_another_post_and_a_corrected_call_takes_over(open_page, served, call):
    with connected_to(served.database):
        post = answering(World(), "HEALTH-P01-records").pk
    owner = signed_in(open_page, "owner")
    owner.go("/desk/")
    owner.click(f"section#acknowledge h3 a:has-text('{WORDS['title']}') >> nth=-1")
    assignment = urlsplit(owner.url).path
    owner.click("#ask-time")
    send(owner, until=(date.today() + timedelta(days=90)).isoformat(), reason="ນ້ຳຖ້ວມ")
    fits(owner)
    caller = signed_in(open_page, "caller")
    caller.go(assignment)
    caller.click("#go-decide")
    caller.check("[name=decision][value=grant]")
    send(caller)
    assert caller.locator("#more-time .tag.ok").count() == 1
    head = signed_in(open_page, "head")
    head.go(assignment)
    head.click("#moves a[data-step=hand_on]")
    head.check(f"[name=position][value='{post}']")
    fits(head)
    send(head, reason="ຜູ້ຮັບຜິດຊອບພັກວຽກ")
    records = signed_in(open_page, "records")
    records.go(assignment)
    assert "ຜູ້ຮັບຜິດຊອບພັກວຽກ" in records.inner_text("#happened")
    assert records.locator("#moves a[data-step=acknowledge]").count() == 1
    caller.go(f"{call}replace/")
    caller.fill("[name=instruction_lo]", "ຂຽນສອງໜ້າ")
    caller.click("main form > button")
    caller.click("#go-issue")
    caller.click("main form button")
    caller.go(call)
    assert caller.get_attribute("#call-state", "data-state") == "superseded"
    fits(caller)
