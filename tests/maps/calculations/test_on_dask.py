"""The same suitability on a cluster of two workers, one of which is killed on the way."""

import os
import signal
import time

import numpy as np
import pytest
import rasterio
from distributed import Client, LocalCluster

from sala.maps.calculations import suitability
from sala.maps.calculations.grid import Grid
from sala.maps.calculations.on_dask import spread_on
from tests.rasters import write_raster


@pytest.fixture
def cluster():
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "memory_limit": "1GB",
        "host": "127.0.0.1",
    }
    with LocalCluster(**options) as local, Client(local) as client:
        yield client


def slowly(work, place):
    time.sleep(0.05)  # long enough for the kill to fall into the middle
    return work(place)


def test_a_killed_worker_changes_nothing_of_the_result(tmp_path, monkeypatch, cluster):
    monkeypatch.setattr(suitability, "SIDE", 64)
    rng = np.random.default_rng(3)
    criteria = []
    for number in range(2):
        path = write_raster(tmp_path / f"{number}.tif", rng.integers(0, 200, (400, 400)).astype("uint8"), nodata=255)
        criteria.append({"source": {"kind": "raster", "path": str(path)}, "weight": number + 1,
                         "standardise": {"method": "linear", "low": 0, "high": 200}})  # fmt: skip
    recipe = {"grid": Grid.of(criteria[0]["source"]["path"]).written(), "criteria": criteria, "sway": [0.1]}
    alone = suitability.run(recipe, str(tmp_path / "alone.tif"))
    workers = list(cluster.run(os.getpid).values())
    seen = []

    def killing(work, where):
        from functools import partial

        for block in spread_on(cluster)(partial(slowly, work), where):
            seen.append(block[0])
            if len(seen) == 5:
                os.kill(workers[0], signal.SIGKILL)
            yield block

    together = suitability.run(recipe, str(tmp_path / "together.tif"), killing)
    assert sorted(seen) == sorted(suitability.places(Grid.read(recipe["grid"]))) and len(seen) == 49
    with rasterio.open(tmp_path / "alone.tif") as one, rasterio.open(tmp_path / "together.tif") as other:
        assert (one.read(1) == other.read(1)).all()
    assert together["hectares"] == [pytest.approx(alone["hectares"][0], abs=0.01)]
    assert [row["changed"] for row in together["sensitivity"]] == pytest.approx([row["changed"] for row in alone["sensitivity"]])  # fmt: skip
