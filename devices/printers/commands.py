"""
ESC/POS bytes as commands: what a printer reads, for the virtual printer and for showing bytes to people; pure.

Source: Epson ESC/POS command reference for TM printers; only what `escpos.py` and `job.py` send, and what clones emit.
"""

from dataclasses import dataclass

MEANINGS = {
    "ESC @": "初始化", "FS &": "汉字开", "FS .": "汉字关", "GS !": "字号", "ESC !": "字体", "ESC a": "对齐", "ESC E": "加粗",
    "ESC d": "走纸", "ESC J": "走纸", "ESC 2": "行距", "ESC 3": "行距", "ESC t": "代码页", "GS B": "反白", "GS v 0": "图",
    "GS ( k": "二维码", "GS V": "切纸", "GS r": "问打完没有", "GS a": "自动状态", "DLE EOT": "问状态", "LF": "换行",
    "text": "文字",
}  # fmt: skip

_FIXED = {  # two-byte commands and how many arguments follow
    b"\x1b@": ("ESC @", 0), b"\x1c&": ("FS &", 0), b"\x1c.": ("FS .", 0), b"\x1d!": ("GS !", 1), b"\x1b!": ("ESC !", 1),
    b"\x1ba": ("ESC a", 1), b"\x1bE": ("ESC E", 1), b"\x1bd": ("ESC d", 1), b"\x1bJ": ("ESC J", 1), b"\x1b2": ("ESC 2", 0),
    b"\x1b3": ("ESC 3", 1), b"\x1bt": ("ESC t", 1), b"\x1dB": ("GS B", 1), b"\x1dr": ("GS r", 1), b"\x1da": ("GS a", 1),
    b"\x10\x04": ("DLE EOT", 1),
}  # fmt: skip
_LEADS = b"\x10\x1b\x1c\x1d"


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its arguments; `raw` is exactly what came over the cable."""

    name: str
    arguments: bytes
    raw: bytes


class Reader:
    """Cuts a stream into commands; what is incomplete waits for the next bytes."""

    def __init__(self) -> None:
        self._buffer = b""
        self.unknown = 0  # commands nobody here knows, skipped two bytes at a time

    def feed(self, data: bytes) -> list[Command]:
        """The commands completed by `data`, in order."""
        self._buffer += data
        commands = []
        while self._buffer:
            command = self._first()
            if command is None:
                break
            self._buffer = self._buffer[len(command.raw) :]
            commands.append(command)
        return commands

    def _first(self) -> Command | None:  # noqa: PLR0911 (one return a shape)
        buffer = self._buffer
        lead = buffer[0]
        if lead == 0x0A:
            return Command("LF", b"", b"\n")
        if lead not in _LEADS:
            return self._text()
        head = buffer[:2]
        if len(head) < 2:
            return None
        if head in _FIXED:
            name, count = _FIXED[head]
            return self._whole(name, 2, count)
        if head == b"\x1dV":
            return None if len(buffer) < 3 else self._whole("GS V", 2, 2 if buffer[2] in (65, 66) else 1)
        if head == b"\x1dv":
            return None if len(buffer) < 8 else self._whole("GS v 0", 3, 5 + _u16(buffer, 4) * _u16(buffer, 6))
        if head == b"\x1d(":
            return None if len(buffer) < 5 else self._whole("GS ( k", 3, 2 + _u16(buffer, 3))
        self.unknown += 1
        return Command("unknown", b"", head)

    def _whole(self, name: str, skip: int, count: int) -> Command | None:
        raw = self._buffer[: skip + count]
        return Command(name, raw[skip:], raw) if len(raw) == skip + count else None

    def _text(self) -> Command | None:
        """Characters up to the next command; waiting for it keeps a character of two bytes in one piece."""
        end = next((at for at, byte in enumerate(self._buffer) if byte == 0x0A or byte in _LEADS), None)
        return None if end is None else Command("text", self._buffer[:end], self._buffer[:end])


def explain(commands: list[Command], *, most: int = 40) -> list[dict[str, str]]:
    """The commands for human eyes: the bytes in hex, long ones cut, and what each does."""
    return [
        {"bytes": command.raw[:8].hex(" ").upper() + (" …" if len(command.raw) > 8 else ""), "meaning": _meaning(command)}
        for command in commands[:most]
    ]


def _meaning(command: Command) -> str:
    if command.name == "GS v 0":
        return f"图 {_u16(command.arguments, 1) * 8}×{_u16(command.arguments, 3)} 点"
    return MEANINGS.get(command.name, "不认识")


def _u16(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8
