"""Suitability of six layers of 10,000 × 10,000 cells, file to file: beside gdal_calc.py and beside reading and writing alone.

Beside the clock the processor time of each process is told: on a machine that others use too it says what the work costs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import rasterio

from bench.rasters import SIDE, debian_program, write_invented
from sala.core.files.raster import windows

WEIGHTS = (30, 25, 15, 12, 10, 8)
TIMES = 3
MEMORY = 1000  # megabytes at most
FASTER, OF_COPYING = 5, 0.5  # times gdal_calc.py; of the cells a second that reading and writing alone reach

# run in a process of its own, so that its memory is its own; both ways use the same windows, threads and output. What is
# only copied is read as the reckoning reads it, and the finished scores are written, which compress as they do
OURS = """
import json, resource, sys, time
import numpy
import rasterio
from rasterio.windows import Window
from sala.maps.calculations import sources, suitability
from sala.maps.calculations.grid import Grid
recipe, target, finished = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
grid = Grid.read(recipe["grid"])
if finished:
    with rasterio.open(finished) as raster:
        scores = raster.read(1)

def copied(work, places):
    nothing = numpy.zeros((1, suitability.Table.COLUMNS))
    def read(place):
        left, top, width, height = place
        cells = numpy.empty((len(recipe["criteria"]), height, width), numpy.uint8)
        for each, own in zip(recipe["criteria"], cells):
            sources.raster_source(each["source"], grid).raster.read(1, window=Window(*place), out=own)
        return place, scores[top : top + height, left : left + width], nothing, {}
    return suitability.in_threads(read, places)

start, processor = time.perf_counter(), time.process_time()
suitability.run(recipe, target, copied if finished else None)
spent = [time.perf_counter() - start, time.process_time() - processor]
print(json.dumps([*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def recipe_of(layers: list[Path]) -> dict:
    criteria = [
        {"source": {"kind": "raster", "path": str(path)}, "standardise": {"method": "linear", "low": 0, "high": 200}, "weight": weight}
        for path, weight in zip(layers, WEIGHTS, strict=True)
    ]  # fmt: skip
    with rasterio.open(layers[0]) as first:
        t = first.transform
        grid = {"crs": first.crs.to_string(), "west": t.c, "north": t.f, "cell_x": t.a, "cell_y": -t.e,
                "width": first.width, "height": first.height}  # fmt: skip
    return {"grid": grid, "criteria": criteria, "missing": "none"}


def ours(recipe: dict, target: Path, finished: Path | str = "") -> list[float]:
    """Seconds, seconds of the processor, megabytes at most.

    finished  scores to be written after the layers are read; empty: they are reckoned
    """
    environment = {**os.environ, "PYTHONPATH": "src"}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OURS, json.dumps(recipe), str(target), str(finished)],
        check=True, capture_output=True, text=True, env=environment,
    ).stdout  # fmt: skip
    found: list[float] = json.loads(told)
    return found


def peer(program: str, layers: list[Path], target: Path) -> list[float]:
    """Seconds, seconds of the processor."""
    names = "ABCDEF"
    formula = "+".join(f"{weight / sum(WEIGHTS)!r}*{name}" for name, weight in zip(names, WEIGHTS, strict=True))
    given = [part for name, path in zip(names, layers, strict=True) for part in (f"-{name}", str(path))]
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "GDAL_DATA", "PROJ_LIB")}  # fmt: skip
    start, before = perf_counter(), processor_of_children()
    subprocess.run(
        ["/usr/bin/python3", program, *given, f"--calc=numpy.floor({formula}+0.5)", f"--outfile={target}", "--type=Byte",
         "--NoDataValue=255", "--co=COMPRESS=DEFLATE", "--co=TILED=YES", "--overwrite", "--quiet"],
        check=True, capture_output=True, env=plain,
    )  # fmt: skip
    return [perf_counter() - start, processor_of_children() - before]


def processor_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def largest_difference(one: Path, other: Path) -> int:
    worst = 0
    with rasterio.open(one) as first, rasterio.open(other) as second:
        for window in windows(SIDE, SIDE):
            a, b = first.read(1, window=window), second.read(1, window=window)
            assert ((a == 255) == (b == 255)).all()
            worst = max(worst, int(np.abs(a.astype(int) - b).max()))
    return worst


def run(report) -> None:
    program = debian_program("gdal_calc.py", "python3-gdal")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layers = [write_invented(folder / f"{number}.tif", number) for number in range(len(WEIGHTS))]
        recipe = recipe_of(layers)
        whole, copying, calc = [], [], []
        for _time in range(TIMES):
            whole.append(ours(recipe, folder / "ours.tif"))
            copying.append(ours(recipe, folder / "copy.tif", folder / "ours.tif"))
            calc.append(peer(program, layers, folder / "peer.tif"))
        difference = largest_difference(folder / "ours.tif", folder / "peer.tif")
    cells = SIDE * SIDE / 1e6
    rate, processor, memory = cells / median(each[0] for each in whole), median(each[1] for each in whole), max(each[2] for each in whole)  # fmt: skip
    calc_rate, copy_rate = cells / median(each[0] for each in calc), cells / median(each[0] for each in copying)
    same = "the same windows, no reckoning"
    report.row("suitability", "6 layers of 10,000 × 10,000", rate, "MPix/s", peer="gdal_calc.py", peer_value=calc_rate,
               target=FASTER * calc_rate, better="more")  # fmt: skip
    report.row("suitability", "beside reading and writing alone", rate, "MPix/s", peer=same, peer_value=copy_rate,
               target=OF_COPYING * copy_rate, better="more")  # fmt: skip
    report.row("suitability", "processor time", processor, "s", peer="gdal_calc.py", peer_value=median(each[1] for each in calc))  # fmt: skip
    report.row("suitability", "processor time beside reading and writing", processor, "s", peer=same, peer_value=median(each[1] for each in copying))  # fmt: skip
    report.row("suitability", "memory at most", memory, "MB", target=MEMORY)
    report.row("suitability", "difference to gdal_calc.py at most", difference, "half %", target=1)
