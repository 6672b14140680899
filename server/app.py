"""The composition root: builds the parts and joins them; decides nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI

import counter.guide
import counter.pages
import display.pages
import display.staff
import kiosk.pages
import server.manage.district
import server.manage.pages
import server.manage.setup
import server.manage.today
from server.clock import PacedClock
from server.config import VoiceConfig
from server.demo import Play
from server.voice.chain import Voice
from server.web import (
    counters,
    district,
    docs,
    errors,
    follow,
    hall,
    live,
    pages,
    people,
    photos,
    presenting,
    reports,
    setup,
    start,
    stations,
    tickets,
    voice,
)
from server.web.halls import Halls, OpenHall
from server.web.which import WhichHall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from server.config import DeviceConfig, ServerConfig
    from server.store import Store

API = (
    tickets,
    counters,
    hall,
    follow,
    people,
    stations,
    presenting,
    setup,
    photos,
    reports,
    district,
    voice,
)  # the parts of /api, in the order of its description and of the search: what is asked most stands first


def create_app(
    *,
    store: Store,
    server_config: ServerConfig,
    devices: Sequence[DeviceConfig] = (),
    demo: bool = False,
    training: bool = False,
    archive_into: Path | None = None,
    voice_config: VoiceConfig | None = None,
    data: Path | None = None,
) -> FastAPI:
    """
    The whole application on the unopened store of its first hall; every hall opens with the lifespan and closes after it.

    In `training` the hardware is emulated, and its keys can be pressed by a manager.
    """
    app = FastAPI(
        title="jiaohao",
        summary="Queue tickets and counter calling for public service halls",
        version="0.1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        telemetry={"tracing": False},
    )
    playable = demo and store.hall.setup.demo_load is not None
    first = OpenHall(
        store=store,
        base="",
        public_url=server_config.public_url,
        own_host=False,
        trusts_networks=True,
        device_configs=tuple(devices),
        play=Play(store, store.clock) if playable and isinstance(store.clock, PacedClock) else None,
    )
    halls = Halls(first, config=server_config, demo=demo, archive_into=archive_into)
    app.state.server = server_config
    app.state.demo = demo
    app.state.keys_work = demo or training
    app.state.halls = halls
    app.state.voice = speaker = Voice(voice_config or VoiceConfig(), data=data)
    halls.begun.append(voice.preparing(speaker))

    for part in API:  # each by itself: a router within a router is searched twice
        app.include_router(part.router, prefix="/api")
    for surface in (
        docs,
        live,
        start,
        kiosk.pages,
        counter.pages,
        counter.guide,
        display.pages,
        display.staff,
        server.manage.today,
        server.manage.district,
        server.manage.pages,
        server.manage.setup,
    ):
        app.include_router(surface.router)
    pages.mount_static(app)
    errors.install(app)
    app.add_middleware(WhichHall, halls=halls)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    halls: Halls = app.state.halls
    speaker: Voice = app.state.voice
    try:
        await asyncio.to_thread(speaker.start)
        await halls.start()
        yield
    finally:
        await halls.stop()
        await asyncio.to_thread(speaker.stop)
