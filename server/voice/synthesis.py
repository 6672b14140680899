"""
Kokoro-82M, in a process of its own: reads jobs as JSON lines, writes each as a sound file, says when it is there.

Nothing of the server is loaded here but `words` and `wav`; what is heavy (onnxruntime, numpy, misaki, jieba), here alone.
A job is `{"text", "locale", "voice", "speed", "file"}`; its answer `{"file", "error"}`, error being null when the file is there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from array import array
from importlib import resources
from pathlib import Path
from typing import Any

from server.voice import wav
from server.voice.words import tokens, tongue

RATE = 24_000  # the model's own
SPACE = " "
BREAK = ", "  # a letter stands apart from the Chinese around it: run together it is taken for a word


class Speaker:
    """The model, and the voices used so far. `folder` holds `*.onnx`, `vocab.json` or `config.json`, and `voices/NAME.bin`."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        import numpy as np
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._np = np
        self._session = onnxruntime.InferenceSession(str(model_in(folder)), options, providers=["CPUExecutionProvider"])
        self._tokens_name = self._session.get_inputs()[0].name
        self._vocab: dict[str, int] = json.loads(vocab_in(folder).read_text(encoding="utf-8"))["vocab"]
        self._folder, self._voices = folder, dict[str, Any]()
        self._reader = Reader()

    def say(self, text: str, *, locale: str, voice: str, speed: float) -> wav.Sound:
        """
        One phrase, trimmed and at the level of all others.

        Raises:
            ValueError: it holds words that are not known to the reader.
        """
        sounds = self._reader.phonemes(text, locale=locale)
        ids = [self._vocab[sound] for sound in sounds if sound in self._vocab]
        inputs = {
            self._tokens_name: self._np.array([[0, *ids, 0]], dtype=self._np.int64),
            "style": self._style(voice)[len(ids) - 1],
            "speed": self._np.array([speed], dtype=self._np.float32),
        }
        samples = self._session.run(None, inputs)[0].ravel()
        ints = self._np.clip(samples * 32_767, -32_767, 32_767).astype(self._np.int16)
        return wav.levelled(wav.trimmed(wav.Sound(RATE, array("h", ints.tobytes()))))

    def _style(self, voice: str) -> Any:
        if voice not in self._voices:
            raw = self._np.fromfile(voice_in(self._folder, voice), dtype=self._np.float32)
            self._voices[voice] = raw.reshape(-1, 1, 256)
        return self._voices[voice]


class Reader:
    """From text to the model's phonemes: Chinese by misaki's reader, letters and English words by its dictionary."""

    def __init__(self) -> None:
        import jieba
        from misaki import zh

        jieba.setLogLevel("WARNING")
        self._zh = zh.ZHG2P()
        data = resources.files("misaki") / "data"
        self._en: dict[str, Any] = json.loads((data / "us_gold.json").read_text(encoding="utf-8"))

    def phonemes(self, text: str, *, locale: str) -> str:
        """Raises ValueError for a word that is in no dictionary."""
        if tongue(locale) == "en":
            return SPACE.join(map(self._word, tokens(text))) + self._end(text)
        found, run = list[str](), ""
        for token in tokens(text):
            if token.isascii():
                found += [self._chinese(run), self._word(token)]
                run = ""
            else:
                run += token
        return BREAK.join(filter(None, [*found, self._chinese(run)])) + self._end(text)

    def _chinese(self, run: str) -> str:
        if not run:
            return ""
        read = self._zh(run)
        return str(read[0] if isinstance(read, tuple) else read)

    def _word(self, word: str) -> str:
        known = self._en.get(word)
        if isinstance(known, dict):  # by part of speech
            known = known.get("DEFAULT")
        if not known:
            raise ValueError(f"{word!r} is in no dictionary")
        return str(known)

    def _end(self, text: str) -> str:
        return "." if text.rstrip().endswith((".", "。")) else ","


def model_in(folder: Path) -> Path:
    """The one model file of a folder. Raises FileNotFoundError."""
    found = sorted(folder.glob("*.onnx"))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder} holds {len(found)} *.onnx files; one is needed")
    return found[0]


def vocab_in(folder: Path) -> Path:
    """The file with the model's phonemes. Raises FileNotFoundError."""
    for name in ("vocab.json", "config.json"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{folder} holds neither vocab.json nor config.json")


def voice_in(folder: Path, voice: str) -> Path:
    """The file of a voice. Raises FileNotFoundError."""
    path = folder / "voices" / f"{voice}.bin"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing")
    return path


def main(folder: str) -> None:
    """Serve jobs until the other end closes; what the libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)  # a hall that calls goes before one that rehearses
    speaker = Speaker(Path(folder))
    for line in sys.stdin:
        job = json.loads(line)
        try:
            sound = speaker.say(job["text"], locale=job["locale"], voice=job["voice"], speed=job["speed"])
            path = Path(job["file"])
            fresh = path.with_suffix(".new")
            fresh.write_bytes(wav.packed(sound))
            fresh.replace(path)
            error = None
        except Exception as problem:  # noqa: BLE001 (whatever its libraries make of a phrase, the next one is tried)
            error = f"{type(problem).__name__}: {problem}"
        print(json.dumps({"file": job["file"], "error": error}), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
