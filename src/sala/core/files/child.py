"""The limited child process in which every uploaded or imported file is opened.

It has no database connection, little memory, a time limit, a limit on what it may write, and an empty environment. It
answers one JSON object: a result, or the reason why the file was refused, as a code and values that the parent turns
into the reader's words. A child that dies is an answer too.

Parent:  result = run("sala.core.files.table:profile", path, folder, decimal_mark=",")
Child:   `python -m sala.core.files.inside` calls profile(path, folder, decimal_mark=",") → a JSON-able dict
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sala.core.errors import Unreadable
from sala.core.files.reasons import words_of

SOURCE = Path(__file__).resolve().parents[3]

_NOWHERE = "http://127.0.0.1:9"  # a proxy that is never there, for libraries that would fetch what a file names
# GDAL's drivers for shapes but for the few that are read or written here: some follow a file to others or to the network
_NEEDLESS_DRIVERS = (
    "ADBC,AIVector,AmigoCloud,AVCBin,AVCE00,Carto,CSV,CSW,DGN,DXF,EDIGEO,EEDA,Elasticsearch,ESRIJSON,FlatGeobuf,GDALG,"
    "GeoJSONSeq,GeoRSS,GML,GPSBabel,GPX,GTFS,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MapInfo File,MapML,MBTiles,"
    "MiraMonVector,MVT,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OpenFileGDB,OSM,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,"
    "PMTiles,S57,Selafin,SQLite,SXF,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)


@dataclass(frozen=True)
class Limits:
    """memory and output in bytes, seconds of wall time."""

    memory: int = 2 * 1024**3
    seconds: int = 120
    output: int = 4 * 1024**3


def run(task: str, *arguments: Any, limits: Limits | None = None, **options: Any) -> dict[str, Any]:
    """Call `module:function` in the child. Raises Unreadable, in the reader's language, when the file is refused."""
    limits = limits or Limits()
    request = json.dumps({"task": task, "arguments": [str(value.absolute()) if isinstance(value, Path) else value for value in arguments],
                          "options": options, "memory": limits.memory, "output": limits.output, "seconds": limits.seconds})  # fmt: skip
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_TIMEOUT": "1", "GDAL_HTTP_PROXY": _NOWHERE, "GDAL_SKIP": _NEEDLESS_DRIVERS, "PROJ_NETWORK": "OFF",
        # memory is limited by address space: allocators that set aside more than they use would run into it too early
        "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system", "ARROW_IO_THREADS": "2",
        "http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "all_proxy": _NOWHERE, "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    with tempfile.TemporaryFile() as answer_file, tempfile.TemporaryFile() as error_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "sala.core.files.inside"],
            stdin=subprocess.PIPE, stdout=answer_file, stderr=error_file, env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
        try:
            process.communicate(request.encode(), timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Unreadable(words_of("took-too-long", {"seconds": limits.seconds})) from None
        answer_file.seek(0)
        text = answer_file.read().decode(errors="replace")
        error_file.seek(0)
        errors = error_file.read(1024**2)
        problem = (errors[:2000] + errors[-2000:]).decode(errors="replace")
    return _understood(text, problem, process.returncode, limits)


# what the libraries print when they ask for memory and get none, before the process dies
_OUT_OF_MEMORY = re.compile(
    r"MemoryError|bad_alloc|memory allocation of \d+ bytes failed|[Oo]ut of memory|std::length_error|Cannot allocate memory"
)


def _understood(text: str, problem: str, returncode: int, limits: Limits) -> dict[str, Any]:
    try:
        answer = json.loads(text.rsplit("\n", 2)[-2] if text.endswith("\n") else text)
    except (ValueError, IndexError):
        if returncode == -signal.SIGXCPU:
            reason = "took-too-long"
        elif returncode == -signal.SIGKILL or _OUT_OF_MEMORY.search(problem):
            reason = "too-large-for-memory"
        else:
            reason = "broke-the-reader"
        raise Unreadable(words_of(reason, {"code": returncode, "seconds": limits.seconds})) from None
    if "refused" in answer:
        raise Unreadable(words_of(answer["refused"], answer.get("values", {})))
    return answer["result"]
