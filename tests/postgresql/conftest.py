"""PostgreSQL servers that may be stopped and killed, and other programs that get in the way."""

import contextlib
import select
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import clusters
import psycopg
import pytest
from sqlalchemy import URL

HOLDER = """
import sys, psycopg
connection = psycopg.connect(sys.argv[1], autocommit=True)
connection.execute("BEGIN")
connection.execute("SELECT pg_advisory_xact_lock(" + sys.argv[2] + ")")
print("held", flush=True)
sys.stdin.read()
"""


def pytest_collection_modifyitems(items):
    """Everything here needs a server."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.postgresql)


@pytest.fixture(scope="module")
def mortal():
    """A server of these tests alone: whoever stops it starts it again."""
    running = clusters.Cluster(max_connections="24", superuser_reserved_connections="0", track_commit_timestamp="on")
    yield running
    running.ends()


@pytest.fixture
def fragile(mortal, new_hall):
    """A hall on that server."""
    return new_hall(on=mortal)


def plain(place):
    """The address as libpq reads it."""
    return place.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def line():
    """Opens plain connections to a database: `line(place)`; closed when the test is over."""
    with contextlib.ExitStack() as lines:
        yield lambda place: lines.enter_context(psycopg.connect(plain(place), autocommit=True))


@pytest.fixture
def cut(line):
    """Cuts every connection of the halls' servers to a database, as a network does."""

    def cut(place, *, but=0):
        other = place.set(database="postgres")
        line(other).execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'jiaohao' AND pid <> %s",
            (place.database, but),
        )

    return cut


@pytest.fixture
def holder():
    """Another process that takes a hall's turn and keeps it: `holder(place, key)`; it is killed at the latest when the test is over."""
    held = []

    def hold(place, key):
        command = [sys.executable, "-c", HOLDER, plain(place), str(key)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        held.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in held:
        process.kill()
        process.communicate()


class DeafLine:
    """A way to a server on which, once, the answer to a COMMIT is lost."""

    def __init__(self, place):
        self.folder = tempfile.TemporaryDirectory(prefix="pg-")
        self.place: URL = place.set(query={"host": self.folder.name})
        self.server = str(Path(place.query["host"]) / ".s.PGSQL.5432")
        self.armed = threading.Event()
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(Path(self.folder.name) / ".s.PGSQL.5432"))
        self.listening.listen()
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                self.threads.append(threading.Thread(target=self._carry, args=(client,), daemon=True))
                self.threads[-1].start()

    def _carry(self, client):
        with client, socket.socket(socket.AF_UNIX) as server, contextlib.suppress(OSError):
            server.connect(self.server)
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65_536)
                    if not data:
                        return
                    (server if source is client else client).sendall(data)
                    if source is client and b"COMMIT" in data and self.armed.is_set():
                        self.armed.clear()
                        server.recv(65_536)  # it was done
                        return

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join(5)
        self.folder.cleanup()


@pytest.fixture
def deaf_line():
    """See `DeafLine`."""
    made = []

    def make(place):
        made.append(DeafLine(place))
        return made[-1]

    yield make
    for one in made:
        one.close()
