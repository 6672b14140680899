"""Faults of emulated devices during a replayed day: cables pulled, paper out, covers open; each mended after a while."""

from __future__ import annotations

import asyncio
import random
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.clock import real_us

if TYPE_CHECKING:
    import httpx

    from server.config import DeviceConfig

EVERY_S = 12.0
FAULTS: dict[str, tuple[tuple[str, str, float], ...]] = {  # by family: the key that breaks it, the key that mends it, seconds
    "printer": (
        ("paper-out", "paper-in", 15.0),
        ("cover-open", "cover-close", 8.0),
        ("offline", "online", 8.0),
        ("unplug", "plug", 10.0),
        ("hang", "heal", 6.0),
        ("slow", "heal", 10.0),
        ("drop", "heal", 10.0),
    ),
    "sign": (("unplug", "plug", 3.0), ("power-off", "power-on", 3.0)),
    "keypad": (("unplug", "plug", 6.0), ("noise", "noise", 1.0)),
    "caller": (("unplug", "plug", 6.0), ("noise", "noise", 1.0)),
    "speaker": (("unplug", "plug", 6.0),),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One that was staged; times in µs."""

    device: str
    key: str
    began: int
    ended: int


class Mischief:
    """Breaks one device after the other, in an order that a seed decides."""

    def __init__(self, client: httpx.AsyncClient, devices: list[DeviceConfig], *, seed: int) -> None:
        self._client = client
        self._devices = [device for device in devices if device.kind.partition("/")[0] in FAULTS]
        self._dice = random.Random(seed)  # noqa: S311 (the same day again, no secret)
        self.staged: list[Fault] = []

    async def run(self) -> None:
        """Until cancelled; what is broken then is mended first."""
        kinds = sorted({device.kind.partition("/")[0] for device in self._devices})
        while kinds:
            await asyncio.sleep(EVERY_S)
            family = self._dice.choice(kinds)
            device = self._dice.choice([device for device in self._devices if device.kind.startswith(f"{family}/")])
            await self._stage(device, *self._dice.choice(FAULTS[family]))

    async def _stage(self, device: DeviceConfig, breaks: str, mends: str, seconds: float) -> None:
        began = real_us()
        await press(self._client, device, breaks)
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.shield(press(self._client, device, mends))
            self.staged.append(Fault(device.name, breaks, began, real_us()))


async def press(client: httpx.AsyncClient, device: DeviceConfig, key: str) -> bool:
    """Press a key of an emulated device; whether the hall passed it on."""
    answer = await client.post(
        f"/api/stations/{device.station}/devices/{device.name}/input",
        json={"key": key},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    return answer.is_success
