"""The private PostgreSQL cluster: made, started and stopped by the command, reachable through one unix socket only.

There is no password and no network port: the server asks the kernel who connects (peer) and maps that account to a
role. `sala_owner` owns and migrates; `sala` serves and owns nothing; `postgres` is used here only.
The only proof that a server runs is that it answers. Process ids in files are not believed: a killed server leaves
them behind, and a container may keep it as a zombie for ever.
"""

import fcntl
import getpass
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("SALA_STATE") or ROOT / "var")
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
TEMPLATE = "sala_template"
PATIENCE = 5.0  # seconds in which a server that lives may begin to answer

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = {permissions}
shared_buffers = 256MB
effective_cache_size = 2GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_connections = 60
jit = off
timezone = 'UTC'
log_min_messages = warning
"""

PRIVILEGES = """
alter default privileges for role sala_owner in schema public grant select, insert, update, delete on tables to sala;
alter default privileges for role sala_owner in schema public grant usage, select on sequences to sala;
"""

# Changes whenever the set-up of roles, extensions or privileges does, so that an older cluster is brought up to date.
READY = hashlib.sha256(repr((EXTENSIONS, PRIVILEGES, "pg_signal_backend")).encode()).hexdigest()[:12]


class ClusterError(Exception):
    """The database server cannot be made or started; the text says what to do."""


def as_root() -> bool:
    return os.geteuid() == 0


def server_account() -> str:
    return "postgres" if as_root() else getpass.getuser()


def binaries() -> Path:
    """Folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise ClusterError("PostgreSQL is not installed. Run ./sala doctor to see the line that installs it.")
    return found[-1].parent


def _short_hash() -> str:
    return hashlib.sha256(str(STATE.resolve()).encode()).hexdigest()[:10]


def _enterable(folder: Path) -> bool:
    """Whether the server's account can reach this folder (a checkout under a closed home it cannot)."""
    if not as_root():
        return True
    test = ["runuser", "-u", "postgres", "--", "test", "-x", str(folder)]
    return subprocess.run(test, check=False, cwd="/").returncode == 0


def home() -> Path:
    """Where data, socket and log live: inside the state folder, else where the server's account may go."""
    STATE.mkdir(parents=True, exist_ok=True)
    if (STATE / "pg").exists() or _enterable(STATE.resolve()):
        return STATE.resolve()
    fallback = Path("/var/lib/sala") / _short_hash()
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback


def data_directory() -> Path:
    return home() / "pg"


def socket_directory() -> Path:
    folder = home() / "run"
    if len(str(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        base = Path("/run") if as_root() else Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        folder = base / f"sala-{_short_hash()}"
    return folder


def log_file() -> Path:
    return home() / "pg.log"


def _run(arguments: list[str], **options) -> subprocess.CompletedProcess:
    """Run one of the server's programs under the server's account."""
    if as_root():
        arguments = ["runuser", "-u", "postgres", "--", *arguments]
    return subprocess.run(
        arguments, cwd="/", stdin=subprocess.DEVNULL, text=True, capture_output=True, check=False, **options
    )


def answers() -> bool:
    """Whether a server answers on our socket."""
    try:
        program = str(binaries() / "pg_isready")
    except ClusterError:
        return False
    return subprocess.run([program, "-q", "-h", str(socket_directory())], check=False).returncode == 0


def _living_processes() -> list[int]:
    """Servers working in our data directory. PostgreSQL changes into it; a zombie has no working directory.

    The server's own account looks: in a container even root may not see where other accounts' processes work.
    """
    seen = _run(["find", "/proc", "-maxdepth", "2", "-name", "cwd", "-printf", "%h\\t%l\\n"]).stdout
    wanted = str(data_directory())
    lines = (line.partition("\t") for line in seen.splitlines())
    return [
        int(Path(process).name) for process, _tab, folder in lines if folder == wanted and Path(process).name.isdigit()
    ]


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes, starts or stops the cluster."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "cluster.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _give_to_server(folder: Path, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    if as_root():
        shutil.chown(folder, "postgres", "postgres")


def _explain(output: str) -> str:
    if "No space left" in output:
        return "The disk is full. Make room, then run the same command again; nothing was lost."
    last = [line for line in output.strip().splitlines() if line][-3:]
    return "The database server did not start: " + " / ".join(last) + f". The whole log is {log_file()}."


def _initialise() -> None:
    """Make the cluster beside its final place and rename it when whole, so a broken one is never taken for good."""
    unfinished = data_directory().with_name("pg.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _give_to_server(unfinished, 0o700)
    made = _run([str(binaries() / "initdb"), "-D", str(unfinished), "-U", "postgres", "-E", "UTF8",
                 "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--no-instructions"])  # fmt: skip
    if made.returncode:
        raise ClusterError(_explain(made.stderr))
    account, caller = server_account(), getpass.getuser()
    (unfinished / "pg_hba.conf").write_text("local all all peer map=sala\n")
    roles = [(account, "postgres")]
    roles += [(user, role) for user in {account, caller} for role in ("sala_owner", "sala")]
    (unfinished / "pg_ident.conf").write_text("".join(f"sala {user} {role}\n" for user, role in roles))
    permissions = "0777" if as_root() else "0700"  # peer decides who enters
    with (unfinished / "postgresql.conf").open("a") as handle:
        handle.write(SETTINGS.format(socket=socket_directory(), permissions=permissions))
    unfinished.rename(data_directory())


def _clear_remains() -> None:
    """Remove what a killed server left, but only when no server process lives in the data directory."""
    for _ in range(int(PATIENCE * 10)):
        if not _living_processes():
            break
        if answers():
            return
        time.sleep(0.1)
    else:
        raise ClusterError(
            f"A database server works in {data_directory()} but does not answer. "
            f"Wait a minute and try again; if it stays, end process {_living_processes()[0]} and run the command again."
        )
    (data_directory() / "postmaster.pid").unlink(missing_ok=True)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (socket_directory() / name).unlink(missing_ok=True)


def _launch() -> None:
    _give_to_server(socket_directory(), 0o755 if as_root() else 0o700)
    log = log_file()
    log.touch()
    if as_root():
        shutil.chown(log, "postgres", "postgres")
    command = [
        str(binaries() / "pg_ctl"),
        "-D",
        str(data_directory()),
        "-w",
        "-t",
        "60",
        "-s",
        "-l",
        str(log),
        "start",
    ]
    started = _run(command)
    if started.returncode or not answers():
        raise ClusterError(_explain(started.stderr + log.read_text(errors="replace")[-2000:]))


def psql(statement: str, database: str = "postgres") -> str:
    """Run SQL as the cluster's superuser; used for making roles and databases only."""
    done = _run([str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(socket_directory()),
                 "-U", "postgres", "-d", database, "-c", statement])  # fmt: skip
    if done.returncode:
        raise ClusterError(f"The database refused a set-up step: {done.stderr.strip()}")
    return done.stdout.strip()


def _prepare() -> None:
    """Roles, the template with its extensions, and the database; each made only when absent."""
    present = psql("select string_agg(rolname, ' ') from pg_roles").split()
    if "sala" not in present:
        psql("create role sala login")
    if "sala_owner" not in present:
        psql("create role sala_owner login createdb in role sala")
    psql("grant pg_signal_backend to sala_owner")  # else a passing autovacuum keeps it from dropping its own databases
    databases = psql("select string_agg(datname, ' ') from pg_database").split()
    if TEMPLATE not in databases:
        psql("drop database if exists sala_unfinished")
        psql("create database sala_unfinished owner sala_owner")
        psql(_extensions(), "sala_unfinished")
        psql(PRIVILEGES, "sala_unfinished")
        psql(f"alter database sala_unfinished rename to {TEMPLATE}")
        psql(f"alter database {TEMPLATE} is_template true")
    else:
        psql(_extensions(), TEMPLATE)
    if "sala" not in databases:
        psql(f"create database sala template {TEMPLATE} owner sala_owner")
    else:
        psql(_extensions(), "sala")


def _extensions() -> str:
    return "".join(f"create extension if not exists {extension};" for extension in EXTENSIONS)


def _ready_mark() -> Path:
    return data_directory() / "sala.ready"


def _is_ready() -> bool:
    """Whether the set-up was finished, by a program that wants the same of it as this one."""
    try:
        return _ready_mark().read_text() == READY
    except OSError:
        return False


def _check_account() -> None:
    """Raise when the cluster belongs to another account: its server would not let this one in, nor could it start it."""
    data = data_directory()
    if data.exists() and data.owner() != server_account():
        raise ClusterError(
            f"The database in {data.parent} belongs to the account {data.owner()}. Run this command as that account"
            f" (sudo -u {data.owner()} …), or set SALA_STATE to another folder."
        )


def ensure_running() -> bool:
    """Make and start the cluster when needed. True when it had to be started. Safe to call from two places at once."""
    _check_account()
    if answers() and _is_ready():
        return False
    with _alone():
        started = False
        if not (data_directory() / "PG_VERSION").exists():
            _initialise()
        if not answers():
            _clear_remains()
        if not answers():
            _launch()
            started = True
        if not _is_ready():
            _prepare()
            _ready_mark().write_text(READY)
        return started


def stop() -> bool:
    """Stop the server, letting open transactions roll back. False when none was running."""
    _check_account()
    with _alone():
        if not answers():
            return False
        done = _run([str(binaries() / "pg_ctl"), "-D", str(data_directory()), "-w", "-m", "fast", "-s", "stop"])
        if done.returncode:
            raise ClusterError(_explain(done.stderr))
        return True
