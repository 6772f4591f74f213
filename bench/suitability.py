"""Suitability of six layers of 10,000 × 10,000 cells, file to file: beside gdal_calc.py and beside reading and writing alone."""

import json
import os
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

# run in a process of its own, so that its memory is its own; both ways use the same windows, threads and output
OURS = """
import json, resource, sys, time
from sala.maps.calculations import sources, suitability
from sala.maps.calculations.grid import Grid
recipe, target, alone = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3] == "alone"
grid = Grid.read(recipe["grid"])

def copied(work, places):
    from rasterio.windows import Window
    import numpy
    nothing = numpy.zeros((1, suitability.Table.COLUMNS))
    def read(place):
        cells = [sources.raster_source(each["source"], grid).cells(Window(*place))[0] for each in recipe["criteria"]]
        return place, cells[0], nothing, {}
    return suitability.in_threads(read, places)

start = time.perf_counter()
suitability.run(recipe, target, copied if alone else None)
print(json.dumps([time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
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


def ours(recipe: dict, target: Path, alone: bool = False) -> tuple[float, float]:
    """(seconds, megabytes at most)."""
    environment = {**os.environ, "PYTHONPATH": "src", "GDAL_CACHEMAX": "256"}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OURS, json.dumps(recipe), str(target), "alone" if alone else "whole"],
        check=True, capture_output=True, text=True, env=environment,
    ).stdout  # fmt: skip
    seconds, megabytes = json.loads(told)
    return seconds, megabytes


def peer(program: str, layers: list[Path], target: Path) -> float:
    names = "ABCDEF"
    formula = "+".join(f"{weight / sum(WEIGHTS)!r}*{name}" for name, weight in zip(names, WEIGHTS, strict=True))
    given = [part for name, path in zip(names, layers, strict=True) for part in (f"-{name}", str(path))]
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "GDAL_DATA", "PROJ_LIB")}  # fmt: skip
    start = perf_counter()
    subprocess.run(
        ["/usr/bin/python3", program, *given, f"--calc=numpy.floor({formula}+0.5)", f"--outfile={target}", "--type=Byte",
         "--NoDataValue=255", "--co=COMPRESS=DEFLATE", "--co=TILED=YES", "--overwrite", "--quiet"],
        check=True, capture_output=True, env=plain,
    )  # fmt: skip
    return perf_counter() - start


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
        whole, copying, calc, memory = [], [], [], 0.0
        for _time in range(TIMES):
            seconds, megabytes = ours(recipe, folder / "ours.tif")
            whole.append(seconds)
            memory = max(memory, megabytes)
            copying.append(ours(recipe, folder / "copy.tif", alone=True)[0])
            calc.append(peer(program, layers, folder / "peer.tif"))
        difference = largest_difference(folder / "ours.tif", folder / "peer.tif")
    rate = SIDE * SIDE / 1e6 / median(whole)
    report.row("suitability", "6 layers of 10,000 × 10,000", rate, "MPix/s", peer="gdal_calc.py",
               peer_value=SIDE * SIDE / 1e6 / median(calc), target=FASTER * SIDE * SIDE / 1e6 / median(calc), better="more")  # fmt: skip
    report.row("suitability", "beside reading and writing alone", rate, "MPix/s", peer="the same windows, no reckoning",
               peer_value=SIDE * SIDE / 1e6 / median(copying), target=OF_COPYING * SIDE * SIDE / 1e6 / median(copying), better="more")  # fmt: skip
    report.row("suitability", "memory at most", memory, "MB", target=MEMORY)
    report.row("suitability", "difference to gdal_calc.py at most", difference, "half %", target=1)
