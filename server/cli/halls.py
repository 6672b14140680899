"""`jiaohao hall`: the halls of a database, and one more."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from server.cli.refused import Refused
from server.cli.tending import configured, in_store, place_of, whichever, with_connection
from server.config import ConfigError, load
from server.database import alone, default_hall, halls_in, is_demo
from server.rules.people import CONSOLE
from server.verbs.changing import Change, change_setup
from server.verbs.setup import found, load_setup, replace_devices

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Connection

    from server.config import Config
    from server.store import Write


def add(arguments: argparse.Namespace) -> int:
    """Set up another hall beside those that are there; a running server opens it within a second."""
    config, theirs = configured(arguments), _described(arguments)
    hall = theirs.hall.hall.id

    def write(connection: Connection) -> None:
        place = place_of(arguments, config)
        with alone(connection, place):
            if not halls_in(connection):
                raise Refused(f"{place}: nothing is there yet; `jiaohao migrate` sets up the hall at the root first")
            if hall in halls_in(connection):
                raise Refused(f"{place}: there is a hall {hall!r} already; its set-up is changed on its own pages")
            found(connection, setup=theirs.hall, journal_id=uuid.uuid4().hex, demo=is_demo(connection), devices=theirs.device)

    with_connection(arguments, config, write)
    print(f"{hall}: added; its pages are under /h/{hall}/")
    print(f"its staff get passwords with `jiaohao staff add JOB_NO --hall {hall}`")
    return 0


def devices(arguments: argparse.Namespace) -> int:
    """Take the hardware of an added hall anew from its file; that of the hall at the root stands in config.toml."""
    config, theirs = configured(arguments), _described(arguments)
    hall = theirs.hall.hall.id

    def write(connection: Connection) -> None:
        where = place_of(arguments, config)
        if hall not in halls_in(connection):
            raise Refused(f"{where}: there is no hall {hall!r}; `jiaohao hall add` adds it")
        with alone(connection, where):
            replace_devices(connection, hall, theirs.device)

    with_connection(arguments, config, write)
    print(f"{hall}: {len(theirs.device)} devices; a server knows them when it is started again")
    return 0


def place(arguments: argparse.Namespace) -> int:
    """Say where a hall lies: its city, district, street, community, as many as there are; supervisors above it read it."""
    config = configured(arguments)
    store = whichever(arguments, config)

    def move(tx: Write) -> None:
        doc = tx.hall.setup.hall.model_dump(mode="json") | {"org_path": arguments.part}
        change_setup(tx, changes=[Change("hall", "", doc)], by=CONSOLE)

    in_store(store, lambda opened: opened.write(move))
    print(f"{store.hall.id}: {' › '.join(arguments.part) or 'nowhere in particular'}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Name the halls that are there."""
    config = configured(arguments)

    def read(connection: Connection) -> list[str]:
        known = halls_in(connection)
        root = default_hall(connection, place_of(arguments, config), setup=config.hall) if known else None
        return [_line(connection, hall, root=hall == root) for hall in known]

    for line in with_connection(arguments, config, read):
        print(line)
    return 0


def _line(connection: Connection, hall: str, *, root: bool) -> str:
    setup = load_setup(connection, hall)
    name = setup.hall.name.get(setup.default_locale, "") if setup else ""
    org_path = " › ".join(setup.hall.org_path) if setup else ""
    return "  ".join(part for part in (hall, "/" if root else f"/h/{hall}/", name, org_path) if part)


def _described(arguments: argparse.Namespace) -> Config:
    """
    The file that describes the hall, in the shape of config.toml.

    Raises:
        Refused: with every problem in it.
    """
    try:
        theirs = load(arguments.file)
    except ConfigError as error:
        raise Refused("\n  ".join(error.problems)) from error
    from devices import registry  # not for a server alone: the codecs and all they need are memory

    problems = [problem for device in theirs.device for problem in registry.problems(device)] + registry.clashes(theirs.device)
    if problems:
        raise Refused("; ".join(problems))
    return theirs
