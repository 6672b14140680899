"""The composition root: builds the parts and joins them; decides nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

import counter.guide
import counter.pages
import display.pages
import display.staff
import kiosk.pages
import server.manage.pages
import server.manage.setup
import server.manage.today
from server import ticker
from server.clock import PacedClock
from server.demo import Play
from server.hub import Hub
from server.verbs.setup import record_founding
from server.web import counters, docs, errors, follow, hall, live, pages, people, photos, reports, setup, start, stations, tickets
from server.web.devices import DeviceBoard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from server.config import DeviceConfig, ServerConfig
    from server.store import Store

API = (
    hall,
    tickets,
    counters,
    follow,
    people,
    stations,
    setup,
    photos,
    reports,
)  # the parts of /api, in the order of its description


def create_app(
    *,
    store: Store,
    server_config: ServerConfig,
    devices: Sequence[DeviceConfig] = (),
    demo: bool = False,
    archive_into: Path | None = None,
) -> FastAPI:
    """The whole application on an unopened store; it opens with the lifespan and closes after the last request."""
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
    app.state.store = store
    app.state.server = server_config
    app.state.device_configs = tuple(devices)
    app.state.devices = DeviceBoard(devices)
    app.state.hub = Hub(store)
    app.state.demo = demo
    app.state.archive_into = archive_into
    app.state.live_looks = {}
    playable = demo and isinstance(store.clock, PacedClock) and store.hall.setup.demo_load is not None
    app.state.play = Play(store, store.clock) if playable and isinstance(store.clock, PacedClock) else None

    api = APIRouter(prefix="/api")
    for part in API:
        api.include_router(part.router)
    app.include_router(api)
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
        server.manage.pages,
        server.manage.setup,
    ):
        app.include_router(surface.router)
    pages.mount_static(app)
    errors.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    store: Store = app.state.store
    store.open()
    try:
        await store.write(record_founding)
        await ticker.catch_up(store)
        await app.state.hub.start()
        ticking = asyncio.create_task(ticker.run(store, archive_into=app.state.archive_into), name="ticker")
        try:
            yield
        finally:
            if app.state.play is not None:
                await app.state.play.stop()
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            await app.state.hub.stop()
    finally:
        store.close()
