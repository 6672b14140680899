"""
A set of clips made with Kokoro: how the shipped ones came to be, and how to make another in a different voice.

`python -m server.voice.recording MODEL_FOLDER INTO ZH_VOICE EN_VOICE`, with jiaohao[voice] installed. One clip a line of the
manifest; what stands there already is kept.
"""

from __future__ import annotations

import sys
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from server.voice import wav
from server.voice.words import EN_DIGITS, ZH_DIGITS, cardinal

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 16_000
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # those a hall's numbers may begin with
WINDOWS = range(1, 31)
SPEED = 0.95
TRADITIONAL = str.maketrans("请号办", "請號辦")  # the shipped phrases in the other script: the same sound


def chinese() -> Iterator[tuple[str, str]]:
    """(file, text): beginnings with a letter, single digits, the last two or three digits with 号, the windows."""
    for letter in LETTERS:
        yield f"zh/{letter}.wav", f"请{letter}"
    for place, digit in enumerate(ZH_DIGITS):
        yield f"zh/{place}.wav", digit
        for after, last in enumerate(ZH_DIGITS):
            yield f"zh/{place}{after}.wav", f"{digit}{last}号"
            yield f"zh/0{place}{after}.wav", f"零{digit}{last}号"
    yield "zh/yao.wav", "幺"
    yield "zh/yao-hao.wav", "幺号"
    for place, digit in enumerate(ZH_DIGITS):
        yield f"zh/{place}-hao.wav", f"{digit}号"
    for window in WINDOWS:
        yield f"zh/to-{window}.wav", f"到{cardinal(window, locale='zh-CN')}号窗口"
        yield f"zh/at-{window}.wav", f"到{cardinal(window, locale='zh-CN')}号窗口办理"


def english() -> Iterator[tuple[str, str]]:
    """(file, text): beginnings with a letter, digits, the windows."""
    for letter in LETTERS:
        yield f"en/{letter}.wav", f"number {letter}"
    for place, digit in enumerate(EN_DIGITS):
        yield f"en/{place}.wav", digit
    for window in WINDOWS:
        yield f"en/to-{window}.wav", f"please go to window {cardinal(window, locale='en')}"


def record(model: Path, into: Path, *, voices: dict[str, str]) -> None:
    """Make every clip that is missing, and the manifest."""
    from server.voice.synthesis import Speaker

    speaker = Speaker(model, threads=2)
    texts = {"zh-CN": list(chinese()), "en": list(english())}
    for locale, clips in texts.items():
        for file, text in clips:
            path = into / file
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                ending = "。" if file.startswith(("zh/to-", "zh/at-")) else "." if file.startswith("en/to-") else "，"
                made = speaker.say(text + ending, locale=locale, voice=voices[locale], speed=SPEED)
                path.write_bytes(wav.packed(wav.levelled(slower_rate(made))))
    texts["zh-Hant"] = [(file, text.translate(TRADITIONAL)) for file, text in texts["zh-CN"]]
    lines = [line for locale, clips in texts.items() for line in _table(locale, clips)]
    (into / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def slower_rate(sound: wav.Sound) -> wav.Sound:
    """The same at RATE samples a second, by leaving the higher frequencies of its spectrum out."""
    import numpy as np

    samples = np.frombuffer(sound.samples.tobytes(), dtype=np.int16).astype(np.float64)
    wanted = round(len(samples) * RATE / sound.rate)
    fewer = np.fft.irfft(np.fft.rfft(samples)[: wanted // 2 + 1], wanted) * wanted / len(samples)
    return wav.Sound(RATE, array("h", np.clip(fewer, -32_767, 32_767).astype(np.int16).tobytes()))


def _table(locale: str, clips: list[tuple[str, str]]) -> Iterator[str]:
    yield f'["{locale}"]'
    yield from (f'"{text}" = "{file}"' for file, text in clips)


if __name__ == "__main__":
    record(Path(sys.argv[1]), Path(sys.argv[2]), voices={"zh-CN": sys.argv[3], "en": sys.argv[4]})
