"""Commands that tend: check, migrate, enrol, staff, backup, restore."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import shutil
import sqlite3
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlmodel import col

import counter
import devices
import display
import kiosk
import server
from server import engines, journal
from server.cli.refused import Refused
from server.clock import SystemClock, real_us
from server.config import Config, ConfigError, load
from server.database import DatabaseError, connected, default_hall, halls_in, is_demo, is_there, open_store
from server.engines import Unfit
from server.errors import HallError
from server.tables import Credential, HallHead, StationKey
from server.verbs import people
from server.verbs.setup import load_setup, rows_of
from server.voice.chain import Voice
from server.web.people import HASHER

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from sqlalchemy import URL, Connection

    from server.clock import Clock
    from server.engines import Place
    from server.store import Store

DEMO_PASSWORD = "jiaohao-demo"  # noqa: S105 (it stands on the demo's first page)
PASSWORD_CHARS = 8


def check(arguments: argparse.Namespace) -> int:
    """Errors exit 2; differences between file and database are information."""
    config = configured(arguments)
    from devices import registry  # not for a server alone: the codecs and all they need are memory

    problems = [problem for device in config.device for problem in registry.problems(device)]
    problems += registry.clashes(config.device)
    homes = {Path(package.__file__ or "").parents[1] for package in (server, kiosk, counter, display, devices)}
    if len(homes) > 1:
        problems.append(f"the five packages do not lie beside each other: {', '.join(map(str, sorted(homes)))}")
    if problems:
        raise Refused("; ".join(problems))
    print(f"config.toml: {config.hall.hall.name.get(config.hall.default_locale)}, "
          f"{len(config.hall.service)} services, {len(config.hall.counter)} counters, {len(config.device)} devices")  # fmt: skip
    for problem in Voice(config.voice, data=Path(arguments.data)).problems:
        print(f"config.toml: {problem}")
    if not _there(arguments, config):
        print("database: not there yet; the first start sets it up")
        return 0
    demo = with_connection(arguments, config, is_demo)
    store = opened(arguments, config, clock=SystemClock(), demo=demo)
    for hall in with_connection(arguments, config, halls_in):
        broken = in_store(
            opened(arguments, config, clock=SystemClock(), demo=demo, hall=hall), lambda s: s.read(journal.broken_at)
        )
        if broken is not None:
            raise Refused(f"the journal of {hall} is broken at entry {broken}: a number is missing or a hash does not fit")
    differences = differences_between(config, with_connection(arguments, config, lambda c: load_setup(c, store.hall.id)))
    print("database: as config.toml" if not differences else "database: differs from config.toml, and holds:")
    for difference in differences:
        print(f"  {difference}")
    return 0


def differences_between(config: Config, known: Any) -> list[str]:
    """What the database's set-up has otherwise than the file, one line each."""
    if known is None:
        return []
    there = {(row["noun"], row["id"]): row["doc"] for row in rows_of(known) if row["noun"] != "gone"}
    here = {(row["noun"], row["id"]): row["doc"] for row in rows_of(config.hall)}
    lines = [f"{noun} {key}: only in config.toml".replace(" :", ":") for noun, key in here.keys() - there.keys()]
    lines += [f"{noun} {key}: only in the database".replace(" :", ":") for noun, key in there.keys() - here.keys()]
    lines += [
        f"{noun} {key}: changed".replace(" :", ":")
        for noun, key in here.keys() & there.keys()
        if here[noun, key] != there[noun, key]
    ]
    return sorted(lines)


def migrate_database(arguments: argparse.Namespace) -> int:
    """Bring the database to this version; a new one is set up."""
    config = configured(arguments)
    whichever(arguments, config)
    print("database: at this version")
    return 0


def enrol(arguments: argparse.Namespace) -> int:
    """Print a one-time code."""
    config = configured(arguments)
    store = whichever(arguments, config)
    code = in_store(store, lambda s: s.write(people.enrol, station=arguments.name, real_now=real_us()))
    print(f"{code}   (good for {people.CODE_MIN} minutes: open /enrol?code={code} on the station)")
    return 0


def staff(arguments: argparse.Namespace) -> int:
    """Give a first password, another one, or none."""
    config = configured(arguments)
    store = whichever(arguments, config)
    person = next((p for p in store.hall.staff.values() if p.job_no.upper() == arguments.job_no.upper()), None)
    if person is None:
        raise Refused(f"there is no staff member with job number {arguments.job_no}")
    if arguments.act == "disable":
        in_store(store, lambda s: s.write(people.disable, staff=person.id))
        print(f"{person.job_no}: can no longer sign in")
        return 0
    password = arguments.password or getpass.getpass("New password: ")
    demo = with_connection(arguments, config, is_demo)
    if len(password) < PASSWORD_CHARS or (password == DEMO_PASSWORD and not demo):
        raise Refused(f"a password needs {PASSWORD_CHARS} characters and is not the demo's")
    in_store(store, lambda s: s.write(people.set_password, staff=person.id, password_hash=HASHER.hash(password)))
    print(f"{person.job_no}: the password is set")
    return 0


def backup(arguments: argparse.Namespace) -> int:
    """Copy the database whole, also while the server runs."""
    source = _file(arguments, configured(arguments), otherwise="copy it with pg_dump, which also does so while the server runs")
    if not source.exists():
        raise Refused(f"{source}: there is no database to copy")
    if arguments.file.exists():
        raise Refused(f"{arguments.file}: there is a file of this name already")
    try:
        with sqlite3.connect(source) as here, sqlite3.connect(arguments.file) as copy:
            here.backup(copy)
    except sqlite3.Error as error:
        arguments.file.unlink(missing_ok=True)
        raise Refused(f"the copy failed ({error})") from error
    print(f"{arguments.file}: {arguments.file.stat().st_size} bytes")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Put a copy back; it gets a new journal id, so that every page takes a fresh picture."""
    config = configured(arguments)
    target = _file(arguments, config, otherwise="put its copy back with pg_restore, into an empty database")
    if target.exists():
        raise Refused(f"{target}: move the present database away first")
    if not arguments.file.exists():
        raise Refused(f"{arguments.file}: there is no such file")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(arguments.file, target)
    try:
        with_connection(arguments, config, lambda c: c.execute(update(HallHead).values(journal=uuid.uuid4().hex, moved_to=None)))
    except Refused:
        target.unlink(missing_ok=True)
        raise
    print(f"{target}: restored under a new journal")
    return 0


# ------------------------------------------------------------------ for the commands that run


def configured(arguments: argparse.Namespace) -> Config:
    """
    config.toml.

    Raises:
        Refused: with every problem in it.
    """
    try:
        return load(arguments.config)
    except ConfigError as error:
        raise Refused("\n  ".join(error.problems)) from error


def opened(arguments: argparse.Namespace, config: Config, *, clock: Clock, demo: bool = False, hall: str | None = None) -> Store:
    """
    The store of `hall` (else of the one at the root), migrated and set up.

    Raises:
        Refused: the database cannot be used.
    """
    try:
        return open_store(place_of(arguments, config), setup=config.hall, clock=clock, demo=demo, hall=hall)
    except DatabaseError as error:
        raise Refused(str(error)) from error


def place_of(arguments: argparse.Namespace, config: Config) -> Place:
    """
    Where the database is.

    Raises:
        Refused: the address is none.
    """
    return address(config.database.url) if config.database.url else Path(arguments.data) / config.database.path


def address(url: str) -> URL:
    """
    A PostgreSQL database.

    Raises:
        Refused: the address is none.
    """
    try:
        return engines.place_of(url)
    except Unfit as error:
        raise Refused(str(error)) from error


def give_passwords(arguments: argparse.Namespace, config: Config, *, password: str) -> None:
    """Everyone in every hall who has no password yet gets this one."""

    def give(connection: Connection) -> None:
        known = {(row.hall, row.staff) for row in connection.execute(select(col(Credential.hall), col(Credential.staff)))}
        everyone = [(hall, p.id) for hall in halls_in(connection) if (setup := load_setup(connection, hall)) for p in setup.staff]
        if missing := [one for one in everyone if one not in known]:
            hashed = HASHER.hash(password)
            rows = [{"hall": hall, "staff": person, "password": hashed, "disabled": False} for hall, person in missing]
            connection.execute(insert(Credential), rows)

    with_connection(arguments, config, give)


def has_password(arguments: argparse.Namespace, config: Config, password: str) -> bool:
    """Whether anyone has this password."""
    stored = with_connection(arguments, config, lambda c: set(c.execute(select(col(Credential.password))).scalars()))
    return any(HASHER.verify(password, hashed) for hashed in stored)


def station_keys(arguments: argparse.Namespace, config: Config, stations: Sequence[str]) -> dict[str, str]:
    """A new key for each station that this machine drives itself."""
    keys = {name: secrets.token_urlsafe(32) for name in stations}

    def keep(connection: Connection) -> None:
        hall = default_hall(connection, place_of(arguments, config), setup=config.hall)
        rows = [{"hall": hall, "digest": people.digest_of(key), "station": name} for name, key in keys.items()]
        if rows:
            connection.execute(insert(StationKey), rows)

    with_connection(arguments, config, keep)
    return keys


def whichever(arguments: argparse.Namespace, config: Config) -> Store:
    """The store of the hall that is meant, a demo's or a real one's."""
    demo = bool(_there(arguments, config) and with_connection(arguments, config, is_demo))
    return opened(arguments, config, clock=SystemClock(), demo=demo, hall=arguments.hall)


def _there(arguments: argparse.Namespace, config: Config) -> bool:
    try:
        return is_there(place_of(arguments, config))
    except DatabaseError as error:
        raise Refused(str(error)) from error


def _file(arguments: argparse.Namespace, config: Config, *, otherwise: str) -> Path:
    """The database's file, for what is done to files alone."""
    place = place_of(arguments, config)
    if isinstance(place, Path):
        return place
    raise Refused(f"{place}: this hall is on PostgreSQL; {otherwise}")


def with_connection(arguments: argparse.Namespace, config: Config, act: Callable[[Connection], Any]) -> Any:
    """
    One act on a connection to the database, migrated.

    Raises:
        Refused: the database cannot be used.
    """
    try:
        with connected(place_of(arguments, config)) as connection:
            return act(connection)
    except DatabaseError as error:
        raise Refused(str(error)) from error


def in_store(store: Store, act: Callable[[Store], Any]) -> Any:
    """One act on an open store."""

    async def run() -> Any:
        store.open()
        try:
            return await act(store)
        finally:
            store.close()

    try:
        return asyncio.run(run())
    except HallError as error:
        raise Refused(str(error)) from error
