"""
What another machine hears in an announcement: Whisper (base), which knows nothing of this project, writes down what was said.

WHISPER names a folder with its model in CTranslate2's form (model.bin, config.json, tokenizer.json, vocabulary.txt); faster-whisper
reads it. A single letter amid Chinese it writes as one syllable or another when it was joined of clips, so there only the digits
and the window are asked for.
"""

import os
import re
from pathlib import Path

import pytest

from server.voice import wav
from server.voice.clips import SHIPPED, Clips, with_breaths
from server.voice.sentences import Sentence

WHISPER, KOKORO = os.environ.get("WHISPER", ""), os.environ.get("KOKORO", "")
TEXTS = {"zh-CN": "请{number}号到{counter}号窗口办理", "en": "Number {number}, please go to window {counter}."}
WRITTEN = {  # in the order of the replacing
    "十二": "12", "號": "号", "twelve": "12",
    **{digit: str(n) for n, digit in enumerate("零一二三四五六七八九")},
    "zero": "0", "one": "1", "two": "2", "three": "3", "five": "5",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not WHISPER, reason="WHISPER names no folder with Whisper's model")


@pytest.fixture(scope="module")
def hears(tmp_path_factory):
    """Writes down what a sound says; figures as figures, without punctuation."""
    whisper = pytest.importorskip("faster_whisper", reason="faster-whisper is not installed")
    model = whisper.WhisperModel(WHISPER, device="cpu", compute_type="int8")
    path = tmp_path_factory.mktemp("heard") / "call.wav"

    def write_down(sound, locale):
        path.write_bytes(wav.written(sound))
        parts, _ = model.transcribe(str(path), language=locale[:2], beam_size=5)
        text = "".join(part.text for part in parts).lower()
        for word, figure in WRITTEN.items():
            text = text.replace(word, figure)
        return re.sub(r"[\s,.，。-]", "", text)

    return write_down


@pytest.mark.parametrize(
    ("locale", "number", "counter", "number_said", "window_said"),
    [
        ("zh-CN", "A001", 3, "001号", "到3号窗口"),
        ("zh-CN", "A027", 12, "027号", "到12号窗口"),
        ("zh-CN", "C018", 1, "018号", "到1号窗口"),
        ("en", "A001", 3, "numbera001", "gotowindow3"),
        ("en", "B105", 12, "numberb105", "gotowindow12"),
    ],
)
def test_the_shipped_clips_are_understood(hears, locale, number, counter, number_said, window_said):
    """Number and window, joined of clips."""
    call = Sentence(text=TEXTS[locale], number=number, counter=counter, locale=locale)
    heard = hears(Clips("shipped", SHIPPED, standard=True, level=False).say(call), locale)

    assert number_said in heard
    assert window_said in heard


@pytest.mark.skipif(not KOKORO, reason="KOKORO names no folder with Kokoro's model")
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_kokoro_s_phrases_are_understood(hears, locale):
    """The two halves of a call, made apart and joined."""
    pytest.importorskip("onnxruntime", reason="jiaohao[voice] is not installed")
    from server.voice.synthesis import Speaker

    speaker, voices = Speaker(Path(KOKORO)), {"zh-CN": "zf_xiaoyi", "en": "af_heart"}
    call = Sentence(text=TEXTS[locale], number="A001", counter=3, locale=locale)
    heard = hears(with_breaths([speaker.say(p, locale=locale, voice=voices[locale], speed=0.9) for p in call.phrases()]), locale)

    assert "a001" in heard
    assert {"zh-CN": "到3号窗口", "en": "window3"}[locale] in heard
