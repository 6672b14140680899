"""Who speaks: the first provider that has the whole sentence; what is missing is said once, and the next goes on."""

import math
from array import array

import pytest

from server.config import VoiceConfig
from server.voice import wav
from server.voice.chain import Voice
from server.voice.clips import BadClips, Clips, cover
from server.voice.sentences import Sentence
from server.voice.words import tokens

ZH = Sentence(text="请{number}号到{counter}号窗口办理", number="A001", counter=3, locale="zh-CN")


def clip(seconds, *, rate=16_000):
    return wav.written(wav.Sound(rate, array("h", (round(6_000 * math.sin(i / 5)) for i in range(round(seconds * rate))))))


@pytest.fixture
def folder(tmp_path):
    """Makes a folder of clips: text → seconds, and whatever else stands in the manifest."""

    def make(said, *, locale="zh-CN", rate=16_000, manifest=None):
        lines = [f'["{locale}"]']
        for place, (text, seconds) in enumerate(said.items()):
            (tmp_path / f"{place}.wav").write_bytes(clip(seconds, rate=rate))
            lines.append(f'"{text}" = "{place}.wav"')
        (tmp_path / "manifest.toml").write_text(manifest or "\n".join(lines), encoding="utf-8")
        return tmp_path

    return make


DIGIT_BY_DIGIT = dict.fromkeys([*"请A零一号到三窗口办理"], 0.3)


def test_the_fewest_clips_are_taken():
    """Whole phrases before single digits, and never a dead end."""
    pieces = {tokens(text): text for text in ("请", "A", "请A", "零", "一", "零零", "零一号", "零一", "号")}

    assert ["请A", "零", "零一号"] == cover(tokens("请A零零一号"), pieces)
    assert ["零零", "零一号"] == cover(tokens("零零零一号"), pieces)
    assert None is cover(tokens("请B零一号"), pieces)


def test_a_hall_s_own_recordings_go_first(folder):
    """Two phrases and the breath between them."""
    own = folder({"请A零零一号": 1.0, "到三号窗口办理": 0.8})
    provider, data = Voice(VoiceConfig(providers=("clips", "shipped"), clips=own)).wav(ZH)

    assert "clips" == provider
    assert pytest.approx(1.96, abs=0.15) == wav.read(data).seconds


def test_recordings_may_be_of_single_digits(folder):
    """Thirteen of them make the call."""
    sound = Clips("clips", folder(DIGIT_BY_DIGIT)).say(ZH)

    assert pytest.approx(13 * 0.3, abs=0.4) == sound.seconds


def test_what_the_recordings_lack_the_next_says(folder):
    """A window that nobody has recorded is spoken by the shipped clips."""
    own = folder({"请A零零一号": 1.0, "到三号窗口办理": 0.8})
    voice = Voice(VoiceConfig(providers=("clips", "shipped"), clips=own))

    assert "shipped" == voice.wav(Sentence(text=ZH.text, number="A001", counter=12, locale="zh-CN"))[0]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"providers": ("clips", "shipped")}, "voice.providers: clips is left out: voice.clips names no folder"),
        (
            {"providers": ("kokoro", "shipped")},
            "voice.providers: kokoro is left out: voice.kokoro names no folder with the model",
        ),
    ],
)
def test_a_provider_that_cannot_be_is_left_out(config, said):
    """Said in one sentence; the next one speaks."""
    voice = Voice(VoiceConfig(**config))

    assert [said] == voice.problems
    assert "shipped" == voice.wav(ZH)[0]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ('["zh-CN"', "is no valid TOML"),
        ("", "names no clips"),
        ("zh = 3", 'zh: a language needs a table, as ["zh-CN"]'),
        ('["zh-CN"]\n"请" = 3', "zh-CN.请 = 3: a file inside the folder is wanted"),
        ('["zh-CN"]\n"请" = "../请.wav"', "a file inside the folder is wanted"),
        ('["zh-CN"]\n"，" = "0.wav"', "nothing in it is spoken"),
        ('["zh-CN"]\n"请" = "no.wav"', "no.wav cannot be used: No such file"),
        ('["zh-CN"]\n"请" = "manifest.toml"', "manifest.toml cannot be used: it is no WAV file"),
        (
            '["zh-CN"]\n"请" = "0.wav"\n"号" = "eight.wav"',
            "clips of one folder need one rate: eight.wav 8000 Hz, 0.wav 16000 Hz",
        ),
    ],
)
def test_a_bad_folder_is_told_at_the_start(folder, manifest, said):
    """One clear sentence that names the place; the others go on."""
    own = folder({"请": 0.3}, manifest=manifest or "# nothing")
    (own / "eight.wav").write_bytes(clip(0.2, rate=8_000))
    voice = Voice(VoiceConfig(providers=("clips", "shipped"), clips=own))

    assert 1 == len(voice.problems)
    assert said in voice.problems[0]
    assert "shipped" == voice.wav(ZH)[0]


def test_a_clip_that_goes_away_later_does_not_silence_the_hall(folder, caplog):
    """The next provider speaks, and the log says why."""
    own = folder({"请A零零一号": 1.0, "到三号窗口办理": 0.8})
    voice = Voice(VoiceConfig(providers=("clips", "shipped"), clips=own))
    voice.providers[0]._clip.cache_clear()
    (own / "0.wav").unlink()

    assert "shipped" == voice.wav(ZH)[0]
    assert "0.wav cannot be used" in caplog.text


def test_at_the_end_of_the_chain_there_is_the_chime():
    """No clip for this language, or nobody asked: nothing is spoken."""
    french = Sentence(text="Numéro {number}, guichet {counter}", number="A001", counter=3, locale="fr")

    assert None is Voice(VoiceConfig()).wav(french)
    assert None is Voice(VoiceConfig(providers=("chime",))).wav(ZH)
    assert pytest.approx(1.5, abs=0.01) == wav.read(Voice(VoiceConfig(providers=("chime",))).chime()).seconds


@pytest.mark.parametrize(
    "problem", [{"providers": ("chime", "shipped")}, {"providers": ("shipped", "shipped")}, {"speed": 3}, {"one": "二"}]
)
def test_an_impossible_table_is_refused(problem):
    """As every other key of config.toml."""
    with pytest.raises(ValueError, match=r"voice|providers|speed|one"):
        VoiceConfig(**problem)


def test_a_manifest_is_needed(tmp_path):
    """Its absence is told by its path."""
    with pytest.raises(BadClips, match=r"manifest\.toml cannot be read"):
        Clips("clips", tmp_path)
