"""Slope, soil, roads and protected areas over a real province, made up and marked so, as a folder that a command takes in."""

import json
from pathlib import Path

import numpy as np
import rasterio
import yaml
from rasterio.transform import from_origin

WEST, SOUTH, EAST, NORTH = 104.5, 15.8, 107.0, 17.3
CELL = 0.01  # degrees, about a kilometre
TOLD = "Invented for a test"


def write_folder(folder: Path, *, owner: str, place: str) -> Path:
    """datasets.yaml with its files: three rasters and two layers, named as the templates of suitability want them."""
    across, down = round((EAST - WEST) / CELL), round((NORTH - SOUTH) / CELL)
    x, y = np.meshgrid(np.linspace(0, 1, across), np.linspace(0, 1, down))
    cells = {
        "slope": ("ຄວາມຊັນ (ສົມມຸດ)", "%", 2 + 50 * x**2 + 6 * np.sin(9 * y)),  # the east is steep
        "soil-depth": ("ຄວາມເລິກຂອງດິນ (ສົມມຸດ)", "cm", 120 - 80 * x + 15 * np.cos(7 * y)),
        "coarse-fragments": ("ກ້ອນຫີນໃນດິນ (ສົມມຸດ)", "%", 5 + 40 * np.abs(np.sin(4 * x + 2 * y))),
    }
    shapes = {
        "roads": ("ທາງຫຼວງ (ສົມມຸດ)", [("LineString", [[104.75, 16.55], [105.6, 16.6], [106.6, 16.62]], {"class": "national"})]),
        "protected-areas": ("ປ່າສະຫງວນ (ສົມມຸດ)", [
            ("Polygon", [_box(105.3, 16.3, 105.75, 16.75)], {"class": "conservation"}),
            ("Polygon", [_box(106.2, 16.0, 106.6, 16.3)], {"class": "protection"}),
        ]),
    }  # fmt: skip
    records = []
    for slug, (title, unit, values) in cells.items():
        _write_cells(folder / f"{slug}.tif", values, unit)
        records.append(_record(slug, title, owner, place, f"{slug}.tif", {"kind": "continuous", "unit": unit}))
    for slug, (title, features) in shapes.items():
        (folder / f"{slug}.geojson").write_text(json.dumps(_collection(features)))
        records.append(_record(slug, title, owner, place, f"{slug}.geojson", {}))
    (folder / "datasets.yaml").write_text(yaml.safe_dump({"datasets": records}, allow_unicode=True))
    return folder


def _box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _collection(features) -> dict:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": values, "geometry": {"type": kind, "coordinates": corners}}
            for kind, corners, values in features
        ],
    }


def _write_cells(path: Path, values: np.ndarray, unit: str) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:4326", transform=from_origin(WEST, NORTH, CELL, CELL),
        width=values.shape[1], height=values.shape[0], count=1, dtype="float32", nodata=-9999,
    ) as made:  # fmt: skip
        made.write(values.astype("float32"), 1)
        made.update_tags(TIFFTAG_IMAGEDESCRIPTION=TOLD)
        made.units = (unit,)


def _record(slug: str, title: str, owner: str, place: str, file: str, recipe: dict) -> dict:
    return {
        "slug": slug, "is_invented": True, "title": {"lo": title, "en": f"{slug} ({TOLD.lower()})"}, "owner": owner,
        "place": place, "tier": "public", "licence": "CC0-1.0", "topics": ["land"], "origins": [TOLD],
        "parts": [{"code": "map", "name": {"lo": "ແຜນທີ່", "en": "Map"}, "file": file, "period": "2024", "recipe": recipe}],
    }  # fmt: skip
