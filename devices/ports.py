"""What the rack asks of hardware, by capability; an adapter satisfies a Protocol, it inherits nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol, runtime_checkable

Condition = Literal["ok", "degraded", "lost"]  # degraded: reached, but not doing all it should
Result = Literal["printed", "not_sent", "unknown"]
NOW = "now"  # label of the one picture of a device that shows a state
Asking = Literal["ask", "thanks", "rest"]  # what a keypad is to do: ask for a rating, thank for it, nothing
Key = Literal["next", "recall", "rate", "pause", "transfer", "confirm", "no_show", "hold", "restore", "clear", "undo"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """One paper slip as the hall wants it: facts only, no layout."""

    id: str
    ticket: str
    number: str  # as shown everywhere, e.g. "A007"
    service: str
    hall: str
    area: str
    floor: int | None
    counters: tuple[int, ...]
    ahead: int | str | None  # "200+" past the count the hall makes
    wait_min: tuple[int, int] | None  # low and high; None until an honest estimate exists
    taken_at: datetime  # hall time, aware
    valid_day: date
    priority_label: str | None
    follow_url: str
    reminders: tuple[str, ...]
    reprint: bool
    locale: str
    queued_at: datetime  # when the hall asked for this slip, UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a print job ended: `printed`, `not_sent` (safe to send again) or `unknown` (never sent again by itself)."""

    result: Result
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignLine:
    """One short line for the room."""

    text: str
    number: str = ""  # alone, for displays that show nothing else
    flash: bool = False  # it was called just now, or again


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """A pressed rating key, already a level: 5 the best, 1 the worst."""

    level: int
    address: int  # of the keypad on its bus


@dataclass(frozen=True, kw_only=True, slots=True)
class PadKey:
    """A pressed key of a caller pad: a digit 0-9 or one of the named keys."""

    key: Key | int


@dataclass(frozen=True, kw_only=True, slots=True)
class PadText:
    """What a pad's or keypad's small display says, left and right."""

    left: str
    right: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A piece of sound, and the call it belongs to."""

    wav: bytes  # 16-bit PCM
    number: str = ""
    counter: int | None = None
    locale: str = ""  # empty: the chime
    call: int = 0  # its place in the journal


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How a device is, in a word and a sentence."""

    condition: Condition
    detail: str | None = None
    since: datetime | None = None  # UTC, when this condition began


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What a virtual device looks like now, drawn from the bytes it was sent."""

    label: str  # a new picture with the label of an older one takes its place
    png: bytes
    detail: dict[str, Any] = field(default_factory=dict)


class Device(Protocol):
    """Something at the end of a cable."""

    name: str

    async def open(self) -> None:
        """Begin to own the cable; a device that is away is no error, it is health."""

    async def close(self) -> None:
        """Give the cable back."""

    def health(self) -> Health:
        """How it is now, without asking it."""


@runtime_checkable
class TicketPrinter(Device, Protocol):
    """Something that prints slips, one after another."""

    async def look(self) -> None:
        """Ask the printer how it is, between jobs; `health` says it then."""

    async def print(self, slip: Slip, *, before_first_byte: Callable[[], Awaitable[None]]) -> Outcome:
        """
        Print one slip and say how it ended.

        `before_first_byte` runs when the printer is known to be ready and nothing is sent yet; if it raises, nothing is sent.
        """


@runtime_checkable
class Sign(Device, Protocol):
    """Something that shows one short line to the room."""

    async def show(self, line: SignLine) -> None:
        """Replace what is shown. Idempotent, the latest wins; a sign that is away gets it when it returns."""


@runtime_checkable
class Keypad(Device, Protocol):
    """Something an applicant presses a level on."""

    def scores(self) -> AsyncIterator[Score]:
        """Each accepted press, in order; never ends by itself."""

    async def prompt(self, asking: Asking, text: PadText) -> None:
        """Ask, thank or rest, with these words where it has a display of its own. Raises NotConnected."""


@runtime_checkable
class CallerPad(Device, Protocol):
    """A clerk's row of keys with a small display."""

    def keys(self) -> AsyncIterator[PadKey]:
        """Each accepted press, in order; never ends by itself."""

    async def display(self, text: PadText) -> None:
        """Replace what the display says."""


@runtime_checkable
class Scanner(Device, Protocol):
    """Something that reads codes from paper and telephones."""

    def codes(self) -> AsyncIterator[str]:
        """Each code, in order; "" for one that cannot be read. Never ends by itself."""


@runtime_checkable
class CardReader(Device, Protocol):
    """Something that reads identity cards."""

    def cards(self) -> AsyncIterator[dict[str, Any]]:
        """Each card as its bridge words it, in order; never ends by itself."""


@runtime_checkable
class Speaker(Device, Protocol):
    """Something that the room hears."""

    async def look(self) -> None:
        """Try, without a sound, whether it plays; `health` says it then."""

    async def play(self, clip: Clip) -> None:
        """Until it has sounded. Raises NotConnected. When cancelled, it is silent at once."""


@runtime_checkable
class Drawn(Protocol):
    """A virtual device: it can be looked at and its keys pressed from a page."""

    def pictures(self) -> Sequence[Picture]:
        """What it looks like now; a printer's kept slips, oldest first."""

    def press(self, key: str) -> None:
        """Press a key or stage a fault; an unknown key does nothing."""
