"""Which call is announced next; pure. One queue an area, as the lobby screen keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

LATE_S = 60.0  # a call this old when it was heard of, or when the server or card came back, sends nobody off any more
OVERTAKEN_MOST = 3  # a recall lets first calls go before it, but not for ever
WAITING_MOST = 200  # half an hour of speaking; beyond it the oldest is given up, which a demo played at 600 times real time needs
MANY = 3  # with more than so many waiting each is spoken once
KINDS = ("ticket.called", "ticket.recalled", "ticket.resumed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One announcement to make."""

    seq: int
    number: str
    counter: int
    locale: str
    again: bool  # a recall
    behind_s: float  # how old it was when it was heard, by the hall's time
    heard_s: float  # on the clock of what was away, see `Away`

    def is_late(self, *, now_s: float) -> bool:
        """
        Whether nobody is to be sent off by it now: hall time until it was heard, and since then what was away.

        Its turn behind other calls is no delay that counts: each is said, however many there are.
        """
        return self.behind_s + now_s - self.heard_s > LATE_S


@dataclass(slots=True)
class Away:
    """A clock that goes only while a call cannot be said because the server or the card is away."""

    _gone_s: float = 0.0
    _since_s: float | None = None

    def goes(self, *, now_s: float) -> None:
        """It is away."""
        self._since_s = now_s if self._since_s is None else self._since_s

    def stops(self, *, now_s: float) -> None:
        """It is back."""
        self._gone_s, self._since_s = self.seconds(now_s=now_s), None

    def seconds(self, *, now_s: float) -> float:
        """All that it was away so far."""
        return self._gone_s + (0.0 if self._since_s is None else now_s - self._since_s)


@dataclass(slots=True)
class Calls:
    """Those that wait, in the order in which they will be said."""

    waiting: list[Call] = field(default_factory=list)
    _overtaken: dict[int, int] = field(default_factory=dict)  # seq of a recall → first calls that went before it

    def add(self, call: Call) -> None:
        """Whoever is called for the first time goes before those who are called again."""
        place = len(self.waiting)
        while not call.again and place > 0 and self._gives_way(self.waiting[place - 1]):
            place -= 1
        for passed in self.waiting[place:]:
            self._overtaken[passed.seq] = self._overtaken.get(passed.seq, 0) + 1
        self.waiting.insert(place, call)
        del self.waiting[:-WAITING_MOST]

    def drop(self, seq: int) -> None:
        """That call no longer holds."""
        self.waiting = [call for call in self.waiting if call.seq != seq]

    def take(self, *, now_s: float) -> tuple[Call | None, list[Call]]:
        """The next to be said, if any, and those passed over because they are too late."""
        late = list[Call]()
        while self.waiting:
            call = self.waiting.pop(0)
            self._overtaken.pop(call.seq, None)
            if not call.is_late(now_s=now_s):
                return call, late
            late.append(call)
        return None, late

    def _gives_way(self, other: Call) -> bool:
        return other.again and self._overtaken.get(other.seq, 0) < OVERTAKEN_MOST


def languages(call: Call, *, own: str, order: Iterable[str], offered: Iterable[str]) -> list[str]:
    """The hall's order; without one its own language, then the one the number was taken in. Both Chinese scripts sound alike."""
    if fixed := list(order):
        return fixed
    foreign = call.locale in set(offered) and call.locale.partition("-")[0] != own.partition("-")[0]
    return [own, call.locale] if foreign else [own]


def heard(message: dict[str, object], *, hall_now: datetime | None, now_s: float) -> Call:
    """A call as the hall's message tells it; `hall_now` is the hall's time when the connection was made."""
    at = datetime.fromisoformat(str(message["at"]))
    behind_s = (hall_now - at).total_seconds() if hall_now is not None else 0.0
    return Call(
        seq=int(str(message["seq"])),
        number=str(message["number"]),
        counter=int(str(message["counter"])),
        locale=str(message.get("locale") or ""),
        again=message["kind"] == "ticket.recalled",
        behind_s=max(0.0, behind_s),
        heard_s=now_s,
    )
