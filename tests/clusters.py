"""
Throw-away PostgreSQL servers for tests, where its programs are on this machine: Debian's `postgresql`, or in PATH.

The data lies in a temporary folder; connections come by a socket there, so that no port is taken. PostgreSQL refuses to run as
root: then it runs as `postgres` or `nobody`.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from sqlalchemy import URL

from server.engines import open_engine

ON_POSTGRESQL = os.environ.get("DATABASE") == "postgresql"  # tests that do not say where they play, play there
PATIENCE_S = 60
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",  # a test asks whether its hall was written, not whether a disk keeps it
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def programs():
    """The folder of initdb and postgres; None where there are none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: -int(f.parent.name) if f.parent.name.isdigit() else 0
    )
    return next((f for f in folders if (f / "postgres").exists() and (f / "initdb").exists()), None)


@cache
def shared():
    """The server of this run of the tests, started when it is first needed; `pytest_sessionfinish` ends it."""
    return Cluster()


class Cluster:
    """A server with databases of its own; it can be stopped, killed and started again."""

    def __init__(self, **settings):
        self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_open_to_all()))
        self.settings = SETTINGS | settings
        self.user = {}
        if os.geteuid() == 0:
            import pwd

            other = next(u for u in ("postgres", "nobody") if _is_there(u))
            self.user = {"user": other, "group": pwd.getpwnam(other).pw_gid, "extra_groups": []}
            shutil.chown(self.folder, other)
        self.made = 0
        self.process = None
        self._run("initdb", "-D", self.folder / "data", "-U", "hall", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.starts()

    def starts(self):
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE_S
        self._begins()
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            if self.process.poll() is not None:
                self._begins()  # one that was killed leaves others behind, who have not noticed yet
            time.sleep(0.02)  # between two looks, not instead of one

    def _begins(self):
        settings = [word for key, value in self.settings.items() for word in ("-c", f"{key}={value}")]
        command = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self.user)

    def stops(self, how=signal.SIGINT):
        """At once, cutting every connection; SIGQUIT: without a checkpoint, as after a crash."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)

    def kill(self):
        """The power is cut: neither it nor any of its processes says a last word."""
        self.process.send_signal(signal.SIGSTOP)  # so that it starts no other in their place
        for child in _children(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def ends(self):
        """The test is over."""
        if self.process.poll() is None:
            self.stops(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name):
        """The address of a database."""
        return URL.create("postgresql+psycopg", username="hall", database=name, query={"host": str(self.folder)})

    def new(self, template="template0"):
        """A database of its own, made from a template."""
        self.made += 1
        name = f"hall_{self.made}"
        self.does(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drops(self, place):
        """It is needed no more."""
        self.does(f"DROP DATABASE {place.database} WITH (FORCE)")

    def does(self, statement):
        """One statement of the server's owner; its rows, where it has any."""
        engine = open_engine(self.url("postgres"))
        with engine.connect() as connection:
            done = connection.exec_driver_sql(statement)
            return done.all() if done.returns_rows else None

    def _answers(self):
        asked = [self.programs / "pg_isready", "-q", "-h", self.folder, "-U", "hall", "-d", "postgres"]
        return subprocess.run(asked, check=False).returncode == 0

    def _run(self, program, *words):
        done = subprocess.run(
            [self.programs / program, *words], cwd=self.folder, capture_output=True, text=True, check=False, **self.user
        )
        assert done.returncode == 0, done.stderr


def _open_to_all():
    """Where temporary folders lie, if another user can get there."""
    folders = [Path(tempfile.gettempdir()).resolve(), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 (a folder is made in it)
    return next(f for f in folders if all(step.stat().st_mode & 0o001 for step in (f, *f.parents)))


def _is_there(user):
    import pwd

    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _children(parent):
    """The processes that `parent` has started, as /proc tells: in "PID (name) state PPID …" the name may hold anything."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # gone meanwhile
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(stat.parent.name))
    return found
