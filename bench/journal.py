"""What the journal costs: an operation with and without its event, sealing, and proving the chain."""

import time

from sala.access.actor import Actor, command
from sala.access.scope import require
from sala.core.operation import lock, operation
from sala.journal.operations import record, seal_all
from sala.journal.queries import verify
from sala.people import policy
from sala.people.models import Position

OPERATIONS, BLOCK = 10_000, 500
MOST_TIMES, LEAST_VERIFIED = 1.5, 20_000


@operation
def change(actor: Actor, position: Position, phone: str, journalled: bool) -> None:
    """The smallest true operation: lock, policy, row (with its history by trigger), and the event or not."""
    position = lock(position)
    require(actor, policy.EDIT, position)
    position.phone = phone
    position.save(update_fields=["phone"])
    if journalled:
        record(actor, policy.EDIT, position, change="telephone")


def seconds(positions: list[Position], count: int, journalled: bool) -> float:
    start = time.perf_counter()
    for number in range(count):
        change(command(), positions[number % len(positions)], str(number), journalled)
    return time.perf_counter() - start


def run(report) -> None:
    positions = list(Position.objects.order_by("pk")[:50])
    seconds(positions, 200, journalled=True)
    spent = {True: 0.0, False: 0.0}
    for _block in range(OPERATIONS // BLOCK):  # taken in turns, so that a busy minute of the machine strikes both
        for journalled in spent:
            spent[journalled] += seconds(positions, BLOCK, journalled)
    each = {journalled: total / OPERATIONS * 1000 for journalled, total in spent.items()}
    report.row("journal", f"operation with its event, {OPERATIONS:,} commits", each[True], "ms", peer="without",
               peer_value=each[False], target=MOST_TIMES * each[False])  # fmt: skip

    start = time.perf_counter()
    sealed = seal_all()
    report.row("journal", "sealing", sealed / (time.perf_counter() - start), "events/s", better="more")

    start = time.perf_counter()
    verdict = verify()
    rate = verdict.events / (time.perf_counter() - start)
    assert verdict.faults == [] and verdict.events == sealed
    report.row(
        "journal", f"verifying {verdict.events:,} events", rate, "events/s", target=LEAST_VERIFIED, better="more"
    )
