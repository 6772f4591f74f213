"""The letter of a call is an issued paper: numbered, verifiable, in Lao and English, and true to the day it was sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from config.jobs import run_errand
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Errand
from sala.documents import operations as documents
from sala.documents import pdf
from sala.documents.models import NumberSeries
from sala.documents.working_days import add_working_days
from sala.duties import operations
from sala.duties.errands import ask_letter
from sala.duties.models import Assignment, CallLetter
from sala.duties.queries.letters import standing_letters
from sala.journal.models import Event
from sala.people.models import Message, Position, Role

pytestmark = pytest.mark.django_db

BOTH = {
    "title": Translated({"lo": "ຂໍຂໍ້ມູນການເກີດ", "en": "Births asked"}),
    "purpose": Translated({"lo": "ສຳລັບບົດລາຍງານ", "en": "For the yearly report"}),
    "instruction": Translated({"lo": "ສົ່ງຈຳນວນການເກີດ", "en": "Send the number of births in each district"}),
}


def packed(text: str) -> str:
    """Without spaces and hyphens: a number may be broken at the end of a line, where the reader marks the hyphen."""
    return "".join(text.split()).replace("\ufffe", "").replace("-", "")


def words_of(letter, language="en") -> str:
    import pypdfium2

    path = store.path_of(letter.paper.files.get(language=language).sha256)
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


@pytest.fixture
def letter(world, issued):
    """letter(**changes) → the circular of a call that was just issued."""

    def make(**changes):
        call = issued(**{**BOTH, **changes}).call
        return operations.issue_letter(world.actor("caller"), call)

    return make


def day_off(world, day):
    return documents.add_non_working_day(
        world.actor("command"), world.organisation("STAT"), day=day, name={"lo": "ວັນພັກ", "en": "Day off"},
        source="Notice 7",
    )  # fmt: skip


def test_the_circular_says_what_is_asked_of_whom_and_until_when(world, letter):
    made = letter(legal_basis="Decree 12, article 5", period="2026")
    call = made.call
    text = words_of(made)
    for part in ("Births asked", "For the yearly report", "number of births in each district", "Decree 12, article 5",
                 "Period 2026", call.reference, made.paper.number, made.paper.issuer.name["en"], "Legal basis",
                 call.assignments.get().position.organisation.name["en"], str(made.due_on.year)):  # fmt: skip
        assert part in text, part
    assert "working days from the day of this letter" in text
    assert made.paper.languages == ["lo", "en"] and (made.paper.subject_type, made.paper.subject_id) == (
        "call",
        call.pk,
    )
    assert Event.objects.filter(subject_type="call", subject_id=call.pk, text__contains='"letter"').exists()


def test_a_language_in_which_the_call_is_not_written_gets_no_letter(world, issued):
    made = operations.issue_letter(world.actor("caller"), issued().call)
    assert made.paper.languages == ["lo"]


def test_many_posts_stand_in_an_annex(world, issued):
    posts = Position.objects.filter(code__endswith="-data", closed_on__isnull=True).select_related("organisation")[:9]
    call = issued_to(world, issued, posts)
    made = operations.issue_letter(world.actor("caller"), call)
    text = words_of(made)
    assert f"the {len(posts)} posts named in the annex" in text and "Annex: posts asked" in text
    assert all(post.organisation.name["en"] in text for post in posts)


def test_a_letter_to_many_posts_is_written_by_the_worker_while_its_page_tells_how_far_it_is(
    world, visit, issued, settings
):
    settings.LETTER_POSTS_AT_ONCE = 1
    posts = Position.objects.filter(code__endswith="-data", closed_on__isnull=True)[:2]
    call = issued_to(world, issued, posts)
    caller = visit("caller")
    page = caller.post(f"/calls/{call.reference}/letter/")["Location"]
    assert page.startswith("/errands/") and not CallLetter.objects.exists()
    waiting = caller.get(page)
    assert waiting["Refresh"] and "noted what is to be done" in waiting.content.decode()
    assert visit("owner").get(page).status_code == 404
    answer = caller.post(f"/api/v1/calls/{call.reference}/letters", content_type="application/json")
    assert answer.status_code == 202 and caller.get(answer.json()["url"]).json()["state"] == "waiting"
    for errand in Errand.objects.order_by("asked_at"):
        run_errand(str(errand.pk))
    letter = CallLetter.objects.get()
    assert caller.get(page)["Location"] == f"{call.get_absolute_url()}#letters"
    refused = caller.get(answer.json()["url"]).json()
    assert refused["state"] == "refused" and letter.paper.number in refused["refusal"]["advice"]


def interrupted(monkeypatch, times, what):
    """While a paper is laid out, something else happens, the first so many times. Returns how often one was laid out."""
    counted, render = [], pdf.render

    def with_something_else(template, context, language):
        if language == "lo":
            counted.append(context["issued"].number)
            if len(counted) <= times:
                what()
        return render(template, context, language)

    monkeypatch.setattr(pdf, "render", with_something_else)
    return counted


def next_letter_is_taken(world):
    """Another letter of the office gets the next number."""
    office = world.organisation("STAT")
    series, _made = NumberSeries.objects.get_or_create(issuer=office, kind="letter", year=clock.today().year)
    NumberSeries.objects.filter(pk=series.pk).update(last=series.last + 1)


def test_a_letter_overtaken_by_another_paper_of_the_office_is_laid_out_again_under_the_next_number(
    world, issued, monkeypatch
):
    call = issued(**BOTH).call
    laid_out = interrupted(monkeypatch, 1, lambda: next_letter_is_taken(world))
    errand = ask_letter(world.actor("caller"), call)
    letter = CallLetter.objects.get()
    first, second = laid_out
    assert letter.paper.number == errand.found["number"] == second > first
    assert packed(second) in packed(words_of(letter)) and packed(first) not in packed(words_of(letter))


def test_a_letter_overtaken_again_and_again_is_refused_and_takes_no_number(world, issued, monkeypatch):
    call = issued(**BOTH).call
    laid_out = interrupted(monkeypatch, 9, lambda: next_letter_is_taken(world))
    with pytest.raises(Conflict, match="Ask for this one again"):
        ask_letter(world.actor("caller"), call)
    assert len(laid_out) == 3 and not CallLetter.objects.exists()
    assert NumberSeries.objects.get(kind="letter", issuer__code="STAT").last == 3


def test_a_call_withdrawn_while_its_letter_was_laid_out_gets_none(world, issued, monkeypatch):
    call = issued(**BOTH).call
    interrupted(monkeypatch, 1, lambda: operations.withdraw_call(world.actor("caller"), call, reason="Asked twice"))
    with pytest.raises(Conflict, match="a call that runs"):
        ask_letter(world.actor("caller"), call)
    assert not CallLetter.objects.exists() and not NumberSeries.objects.filter(last__gt=0).exists()


def issued_to(world, issued, posts):
    from sala.duties.models import Call

    call = operations.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=[operations.Asked(post) for post in posts],
        kind="data-call", due_on=clock.today() + timedelta(days=40), **BOTH,
    )  # fmt: skip
    operations.issue_call(world.actor("caller"), call)
    return Call.objects.get(pk=call.pk)


def test_only_who_speaks_for_the_post_writes_and_only_for_a_call_that_runs(world, drafted, issued):
    call = issued(**BOTH).call
    for who in ("owner", "head", "stranger"):
        with pytest.raises(NotPermitted):
            operations.issue_letter(world.actor(who), call)
    with pytest.raises(Conflict, match="Issue the call first"):
        operations.issue_letter(world.actor("caller"), drafted())
    assert not CallLetter.objects.exists()


def test_a_second_letter_that_says_the_same_is_refused(world, letter):
    made = letter()
    with pytest.raises(Conflict, match=made.paper.number):
        operations.issue_letter(world.actor("caller"), made.call)
    documents.withdraw_issued(world.actor("caller"), made.paper, reason="A wrong telephone number")
    assert operations.issue_letter(world.actor("caller"), made.call).follows is None


def test_whoever_is_asked_opens_the_letter_and_nobody_else_does(visit, letter):
    made = letter()
    address = f"/calls/{made.call.reference}/letters/{made.pk}/lo.pdf"
    seen = {who: visit(who).get(address).status_code for who in ("caller", "owner", "colleague", "stranger", "public")}
    assert seen == {"caller": 200, "owner": 200, "colleague": 200, "stranger": 404, "public": 404}
    assert visit("owner").get(address.replace("lo.pdf", "fr.pdf")).status_code == 404
    page = visit("owner").get(made.call.get_absolute_url()).content.decode()
    assert made.paper.number in page and address in page and f"/calls/{made.call.reference}/letter/" not in page
    assert visit("public").get(f"/verify/{made.paper.number}/").status_code == 200


def test_the_letter_is_written_from_the_page_of_the_call(visit, issued):
    call = issued(**BOTH).call
    address = f"/calls/{call.reference}/letter/"
    assert address in visit("caller").get(call.get_absolute_url()).content.decode()
    assert "1 post asked" in visit("caller").get(address).content.decode()
    assert visit("owner").get(address).status_code == 403 and visit("owner").post(address).status_code == 403
    answer = visit("caller").post(address, follow=True)
    made = CallLetter.objects.get()
    assert made.paper.number in answer.content.decode() and "go-letter" not in answer.content.decode()
    assert visit("caller").get(address).status_code == 409


def test_the_letter_may_be_written_with_the_issue_itself_by_who_issues_papers(world, visit, drafted):
    call = drafted(**BOTH)
    assert 'name="letter"' in visit("caller").get(f"/calls/{call.reference}/issue/").content.decode()
    visit("caller").post(f"/calls/{call.reference}/issue/", {"letter": "1"})
    assert CallLetter.objects.get().call == call
    Role.objects.filter(code="call_manager").update(verbs=["calls.issue", "calls.manage", "area.read"])
    other = drafted(**BOTH)
    assert 'name="letter"' not in visit("caller").get(f"/calls/{other.reference}/issue/").content.decode()
    visit("caller").post(f"/calls/{other.reference}/issue/")
    assert "/letter/" not in visit("caller").get(other.get_absolute_url()).content.decode()
    with pytest.raises(NotPermitted):
        operations.issue_letter(world.actor("caller"), other)


def test_more_time_is_told_by_a_letter_to_that_post_which_changes_the_circular(world, visit, letter):
    circular = letter()
    assignment = circular.call.assignments.get()
    until = add_working_days(assignment.due_on, 8)
    asked = operations.ask_extension(world.actor("owner"), assignment, until=until, reason="The census is on")
    with pytest.raises(Conflict, match="says the same"):
        operations.issue_letter(world.actor("caller"), circular.call, assignment=assignment)
    operations.decide_extension(world.actor("caller"), asked, granted=True)
    page = visit("caller").get(circular.call.get_absolute_url()).content.decode()
    assert f"/letter/?assignment={assignment.pk}" in page
    assert (
        visit("caller").post(f"/calls/{circular.call.reference}/letter/?assignment={assignment.pk}").status_code == 302
    )
    own = CallLetter.objects.get(assignment=assignment)
    circular.paper.refresh_from_db()
    assert (own.due_on, own.follows, circular.paper.is_valid) == (until, circular, True)
    assert packed(f"changes the due date in letter No. {circular.paper.number}") in packed(words_of(own))
    assert f"?assignment={assignment.pk}" not in visit("caller").get(circular.call.get_absolute_url()).content.decode()


def test_the_letter_of_a_corrected_call_takes_the_place_of_the_old_one(world, letter):
    old = letter()
    new = operations.replace_call(
        world.actor("caller"), old.call, kind="data-call", due_on=old.call.due_on, **BOTH
    )  # fmt: skip
    operations.issue_call(world.actor("caller"), new)
    made = operations.issue_letter(world.actor("caller"), new)
    old.paper.refresh_from_db()
    assert not old.paper.is_valid and made.paper.number in old.paper.withdrawn_reason
    assert packed(f"takes the place of letter No. {old.paper.number}") in packed(words_of(made))


def test_programs_read_letters_and_write_them_with_the_same_rights(visit, issued):
    call = issued(**BOTH).call
    address = f"/api/v1/calls/{call.reference}/letters"
    assert visit("owner").post(address, content_type="application/json").status_code == 403
    assert visit("stranger").get(address).status_code == 404
    made = visit("caller").post(address, content_type="application/json")
    assert made.status_code == 201 and made.json()["due_on"] == call.due_on.isoformat()
    listed = visit("owner").get(address).json()
    assert [(row["number"], row["now"], row["valid"], set(row["files"])) for row in listed] == [
        (made.json()["number"], None, True, {"lo", "en"}),
    ]  # fmt: skip
    assert visit("owner").get(listed[0]["files"]["lo"]).status_code == 200


# ---- a calendar that changes -------------------------------------------------------------------------------------


def monday():
    """Noon of a Monday in a time without standing holidays of the trial country's calendar."""
    return clock.fixed(datetime(2026, 6, 8, 3, tzinfo=UTC))


def test_a_day_off_entered_later_moves_what_was_promised_in_working_days_and_the_letter_keeps_its_date(
    world, visit, letter
):
    with monday():
        made = letter(due_on=None, due_days=15)
        call, assignment = made.call, made.call.assignments.get()
        said = call.due_on
        assert (said, made.due_on) == (add_working_days(clock.today(), 15), said)
        day_off(world, add_working_days(clock.today(), 3))
        assert operations.follow_calendar_everywhere() == 1
        assert operations.follow_calendar_everywhere() == 0
        call.refresh_from_db(), assignment.refresh_from_db(), made.refresh_from_db()
        assert call.due_on == assignment.due_on == add_working_days(said, 1)
        assert made.due_on == said
        page = visit("owner").get(call.get_absolute_url()).content.decode()
        assert f"Letter No. {made.paper.number} says {said.day} June 2026" in page
        assert f"due on {call.due_on.day} {call.due_on:%B} 2026" in page
        wave = Message.objects.get(subject_type="assignment", subject_id=assignment.pk, wave__startswith="calendar-")
        assert wave.person == world.person("owner") and wave.wave == f"calendar-{call.due_on}"
        again = operations.issue_letter(world.actor("caller"), call)
        made.paper.refresh_from_db()
        assert not made.paper.is_valid and again.due_on == call.due_on
        assert standing_letters(world.actor("owner"), call)[0].now is None


def test_a_date_written_as_a_date_stays_and_the_next_working_day_is_the_last_in_time(world, letter):
    with monday():
        made = letter(due_on=date(2026, 7, 15))
        day_off(world, date(2026, 7, 15))
        assert operations.follow_calendar_everywhere() == 0
        made.call.refresh_from_db()
        assert made.call.due_on == made.due_on == date(2026, 7, 15)
        assert standing_letters(world.actor("owner"), made.call)[0].now == date(2026, 7, 16)


def test_a_grant_moves_with_the_calendar_by_its_working_days(world, letter):
    with monday():
        made = letter(due_on=None, due_days=10)
        assignment = made.call.assignments.get()
        until = add_working_days(assignment.due_on, 5)
        asked = operations.ask_extension(world.actor("owner"), assignment, until=until, reason="Floods")
        operations.decide_extension(world.actor("caller"), asked, granted=True)
        day_off(world, add_working_days(clock.today(), 2))
        day_off(world, add_working_days(made.due_on, 3))
        assert operations.follow_calendar_everywhere() == 1
        assignment.refresh_from_db(), made.call.refresh_from_db()
        assert made.call.due_on == add_working_days(clock.today(), 10)
        assert assignment.due_on == add_working_days(clock.today(), 15) > until


def test_a_day_off_taken_back_brings_a_date_nearer_but_not_into_the_past(world, letter):
    with monday():
        row = day_off(world, date(2026, 6, 12))
        made = letter(due_on=None, due_days=10)
        late = made.due_on
    with clock.fixed(datetime(late.year, late.month, late.day, 3, tzinfo=UTC)):
        documents.remove_non_working_day(world.actor("command"), row, reason="Called off")
        operations.follow_calendar_everywhere()
        assert Assignment.objects.get(call=made.call).due_on == late
    with monday():
        again = day_off(world, date(2026, 6, 12))
        other = letter(due_on=None, due_days=10)
        documents.remove_non_working_day(world.actor("command"), again, reason="Called off")
        operations.follow_calendar_everywhere()
        assert Assignment.objects.get(call=other.call).due_on == add_working_days(clock.today(), 10) < other.due_on


def test_ended_work_and_closed_calls_keep_their_dates(world, submitted):
    with monday():
        done, left = submitted(due_on=None, due_days=10), submitted(due_on=None, due_days=10)
        operations.accept(world.actor("caller"), done)
        dates = {row.pk: row.due_on for row in (done, left)}
        day_off(world, add_working_days(clock.today(), 4))
        operations.follow_calendar_everywhere()
        now = dict(Assignment.objects.values_list("pk", "due_on"))
    assert now[done.pk] == dates[done.pk] and now[left.pk] > dates[left.pk]


def test_entering_a_day_off_queues_the_reckoning_and_laying_down_a_rule_does_not(world):
    def queued():
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from procrastinate_jobs where task_name = 'duties.follow_calendar'")
            return cursor.fetchone()[0]

    documents.add_rule(
        world.actor("command"), world.organisation("STAT"), kind="deadline", key="trial",
        value={"number": "5", "unit": "days"}, start=date(2026, 1, 1),
    )  # fmt: skip
    assert queued() == 0
    day_off(world, date(2026, 6, 12))
    assert queued() == 1
