"""What the worker does for concessions."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.concessions.operations import follow_releases, raise_all
from sala.concessions.operations.constraints import follow_editions
from sala.concessions.operations.findings import beside, reckon
from sala.concessions.operations.inspections import recheck_of
from sala.concessions.operations.regrading import regrade
from sala.core import clock
from sala.journal.models import Event
from sala.ledger.models import Account

NOUN = "concession"
MIDNIGHT = 0  # in the country's time
CHARGE_HOUR = 1  # before what a concession is called is reckoned anew
RECKON_HOUR = 2  # in the country's time, when nobody enters anything


@app.periodic(cron="0 * * * *")
@app.task(name="concessions.reckon_all", queueing_lock="concessions.reckon_all")
def reckon_nightly(timestamp: int) -> int:
    """Findings, situations and grades of the whole register, once a night. Returns how many concessions were looked at."""
    if clock.day_at_hour(timestamp, RECKON_HOUR) is None:
        return 0
    follow_editions(command())
    told = reckon(command()).concessions
    regrade(command())
    return told


@app.task(name="concessions.reckon_one")
def reckon_one(event_id: int) -> None:
    """After a change: findings, situation and grades of that concession, and of those that it overlaps or overlapped."""
    event = Event.objects.get(pk=event_id)
    recheck_of(event.subject_id)
    near = beside(event.subject_id)
    reckon(command(), [event.subject_id])
    near = sorted({*near, *beside(event.subject_id)} - {event.subject_id})
    if near:
        reckon(command(), near)
    regrade(command(), [event.subject_id, *near])


@app.task(name="concessions.follow_payment")
def follow_payment(event_id: int) -> None:
    """After a payment: the grades of the concession that it was paid for."""
    event = Event.objects.get(pk=event_id)
    account = Account.objects.filter(payments=event.subject_id, subject_type=NOUN).first()
    if account is not None and account.subject_id is not None:
        regrade(command(), [account.subject_id])


@app.task(name="concessions.follow_layers")
def follow_layers(event_id: int) -> None:
    """After a dataset was published or withdrawn: the pieces of constraining layers made of it."""
    follow_editions(command())


@app.periodic(cron="0 * * * *")
@app.task(name="concessions.follow_releases", queueing_lock="concessions.follow_releases")
def follow_releases_daily(timestamp: int) -> int:
    """Who is seen by everybody follows the day: a release begins and ends with its days. Returns how many changed."""
    return follow_releases(command()) if clock.day_at_hour(timestamp, MIDNIGHT) else 0


@app.periodic(cron="0 * * * *")
@app.task(name="concessions.raise_charges", queueing_lock="concessions.raise_charges")
def raise_charges_nightly(timestamp: int) -> int:
    """Charges for periods that have begun, once a night. Returns how many. Broken off, the next night goes on."""
    if clock.day_at_hour(timestamp, CHARGE_HOUR) is None:
        return 0
    return raise_all(command()).charges
