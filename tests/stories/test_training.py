"""A day at the sample hall with its whole kit of emulated hardware: what the hall says is what the devices did."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit import config

from server.cli import main
from server.config import load

pytestmark = pytest.mark.sqlite  # its hall is a process with a file of its own

ROOT = Path(__file__).parents[2]
PASSWORD = "four words of sample"
PATIENCE_S = 30
LOG = """\
ticket_id,stage,service,counter,arrived_at,called_at,finished_at,valid,remark,abandoned
d1-1,0,Scan,Room 5,2019-08-01T07:30:00,2019-08-01T07:30:10,2019-08-01T07:36:00,Y,,0
d1-2,0,Scan,Room 4,2019-08-01T07:30:30,2019-08-01T07:31:00,2019-08-01T07:38:00,Y,,0
d1-3,0,Scan,Room 5,2019-08-01T07:31:00,2019-08-01T07:36:00,2019-08-01T07:42:00,Y,,0
d1-3,1,Scan,Room 4,2019-08-01T07:42:00,2019-08-01T07:43:00,2019-08-01T07:47:00,Y,Transferred,0
d1-4,0,Scan,,2019-08-01T07:32:00,2019-08-01T07:45:00,2019-08-01T07:45:00,Y,,1
d1-5,0,Scan,Room 5,2019-08-01T07:33:00,2019-08-01T07:43:00,2019-08-01T07:50:00,Y,,0
"""


class Training:
    """A hall with emulated hardware in a process of its own."""

    def __init__(self, folder):
        self.folder, self.config = folder, folder / "config.toml"
        self.config.write_text(config(), encoding="utf-8")

    def says(self, *words):
        assert main([*words, "--config", str(self.config), "--data", str(self.folder)]) == 0

    @contextlib.contextmanager
    def open(self):
        """Everybody with a password, the server and its rack; its address."""
        for person in load(self.config).hall.staff:
            self.says("staff", "add", person.job_no, "--password", PASSWORD)
        words = ["up", "--emulated", "--port", "0", "--config", str(self.config), "--data", str(self.folder)]
        with (self.folder / "log").open("wb") as log, subprocess.Popen(
            [sys.executable, "-m", "server.cli", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process:  # fmt: skip
            try:
                yield process.stdout.readline().split()[1]
            finally:
                process.terminate()
                process.wait(PATIENCE_S)

    def plays(self, log, *more, url, capsys):
        """The table at the end of a day there, as lines."""
        capsys.readouterr()
        self.says("replay", str(log), "--server", url, "--password", PASSWORD, *more)
        return capsys.readouterr().out


@pytest.fixture
def training(tmp_path):
    """A hall for a training."""
    return Training(tmp_path)


def is_whole(table):
    """Each slip on paper once, each call shown and announced as often as it was made, the journal without a gap."""
    return (
        "twice 0, never 0" in table
        and ", missed 0" in table
        and ", never 0, once more after a fault" in table
        and "at the same time 0" in table
        and "no gap" in table
    )


def test_a_short_day_with_the_whole_kit(training, tmp_path, capsys):
    """Five people, a hundred times faster than they were: forty devices do what the hall says."""
    log = tmp_path / "log.csv"
    log.write_text(LOG, encoding="utf-8")
    with training.open() as url:
        table = training.plays(log, "--speed", "100", "--day", "2019-08-01", url=url, capsys=capsys)

    assert is_whole(table), table
    assert "5 issued, 4 services finished, 1 passed" in table


@pytest.mark.soak
def test_a_clinic_s_day_with_faults(training, capsys):
    """The busiest day of the public log at twenty times its speed, a device broken every twelve seconds."""
    folder = os.environ.get("JIAOHAO_LOGS")
    if not folder:
        pytest.skip("JIAOHAO_LOGS names no folder with the public logs")
    with training.open() as url:
        clinic = Path(folder) / "clinic_2019_08_a.csv"
        table = training.plays(clinic, "--speed", "20", "--day", "2019-08-10", "--faults", url=url, capsys=capsys)

    print(table)
    assert is_whole(table), table
