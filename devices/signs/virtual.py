"""A sign made of memory: the machine of its protocol, fed with the real bytes."""

from collections.abc import Callable, Sequence

from devices.clock import utc_now
from devices.ports import Health, Picture, SignLine
from devices.signs.driver import Driver
from devices.signs.machines import SignMachine


class VirtualSign:
    """`unplug` makes it dark, `plug` lets it be told again."""

    def __init__(self, name: str, *, driver: Driver, machine: SignMachine, changed: Callable[[], None]) -> None:
        self.name = name
        self._driver, self._machine, self._changed = driver, machine, changed
        self._wanted = SignLine(text="")
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def show(self, line: SignLine) -> None:
        self._wanted = line
        self._tell()

    def pictures(self) -> Sequence[Picture]:
        return (self._machine.picture(),)

    def press(self, key: str) -> None:
        if key == "unplug":
            self._health = Health(condition="lost", detail="unplugged", since=utc_now())
            self._machine.power(on=False)
        elif key == "plug":
            self._health = Health(condition="ok", since=utc_now())
            self._machine.power(on=True)
            self._tell()
        else:
            return
        self._changed()

    def _tell(self) -> None:
        self._machine.feed(b"".join(self._driver.pieces(self._wanted)), reply=_unheard)


def _unheard(_answer: bytes) -> None:
    """Nobody listens to a sign in memory."""
