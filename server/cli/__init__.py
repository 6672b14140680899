"""The command line. Exit 0 when it did what it says, 2 with one clear sentence when it cannot."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.cli.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Adding = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]

EMULATED = "training: emulated hardware at the far end of every wire; the data folder's emulated.jsonl tells what it did"
HOUSE = Path(__file__).parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except Refused as refused:
        print(f"jiaohao: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jiaohao", description="Queue tickets and counter calling for public service halls.")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        command = verbs.add_parser(name, help=about, description=about)
        _takes_folders(command, config=_environ_path("CONFIG", HOUSE / "config.toml"), data=_environ_path("DATA", HOUSE / "data"))
        command.set_defaults(run=run, hall=None)
        return command

    for some in (_that_run, _that_tend, _of_halls, _of_databases):
        some(add)
    return parser


def _takes_folders(command: argparse.ArgumentParser, *, config: Any, data: Any) -> None:
    command.add_argument("--config", type=Path, default=config, help="config.toml")
    command.add_argument("--data", type=Path, default=data, help="data folder")


def _that_run(add: Adding) -> None:
    from server.cli import replay as replaying
    from server.cli import running

    for name, run, about in (
        ("up", running.up, "server and rack together, for one box"),
        ("serve", running.serve, "the server alone"),
        ("demo", running.demo, "the sample hall with virtual devices, open at any hour"),
    ):
        command = add(name, run, about)
        command.add_argument("--host", help="address to listen on (else HOST, else config.toml)")
        command.add_argument("--port", type=int, help="port to listen on (else PORT, else config.toml)")
        if name == "up":
            command.add_argument("--emulated", action="store_true", help=EMULATED)
    devices = add("devices", running.devices, "the rack alone: drives a station's devices for a server elsewhere")
    devices.add_argument("--server", required=True, help="URL of the server, with the hall's path where it has one")
    devices.add_argument("--station", required=True, help="name of the station")
    devices.add_argument("--key", help="the station's key; else a code is asked for")
    devices.add_argument("--code", help="a one-time code of `jiaohao enrol`, traded for the key")
    devices.add_argument("--emulated", action="store_true", help=EMULATED)
    replay = add("replay", replaying.replay, "run a real ticket log through the whole application")
    replay.add_argument("file", type=Path, help="CSV of a clinic's or a bank's log")
    replay.add_argument("--speed", default="max", help="max, or so many times real time over the network")
    replay.add_argument("--into", type=Path, help="database file to fill (else a scratch folder); it must hold nothing")
    replay.add_argument("--day", help="only this day, e.g. 2019-08-01")
    replay.add_argument("--port", type=int, default=8000, help="port to watch at, with a speed in numbers")
    replay.add_argument(
        "--server", metavar="URL", help="play the day at this hall, set up from config.toml, in the place of a scratch one"
    )
    replay.add_argument("--password", help="with --server: the password its clerks share")
    replay.add_argument("--faults", action="store_true", help="with --server: break and mend its emulated devices meanwhile")


def _that_tend(add: Adding) -> None:
    from server.cli import tending

    add("check", tending.check, "check config.toml, database and devices")
    enrol = add("enrol", tending.enrol, "print a one-time code for a station")
    enrol.add_argument("name", help="name of the station")
    staff = add("staff", tending.staff, "passwords of staff")
    staff.add_argument("act", choices=("add", "reset", "disable"), help="give a first password, another one, or none")
    staff.add_argument("job_no", help="job number")
    staff.add_argument("--password", help="the password; else it is asked for")
    for command in (enrol, staff):
        command.add_argument("--hall", metavar="ID", help="the hall that is meant (else the one at the root)")


def _of_halls(add: Adding) -> None:
    from server.cli import halls

    command = add("hall", halls.show, "the halls of this database")
    verbs = command.add_subparsers(metavar="list|add|devices|place", required=True)
    verbs.add_parser("list", help="name them").set_defaults(run=halls.show)
    adding = verbs.add_parser("add", help="set up another one")
    adding.add_argument("file", type=Path, help="its description, in the shape of config.toml")
    adding.set_defaults(run=halls.add)
    wiring = verbs.add_parser("devices", help="take the hardware of an added hall anew from its file")
    wiring.add_argument("file", type=Path, help="its description")
    wiring.set_defaults(run=halls.devices)
    placing = verbs.add_parser("place", help="say where a hall lies, for its district's sums and supervisors")
    placing.add_argument("hall", metavar="ID", help="the hall")
    placing.add_argument("part", nargs="*", metavar="PART", help="city, district, street, community")
    placing.set_defaults(run=halls.place)
    for verb in verbs.choices.values():
        _takes_folders(verb, config=argparse.SUPPRESS, data=argparse.SUPPRESS)  # said behind it, or before it


def _of_databases(add: Adding) -> None:
    from server.cli import archiving, moving, tending

    add("migrate", tending.migrate_database, "bring the database to this version")
    backup = add("backup", tending.backup, "copy the database while it runs")
    backup.add_argument("file", type=Path, help="where to")
    restore = add("restore", tending.restore, "put a copy back, under a new journal")
    restore.add_argument("file", type=Path, help="where from")
    archive = add("archive", archiving.archive, "carry old months of the journal to files, or prove that they are whole")
    archive.add_argument("--into", type=Path, metavar="FOLDER", help="where to (else database.archive of config.toml)")
    before = "what happened before this day, e.g. 2026-11-01; else whole months older than privacy.audit_log_keep_days"
    archive.add_argument("--before", type=date.fromisoformat, metavar="DATE", help=before)
    archive.add_argument("--check", type=Path, metavar="FOLDER", help="carry nothing; prove the files of this folder")
    archive.add_argument("--hall", metavar="ID", help="the hall that is meant (else every one)")
    move = add("move", moving.move, "carry the halls from their file to a PostgreSQL server, while nobody works")
    move.add_argument("--to", required=True, metavar="URL", help="an empty database: postgresql+psycopg://user@host/name")


def _environ_path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default)
