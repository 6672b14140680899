"""What a hand does at an emulated device with keys, besides pressing them: pull the cable, disturb it, cut it in mid-frame."""

from collections.abc import Callable

from devices.emulators.wires import PtyWire

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
