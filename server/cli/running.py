"""Commands that run: the server, the rack, both, the demo."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from server.app import create_app
from server.cli.archiving import archive_folder
from server.cli.listening import listen
from server.cli.refused import Refused
from server.cli.tending import DEMO_PASSWORD, configured, give_passwords, has_password, opened, station_keys
from server.clock import PacedClock, SystemClock
from server.web.live import LiveProtocol

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Iterator, Mapping, Sequence

    from fastapi import FastAPI

    from server.config import Config, DeviceConfig

GRACE_S = 5
KEEP_ALIVE_S = 75  # above the idle time of a kiosk's connection
RUBBISH = (20_000, 10, 20)  # new objects before they are looked through; thousands of sockets are no rubbish either
HEARD_BYTES = 4096  # a client has nothing long to say on a socket


def up(arguments: argparse.Namespace) -> int:
    """Server and rack together."""
    config = configured(arguments)
    _check_devices(config.device)
    store = opened(arguments, config, clock=SystemClock())
    _refuse_demo_password(arguments, config)
    stations = sorted({device.station for device in config.device})
    keys = station_keys(arguments, config, stations)
    app = create_app(
        store=store,
        server_config=config.server,
        devices=config.device,
        training=arguments.emulated,
        archive_into=archive_folder(arguments, config),
        voice_config=config.voice,
        data=Path(arguments.data),
    )
    return _run(app, arguments, config, rack_keys=keys, virtual=False, emulated=arguments.emulated)


def serve(arguments: argparse.Namespace) -> int:
    """The server alone."""
    config = configured(arguments)
    store = opened(arguments, config, clock=SystemClock())
    _refuse_demo_password(arguments, config)
    app = create_app(
        store=store,
        server_config=config.server,
        devices=config.device,
        archive_into=archive_folder(arguments, config),
        voice_config=config.voice,
        data=Path(arguments.data),
    )
    return _run(app, arguments, config, rack_keys=None, virtual=False)


def demo(arguments: argparse.Namespace) -> int:
    """The sample hall: open at any hour, loopback trusted, every device its virtual twin."""
    config = configured(arguments)
    loopback = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    port = _port(arguments, config)
    public = config.server.public_url if port == config.server.port else f"http://127.0.0.1:{port}"
    server = config.server.model_copy(update={"trusted_networks": loopback, "public_url": public})
    store = opened(arguments, config, clock=PacedClock(), demo=True)
    give_passwords(arguments, config, password=DEMO_PASSWORD)
    app = create_app(
        store=store, server_config=server, devices=config.device, demo=True, voice_config=config.voice, data=Path(arguments.data)
    )
    return _run(app, arguments, config, rack_keys={}, virtual=True)


def devices(arguments: argparse.Namespace) -> int:
    """The rack alone."""
    config = configured(arguments)
    mine = [device for device in config.device if device.station == arguments.station]
    if not mine:
        raise Refused(f"config.toml has no [[device]] at station {arguments.station!r}")
    _check_devices(mine)
    from devices import rack

    key = arguments.key or (_trade(arguments.server, arguments.code) if arguments.code else None)
    stop = asyncio.Event()
    emulated = arguments.emulated
    asyncio.run(rack.run(mine, server_url=arguments.server, key=key, emulated=emulated, diary=_diary(arguments), stop=stop))
    return 0


def settings(app: FastAPI) -> uvicorn.Config:
    """How every server of a hall is run, whatever it listens on."""
    return uvicorn.Config(
        app,
        loop="auto",
        http="auto",
        ws=LiveProtocol,
        ws_max_size=HEARD_BYTES,
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
    )


class Server(uvicorn.Server):
    """uvicorn's, which does not look again and again for garbage among what stays for good: the halls and the libraries."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RUBBISH)


def _run(
    app: FastAPI,
    arguments: argparse.Namespace,
    config: Config,
    *,
    rack_keys: Mapping[str, str] | None,
    virtual: bool,
    emulated: bool = False,
) -> int:
    host = arguments.host or os.environ.get("HOST") or config.server.host
    port = _port(arguments, config)
    listening = listen(host, port)
    port = listening.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    url = f"http://{shown}:{port}"
    print(f"jiaohao: {url}", flush=True)
    mine = [] if rack_keys is None else config.device
    diary = _diary(arguments) if emulated else None
    with _rack(mine, server_url=url, keys=rack_keys or None, virtual=virtual, emulated=emulated, diary=diary):
        server = Server(settings(app))
        server.run(sockets=[listening])
    return 0 if server.started else 2


@contextmanager
def _rack(
    mine: Sequence[DeviceConfig],
    *,
    server_url: str,
    keys: Mapping[str, str] | None,
    virtual: bool,
    emulated: bool,
    diary: Path | None,
) -> Iterator[None]:
    """The rack beside the server, in a thread and an event loop of its own: no device holds up the hall."""
    if not mine:
        yield
        return
    from devices import rack

    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    running = rack.run(mine, server_url=server_url, key=keys, virtual=virtual, emulated=emulated, diary=diary, stop=stop)
    thread = threading.Thread(target=loop.run_until_complete, args=(running,), name="rack", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=GRACE_S)


def _diary(arguments: argparse.Namespace) -> Path | None:
    """Where emulated devices write down what they did."""
    return Path(arguments.data) / "emulated.jsonl" if arguments.emulated else None


def _port(arguments: argparse.Namespace, config: Config) -> int:
    named = arguments.port if arguments.port is not None else os.environ.get("PORT")
    try:
        return int(named) if named not in (None, "") else config.server.port
    except ValueError:
        raise Refused(f"PORT={named!r} is no number") from None


def _check_devices(devices: Sequence[DeviceConfig]) -> None:
    from devices import registry  # not for a server alone: the codecs and all they need are memory

    problems = [problem for device in devices for problem in registry.problems(device)] + registry.clashes(devices)
    if problems:
        raise Refused("; ".join(problems))


def _refuse_demo_password(arguments: argparse.Namespace, config: Config) -> None:
    """A real hall does not run with the password that stands in the demo."""
    if has_password(arguments, config, DEMO_PASSWORD):
        raise Refused("a staff member still has the demo's password; give another with `jiaohao staff reset JOB_NO`")


def _trade(server_url: str, code: str) -> str:
    import httpx

    try:
        answer = httpx.post(f"{server_url.rstrip('/')}/api/stations/enrolment", json={"code": code}, timeout=10)
    except httpx.HTTPError as error:
        raise Refused(f"{server_url} does not answer ({error})") from error
    if answer.status_code != httpx.codes.CREATED:
        raise Refused(answer.json().get("detail", "the code was refused"))
    key: str = answer.json()["key"]
    print(f"jiaohao: keep this key for the next start: --key {key}", flush=True)
    return key
