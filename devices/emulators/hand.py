"""What a hand does at an emulated device with keys, besides pressing them: pull the cable, disturb it, cut it in mid-frame."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from devices.emulators.wires import Machine, PtyWire
from devices.ports import Health, Picture

NOISE = bytes.fromhex("00 FF 13 7E AA FE 02 68 0D")  # stray bytes, some of them beginnings of frames


class Hand:
    """Does at a wire what `key` says; other keys become the bytes that `pressed` answers."""

    def __init__(self, wire: PtyWire, *, pressed: Callable[[str], bytes], changed: Callable[[], None]) -> None:
        self._wire, self._pressed, self._changed = wire, pressed, changed
        self._cut = False

    def press(self, key: str) -> None:
        """`unplug`, `plug`, `noise`; `cut`: of the next frame half gets through, and the cable is out."""
        match key:
            case "unplug":
                self._wire.unplug()
            case "plug":
                self._wire.plug()
            case "noise":
                self._wire.send(NOISE)
            case "cut":
                self._cut = True
                return
            case _:
                self._send(self._pressed(key))
        self._changed()

    def _send(self, frame: bytes) -> None:
        if not frame:
            return
        if not self._cut:
            self._wire.send(frame)
            return
        self._cut = False
        self._wire.send(frame[: (len(frame) + 1) // 2])
        self._wire.unplug()


class Adapter(Protocol):
    """The real adapter of such a device."""

    name: str

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    def health(self) -> Health: ...


class Keys(Machine, Protocol):
    """The machine of such a device."""

    def press(self, key: str) -> bytes: ...
    def pictures(self) -> Sequence[Picture]: ...


A = TypeVar("A", bound=Adapter)


class Handled(Generic[A]):
    """A device with keys whose real adapter drives its machine over a real wire; several on one bus by the name of their port."""

    def __init__(self, adapter: A, *, machine: Keys, wire: PtyWire, changed: Callable[[], None]) -> None:
        self.name = adapter.name
        self._adapter, self._machine, self._wire = adapter, machine, wire
        self._hand = Hand(wire, pressed=machine.press, changed=changed)
        wire.attach(machine)

    async def open(self) -> None:
        await self._wire.open()
        self._machine.power(on=self._wire.plugged)
        await self._adapter.open()

    async def close(self) -> None:
        await self._adapter.close()

    def health(self) -> Health:
        return self._adapter.health()

    def pictures(self) -> Sequence[Picture]:
        return self._machine.pictures()

    def press(self, key: str) -> None:
        """Keys as of the virtual twin, and those of `Hand`. Pulling its cable pulls the bus."""
        self._hand.press(key)
