"""`jiaohao archive`: old months of the journal go into files; `--check` proves that files and journal are one chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from server import archive as archives
from server.cli.refused import Refused
from server.cli.tending import configured, in_store, opened, place_of
from server.clock import SystemClock
from server.database import DatabaseError, connected, is_there
from server.tables import HallHead

if TYPE_CHECKING:
    import argparse

    from server.config import Config
    from server.store import Store


def archive(arguments: argparse.Namespace) -> int:
    """Carry what is old enough, or prove what was carried."""
    config = configured(arguments)
    into = arguments.check or arguments.into or archive_folder(arguments, config)
    if into is None:
        raise Refused('say where to: --into FOLDER, or archive = "FOLDER" under [database] in config.toml')
    if arguments.check and (arguments.into or arguments.before):
        raise Refused("--check FOLDER goes alone: it carries nothing")
    store = _store(arguments, config)
    try:
        return _check(store, into) if arguments.check else _carry(store, arguments, into)
    except archives.Damaged as damaged:
        raise Refused(str(damaged)) from damaged
    except BlockingIOError as error:
        raise Refused(f"{into}: somebody is carrying entries there now") from error
    except OSError as error:
        raise Refused(f"{into}: cannot be written ({error}); what is not in a whole file stays in the journal") from error


def archive_folder(arguments: argparse.Namespace, config: Config) -> Path | None:
    """The archive's folder as config.toml names it, beside the data where it has no path of its own; None: there is none."""
    return Path(arguments.data) / config.database.archive if config.database.archive else None


def _carry(store: Store, arguments: argparse.Namespace, into: Path) -> int:
    if arguments.before and arguments.before.isoformat() > in_store(store, lambda s: s.read(lambda rx: rx.day)):
        raise Refused(f"--before {arguments.before}: this day has not come yet")
    for path in (made := in_store(store, lambda s: archives.carry(s, into=into, before=arguments.before))):
        print(f"  {path.name}: {path.stat().st_size} bytes")
    print(f"{into}: {len(made)} new files" if made else f"{into}: nothing is old enough")
    return 0


def _check(store: Store, folder: Path) -> int:
    proof = in_store(store, lambda s: archives.prove(s, folder=folder))
    if proof.lost:
        print(f"entries 1 to {proof.lost} were deleted by an earlier version; nothing can be said of them")
    print(f"{folder}: {proof.files} files up to entry {proof.archived}, the journal up to {proof.seq}: one whole chain")
    return 0


def _store(arguments: argparse.Namespace, config: Config) -> Store:
    """The store, a demo's or a real one's; there must be one."""
    place = place_of(arguments, config)
    try:
        if not is_there(place):
            raise Refused(f"{place}: there is no database yet")
        with connected(place) as connection:
            demo = bool(connection.execute(select(col(HallHead.demo))).scalar())
    except DatabaseError as error:
        raise Refused(str(error)) from error
    return opened(arguments, config, clock=SystemClock(), demo=demo)
