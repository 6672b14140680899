"""What a server holds: when nothing happens, and from one day to the next."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import kit
import pytest
from programs import entries

ROOT = Path(__file__).parents[2]
IDLE_CPU_S, LOOK_S, PATIENCE_S = 0.05, 2.0, 60
WARM = 4  # days until the hub keeps as many events ready as it ever will, and every page of memory has been touched


@pytest.mark.parametrize(("command", "name"), [("serve", "memory.idle"), ("demo", "memory.demo")])
def test_memory_of_an_idle_hall(tmp_path, measured, command, name):
    """The server alone, and the demo's process with a rack of virtual devices, as soon as it has nothing more to do."""
    environ = os.environ | {"PORT": "0", "DATA": str(tmp_path), "CONFIG": str(ROOT / "config.toml")}
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", command], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        try:
            url = process.stdout.readline().split()[1]
            httpx.get(f"{url}/api/hall", timeout=PATIENCE_S).raise_for_status()
            status = at_rest(process.pid)
            mb = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    who = {"serve": "the server", "demo": "the demo's one process, server and all virtual devices"}[command]
    measured(name, mb, f"resident in {who}, at rest", at_most=120, unit="MB")


def test_memory_of_a_rack(program, tmp_path, measured):
    """The whole kit of the sample hall, forty devices at real wires with their emulators, in one rack."""
    there = entries(tmp_path, *kit.devices())
    server = program("served", tmp_path / "hall.sqlite3", 12, "--devices", there)
    rack = program("racked", server.url, there, tmp_path / "diary")
    at_rest(rack.process.pid)
    measured(
        "memory.rack",
        rack.rss_kb() / 1024,
        "resident in a rack of forty devices and their emulators, at rest",
        at_most=120,
        unit="MB",
    )


def at_rest(pid):
    """/proc/PID/status once the process hardly does anything."""
    deadline = time.monotonic() + PATIENCE_S
    before = ticks(pid)
    while True:
        time.sleep(LOOK_S)  # over which its work is counted
        now = ticks(pid)
        if (now - before) / os.sysconf("SC_CLK_TCK") <= IDLE_CPU_S * LOOK_S or time.monotonic() > deadline:
            return Path(f"/proc/{pid}/status").read_text()
        before = now


def ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_day_leaves_nothing_behind(program, tmp_path, measured):
    """A day replayed at full speed, and the next: memory, handles, tasks and threads are what they were."""
    days = program("day", tmp_path / "days.sqlite3", WARM + 1)
    held = [days.asks(day=n) for n in range(WARM + 1)]
    before, after = held[-2], held[-1]
    acts = after["acts"] - before["acts"]
    growth = after["rss_kb"] / before["rss_kb"]
    measured(
        "day.growth",
        growth,
        f"memory after a day of {acts:,} acts : memory before it, {before['rss_kb'] / 1024:.0f} MB",
        at_most=1.02,
    )
    more = sum(after[what] - before[what] for what in ("handles", "tasks", "threads"))
    measured("day.handles", more, "handles, tasks and threads more after the day than before", at_most=0, unit="", must=True)
