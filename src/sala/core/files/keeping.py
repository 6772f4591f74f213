"""The keeper as its own process sees to it: begun when the first file is opened, anew when it has ended.

The keeper (`python -m sala.core.files.keeper`) and all children it starts have an empty environment.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]

_NOWHERE = "http://127.0.0.1:9"  # a proxy that is never there, for libraries that would fetch what a file names
# GDAL's drivers for shapes but for the few that are read or written here: some follow a file to others or to the network
_NEEDLESS_DRIVERS = (
    "ADBC,AIVector,AmigoCloud,AVCBin,AVCE00,Carto,CSV,CSW,DGN,DXF,EDIGEO,EEDA,Elasticsearch,ESRIJSON,FlatGeobuf,GDALG,"
    "GeoJSONSeq,GeoRSS,GML,GPSBabel,GPX,GTFS,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MapInfo File,MapML,MBTiles,"
    "MiraMonVector,MVT,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OpenFileGDB,OSM,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,"
    "PMTiles,S57,Selafin,SQLite,SXF,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_TIMEOUT": "1", "GDAL_HTTP_PROXY": _NOWHERE, "GDAL_SKIP": _NEEDLESS_DRIVERS, "PROJ_NETWORK": "OFF",
    # memory is limited by address space: allocators that set aside more than they use would run into it too early
    "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system", "ARROW_IO_THREADS": "2",
    "http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "all_proxy": _NOWHERE, "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
_TO_BEGIN = 60  # seconds that the keeper may take to load libraries and to start a child


class _Lost(Exception):
    """The keeper has ended, after a while without work or by force."""


class _Keeper:
    """One for this process; a fork of it begins its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.owner = 0

    def ask(self, task: str, files: list[int]) -> tuple[socket.socket, socket.socket]:
        """Send a task. Returns the socket on which the keeper tells of the child, and its control. Raises _Lost."""
        ours, theirs = socket.socketpair()
        with self.lock, theirs:
            control = self._begun()
            try:
                socket.send_fds(control, [task.encode()], [*files, theirs.fileno()])
            except OSError:
                ours.close()
                self._forget()
                raise _Lost from None
        return ours, control

    def forget(self, control: socket.socket) -> None:
        """The keeper behind this control is of no more use."""
        with self.lock:
            if control is self.control:
                self._forget()

    def _forget(self) -> None:
        if self.control:
            self.control.close()
            self.control = None
        if self.process and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
        self.process = None

    def _begun(self) -> socket.socket:
        if self.owner != os.getpid():
            self._forget()
        if not self.control:
            self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "sala.core.files.keeper", str(theirs.fileno())], pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_ENVIRONMENT,
                    cwd="/", start_new_session=True,
                )  # fmt: skip
            self.owner = os.getpid()
        return self.control


_keeper = _Keeper()


def run(task: str, files: list[int], seconds: float) -> int:
    """Run a task in a child with these files as its input, output and errors. Returns its exit code, below zero for the
    signal that ended it. Raises TimeoutError when it is not done in time; then it has been killed.
    """
    try:
        return _run(task, files, seconds)
    except _Lost:
        return _run(task, files, seconds)  # it ended just before the message came


def _run(task: str, files: list[int], seconds: float) -> int:
    told, control = _keeper.ask(task, files)
    with told:
        try:
            child = _number(told, _TO_BEGIN)
        except (TimeoutError, _Lost):
            _keeper.forget(control)
            raise _Lost from None
        try:
            return _number(told, seconds)
        except _Lost:  # the keeper was killed; its child goes too
            _keeper.forget(control)
            _kill(child)
            return -signal.SIGKILL
        except TimeoutError:
            _kill(child)
            with contextlib.suppress(_Lost, TimeoutError):
                _number(told, _TO_BEGIN)
            raise


def _kill(child: int) -> None:
    """The child, and the programs that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def _number(told: socket.socket, seconds: float) -> int:
    """The next number that the keeper tells. Raises TimeoutError, and _Lost when no more will come."""
    told.settimeout(max(seconds, 0.001))
    try:
        received = told.recv(4)
    except ConnectionError:
        received = b""
    if len(received) < 4:
        raise _Lost
    return int.from_bytes(received, "big", signed=True)
