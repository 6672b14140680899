"""A sign made of memory: it decodes the real BX bytes and draws what the card would show."""

from collections.abc import Callable, Sequence

from devices import dots
from devices.clock import utc_now
from devices.errors import Garbled
from devices.ports import NOW, Health, Picture, SignLine
from devices.signs import onbon_bx


class VirtualSign:
    """A BX card with its matrix. `unplug` makes it dark, `plug` lets it be told again."""

    def __init__(
        self,
        name: str,
        *,
        frame_of: Callable[[SignLine], bytes],
        width_dots: int,
        height_dots: int,
        encoding: str,
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self._frame_of, self._size, self._encoding, self._changed = frame_of, (width_dots, height_dots), encoding, changed
        self._reader = onbon_bx.Reader()
        self._shown, self._last, self._wanted = "", b"", SignLine(text="")
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def show(self, line: SignLine) -> None:
        self._wanted = line
        if self._health.condition == "ok":
            self._take(self._frame_of(line))

    def pictures(self) -> Sequence[Picture]:
        width_dots, height_dots = self._size
        detail = {"text": self._shown, "bytes": len(self._last), "hex": self._last.hex(" ").upper()}
        png = dots.matrix(self._shown, width_dots=width_dots, height_dots=height_dots)
        return (Picture(label=NOW, png=png, detail=detail),)

    def press(self, key: str) -> None:
        if key == "unplug":
            self._shown, self._last = "", b""
            self._health = Health(condition="lost", detail="unplugged", since=utc_now())
        elif key == "plug":
            self._health = Health(condition="ok", since=utc_now())
            self._take(self._frame_of(self._wanted))
        else:
            return
        self._changed()

    def _take(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            try:
                text = onbon_bx.read_area(frame, encoding=self._encoding).text
            except Garbled:
                continue  # a card ignores what it does not understand
            if text != self._shown or not self._last:
                self._shown, self._last = text, data
                self._changed()
