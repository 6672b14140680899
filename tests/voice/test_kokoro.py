"""Kokoro's phrases: made ahead of time in a process of its own, joined at the call; what is not ready is said by the next."""

import os
import threading
import time
from array import array
from pathlib import Path

import pytest

from server.config import VoiceConfig
from server.voice import kokoro, wav
from server.voice.chain import Voice
from server.voice.kokoro import Kokoro, NoKokoro
from server.voice.sentences import Sentence

MODEL = os.environ.get("KOKORO", "")  # a folder with *.onnx, vocab.json and voices/
PATIENCE_S = 20
LOOK_S = 0.05
TEXTS = {"zh-CN": "请{number}号到{counter}号窗口办理", "en": "Number {number}, please go to window {counter}."}
ZH = Sentence(text=TEXTS["zh-CN"], number="A001", counter=3, locale="zh-CN")

# Does as the real one does, but for the model: a line in, a file, a line out. "B…" dies, "C…" cannot be said.
STAND_IN = """
import json, os, sys, wave
for line in sys.stdin:
    job = json.loads(line)
    if "B" in job["text"]:
        os._exit(9)
    error = "no such word" if "C" in job["text"] else None
    if error is None:
        with wave.open(job["file"], "wb") as out:
            out.setparams((1, 2, 24000, 0, "NONE", ""))
            out.writeframes(b"\\x10\\x10" * 12000)
    print(json.dumps({"file": job["file"], "error": error}), flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder that looks like Kokoro's."""
    model = tmp_path / "model"
    (model / "voices").mkdir(parents=True)
    for name in ("kokoro.onnx", "vocab.json", "voices/zf_xiaoyi.bin", "voices/af_heart.bin"):
        (model / name).write_bytes(b"{}")
    return model


@pytest.fixture
def made(folder, tmp_path, monkeypatch):
    """Kokoro with a small program in the place of its model; `made.until(…)` waits for its thread."""
    monkeypatch.setattr(kokoro, "NEEDED", ())
    program = tmp_path / "stand_in.py"
    program.write_text(STAND_IN)
    moved = threading.Event()

    class Watched(Kokoro):
        def _command(self):
            return (os.sys.executable, str(program))

        def _make(self, job):
            try:
                return super()._make(job)
            finally:
                moved.set()

        def until(self, happened):
            deadline = time.monotonic() + PATIENCE_S
            while not happened():
                assert time.monotonic() < deadline
                moved.wait(LOOK_S)  # what was made is taken off the list a moment later
                moved.clear()

    one = Watched(folder, cache=tmp_path / "cache", voices={"zh-CN": "zf_xiaoyi", "en": "af_heart"}, speed=0.9)
    one.start()
    yield one
    one.stop()
    assert None is one._process


def test_a_call_that_was_prepared_is_only_joined(made):
    """Two phrases of half a second with a breath between them."""
    assert None is made.say(ZH)  # nothing is waited for; but it will be there the next time
    made.until(lambda: made.say(ZH) is not None)

    assert pytest.approx(1.16, abs=0.02) == made.say(ZH).seconds


def test_what_is_called_now_is_made_before_what_may_be_called_later(made):
    """A hundred windows wait; the ticket that is called goes first."""
    made.prepare((f"到{n}号", "zh-CN") for n in range(100))
    made.prepare([("请A零零一号", "zh-CN")], soon=True)

    assert ("请A零零一号", "zh-CN") in list(made._wanted)[:2]  # one may be under way


def test_a_process_that_dies_is_begun_again(made, caplog):
    """What it died of is given up after some tries; the rest is made."""
    made.prepare([("请A零零二号", "zh-CN")])
    made.until(lambda: made.waiting() == 0)
    made.prepare([("B", "zh-CN")])
    made._thread.join(PATIENCE_S)

    assert not made._thread.is_alive()
    assert "has ended 5 times in a row" in caplog.text
    assert None is not made._made(("请A零零二号", "zh-CN"))


def test_what_cannot_be_said_is_not_tried_for_ever(made, caplog):
    """Once, and the log says why."""
    made.prepare([("C", "en")])
    made.until(lambda: made.waiting() == 0)
    made.prepare([("C", "en")])

    assert 0 == made.waiting()
    assert "no such word" in caplog.text


def test_a_spoilt_file_is_made_anew(made):
    """Half a file, after a full disk, is no phrase."""
    made.prepare([("请A零零一号", "zh-CN")])
    made.until(lambda: made.waiting() == 0)
    path = made._file(("请A零零一号", "zh-CN"))
    path.write_bytes(path.read_bytes()[:20])

    assert None is made._made(("请A零零一号", "zh-CN"))
    assert not path.exists()


def test_a_language_without_a_voice_is_not_kokoro_s(made):
    """The next in the chain is asked."""
    assert None is made.say(Sentence(text="Numéro {number}", number="A001", counter=3, locale="fr"))
    assert 0 == made.waiting()


def test_the_old_goes_when_there_is_too_much(made, monkeypatch):
    """Not without end in the data folder."""
    for n in range(4):
        path = made._cache / f"{n}.wav"
        path.write_bytes(b"x")
        os.utime(path, (n, n))
    monkeypatch.setattr(kokoro, "FILES_MOST", 2)
    made._tidy()

    assert ["2.wav", "3.wav"] == sorted(path.name for path in made._cache.glob("*.wav"))


@pytest.mark.parametrize("missing", ["kokoro.onnx", "vocab.json", "voices/af_heart.bin"])
def test_an_unfinished_folder_is_told_at_the_start(folder, tmp_path, monkeypatch, missing):
    """By the file that is missing; the next in the chain speaks."""
    monkeypatch.setattr(kokoro, "NEEDED", ())
    (folder / missing).unlink()
    voice = Voice(VoiceConfig(providers=("kokoro", "shipped"), kokoro=folder), data=tmp_path)

    assert 1 == len(voice.problems)
    assert voice.problems[0].startswith("voice.providers: kokoro is left out: ")
    assert "shipped" == voice.wav(ZH)[0]


def test_without_its_libraries_it_is_left_out(folder, tmp_path, monkeypatch):
    """The sentence says what to install."""
    monkeypatch.setattr(kokoro, "NEEDED", ("no_such_library",))
    with pytest.raises(NoKokoro, match=r"no_such_library not installed; install jiaohao\[voice\]"):
        Kokoro(folder, cache=tmp_path, voices={}, speed=1.0)


def test_the_hall_s_phrases_are_wanted_ahead_of_time(folder, tmp_path, monkeypatch):
    """Every window's half in every language; a number's when it is issued."""
    monkeypatch.setattr(kokoro, "NEEDED", ())
    voice = Voice(VoiceConfig(providers=("kokoro",), kokoro=folder), data=tmp_path)
    voice.prepare_counters(TEXTS, counters=[1, 12], locales=["zh-CN", "en"])
    voice.prepare_number(TEXTS, number="A007", locales=["zh-CN"])
    wanted = [text for text, _ in voice._kokoro._wanted]

    assert [
        "到一号窗口办理",
        "到十二号窗口办理",
        "please go to window one.",
        "please go to window twelve.",
        "请A零零七号",
    ] == wanted


@pytest.mark.skipif(not MODEL, reason="KOKORO names no folder with Kokoro's model")
def test_the_real_one_speaks(tmp_path):
    """A phrase of each language, at the level of all others, by the model itself; needs jiaohao[voice]."""
    pytest.importorskip("onnxruntime", reason="jiaohao[voice] is not installed")
    one = Kokoro(Path(MODEL), cache=tmp_path, voices={"zh-CN": "zf_xiaoyi", "en": "af_heart"}, speed=0.9)
    one.start()
    try:
        calls = [Sentence(text=text, number="A001", counter=3, locale=locale) for locale, text in TEXTS.items()]
        for call in calls:
            one.say(call)
        while one.waiting():
            one._thread.join(0.1)
        sounds = [one.say(call) for call in calls]
    finally:
        one.stop()

    for sound in sounds:
        assert 1.5 < sound.seconds < 5
        assert pytest.approx(wav.SPEECH_DB, abs=1.5) == wav.spoken_db(sound)
        assert wav.peak_db(sound) <= wav.PEAK_DB + 0.2
        assert isinstance(sound.samples, array)
