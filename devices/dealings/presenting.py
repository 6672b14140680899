"""What is held before a scanner or a card reader: an input. It is handed to the hall, which tells the station's page."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from devices.clock import running_s
from devices.debounce import Debounce
from devices.hall import HallClient, Refused, Unreachable
from devices.ports import CardReader, Scanner

log = logging.getLogger(__name__)

UNREADABLE_S = 3.0  # noise is answered once in this time, however much there is of it


class _Inputs:
    """What both have in common: nothing that happens in the hall concerns them."""

    def hear(self, message: dict[str, Any]) -> None:
        """Nothing to take note of."""

    def stirred(self) -> None:
        """Nothing to take note of."""


class Scanning(_Inputs):
    """Hands on the codes of one scanner. What a code means is for the hall to say, and no code stands in a log."""

    def __init__(self, scanner: Scanner, *, hall: HallClient) -> None:
        self._scanner, self._hall = scanner, hall
        self._noise = Debounce(gap_s=UNREADABLE_S)

    async def run(self) -> None:
        """Hand on for as long as the rack runs."""
        async for code in self._scanner.codes():
            if not code and not self._noise.passes(code, at_s=running_s()):
                continue
            try:
                await self._hall.scanned(code)
            except (Refused, Unreachable) as problem:
                log.info("%s: %s", self._scanner.name, problem)


class Reading(_Inputs):
    """Hands on the cards of one reader; nothing of them is kept or logged here."""

    def __init__(self, reader: CardReader, *, hall: HallClient) -> None:
        self._reader, self._hall = reader, hall

    async def run(self) -> None:
        """Hand on for as long as the rack runs."""
        cards: AsyncIterator[dict[str, Any]] = self._reader.cards()
        async for card in cards:
            try:
                await self._hall.card_read(card)
            except (Refused, Unreachable) as problem:
                log.info("%s: %s", self._reader.name, problem)
            await asyncio.sleep(0)
