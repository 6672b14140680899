"""A sign emulated: the real adapter on a real wire, with the machine of its protocol at the far end."""

from collections.abc import Callable, Sequence

from devices.clock import utc_now
from devices.emulators.wires import PtyWire, TcpWire
from devices.ports import Health, Picture, SignLine
from devices.signs.machines import SignMachine
from devices.signs.serial import SerialSign

_LOST = "not opened yet"


class EmulatedSign:
    """
    `unplug` and `plug` are the wire's with all signs on it, `power-off` and `power-on` this sign's; `garble` spoils what is next.

    The adapter is made by `adapter` when the wire's port is known, which a network wire's is once it listens.
    """

    def __init__(self, name: str, *, wire: PtyWire | TcpWire, machine: SignMachine, adapter: Callable[[str], SerialSign]) -> None:
        self.name = name
        self.machine = machine
        self._wire, self._adapter = wire, adapter
        self._sign: SerialSign | None = None
        self._lost = Health(condition="lost", detail=_LOST, since=utc_now())
        self._keys: dict[str, Callable[[], None]] = {
            "unplug": wire.unplug,
            "plug": wire.plug,
            "power-off": lambda: machine.switch(on=False),
            "power-on": lambda: machine.switch(on=True),
            "garble": machine.garble,
        }
        wire.attach(machine)

    async def open(self) -> None:
        await self._wire.open()
        if self._sign is None:
            self._sign = self._adapter(self._wire.port)
        await self._sign.open()

    async def close(self) -> None:
        if self._sign is not None:
            await self._sign.close()

    def health(self) -> Health:
        return self._lost if self._sign is None else self._sign.health()

    async def show(self, line: SignLine) -> None:
        if self._sign is not None:
            await self._sign.show(line)

    def pictures(self) -> Sequence[Picture]:
        return (self.machine.picture(),)

    def press(self, key: str) -> None:
        if key in self._keys:
            self._keys[key]()
