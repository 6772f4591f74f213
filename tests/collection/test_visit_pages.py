"""Pages of visits as an official uses them: plan, look at the others, propose, agree; month, places, burden."""

import re
from datetime import date, timedelta

import pytest

from sala.collection import operations
from sala.collection.models import JointProposal, Visit
from sala.core import clock
from sala.people.models import Message
from tests.collection.visiting import EDUC, HEALTH, LAND, holder, plan, three_ministries, topics, villages

pytestmark = pytest.mark.django_db


def sent(areas, **changes):
    return {
        "position": "", "title_lo": "ລົງບ້ານ", "title_en": "Wells", "starts_on": "2026-06-09", "ends_on": "2026-06-10",
        "areas": ", ".join(area.code for area in areas), "topics": [term.pk for term in topics("health")], "minutes": "20",
        "tier": "government",
    } | changes  # fmt: skip


def test_others_to_the_same_places_are_shown_first_and_must_be_looked_at(world, visit):
    shared = villages(world, 40)
    first = plan(world, EDUC, shared)
    browser, told = visit("owner"), sent(shared, position=world.position(HEALTH).pk)
    assert 'maxlength="6000"' in browser.get("/visits/new/").content.decode()  # forty codes fit into the box
    page = browser.post("/visits/new/", told)
    html = page.content.decode()
    assert page.status_code == 200 and first.get_absolute_url() in html and "40 places" in html
    assert Visit.objects.count() == 1
    page = browser.post("/visits/new/", told | {"seen": "on"})
    assert page.status_code == 302, re.findall(r'class="error"[^<]*>([^<]*)', page.content.decode())
    made = Visit.objects.get(slug="wells")
    assert made.organisation.code == "HEALTH-P01" and made.areas.count() == 40 and made.minutes == 20
    html = browser.get(made.get_absolute_url()).content.decode()
    assert first.get_absolute_url() in html and "/joint/" in html
    assert "/joint/" not in visit("stranger").get(made.get_absolute_url()).content.decode()


def test_without_the_right_nobody_plans_and_what_is_wrong_stands_at_its_field(world, visit):
    [place] = villages(world, 1)
    assert visit("public").get("/visits/new/").status_code in (302, 401)
    assert visit("registrar").get("/visits/new/").status_code == 403
    browser = visit("owner")
    told = sent([place], position=world.position(HEALTH).pk)
    for name, value, words in (
        ("ends_on", "2026-06-01", "ends before"), ("areas", "nowhere-at-all", "Nothing was found"),
        ("call", "X-9999", "No call with this reference"), ("minutes", "", "how many minutes"),
    ):  # fmt: skip
        html = browser.post("/visits/new/", told | {name: value}).content.decode()
        assert words in html, name
    assert visit("owner").post("/visits/new/", told | {"position": world.position(LAND).pk}).status_code == 200
    assert not Visit.objects.exists()


def test_a_due_date_before_the_visit_is_said_before_it_is_saved(world, visit, district_form, open_round):
    call = open_round(district_form())
    late = call.due_on + timedelta(days=3)
    told = sent([world.area("0101")], position=world.position(HEALTH).pk, call=call.reference.lower(),
                starts_on=late.isoformat(), ends_on=late.isoformat())  # fmt: skip
    browser = visit("owner")
    html = browser.post("/visits/new/", told).content.decode()
    assert "after the answers to" in html and not Visit.objects.exists()
    assert browser.post("/visits/new/", told | {"seen": "on"}).status_code == 302
    assert "after the answers to" in browser.get(Visit.objects.get().get_absolute_url()).content.decode()


def test_one_joint_visit_is_proposed_agreed_to_and_told(world, visit):
    health, schools, land = three_ministries(world, villages(world, 4))
    teacher = holder(world, EDUC, "lo")
    browser = visit("owner")
    html = browser.get(f"/visits/{health.slug}/joint/").content.decode()
    assert "300 minutes are spared" in html
    told = {
        "others": [schools.slug, land.slug], "title_lo": "ລົງຮ່ວມ", "title_en": "Together", "starts_on": "2026-06-08",
        "ends_on": "2026-06-12", "minutes": "",
    }  # fmt: skip
    assert browser.post(f"/visits/{health.slug}/joint/", told).status_code == 302
    proposal = JointProposal.objects.get()
    assert proposal.minutes == 60
    assert "ລົງຮ່ວມ" in Message.objects.get(person=teacher).body
    other = _signed_in(teacher)
    assert proposal.get_absolute_url() in other.get("/desk/").content.decode()
    html = other.get(proposal.get_absolute_url()).content.decode()
    [answer] = re.findall(r"/visits/joint/\d+/(\d+)/agree/", html)
    assert "/agree/" not in browser.get(proposal.get_absolute_url()).content.decode()
    assert visit("stranger").get(proposal.get_absolute_url()).status_code == 404
    assert browser.post(f"{proposal.get_absolute_url()}{answer}/agree/").status_code == 403
    page = other.post(f"{proposal.get_absolute_url()}{answer}/agree/")
    joint = Visit.objects.get(slug="together")
    assert page.status_code == 302 and page["Location"] == joint.get_absolute_url()
    assert "60 minutes" in browser.get(joint.get_absolute_url()).content.decode()
    assert proposal.get_absolute_url() not in other.get("/desk/").content.decode()


def _signed_in(person):
    from django.test import Client

    browser = Client(headers={"accept-language": person.language})
    browser.force_login(person, backend="sala.people.sign_in.LinkBackend")
    return browser


def test_a_proposal_is_declined_on_a_page_that_asks_why_and_withdrawn_on_another(world, visit):
    health, schools, land = three_ministries(world, villages(world, 1))
    proposal = operations.propose_joint(
        world.actor("owner"), health, [schools, land], title=health.title, starts_on=date(2026, 6, 8),
        ends_on=date(2026, 6, 9), minutes=60,
    )  # fmt: skip
    other, answer = _signed_in(holder(world, EDUC)), proposal.answers.get(visit=schools)
    address = f"{proposal.get_absolute_url()}{answer.pk}/decline/"
    assert "Say why" in other.post(address, {"reason": ""}).content.decode()
    assert visit("owner").post(address, {"reason": "x"}).status_code == 403
    assert other.post(address, {"reason": "Exams"}).status_code == 302
    assert "Exams" in visit("owner").get(proposal.get_absolute_url()).content.decode()
    assert other.post(f"{proposal.get_absolute_url()}withdraw/").status_code == 403
    assert visit("owner").post(f"{proposal.get_absolute_url()}withdraw/").status_code == 302
    assert "was withdrawn" in other.get(proposal.get_absolute_url()).content.decode()


def test_the_list_the_month_the_places_and_the_clashes_of_june(world, visit):
    shared = villages(world, 3)
    health, schools, _land = three_ministries(world, shared)
    browser = visit("stranger")
    html = browser.get("/visits/?by=month&month=2026-06").content.decode()
    assert html.count(f'href="{health.get_absolute_url()}"') == 5  # the days it is on the way
    html = browser.get("/visits/?by=places&month=2026-06").content.decode()
    assert html.count('class="marked"') == 3 and shared[0].get_absolute_url() in html
    html = browser.get("/visits/?by=clashes&month=2026-06").content.decode()
    assert html.count("3 places") == 3 and "135" in html
    html = browser.get("/visits/?month=2026-06&place=0101002&office=EDUC").content.decode()
    assert schools.get_absolute_url() in html and health.get_absolute_url() not in html
    html = browser.get("/visits/?month=2026-07").content.decode()
    assert health.get_absolute_url() not in html
    for address in (
        "/visits/?month=x",
        "/visits/?by=nothing",
        "/visits/?month=2026-13&by=month",
        "/visits/?topic=%00",
        "/visits/?q=%00",
    ):
        assert browser.get(address).status_code in (200, 400, 422), address
    assert health.get_absolute_url() not in visit("public").get("/visits/?by=month&month=2026-06").content.decode()


def test_a_visit_is_changed_called_off_and_noted_by_its_office_only(world, visit):
    today = clock.today()
    trip = plan(world, HEALTH, [world.area("0101")], today, today)
    browser = visit("owner")
    html = browser.get(f"/visits/{trip.slug}/edit/").content.decode()
    assert today.isoformat() in html and "0101" in html
    for address in ("edit", "call-off", "done"):
        assert visit("stranger").post(f"/visits/{trip.slug}/{address}/", {"reason": "x"}).status_code == 403, address
    told = sent([world.area("0102")], position=trip.position_id, starts_on=today.isoformat(), ends_on=today.isoformat())
    assert browser.post(f"/visits/{trip.slug}/edit/", told).status_code == 302
    assert list(trip.areas.values_list("code", flat=True)) == ["0102"]
    assert browser.post(f"/visits/{trip.slug}/done/").status_code == 302
    trip.refresh_from_db()
    assert trip.state == "done" and "/edit/" not in browser.get(trip.get_absolute_url()).content.decode()
    other = plan(world, HEALTH, [world.area("0101")], today, today)
    assert browser.post(f"/visits/{other.slug}/call-off/", {"reason": ""}).status_code == 200
    assert browser.post(f"/visits/{other.slug}/call-off/", {"reason": "The road is cut"}).status_code == 302
    assert "The road is cut" in visit("stranger").get(other.get_absolute_url()).content.decode()


def test_the_burden_is_a_page_a_table_an_answer_of_the_api_and_a_line_of_the_place(world, visit):
    shared, year = villages(world, 2), clock.today().year
    plan(world, HEALTH, shared, date(year, 6, 1), date(year, 6, 2), 30)
    plan(world, EDUC, shared[:1], date(year, 9, 1), date(year, 9, 2), 1000)
    browser = visit("stranger")
    html = browser.get(f"/visits/burden/?place=01&year={year}").content.decode()
    assert "1,030" in html and "2 places are asked for 1,060 minutes" in html
    rows = browser.get(f"/visits/burden.csv?place=0101&year={year}").content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("0101001,") and rows[1].endswith(",1000,30,1030") and rows[2].endswith(",0,30,30")
    answer = browser.get(f"/api/v1/places/0101/burden?year={year}").json()
    assert answer["count"] == 2 and answer["items"][0]["minutes"] == {"EDUC": 1000, "HEALTH": 30}
    assert "1,030" in browser.get(shared[0].get_absolute_url()).content.decode()
    assert "1,030" not in visit("public").get(shared[0].get_absolute_url()).content.decode()
    assert (
        "Nothing that is open to you" in visit("public").get(f"/visits/burden/?place=01&year={year}").content.decode()
    )
    assert browser.get("/visits/burden/?year=1").status_code == 404
    assert browser.get("/api/v1/places/none/burden").status_code == 404


def test_programs_read_visits_and_their_clashes(world, visit):
    health, schools, _land = three_ministries(world, villages(world, 2))
    browser = visit("stranger")
    answer = browser.get("/api/v1/visits?place=0101&topic=education").json()
    assert answer["count"] == 1 and answer["items"][0]["slug"] == schools.slug
    found = browser.get(f"/api/v1/visits/{health.slug}").json()
    assert [(one["visit"], one["places"], one["saved"]) for one in found["clashes"]][-1:] == [(schools.slug, 2, 60)]
    assert visit("public").get(f"/api/v1/visits/{health.slug}").status_code == 404
    assert browser.get("/api/v1/visits?place=none").status_code == 404
