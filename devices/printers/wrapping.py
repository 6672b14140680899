"""Where a line of a slip breaks: between words for Latin, between characters for Chinese; pure."""

import re
from collections.abc import Callable

_NEVER_FIRST = "，。、；：？！）》」』”’,.;:?!)%"
_PIECE = re.compile(r"[0-9A-Za-z][0-9A-Za-z'’.,:%/+–-]*|\s+|.", re.DOTALL)


def wrapped(text: str, *, fits: Callable[[str], bool]) -> list[str]:
    """
    The lines of `text`, each of which `fits`; closing punctuation never begins a line.

    A single piece too wide for the paper is cut where it must be.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if fits((line + piece).rstrip(" ")):
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip(" "))
        line = piece.lstrip(" ")
        while line and not fits(line):
            cut = next((count for count in range(len(line) - 1, 0, -1) if fits(line[:count])), 1)
            if cut >= len(line):
                break
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip():
        lines.append(line.rstrip(" "))
    return lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and piece in _NEVER_FIRST:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
