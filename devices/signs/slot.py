"""What one sign on a bus is to show, what it was told, and whether it answers; no waiting here, the bus does that."""

from collections.abc import Callable
from dataclasses import replace

from devices.clock import utc_now
from devices.ports import Condition, Health, SignLine
from devices.signs.driver import Driver

RETRIES = 1  # a frame without its answer is told once more before the sign counts as silent
BACKOFF_MIN_S = 1.0
FLASH_AGAIN_S = 5.0  # a repetition sooner than this does not flash again


class Slot:
    """The newest line wins. A sign that answers nothing is asked less and less often, until it answers again."""

    def __init__(
        self, name: str, *, driver: Driver, resend_s: float, flash_s: float = 0.0, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.name, self.driver = name, driver
        self.wanted: SignLine | None = None
        self.fresh = False  # there is news it was not told
        self.due_s = 0.0  # when it is told again in any case
        self.told_s = float("-inf")  # when it was spoken to last
        self._told: SignLine | None = None
        self._resend_s, self._flash_s, self._flashed_s = resend_s, flash_s, float("-inf")
        self._misses, self._changed = 0, changed
        self._health = Health(condition="ok", since=utc_now())

    def pressing(self, now_s: float) -> bool:
        """Whether there is news for it, or it should have been told again long ago."""
        return self.fresh or self.due_s + self._resend_s <= now_s

    def awaited(self, now_s: float) -> bool:
        """Whether its answer is worth waiting for: a silent sign's only when it is due to be looked after."""
        return not self._silent or self.due_s <= now_s

    def health(self) -> Health:
        """How the sign is, as long as its cable is there."""
        return self._health

    def want(self, line: SignLine, *, now_s: float) -> None:
        """Replace what it is to show; what it shows already is no news, unless it is to flash."""
        repeated = self._shows(line) and now_s - self._flashed_s < FLASH_AGAIN_S
        if line.flash and (repeated or not self._flash_s):
            line = replace(line, flash=False)
        self.wanted = line
        self.fresh = line.flash or not self._shows(line)

    def begin(self, *, now_s: float) -> SignLine:
        """What is told now; whatever becomes wanted from here on is news again."""
        if self.wanted is None:
            raise ValueError(f"{self.name} has nothing to show")
        if self.awaited(now_s):
            self.due_s = now_s + self._resend_s
        line, self.fresh, self.told_s = self.wanted, False, now_s
        self._told = line
        if line.flash:
            self._flashed_s, self.due_s = now_s, now_s + self._flash_s
            self.wanted = replace(line, flash=False)
        return line

    def answered(self, *, refusal: str | None = None) -> None:
        """It took what it was told, or answered that it will not."""
        self._misses = 0
        self._become("degraded" if refusal else "ok", refusal)

    def missed(self, *, now_s: float) -> None:
        """It did not answer: once more after the others' turns, then less and less often."""
        self._misses += 1
        self._told = None
        if not self._silent:
            self.fresh = True
            return
        self.due_s = now_s + min(BACKOFF_MIN_S * 2 ** min(self._misses - RETRIES - 1, 10), self._resend_s)
        self._become("lost", "no answer")

    def forget(self) -> None:
        """The cable was lost: nobody knows what it shows. One that was silent stays so until it answers; it is waited for now."""
        self._told, self.due_s = None, 0.0
        self.fresh = self.wanted is not None

    @property
    def _silent(self) -> bool:
        return self._misses > RETRIES

    def _shows(self, line: SignLine) -> bool:
        return self._told is not None and (self._told.text, self._told.number) == (line.text, line.number)

    def _become(self, condition: Condition, detail: str | None) -> None:
        if (condition, detail) != (self._health.condition, self._health.detail):
            self._health = Health(condition=condition, detail=detail, since=utc_now())
            self._changed()
