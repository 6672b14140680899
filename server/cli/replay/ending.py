"""How a day at a hall with emulated devices ended: each slip on paper once, each call shown and announced."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.cli.replay.report import waits_lines
from server.clock import US, to_us

if TYPE_CHECKING:
    from pathlib import Path

    from server.cli.replay.day import Waits
    from server.cli.replay.following import Event, Following
    from server.cli.replay.mischief import Fault
    from server.config import Config

CALLS = ("ticket.called", "ticket.recalled", "ticket.resumed")
LOOK_S = 5.0
STUCK_LOOKS = 24  # two minutes without another announcement: the rest does not come


class Ending:
    """Reads what the hall said and what the devices did."""

    def __init__(self, events: Following, config: Config, *, diary: Path) -> None:
        self._events, self._path = events, diary
        self._signs = {d.name: d.counter for d in config.device if d.kind.startswith("sign/")}
        self._speakers = {d.name: d.area for d in config.device if d.kind.startswith("speaker/")}
        self._first_area, self._times = config.hall.area[0].id, config.hall.calling.announce_times

    # ------------------------------------------------------------------ what the hall said

    @property
    def calls(self) -> list[Event]:
        """Every call that was not undone, in order."""
        undone = {event["undid_seq"] for event in self._events.heard if event["kind"] == "ticket.undone"}
        return [event for event in self._events.heard if event["kind"] in CALLS and event["seq"] not in undone]

    def _slips(self) -> dict[str, Event]:
        """The last word on each slip."""
        return {event["slip"]: event for event in self._events.heard if event["kind"].startswith("slip.")}

    # ------------------------------------------------------------------ what the devices did

    def _did(self, what: str) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        lines = (json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if what in line]

    def _papers(self) -> Counter[str]:
        """How often each number came out on paper, 补打 apart."""
        return Counter(line["printed"].removesuffix(" 补打") for line in self._did("printed"))

    def without_paper(self) -> list[tuple[str, str]]:
        """Tickets whose slip was queued and is on no paper: id and station."""
        papers = self._papers()
        return [
            (event["ticket"], event["station"])
            for event in self._events.heard
            if event["kind"] == "slip.queued" and not papers[event["number"]]
        ]

    async def announced_to_the_end(self) -> None:
        """Wait for what is still to be said; announcements may end later than the day."""
        stuck, before = 0, -1
        while self._speakers and (missing := len(self._due() - self._said().keys())) and stuck < STUCK_LOOKS:
            stuck, before = (stuck + 1, missing) if missing == before else (0, missing)
            await asyncio.sleep(LOOK_S)

    def _due(self) -> set[int]:
        """Calls that the speakers' areas are to hear, by their place in the journal."""
        areas = {area or self._first_area for area in self._speakers.values()}
        return {call["seq"] for call in self.calls if areas & set(call["areas"])}

    def _said(self) -> dict[int, Counter[str]]:
        """How often each call was said whole, in each language."""
        said: dict[int, Counter[str]] = defaultdict(Counter)
        for line in self._did("played"):
            if line["locale"] and line["whole"]:
                said[line["played"]][line["locale"]] += 1
        return said

    # ------------------------------------------------------------------ the table

    def table(
        self, waits: Waits, *, took_s: float, acts: int, by_pad: int, by_keypad: int, faults: list[Fault], reprints: int
    ) -> str:
        """The table, as text."""
        last = Counter(event["kind"].partition(".")[2] for event in self._slips().values())
        tickets = Counter(event["kind"] for event in self._events.heard)
        gaps = self._events.gaps()
        span = f"{self._events.heard[0]['seq']}–{self._events.heard[-1]['seq']}" if self._events.heard else "none"
        lines = [
            f"tickets              {_counted(tickets)}",
            f"acts                 {acts} in {took_s:.0f} s; {by_pad} calls by pads, {by_keypad} ratings by keypads",
            f"faults staged        {len(faults)}: "
            + ", ".join(f"{key} {n}" for key, n in Counter(f.key for f in faults).most_common()),
            f"slips                {sum(last.values())}: " + ", ".join(f"{state} {n}" for state, n in last.most_common()),
            *self._papers_said(reprints),
            *self._shown_said(faults),
            *self._announced_said(),
            f"journal              entries {span}, " + ("no gap" if not gaps else f"gaps {gaps}"),
            "",
            *waits_lines(waits),
        ]
        return "\n".join(lines)

    def _papers_said(self, reprints: int) -> list[str]:
        papers = self._papers()
        numbers = {event["number"] for event in self._events.heard if event["kind"] == "slip.queued"}
        often = {number: papers[number] for number in numbers}
        twice = sorted(number for number, n in often.items() if n > 1)
        none = sorted(number for number, n in often.items() if not n)
        once = sum(n == 1 for n in often.values())
        return [
            f"  on paper           once {once} (of these by a clerk's reprint {reprints}), twice {len(twice)}, never {len(none)}",
            *([f"    twice {' '.join(twice)}; never {' '.join(none)}"] if twice or none else []),
        ]

    def _shown_said(self, faults: list[Fault]) -> list[str]:
        """A call counts as shown when its sign says the number before the counter's next call."""
        shown: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for line in self._did("shown"):
            if (counter := self._signs.get(line["device"])) is not None:
                shown[counter].append((_us(line["at"]), line["shown"]))
        dark, missed = 0, []
        calls = [call for call in self.calls if call["counter"] in shown]
        for place, call in enumerate(calls):
            at = _us(call["at"])
            until = next((_us(c["at"]) for c in calls[place + 1 :] if c["counter"] == call["counter"]), None)
            digits = call["number"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            lines = shown[call["counter"]]
            standing = [text for when, text in lines if when <= at][-1:]  # a recall finds the number there already
            during = [text for when, text in lines if at <= when and (until is None or when <= until)]
            if any(digits in text for text in standing + during):
                continue
            names = {name for name, counter in self._signs.items() if counter == call["counter"]}
            if any(f.began <= (until or at + US) and f.ended >= at for f in faults if f.device in names):
                dark += 1
            else:
                missed.append(call["number"])
        said = f"calls                {len(self.calls)}; shown on their signs {len(calls) - dark - len(missed)} of {len(calls)}"
        more = f", {dark} while the sign was broken" if dark else ""
        return [f"{said}{more}, missed {len(missed)}{': ' + ' '.join(missed) if missed else ''}"]

    def _announced_said(self) -> list[str]:
        if not self._speakers:
            return []
        due, said = self._due(), self._said()
        silent = sorted(due - said.keys())
        often = {seq: max(said[seq].values()) for seq in due & said.keys()}
        again = sum(n > self._times for n in often.values())
        spans = sorted((_us(line["began"]), _us(line["at"])) for line in self._did("played") if line["played"])
        heard = f"{len(due) - len(silent)} of {len(due)}"
        over = sum(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))
        return [
            f"  announced          {heard}, never {len(silent)}, once more after a fault {again}, at the same time {over}",
            *([f"    never: entries {' '.join(map(str, silent))}"] if silent else []),
        ]


def _counted(events: Counter[str]) -> str:
    words = {
        "ticket.issued": "issued",
        "service.finished": "services finished",
        "ticket.no_show": "passed",
        "ticket.cancelled": "given back",
    }
    return ", ".join(f"{events[kind]} {word}" for kind, word in words.items())


def _us(stamp: str) -> int:
    return to_us(datetime.fromisoformat(stamp))
