"""What the worker does for collection."""

from procrastinate.contrib.django import app

from sala.collection.operations.reading import AT_ONCE, read_waiting


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
