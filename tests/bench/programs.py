"""The measured servers and those who load them, each a process of its own, so that neither takes the other's time."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE_S, SILENCE_S = 20, 120  # until it has ended; until it has answered


class Program:
    """A program of this folder; the first line it says is kept in `said`. It is asked by a line and answers by one."""

    def __init__(self, name, *words, log):
        self.name, self.log = name, log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, HERE / f"{name}.py", *map(str, words)],
                cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True,
            )  # fmt: skip
        self.said = self._line()

    @property
    def url(self):
        return self.said

    def asks(self, **question):
        """What it answers."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def ends(self):
        """As an administrator ends it, if it has not ended."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=PATIENCE_S)

    def rss_kb(self):
        """Memory it holds, in KB."""
        return self._status("VmRSS")

    def cpu_s(self):
        """Seconds of CPU it has taken, its kernel's part included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, key):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{key}:")).split()[1])

    def _line(self):
        enough = threading.Timer(SILENCE_S, self.process.kill)
        enough.start()
        line = self.process.stdout.readline()
        enough.cancel()
        if not line:
            self.ends()
        assert line, f"{self.name}: {self.log.read_text()[-3000:]}"
        return line.strip()


def entries(folder, *devices):
    """A file with the entries of `[[device]]`, for `racked`."""
    path = folder / "devices.json"
    path.write_text(json.dumps(devices), encoding="utf-8")
    return path


def described(path):
    """The entries of such a file."""
    from server.config import DeviceConfig

    return [DeviceConfig(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
