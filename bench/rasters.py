"""Invented rasters for the benchmarks of analysis: patches and slopes, so that they compress as real ones do."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

SIDE = 10_000  # cells
CELL = 0.0003  # degrees, about 30 m
WEST, NORTH = 102.0, 20.0
STRIPE = 512
LIKE = {
    "driver": "GTiff", "width": SIDE, "height": SIDE, "count": 1, "dtype": "uint8", "nodata": 255, "crs": "EPSG:4326",
    "transform": from_origin(WEST, NORTH, CELL, CELL), "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "DEFLATE",
}  # fmt: skip


def write_invented(path: Path, seed: int) -> Path:
    """A raster of 0 … 200 made of patches of 20 × 20 cells; a corner has no data."""
    patches = np.random.default_rng(seed).integers(0, 201, (SIDE // 20, SIDE // 20), dtype="uint8")
    with rasterio.open(path, "w", **LIKE) as target:
        for top in range(0, SIDE, STRIPE):
            height = min(STRIPE, SIDE - top)
            rows = np.arange(top, top + height) // 20
            cells = np.repeat(patches[rows], 20, axis=1)
            if top < 500:
                cells[:, :300] = 255
            target.write(cells, 1, window=Window(0, top, SIDE, height))
    return path


def debian_program(name: str, package: str) -> str:
    """A program of a Debian package, installed when we may; the peer is never left out in silence."""
    if not shutil.which(name) and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=True, capture_output=True)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
        subprocess.run(
            install, check=True, capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
    found = shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is missing. Install {package} and run this again.")
    return found
