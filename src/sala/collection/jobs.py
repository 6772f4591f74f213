"""What the worker does for collection."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.collection.models import Submission
from sala.collection.operations.answer_reminders import remind_respondents
from sala.collection.operations.media import renew_lists
from sala.collection.operations.parts import keep_all_parts
from sala.collection.operations.photos import look_at_photos
from sala.collection.operations.reading import AT_ONCE, read_again, read_submission, read_waiting
from sala.core import clock
from sala.journal.models import Event

REMINDER_HOUR = 7  # in the country's time, as the reminders of calls


@app.periodic(cron="* * * * *")
@app.task(name="collection.read_answers", queueing_lock="collection.read_answers")
def read_answers(timestamp: int) -> int:
    """Every minute: read what came in. Returns how many were read."""
    total = 0
    while count := read_waiting():
        total += count
        if count < AT_ONCE:
            break
    return total


@app.periodic(cron="0 * * * *")
@app.task(name="collection.remind", queueing_lock="collection.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders to those who give answers, once a day. Returns how many messages are new; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind_respondents(day) if day else 0


@app.periodic(cron="38 * * * *")
@app.task(name="collection.renew_lists", queueing_lock="collection.renew_lists")
def renew_the_lists(timestamp: int) -> int:
    """Every hour: lists of places, facilities and organisations in forms follow their registers."""
    return renew_lists(command())


@app.periodic(cron="*/10 * * * *")
@app.task(name="collection.keep_parts", queueing_lock="collection.keep_parts")
def keep_parts(timestamp: int) -> int:
    """Every ten minutes: answers that came by the thousand are written out as columns. Returns how many parts."""
    return keep_all_parts()


@app.task(name="collection.look_at_photos")
def look_at_photos_of(submission_id: int) -> int:
    """An answer came with photos: open them in the child, then read it anew. Returns how many were opened."""
    submission = Submission.objects.select_related("form__owner", "position__organisation__area").get(pk=submission_id)
    opened = look_at_photos(submission)
    if opened:
        read_submission(submission)
    return opened


@app.task(name="collection.read_again")
def read_again_of_form(event_id: int) -> int:
    """A form was put in use: answers that came with a version which was not here are read again."""
    return read_again(Event.objects.get(pk=event_id).subject_id)
