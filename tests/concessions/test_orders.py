"""Orders about concessions: to a selection, counted, late by addressee; improvement notices and what follows them."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import tests.collection.conftest as forms
from sala.access.actor import command
from sala.access.scope import can
from sala.collection import operations as collection
from sala.collection.models import Expected
from sala.concessions import operations as concessions
from sala.concessions import policy
from sala.concessions.models import Concession, ConcessionOrder, OrderFile, Situation
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.orders import Words, draft_order, may_be_ordered, send_order
from sala.concessions.queries import panels
from sala.concessions.queries.addressees import reach_of
from sala.concessions.queries.orders import in_state, late_by_office, orders_for, orders_of, seen_of, standings
from sala.concessions.redaction import reads_by_office
from sala.concessions.views import orders as views
from sala.core import clock
from sala.core.errors import Invalid, NotPermitted
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.models import Assignment
from sala.journal.models import Event
from tests.concessions import test_releases as releases
from tests.concessions.conftest import square
from tests.concessions.test_inspections import photo_at

pytestmark = pytest.mark.django_db
opened = releases.opened

read_once, village_form = forms.read_once, forms.village_form
workbook, workbooks_read = forms.workbook, forms.workbooks_read

WORDS = Words(
    Translated(lo="ແຈ້ງໃຫ້ປັບປຸງ", en="Notice to improve"), Translated(lo="ເພື່ອໃຫ້ປະຕິບັດຕາມສັນຍາ", en="To keep the agreement"),
    Translated(lo="ໃຫ້ສົ່ງຮູບ ແລະ ລາຍງານ", en="Send photos and a report"),
)  # fmt: skip


def due() -> date:
    return clock.today() + timedelta(days=40)


@pytest.fixture
def order(cast):
    """order(rows=all, who="province", **told) → an order, sent."""

    def make(rows=None, who="province", send=True, **told):
        issuer = {"province": "LAND-P01-confirms", "ministry": "LAND-register", "inspector": "INSP-inspector"}[who]
        values = {
            "issuer": cast.position(issuer),
            "kind": "act",
            "addressee": "keeper",
            "words": WORDS,
            "due_on": due(),
        }
        rows = Concession.objects.all() if rows is None else Concession.objects.filter(pk__in=[row.pk for row in rows])
        made = draft_order(cast.actor(who), rows, **(values | told))
        if send:
            send_order(cast.actor(who), made)
            made.refresh_from_db()
        return made

    return make


def parts(made) -> list[tuple[str, int]]:
    rows = Assignment.objects.filter(call=made.call).order_by("pk")
    return [(row.position.code, row.subject_id) for row in rows.select_related("position")]


def late(made) -> None:
    """Its day has passed."""
    Assignment.objects.filter(call=made.call).update(due_on=clock.today() - timedelta(days=3))


@pytest.fixture
def three(granted, concession, cast):
    """Two concessions of the district, and one of a district in another province."""
    return [
        granted(), concession("Teak two"),
        concession("Far one", "other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("addressee", "post"),
    [("keeper", "LAND-D0101-concessions"), ("province", "LAND-P01-confirms"), ("ministry", "LAND-register"), ("company", "TREECO-representative")],
)  # fmt: skip
def test_one_order_goes_to_whoever_must_act_for_each(cast, three, order, addressee, post):
    made = order(three[:1], who="ministry" if addressee != "ministry" else "inspector", addressee=addressee)
    assert parts(made) == [(post, three[0].pk)]
    assert made.call.assignments.get().area.code == "0101"


def test_an_order_reaches_only_what_its_sender_reads_by_office(cast, three, order):
    made = order(who="province")
    assert parts(made) == [("LAND-D0101-concessions", three[0].pk), ("LAND-D0101-concessions", three[1].pk)]
    whole = order(who="inspector")
    assert len(parts(whole)) == 3
    with pytest.raises(Invalid):
        order(three[2:], who="province")
    for who in ("district", "company", "stranger", "citizen"):
        with pytest.raises(NotPermitted):
            draft_order(
                cast.actor(who), Concession.objects.all(), issuer=cast.position("LAND-P01-confirms"), kind="act", addressee="keeper",
                words=WORDS, due_on=due(),
            )  # fmt: skip
    assert ConcessionOrder.objects.count() == 2


def test_a_selection_is_narrowed_where_it_is_kept_and_by_the_same_right(cast, three):
    for who in ("district", "province", "ministry", "inspector", "company", "stranger", "other_district", "command"):
        actor = cast.actor(who)
        with CaptureQueriesContext(connection) as asked:
            rows = may_be_ordered(actor, Concession.objects.all())
        assert not [one for one in asked if 'from "concessions_concession"' in one["sql"].lower()], who
        expected = {row for row in three if can(actor, policy.ORDER, row) and reads_by_office(actor, row)}
        assert set(rows) == expected, who
    assert set(may_be_ordered(cast.actor("province"), Concession.objects.all())) == set(three[:2])


def test_those_for_whom_nobody_is_found_are_named(cast, three, order):
    made = order(who="inspector", addressee="company", kind="improve")
    assert parts(made) == [("TREECO-representative", three[0].pk)]
    assert sorted(made.without) == sorted([three[1].reference, three[2].reference])
    with pytest.raises(Invalid) as refused:
        order(three[1:], who="inspector", addressee="company")
    assert "addressee" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        order(three[:1], addressee="keeper", kind="improve")
    assert "addressee" in refused.value.fields


def test_counts_and_what_is_late_by_addressee(cast, three, order):
    made = order(who="inspector")
    actor = cast.actor("inspector")
    assert (standings(actor, [made.call_id])[made.call_id].asked, late_by_office(actor)) == (3, [])
    row = Assignment.objects.get(call=made.call, subject_id=three[0].pk)
    duties.acknowledge(cast.actor("district"), row)
    duties.submit(cast.actor("district"), row, answer="Done")
    late(made)
    found = standings(actor, [made.call_id])[made.call_id]
    assert (found.asked, found.answered, found.accepted, found.late) == (3, 1, 0, 2)
    assert in_state(seen_of(actor, made.call), "late").count() == 2  # what lies with its checker is not late
    duties.accept(actor, Assignment.objects.get(pk=row.pk))
    assert standings(actor, [made.call_id])[made.call_id].accepted == 1
    assert in_state(seen_of(actor, made.call), "late").count() == 2
    told = late_by_office(actor)
    assert [(office.code, number) for office, number, _since in told] == [("LAND-D0101", 1), ("LAND-D0201", 1)]
    own = standings(cast.actor("other_district"), [made.call_id])[made.call_id]
    assert (own.asked, own.late) == (1, 1)  # only its own part
    assert not standings(cast.actor("company"), [made.call_id])


def test_an_order_to_inspect_expects_one_answer_for_each(cast, client, three, order, village_form, read_once):
    form = village_form()
    collection.change_form(
        cast.actor("owner"), form, about="other", about_noun="concession", subject_question="village"
    )
    form.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        order(three[:2], kind="inspect")
    assert "form" in refused.value.fields
    made = order(three[:2], kind="inspect", form=form)
    rows = Expected.objects.filter(assignment__call=made.call)
    assert {(row.subject_id, row.assignment.subject_id) for row in rows} == {(one.pk, one.pk) for one in three[:2]}
    late(made)
    rows.filter(subject_id=three[0].pk).update(state="received", received_at=clock.now())  # it came from the ground
    actor = cast.actor("province")
    found = standings(actor, [made.call_id])[made.call_id]
    assert (found.asked, found.answered, found.late) == (2, 1, 1)
    assert [number for _office, number, _since in late_by_office(actor, made.call_id)] == [1]
    client.force_login(cast.person("province"))
    address = reverse("concessions:order", args=[made.call.reference])
    for state, named in (
        ("late", [three[1]]),
        ("open", three[:2]),
    ):  # late is who has still to act, as counted above it
        listed = client.get(f"/api/v1/concessions/orders/{made.call.reference}?state={state}").json()
        assert {one["concession"] for one in listed["items"]} == {one.reference for one in named}
        table = client.get(f"{address}?state={state}&format=csv").content.decode()
        assert [one.reference in table for one in three[:2]] == [one in named for one in three[:2]]


@pytest.fixture
def notice(cast, three, drawn, order):
    drawn(three[0], square())
    return order(three[:1], kind="improve", addressee="company", checker=cast.position("INSP-inspector"))


def test_a_company_answers_a_notice_with_photos_and_the_inspector_decides(cast, client, three, notice, monkeypatch):
    row = notice.call.assignments.get()
    client.force_login(cast.person("company"))
    page = client.get(row.get_absolute_url()).content.decode()
    address = reverse("concessions:answer_order", args=[row.pk])
    assert address in page  # whoever answers has read it: nothing else is asked first
    assert client.get(address).status_code == 200
    many = [SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.4 paper", "application/pdf") for number in range(31)]
    with monkeypatch.context() as watched:
        watched.setattr("sala.concessions.views.orders.store.keep_stream", lambda file: pytest.fail("was kept"))
        for files, words in (
            ([SimpleUploadedFile("a.exe", b"MZ", "application/x-msdownload")], "a.exe” is neither"),
            ([SimpleUploadedFile("a.pdf", b"<html><script>", "application/pdf")], "a.pdf” is neither"),
            (many, "At most 30 files"),
        ):
            wrong = client.post(address, {"answer": "Done", "sent": files}, headers={"accept-language": "en"})
            assert wrong.status_code == 200 and words in wrong.content.decode()
    assert not OrderFile.objects.exists()
    sent = client.post(
        address,
        {"answer": "Planted", "sent": [SimpleUploadedFile("in.jpg", photo_at(20.405, 100.205), "text/html"),
                                        SimpleUploadedFile("far.jpg", photo_at(21.0, 101.0), "image/jpeg"),
                                        SimpleUploadedFile("report.pdf", b"%PDF-1.4 paper", "application/pdf")]},
    )  # fmt: skip
    assert sent.status_code == 302, sent.content.decode()[:1500]
    row.refresh_from_db()
    assert (row.state, row.answer) == ("submitted", "Planted")
    assert [one.place for one in OrderFile.objects.filter(assignment=row)] == ["inside", "elsewhere", "unknown"]
    file = OrderFile.objects.get(name="in.jpg")
    saved = client.get(reverse("concessions:order_file", args=[row.pk, file.pk]))
    assert (saved["Content-Type"], saved["X-Content-Type-Options"]) == (
        "image/jpeg",
        "nosniff",
    )  # whatever was said of it
    for who, status in (
        ("inspector", 200),
        ("company", 200),
        ("province", 200),
        ("stranger", 404),
        ("other_district", 404),
    ):
        client.force_login(cast.person(who))
        assert client.get(reverse("concessions:order_file", args=[row.pk, file.pk])).status_code == status, who
        assert (
            client.get(reverse("concessions:order_file", args=[row.pk, file.pk]) + "?small=1").status_code == status
        ), who
    duties.return_(cast.actor("inspector"), row, reason="Only a third is planted")
    client.force_login(cast.person("company"))
    again = client.post(address, {"answer": "All is planted now"})
    assert again.status_code == 302 and OrderFile.objects.filter(assignment=row).count() == 3
    duties.accept(cast.actor("inspector"), Assignment.objects.get(pk=row.pk))
    told = Event.objects.filter(subject_type="concession", subject_id=three[0].pk, verb="concessions.order").order_by(
        "pk"
    )
    assert [event.content()["change"] for event in told] == ["improvement ordered", "order answered", "order returned", "order answered", "order accepted"]  # fmt: skip


def test_only_the_company_answers_its_notice(cast, client, notice):
    address = reverse("concessions:answer_order", args=[notice.call.assignments.get().pk])
    for who, status in (
        ("district", 404),
        ("province", 403),
        ("inspector", 403),
        ("stranger", 404),
        ("other_district", 404),
    ):
        client.force_login(cast.person(who))
        assert client.get(address).status_code == status, who


def test_a_notice_that_is_not_answered_is_told_in_the_situation_with_the_next_step(cast, three, notice, drawn, client):
    made = three[0]
    drawn(made, square(), purpose="implementation", measured_on=date(2019, 1, 1))
    reckon(command(), [made.pk])
    present = Situation.objects.get(concession=made, until=None)
    assert (present.code, present.next_step, present.reasons[-1][0]) == ("idle", "await_notice", "notice_until")
    late(notice)
    reckon(command(), [made.pk])
    present.refresh_from_db()
    assert (present.next_step, present.reasons[-1][0]) == ("end_it", "notice_late")
    client.force_login(cast.person("province"))
    page = client.get(made.get_absolute_url()).content.decode()
    assert "?step=terminate" in page
    step = client.get(reverse("concessions:take_step", args=[made.reference]) + "?step=terminate").content.decode()
    assert re.search(r'value="terminate"[^>]*checked', step)
    row = notice.call.assignments.get()
    duties.acknowledge(cast.actor("company"), row)
    duties.submit(cast.actor("company"), row, answer="Planted")
    reckon(command(), [made.pk])
    present.refresh_from_db()
    assert present.next_step == "inspect"


def test_an_ended_concession_is_answered_no_more(cast, three, notice, with_paper):
    with_paper(three[0], "order", number="7/GOV", issued_on=clock.today())
    concessions.take_step(cast.actor("province"), three[0], "terminate", decided_on=clock.today(), body_name="Governor")
    reckon(command(), [three[0].pk])
    assert Situation.objects.get(concession=three[0], until=None).code == "cancelled"


def test_who_sees_which_order(cast, client, three, order, notice):
    wide = order(who="inspector")
    assert {row.pk for row in orders_for(cast.actor("company"))} == {notice.pk}
    assert {row.pk for row in orders_for(cast.actor("stranger"))} == {wide.pk}  # the office above one that must act
    assert not orders_for(cast.actor("citizen")).exists()
    assert [row.call.reference for row in orders_of(cast.actor("company"), three[0])] == [notice.call.reference]
    address = reverse("concessions:order", args=[wide.call.reference])
    client.logout()
    assert client.get(address).status_code == 404 and client.get(reverse("concessions:orders")).status_code == 401
    for who, status in (("company", 404), ("citizen", 404), ("inspector", 200), ("other_district", 200)):
        client.force_login(cast.person(who))
        assert client.get(address).status_code == status, who
    page = client.get(address).content.decode()  # the other district
    assert three[2].reference in page and three[0].reference not in page
    told = client.get(f"/api/v1/concessions/orders/{wide.call.reference}").json()
    assert (told["asked"], [one["concession"] for one in told["items"]]) == (1, [three[2].reference])
    client.force_login(cast.person("inspector"))
    table = client.get(f"{address}?format=csv").content.decode()
    assert all(one.reference in table for one in three)
    listed = client.get("/api/v1/concessions/orders").json()
    assert listed["count"] == 2 and {one["asked"] for one in listed["items"]} == {1, 3}
    assert client.get(f"/api/v1/concessions/{three[0].reference}/orders").json()["count"] == 2


def test_an_order_is_written_from_the_list_as_it_was_narrowed(cast, client, three, monkeypatch):
    client.force_login(cast.person("province"))
    listed = client.get(reverse("concessions:concessions") + "?state=request", headers={"accept-language": "en"})
    address = reverse("concessions:new_order") + "?state=request"
    assert address.replace("&", "&amp;") in listed.content.decode()
    reckoned = []
    monkeypatch.setattr(views, "reach_of", lambda rows: reckoned.append(rows) or reach_of(rows))
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "About 1 concession of your list" in page and "1 found" in page and len(reckoned) == 1
    told = {
        "kind": "act", "addressee": "keeper", "issuer": cast.position("LAND-P01-confirms").pk, "due_on": due().isoformat(),
        "title_lo": "ຄຳສັ່ງ", "purpose_lo": "ເພື່ອກວດຄືນ", "instruction_lo": "ໃຫ້ກວດເອກະສານ",
    }  # fmt: skip
    done = client.post(address, told)
    assert done.status_code == 302, done.content.decode()[-3000:]
    assert len(reckoned) == 1  # whoever sends it is not told again
    made = ConcessionOrder.objects.get()
    assert (
        done["Location"] == reverse("concessions:order", args=[made.call.reference])
        and made.selection == "state=request"
    )
    sent = client.post(reverse("concessions:send_order", args=[made.call.reference]))
    assert sent.status_code == 302 and parts(made) == [("LAND-D0101-concessions", three[1].pk)]
    made.call.refresh_from_db()
    assert made.call.is_issued
    for who, status in (("district", 403), ("company", 403), ("citizen", 403)):
        client.force_login(cast.person(who))
        assert client.get(address).status_code == status, who


def test_nobody_closes_in_on_a_hidden_field_by_an_order(cast, client, three):
    """The number of an order's concessions is told of those only that the sender reads by office."""
    client.force_login(cast.person("province"))
    far = client.get(reverse("concessions:new_order") + f"?q={three[2].reference}", headers={"accept-language": "en"})
    assert "About 0 concessions" in far.content.decode()
    picked = client.get(reverse("concessions:new_order") + f"?concession={three[2].reference}", headers={"accept-language": "en"})  # fmt: skip
    assert "About 0 concessions" in picked.content.decode()


def test_an_order_names_concession_and_place_to_those_only_to_whom_they_are_open(cast, visit, three, order, opened):
    """Who checks the answers of an order may be an office that reads nothing of the concession."""
    made = order(three[:1], addressee="company", checker=cast.position("HEALTH-P01-data_review"))
    address = reverse("concessions:order", args=[made.call.reference])

    def told(who):
        return [visit(who).get(f"{address}{query}").content.decode() for query in ("", "?format=csv")]

    for text in told("reviewer"):
        assert "Not open to you" in text and three[0].reference not in text and "Nongsai" not in text
    opened("basics")
    for text in told("reviewer"):
        assert three[0].reference in text and "Teak one" in text and "Nongsai" not in text
    for text in told("province"):
        assert three[0].reference in text and "Nongsai" in text
    opened("place")
    for text in told("reviewer"):
        assert three[0].reference in text and "Nongsai" in text


def test_the_next_page_of_orders_asks_for_no_place(cast, visit, three, order):
    order()
    answer = visit("province").get("/concessions/orders/?page=2")
    assert answer.status_code == 200 and not answer.context["form"].errors
    assert visit("province").get("/concessions/orders/?place=").context["form"].errors


def test_what_is_late_in_a_place_leads_to_who_and_about_which(cast, visit, three, order):
    made = order()
    late(made)
    for place, number in (("0101", 2), ("01", 2), ("0201", 0)):
        panel = panels.orders(cast.actor("province"), cast.area(place))
        assert (panel is not None) is bool(number), place
        if panel is None:
            continue
        (line,) = panel.lines
        assert line[1] == str(number) and line[2] == f"/concessions/orders/?place={place}"
        page = visit("province").get(line[2])
        assert len(page.context["late_there"]) == number
        assert all(row.reference in page.content.decode() for row in three[:2])
        assert three[2].reference not in page.content.decode()
    assert "late_there" not in visit("province").get("/concessions/orders/").context
