"""A real day, replayed: every ticket of a log goes through the whole application to its one end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.cli import main

CLINIC = """\
ticket_id,stage,service,counter,arrived_at,called_at,finished_at,valid,remark,abandoned
d1-1,0,Scan,,2019-08-01T07:24:19,2019-08-01T08:02:13,2019-08-01T08:02:13,Y,,1
d1-1,1,Scan,Room 4,2019-08-01T08:02:13,2019-08-01T08:17:06,2019-08-01T08:33:59,Y,Transferred,0
d1-2,0,Scan,Room 5,2019-08-01T07:36:35,2019-08-01T07:57:53,2019-08-01T08:01:17,Y,,0
d1-2,1,Scan,Room 4,2019-08-01T08:01:17,2019-08-01T08:05:17,2019-08-01T08:15:03,Y,Transferred,0
d1-3,0,Scan,,2019-08-01T07:40:00,2019-08-01T08:03:00,2019-08-01T08:03:00,Y,,1
d2-1,0,Scan,Room 5,2019-08-02T07:36:35,2019-08-02T07:57:53,2019-08-02T07:58:17,Y,,0
"""
BANK = """\
ticket_id,service,priority,arrived_at,called_at,finished_at,left_at,counter,abandoned,queued
1,NW,0,1999-02-01T06:59:54,1999-02-01T06:59:54,1999-02-01T07:01:46,,A13,0,0
2,PS,0,1999-02-01T07:00:17,1999-02-01T07:01:46,1999-02-01T07:03:24,,A13,0,1
3,PS,2,1999-02-01T07:00:45,1999-02-01T07:03:24,1999-02-01T07:05:35,,A13,0,1
4,PS,0,1999-02-01T07:00:50,,,1999-02-01T07:01:00,,1,1
5,PS,0,1999-02-02T00:06:56,1999-02-02T00:06:56,1999-02-02T00:07:41,,A13,0,0
"""


def replayed(tmp_path, capsys, text, *more):
    """The table at the end of a replay of `text`, as name → value."""
    log = tmp_path / "log.csv"
    log.write_text(text, encoding="utf-8")
    code = main(["replay", str(log), *more])
    said = capsys.readouterr()
    table = {line[:20].strip(): line[20:].strip() for line in said.out.splitlines()}
    return code, table, said.err


def test_a_clinics_day_runs_to_the_last_ticket(tmp_path, capsys):
    """Transferred, restored, finished and passed as the log has it; the journal has no gap."""
    code, table, _ = replayed(tmp_path, capsys, CLINIC)

    assert (0, "2", "4", "3", "1") == (code, table["days"], table["tickets"], table["finished"], table["expired"])
    assert "no gap" in table["journal"]


def test_a_banks_day_runs_to_the_last_caller(tmp_path, capsys):
    """Who left before the turn cancelled; a call after midnight belongs to the day before."""
    code, table, _ = replayed(tmp_path, capsys, BANK)

    assert (0, "1", "4", "1") == (code, table["days"], table["finished"], table["cancelled"])


def test_recorded_and_replayed_waits_stand_side_by_side(tmp_path, capsys):
    """One counter and the recorded serving times give the recorded waits, but for the order of the priority."""
    _, table, _ = replayed(tmp_path, capsys, BANK)
    recorded, now = (table[name].split() for name in ("recorded", "replayed"))

    assert recorded[3] == now[3] == "4"
    assert float(recorded[0]) == pytest.approx(1.03, abs=0.01)


def test_a_database_that_holds_anything_is_refused(tmp_path, capsys):
    """A replay never writes into a hall."""
    into = tmp_path / "hall.sqlite3"
    into.write_bytes(b"")
    code, _, err = replayed(tmp_path, capsys, BANK, "--into", str(into))

    assert 2 == code
    assert "holds nothing" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "column ticket_id is missing"),
        (BANK.replace("1999-02-01T07:01:46,,A13,0,0", "1999-02-01T06:01:46,,A13,0,0", 1), "line 2"),
        (BANK.replace("1999-02-01T06:59:54", "yesterday", 1), "line 2"),
        (BANK.splitlines()[0] + "\n", "no rows"),
    ],
)
def test_what_is_no_log_is_said_in_one_sentence(tmp_path, capsys, text, said):
    """The line is named, and nothing is run."""
    code, _, err = replayed(tmp_path, capsys, text)

    assert 2 == code
    assert said in err


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan"])
def test_an_impossible_speed_is_refused(tmp_path, capsys, speed):
    """A speed is max, or a number above nothing."""
    code, _, err = replayed(tmp_path, capsys, BANK, f"--speed={speed}")

    assert 2 == code
    assert "--speed" in err


def test_with_a_number_the_day_is_played_over_the_network(tmp_path, capsys):
    """The same log at eight thousand times real time, through real sockets, has the same end."""
    code, table, err = replayed(tmp_path, capsys, BANK, "--speed", "8000", "--port", "0")

    assert (0, "4", "1") == (code, table["finished"], table["cancelled"])
    assert "watch it at http://127.0.0.1:" in err


@pytest.mark.soak
@pytest.mark.parametrize("name", ["clinic_2019_08_a.csv", "bank_1999_02_a.csv"])
def test_the_real_logs_run_to_the_last_ticket(capsys, name):
    """Every day of the public logs; JIAOHAO_LOGS names the folder they lie in."""
    folder = os.environ.get("JIAOHAO_LOGS")
    if not folder:
        pytest.skip("JIAOHAO_LOGS names no folder with the public logs")

    assert 0 == main(["replay", str(Path(folder) / name)])
    assert "no gap" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "--speed a number"),
        (("--speed", "20"), "--day 1999-02-01"),
        (("--speed", "20", "--day", "1999-02-01"), "--password"),
        (("--speed", "20", "--day", "1999-02-01", "--password", "x" * 12), "does not answer"),
    ],
)
def test_a_hall_that_is_there_wants_a_speed_a_day_and_a_password(tmp_path, capsys, more, said):
    """Each is said by itself, and a hall that does not answer in one sentence."""
    text = BANK + "6,PS,0,1999-02-03T10:06:56,1999-02-03T10:06:56,1999-02-03T10:07:41,,A13,0,0\n"
    code, _, err = replayed(tmp_path, capsys, text, "--server", "http://127.0.0.1:9", *more)

    assert 2 == code
    assert said in err
