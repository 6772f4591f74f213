"""The desk shows what waits for the reader's posts, the overdue first; work stays with the post when it is handed over."""

import re
from datetime import date, timedelta

import pytest

from sala.core import clock
from sala.core.desk import DeskRow, Group
from sala.duties import operations
from sala.duties.models import Assignment
from sala.people import operations as people
from sala.people.models import Appointment, HandOver, Person

pytestmark = pytest.mark.django_db


def titled(text):
    return {"lo": text}


def order_on(page, *texts):
    """These texts in the order in which they stand on the page."""
    found = {text: page.find(text) for text in texts}
    return sorted((text for text, place in found.items() if place >= 0), key=found.get)


def desk(visit, who="owner"):
    return visit(who).get("/desk/").content.decode()


def section(page, name):
    match = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)
    return match[0] if match else ""


def test_overdue_first_then_by_group_and_due_date(world, visit, issued):
    today = clock.today()
    owner = world.actor("owner")
    for title, days in [("later", 40), ("sooner", 25), ("longlate", 30), ("late", 30)]:
        issued(title=titled(title), due_on=today + timedelta(days=days))
    Assignment.objects.filter(call__title__lo="longlate").update(due_on=today - timedelta(days=30))
    Assignment.objects.filter(call__title__lo="late").update(due_on=today - timedelta(days=10))
    working = issued(title=titled("inwork"), due_on=today + timedelta(days=26))
    operations.acknowledge(owner, working)
    back = issued(title=titled("sentback"), due_on=today + timedelta(days=35))
    operations.acknowledge(owner, back)
    operations.submit(owner, back, answer="x")
    operations.return_(world.actor("caller"), back, reason="Mend the total")
    page = desk(visit)
    texts = ["longlate", ">late<", "sentback", "sooner", "later", "inwork"]
    assert order_on(page, *texts) == texts
    assert "working days late" in section(page, "late") and "sooner" not in section(page, "late")
    assert "Mend the total" in section(page, "returned")
    assert "working days left" in section(page, "acknowledge") and "inwork" in section(page, "work")


def test_each_sees_only_their_own(visit, submitted):
    submitted(title=titled("births"))
    assert "births" in section(desk(visit, "caller"), "review")
    for who in ("owner", "colleague", "stranger"):
        assert "births" not in desk(visit, who)
    assert visit().get("/desk/").status_code == 401
    assert "You hold no post" in desk(visit, "citizen")


def test_work_of_a_vacant_post_lies_on_the_desk_of_its_head(visit, issued):
    issued(title=titled("births"))
    assert "births" not in desk(visit, "head")
    Appointment.objects.filter(position__code="HEALTH-P01-data").delete()
    assert "births" in section(desk(visit, "head"), "acknowledge")
    assert "births" not in desk(visit, "reviewer")


def test_every_source_of_the_list_is_asked(visit, settings, monkeypatch):
    hint = DeskRow(group=Group.HINT, title="A dataset is old", url="/datasets/x/")
    monkeypatch.setattr("config.desk.DESK_ROWS", [lambda actor: [hint]])
    assert "A dataset is old" in section(desk(visit), "hint")


def test_a_full_desk_goes_page_by_page_and_tells_how_many_wait(visit, monkeypatch):
    today = clock.today()
    late = DeskRow(group=Group.WORK, title="Long late", url="/late/", due=today - timedelta(days=90))
    rows = [DeskRow(group=Group.WORK, title=f"Paper {number:02}", url=f"/p/{number:02}/") for number in range(60)]
    monkeypatch.setattr("config.desk.DESK_ROWS", [lambda actor: rows, lambda actor: [late]])
    first, second = (visit("owner").get(f"/desk/?page={page}").content.decode() for page in (1, 2))
    assert "61 things wait" in first and "61 things wait" in second
    assert "Long late" in section(first, "late") and section(second, "late") == ""
    assert "(60)" in section(first, "work") and "(60)" in section(second, "work")
    assert [len(re.findall("Paper", section(page, "work"))) for page in (first, second)] == [49, 11]


def test_a_hand_over_in_the_middle_leaves_the_work_on_the_post(world, visit, issued):
    assignment = issued(title=titled("births"))
    operations.acknowledge(world.actor("owner"), assignment)
    today = clock.today()
    answer = visit("admin").post("/posts/HEALTH-P01-data/hand-over/", {
        "name": "Next holder", "email": "next@example.org", "on": today.isoformat(), "note": "Keys in the drawer",
    })  # fmt: skip
    sheet = HandOver.objects.get()
    assert answer["Location"] == sheet.get_absolute_url()
    assert [entry["id"] for entry in sheet.open_work] == [assignment.pk]
    before = Assignment.objects.values().get(pk=assignment.pk)
    assert before["position_id"] == world.position("HEALTH-P01-data").pk and before["state"] == "acknowledged"
    assert "births" not in desk(visit, "owner")
    successor = Person.objects.get(email="next@example.org")
    browser = visit()
    browser.force_login(successor, backend="sala.people.sign_in.LinkBackend")
    assert "births" in browser.get("/desk/").content.decode()
    base = assignment.get_absolute_url()
    browser.post(f"{base}submit/", {"answer": "from the new one"})
    assert visit("owner").post(f"{base}submit/", {"answer": "too late"}).status_code == 404
    assignment.refresh_from_db()
    assert assignment.state == "submitted" and assignment.submissions == 1


def test_the_hand_over_sheet_tells_all_on_paper(world, visit, issued):
    assignment = issued(title=titled("births"))
    operations.assign_duty(world.actor("command"), world.position("HEALTH-P01-data"), kind="reports",
                           subject=world.area("01"), start=date(2020, 1, 1), basis="Decree 1")  # fmt: skip
    visit("admin").post("/posts/HEALTH-P01-data/hand-over/", {
        "name": "Next holder", "email": "next@example.org", "on": clock.today().isoformat(), "note": "Keys in the drawer",
    })  # fmt: skip
    sheet = HandOver.objects.get()
    page = visit("head").get(sheet.get_absolute_url()).content.decode()
    for text in (
        "Test owner",
        "Next holder",
        "Keys in the drawer",
        assignment.call.reference,
        "births",
        "Reports",
        "Decree 1",
    ):
        assert text in page
    statuses = {
        who: visit(who).get(sheet.get_absolute_url()).status_code for who in ("colleague", "stranger", "public")
    }
    assert statuses == {"colleague": 200, "stranger": 404, "public": 404}


def test_only_who_appoints_hands_over(visit):
    for who, status in [("owner", 403), ("stranger", 403), ("public", 401), ("head", 200)]:
        assert visit(who).get("/posts/HEALTH-P01-data/hand-over/").status_code == status


def test_a_sheet_keeps_what_was_open_on_the_day(world, visit, issued):
    assignment = issued()
    sheet = people.hand_over(
        world.actor("admin"), world.position("HEALTH-P01-data"), world.person("records"), on=clock.today(),
        open_work=[{"id": assignment.pk, "reference": "C-1", "title": {"lo": "x"}, "state": "issued", "checks": False,
                    "due_on": clock.today().isoformat(), "url": assignment.get_absolute_url()}],
    )  # fmt: skip
    operations.acknowledge(world.actor("head"), assignment)
    page = visit("head").get(sheet.get_absolute_url()).content.decode()
    assert re.search(r"C-1</a>.*?Issued.*?due today", page, re.DOTALL)
