"""`jiaohao archive`: old months of the journal go into files; `--check` proves that files and journal are one chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from server import archive as archives
from server.cli.refused import Refused
from server.cli.tending import configured, in_store, opened, place_of
from server.clock import SystemClock
from server.database import DatabaseError, connected, halls_in, is_demo, is_there

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
    try:
        for store in _stores(arguments, config):
            if arguments.check:
                _check(store, into)
            else:
                _carry(store, arguments, into)
    except archives.Damaged as damaged:
        raise Refused(str(damaged)) from damaged
    except BlockingIOError as error:
        raise Refused(f"{into}: somebody is carrying entries there now") from error
    except OSError as error:
        raise Refused(f"{into}: cannot be written ({error}); what is not in a whole file stays in the journal") from error
    return 0


def archive_folder(arguments: argparse.Namespace, config: Config) -> Path | None:
    """The archive's folder as config.toml names it, beside the data where it has no path of its own; None: there is none."""
    return Path(arguments.data) / config.database.archive if config.database.archive else None


def _carry(store: Store, arguments: argparse.Namespace, into: Path) -> None:
    if arguments.before and arguments.before.isoformat() > in_store(store, lambda s: s.read(lambda rx: rx.day)):
        raise Refused(f"--before {arguments.before}: this day has not come yet")
    for path in (made := in_store(store, lambda s: archives.carry(s, into=into, before=arguments.before))):
        print(f"  {path.name}: {path.stat().st_size} bytes")
    what = f"{len(made)} new files" if made else "nothing is old enough"
    print(f"{into}: {store.hall.id}: {what}")


def _check(store: Store, folder: Path) -> None:
    proof = in_store(store, lambda s: archives.prove(s, folder=folder))
    if proof.lost:
        print(f"{store.hall.id}: entries 1 to {proof.lost} were deleted by an earlier version; nothing can be said of them")
    carried = f"{proof.files} files up to entry {proof.archived}, the journal up to {proof.seq}"
    print(f"{folder}: {store.hall.id}: {carried}: one whole chain")


def _stores(arguments: argparse.Namespace, config: Config) -> list[Store]:
    """The halls that are meant, a demo's or real ones: every one, unless one is named; there must be a database."""
    place = place_of(arguments, config)
    try:
        if not is_there(place):
            raise Refused(f"{place}: there is no database yet")
        with connected(place) as connection:
            halls, demo = [arguments.hall] if arguments.hall else halls_in(connection), is_demo(connection)
    except DatabaseError as error:
        raise Refused(str(error)) from error
    return [opened(arguments, config, clock=SystemClock(), demo=demo, hall=hall) for hall in halls]
