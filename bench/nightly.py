"""Findings and situations of the whole register, with twenty layers: a country of today, and one eight times as large."""

import time

from bench.concessions import actor, make_concessions, make_layers
from sala.concessions.operations.findings import reckon

PACK = "laos"
LAYERS, POLYGONS = 20, 10_000
SIZES = ((2_642, 30), (20_000 - 2_642, 300))  # added, and the limit in seconds of all there are then


def run(report) -> None:
    make_layers(LAYERS, POLYGONS, 100_000, 3)
    total = 0
    for turn, (more, most) in enumerate(SIZES):
        make_concessions(more, seed=20 + turn)
        total += more
        start = time.perf_counter()
        told = reckon(actor())
        report.row("nightly", f"{total:,} concessions, first time", time.perf_counter() - start, "s", target=most)
        report.row("nightly", "findings", told.new, "")
        start = time.perf_counter()
        again = reckon(actor())
        report.row("nightly", f"{total:,} concessions, nothing new", time.perf_counter() - start, "s", target=most)
        report.row(
            "nightly", "changed by that", again.new + again.changed + again.gone + again.situations, "", target=0
        )
