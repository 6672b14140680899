"""Kokoro's phrases, made ahead of time by a process of its own and kept as files; at the call they are only joined."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections import OrderedDict
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from server.voice import wav
from server.voice.clips import with_breaths
from server.voice.synthesis import model_in, vocab_in, voice_in
from server.voice.words import tongue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from server.voice.sentences import Sentence
    from server.voice.wav import Sound

log = logging.getLogger("jiaohao.voice")

NEEDED = ("onnxruntime", "numpy", "misaki", "jieba", "pypinyin", "cn2an", "ordered_set")  # what the extra `voice` installs
WAITING_MOST = 2_000  # phrases wanted and not made; the oldest wish is dropped
FILES_MOST = 20_000  # phrases kept; about 20 kB each
TIDIED_AFTER = 200  # phrases made
FAILURES_MOST = 5  # ends of the process, one after the other, before it is given up
PATIENCE_S = 5.0
JOB = tuple[str, str]  # text, locale


class NoKokoro(ValueError):
    """Kokoro cannot be used here; the message is one sentence."""


class Kokoro:
    """Speaks the phrases it has had time to make; wishes for those it has not."""

    name = "kokoro"

    def __init__(self, folder: Path, *, cache: Path, voices: Mapping[str, str], speed: float) -> None:
        """
        Look whether everything is there; nothing is loaded.

        Raises:
            NoKokoro.
        """
        if missing := [name for name in NEEDED if find_spec(name) is None]:
            raise NoKokoro(f"{', '.join(missing)} not installed; install jiaohao[voice]")
        self._voices = {tongue(locale): voice for locale, voice in voices.items()}
        try:
            vocab_in(folder)
            about = model_in(folder).stat()
            for voice in self._voices.values():
                voice_in(folder, voice)
        except OSError as problem:
            raise NoKokoro(str(problem)) from problem
        self._folder, self._cache, self._speed = folder, cache, speed
        self._model = f"{about.st_size}"
        self._wanted: OrderedDict[JOB, None] = OrderedDict()
        self._hopeless: set[JOB] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._ended = False

    def start(self) -> None:
        """Begin to make what is wanted."""
        self._cache.mkdir(parents=True, exist_ok=True)
        self._tidy()
        self._thread = threading.Thread(target=self._work, name="kokoro", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the process; what was not made is forgotten."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._put_down()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def say(self, sentence: Sentence) -> Sound | None:
        """The sentence if all of it has been made; else None, and it will be."""
        if tongue(sentence.locale) not in self._voices:
            return None
        jobs = [(phrase, sentence.locale) for phrase in sentence.phrases()]
        sounds = [self._made(job) for job in jobs]
        if None in sounds:
            self.prepare(jobs, soon=True)
            return None
        return with_breaths([sound for sound in sounds if sound is not None])

    def prepare(self, jobs: Iterable[JOB], *, soon: bool = False) -> None:
        """Make these phrases when there is time; `soon`: before all others."""
        with self._changed:
            for job in jobs:
                if tongue(job[1]) in self._voices and job not in self._hopeless and not self._file(job).exists():
                    self._wanted[job] = None
                    if soon:
                        self._wanted.move_to_end(job, last=False)
            while len(self._wanted) > WAITING_MOST:
                self._wanted.popitem(last=soon)
            self._changed.notify_all()

    def waiting(self) -> int:
        """How many phrases are wanted and not made."""
        with self._changed:
            return len(self._wanted)

    def _made(self, job: JOB) -> Sound | None:
        try:
            return wav.read(self._file(job).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, wav.NoWav) as problem:
            log.warning("a phrase is made anew: %s", problem)
            self._file(job).unlink(missing_ok=True)
            return None

    def _file(self, job: JOB) -> Path:
        text, locale = job
        about = "\n".join((text, tongue(locale), self._voices[tongue(locale)], f"{self._speed:.2f}", self._model))
        return self._cache / f"{sha256(about.encode()).hexdigest()[:32]}.wav"

    def _tidy(self) -> None:
        """What has not been made or said for longest goes, when there are too many."""
        files = sorted(self._cache.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - FILES_MOST)]:
            path.unlink(missing_ok=True)

    # ------------------------------------------------------------------ the thread

    def _work(self) -> None:
        failures = made = 0
        while (job := self._next()) is not None and failures < FAILURES_MOST:
            try:
                error = self._make(job)
            except (OSError, ValueError) as problem:
                failures += 1
                if not self._ended:
                    log.warning("Kokoro's process ended (%s); it is started again", problem)
                self._put_down()
                continue
            failures = 0
            with self._changed:
                self._wanted.pop(job, None)
                made += 1
                if error is not None:
                    self._hopeless.add(job)
                    log.warning("Kokoro cannot say %r: %s", job[0], error)
            if made % TIDIED_AFTER == 0:
                self._tidy()
        if failures == FAILURES_MOST:
            log.error("Kokoro's process has ended %d times in a row; phrases already made are still spoken", failures)
        self._put_down()

    def _next(self) -> JOB | None:
        with self._changed:
            while not self._ended and not self._wanted:
                self._changed.wait()
            return None if self._ended else next(iter(self._wanted))

    def _make(self, job: JOB) -> str | None:
        """Have one phrase made; the error where it cannot be. Raises OSError, ValueError when the process is gone."""
        text, locale = job
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipe")
        order: dict[str, Any] = {"text": text, "locale": locale, "voice": self._voices[tongue(locale)], "speed": self._speed}
        print(json.dumps(order | {"file": str(self._file(job))}), file=process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        error: str | None = answer["error"]
        return error

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        return self._process

    def _command(self) -> Sequence[str]:
        return (sys.executable, "-m", "server.voice.synthesis", str(self._folder))

    def _put_down(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    log.debug("a pipe to Kokoro's process was broken already")
