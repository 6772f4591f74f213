"""Bodies with their meetings, projects and courses of a demonstration, from <pack>/demonstration.yaml.

Each entry is found again by its `slug` and then left alone. What happened in the past is entered with the clock held at
its day, through the same operations as everything else. An entry is marked as invented unless it says
`is_invented: false` and names its source.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import get_current_timezone

from sala.access.actor import Actor
from sala.bodies import operations
from sala.bodies.models import Body, Course, Meeting, Minutes, Project
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import operation
from sala.core.pack import Pack, Report
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area

FILE = "demonstration"
MORNING = time(9)
PLAIN = ("state", "starts_on", "ends_on", "budget", "verdict", "source")  # of a project
LEAD_DAYS = 30  # an invitation goes out this long before its meeting


def _words(entry: dict[str, Any], *names: str) -> dict[str, Translated]:
    return {name: Translated(entry[name]) for name in names if name in entry}


def _topics(entry: dict[str, Any]) -> list[Term]:
    return list(Term.objects.filter(scheme="topic", code__in=entry.get("topics", [])))


def _post(code: str) -> Position:
    return Position.objects.get(code=code)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, get_current_timezone())


@operation
def bodies(actor: Actor, pack: Pack) -> Report:
    """Committees and workshops with their meetings, decisions and what became of them."""
    report = Report()
    for entry in pack.listed(FILE, "bodies"):
        if Body.objects.filter(slug=entry["slug"]).exists():
            report.count("unchanged")
            continue
        body = _body(actor, entry)
        series = None
        if "series" in entry:
            rhythm = entry["series"]["rhythm"]
            series = operations.start_series(actor, body, name=Translated(entry["series"]["name"]), rhythm=rhythm)
            for title in entry["series"].get("standing", []):
                operations.add_standing_item(actor, series, title=Translated(title))
        last = None
        for meeting in entry.get("meetings", []):
            last = _meeting(actor, body, meeting, series=series, follows=last)
        report.count("new", f"body {entry['slug']}")
    return report


def _body(actor: Actor, entry: dict[str, Any]) -> Body:
    body = operations.establish_body(
        actor, Organisation.objects.get(code=entry["secretariat"]), kind=entry["kind"], slug=entry["slug"],
        area=Area.objects.get(code=entry["area"]), topics=_topics(entry), tier=entry.get("tier", "public"),
        is_invented=entry.get("is_invented", True), source=entry.get("source", ""), **_words(entry, "name", "mandate"),
    )  # fmt: skip
    start = clock.today().replace(month=1, day=1) - timedelta(days=365)
    for seat in entry.get("seats", []):
        operations.give_seat(actor, body, _post(seat["post"]), role=seat["role"], start=start)
    return body


def _meeting(actor: Actor, body: Body, entry: dict[str, Any], **line: Any) -> Meeting:
    """`held_on` a day of the past, or `in` days from today; `held` when it took place after a proper invitation."""
    described = {
        **line, **_words(entry, "title", "purpose", "venue"), "is_invented": body.is_invented, "source": body.source,
    }  # fmt: skip
    if "held_on" in entry:
        meeting = operations.enter_past_meeting(actor, body, starts_at=_morning(entry["held_on"]), **described)
        _agenda(actor, meeting, entry)
    else:
        day = clock.today() + timedelta(days=entry["in"])
        with clock.fixed(_morning(min(day - timedelta(days=LEAD_DAYS), clock.today()))):
            meeting = operations.draft_meeting(actor, body, starts_at=_morning(day), **described)
            _agenda(actor, meeting, entry)
            if entry.get("called") or entry.get("held"):
                operations.call_meeting(actor, meeting)
        if entry.get("held"):
            operations.hold_meeting(actor, meeting)
    if "minutes" in entry:
        _minutes(actor, Minutes.objects.get(meeting=meeting), entry["minutes"])
    return meeting


def _agenda(actor: Actor, meeting: Meeting, entry: dict[str, Any]) -> None:
    for topic in entry.get("agenda", []):
        item = operations.add_item(actor, meeting, title=Translated(topic["title"]))
        for slug in topic.get("papers", []):
            operations.attach_paper(actor, item, Document.objects.get(slug=slug))


def _minutes(actor: Actor, minutes: Minutes, entry: dict[str, Any]) -> None:
    meeting = Meeting.objects.get(pk=minutes.meeting_id)
    items = {item.title.get("en", ""): item for item in meeting.items.all()}
    posts = meeting.participants.filter(position__isnull=False).values_list("pk", "position__code")
    came = {pk: entry.get("came", {}).get(code) for pk, code in posts}
    counts = {pk: {"women": pair[0], "men": pair[1]} for pk, pair in came.items() if pair}
    operations.note_attendance(actor, meeting, counts)
    texts = {items[title].pk: Translated(text) for title, text in entry.get("said", {}).items()}
    operations.write_minutes(actor, minutes, summary=Translated(entry["summary"]), texts=texts)
    for decision in entry.get("decisions", []):
        _decision(actor, items[decision["item"]], decision)
    if "chain" in entry:
        sent = operations.circulate_minutes(actor, minutes, chain=[_post(code) for code in entry["chain"]])
        for _code in entry["chain"]:
            sent = operations.endorse_minutes(actor, sent, digest=sent.digest)
        operations.issue_report(actor, sent)


def _decision(actor: Actor, item: Any, entry: dict[str, Any]) -> None:
    made = operations.take_decision(actor, item, number=entry["number"], **_words(entry, "title", "wording"))
    for action in entry.get("actions", []):
        operations.add_action(
            actor, made, wording=Translated(action["wording"]), position=_post(action["post"]),
            due_on=clock.today() + timedelta(days=action["days"]), issuer=_post(entry["issuer"]),
        )  # fmt: skip


@operation
def projects(actor: Actor, pack: Pack) -> Report:
    """Projects, pilots and agreements with their partners."""
    report = Report()
    for entry in pack.listed(FILE, "projects"):
        if Project.objects.filter(slug=entry["slug"]).exists():
            report.count("unchanged")
            continue
        plain: dict[str, Any] = {name: entry[name] for name in PLAIN if name in entry}
        words = _words(entry, "title", "aim", "results", "question", "before", "after")
        project = operations.register_project(
            actor, Organisation.objects.get(code=entry["owner"]), kind=entry["kind"], slug=entry["slug"],
            areas=list(Area.objects.filter(code__in=entry["areas"])), topics=_topics(entry),
            is_invented=entry.get("is_invented", True), **(plain | words),
        )  # fmt: skip
        for partner in entry.get("partners", []):
            organisation = Organisation.objects.get(code=partner["code"])
            operations.add_partner(actor, project, organisation, role=partner["role"])
        report.count("new", f"project {entry['slug']}")
    return report


@operation
def courses(actor: Actor, pack: Pack) -> Report:
    """Training courses that were held, with counts of who came."""
    report = Report()
    for entry in pack.listed(FILE, "courses"):
        if Course.objects.filter(slug=entry["slug"]).exists():
            report.count("unchanged")
            continue
        course = operations.plan_course(
            actor, Organisation.objects.get(code=entry["owner"]), slug=entry["slug"], duties=entry.get("duties", []),
            topics=_topics(entry), materials=list(Document.objects.filter(slug__in=entry.get("materials", []))),
            is_invented=True, **_words(entry, "title", "aim"),
        )  # fmt: skip
        for held in entry.get("sessions", []):
            day = clock.today() - timedelta(days=held["days_ago"])
            area = Area.objects.get(code=held["area"])
            session = operations.add_session(actor, course, starts_on=day, ends_on=day, area=area)
            for code, (women, men) in held["came"].items():
                operations.note_trained(actor, session, position=_post(code), women=women, men=men)
        report.count("new", f"course {entry['slug']}")
    return report
