"""
A file of the archive: some months later or twenty years, it can be read with gzip and any JSON reader.

The first line says whose entries these are, from which to which, what the first is bound to and what the last one's hash is; then
each entry is a line. A file has its name only when it is whole, on disk, and was read again; none is ever written to afterwards.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from server.journal import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SUFFIX = ".jsonl.gz"
UNREADABLE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError)  # whatever a damaged file leads to
ABOUT = (
    "Journal of a public service hall: one entry a line, in the order in which it happened. `at` is in microseconds since"
    " 1970-01-01T00:00:00Z, `body` is JSON. `hash` is sha256, in hex, of the UTF-8 text of prev_hash, hall, seq, at, kind, actor,"
    " topics and body with U+001F between them; `prev_hash` is the hash of the entry before. The file of the entries before this"
    " one ends with the prev_hash that is named here."
)


class Damaged(Exception):
    """The archive, or the journal, is not what its hashes say; the message says where in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Entries `first` … `last` of a hall, bound to `prev_hash`; `journal` had them when they left the table."""

    journal: str
    hall: str
    first: int
    last: int
    prev_hash: str
    last_hash: str


def write(folder: Path, *, span: Span, month: str, pages: Iterable[Iterable[Mapping[str, Any]]]) -> Path:
    """
    A new file with the entries of `pages`; its path. It is whole, on disk and proved, or it is not there.

    Raises:
        Damaged: the entries do not make one chain.
        OSError: there is no room for it.
    """
    path = folder / f"{span.hall}-{month}-{span.first:010}-{span.last:010}-{span.last_hash[:8]}{SUFFIX}"
    draft = folder / f"{span.hall}.draft"
    try:
        with draft.open("wb") as raw:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                packed.write(_line({**asdict(span), "about": ABOUT}))
                for page in pages:
                    packed.write(b"".join(_line(dict(entry)) for entry in page))
            raw.flush()
            os.fsync(raw.fileno())
        prove(draft, name=path.name)
        draft.rename(path)
        _sync(folder)
    finally:
        draft.unlink(missing_ok=True)
    return path


def spans(folder: Path, *, hall: str) -> dict[Path, Span]:
    """
    What the files of a hall say they hold.

    Raises:
        Damaged: a file's first line cannot be read.
    """
    found = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with gzip.open(path, "rb") as lines:
                span = _span(lines.readline())
        except UNREADABLE as error:
            raise _unreadable(path.name, error) from error
        if span.hall == hall:
            found[path] = span
    return found


def prove(path: Path, *, at: int | None = None, name: str = "") -> str:
    """
    The hash at entry `at`, or at the last one, having gone through the whole file; before the first it is what that is bound to.

    Raises:
        Damaged: an entry is missing, does not fit its hash, or is not bound to the one before.
    """
    name = name or path.name
    try:
        with gzip.open(path, "rb") as lines:
            span = _span(lines.readline())
            seq, prev = span.first - 1, span.prev_hash
            found = prev if at == seq else ""
            for line in lines:
                entry = json.loads(line)
                if (
                    entry["hall"] != span.hall
                    or entry["seq"] != seq + 1
                    or entry["prev_hash"] != prev
                    or hash_of(entry) != entry["hash"]
                ):
                    raise Damaged(f"{name}: broken at entry {seq + 1}: a number is missing or a hash does not fit")
                seq, prev = entry["seq"], entry["hash"]
                found = prev if at == seq else found
    except UNREADABLE as error:
        raise _unreadable(name, error) from error
    if (seq, prev) != (span.last, span.last_hash):
        raise Damaged(f"{name}: ends at entry {seq}, and not as its first line says")
    return prev if at is None else found


@contextmanager
def alone(folder: Path, *, hall: str) -> Iterator[None]:
    """
    The folder is there, and nobody else writes files of this hall into it.

    Raises:
        BlockingIOError: somebody does.
        OSError: it cannot be made or written to.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        _sync(folder.parent)
    with (folder / f".{hall}.lock").open("a") as door:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _span(line: bytes) -> Span:
    said = json.loads(line)
    return Span(**{name: said[name] for name in Span.__slots__})


def _sync(folder: Path) -> None:
    """The names in it are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unreadable(name: str, error: Exception) -> Damaged:
    return Damaged(f"{name}: cannot be read ({' '.join(str(error).split()) or type(error).__name__})")
