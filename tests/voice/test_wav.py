"""Sound by numbers: what comes in goes out, joins meet, levels are even, nothing clips."""

import io
import math
import random
import struct
import wave
from array import array

import pytest

from server.voice import wav
from server.voice.chime import chime


def tone(seconds, *, rate=16_000, loud=0.1, pitch=440):
    return wav.Sound(
        rate, array("h", (round(32_767 * loud * math.sin(2 * math.pi * pitch * i / rate)) for i in range(round(seconds * rate))))
    )


def stdlib(data):
    """What Python's own reader says of a file."""
    with wave.open(io.BytesIO(data)) as file:
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), file.readframes(file.getnframes())


def test_what_is_written_is_a_wav_file():
    """As Python's own reader has it."""
    sound = tone(0.2, rate=24_000)

    assert (24_000, 1, 2, sound.samples.tobytes()) == stdlib(wav.written(sound))
    assert sound == wav.read(wav.written(sound))


def test_the_packed_form_is_a_quarter_as_large_and_nearly_the_same():
    """IMA ADPCM leaves the noise 25 dB under the sound."""
    sound = wav.joined([tone(0.5), tone(0.5, pitch=1_250, loud=0.4)])
    packed = wav.packed(sound)
    again = wav.read(packed)
    noise = wav.Sound(16_000, array("h", (a - b for a, b in zip(sound.samples, again.samples, strict=False))))

    assert len(packed) < 0.27 * len(wav.written(sound))
    assert 0 <= len(again.samples) - len(sound.samples) < 505
    assert wav.spoken_db(noise) < wav.spoken_db(sound) - 25


def test_another_reader_hears_the_same_in_the_packed_form(tmp_path):
    """FFmpeg's decoder, where its libraries are there, gives the very samples that are read here."""
    av = pytest.importorskip("av", reason="PyAV, which brings FFmpeg's decoders, is not installed")
    path = tmp_path / "packed.wav"
    path.write_bytes(wav.packed(tone(0.3, loud=0.5)))
    with av.open(str(path)) as file:
        heard = [int(s) for frame in file.decode(audio=0) for s in frame.to_ndarray().ravel()]

    assert list(wav.read(path.read_bytes()).samples) == heard


def test_two_channels_are_mixed():
    """A recorder's stereo file is one voice."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, 8_000, 0, "NONE", ""))
        out.writeframes(struct.pack("<6h", 100, 300, -100, -300, 0, 10))

    assert array("h", [200, -200, 5]) == wav.read(file.getvalue()).samples


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3\x03" + bytes(100),
        wav.written(tone(0.1))[:30],
        wav.written(tone(0.1))[:44],
        wav.written(wav.Sound(4_000, array("h", [1] * 100))),
        wav.written(tone(0.1)).replace(struct.pack("<H", 16) + b"data", struct.pack("<H", 24) + b"data"),
        wav.written(wav.silence(61, rate=8_000)),
    ],
    ids=["empty", "mp3", "cut in the head", "no samples", "4 kHz", "24 bits", "a minute"],
)
def test_what_cannot_be_joined_is_refused(data):
    """In one sentence."""
    with pytest.raises(wav.NoWav, match=r"^it .+"):
        wav.read(data)


def test_damaged_bytes_never_do_worse():
    """Any file is read or refused."""
    draw, whole = random.Random(7), wav.packed(tone(0.05))
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(draw.randrange(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        try:
            assert wav.read(bytes(data)[: draw.randrange(1, len(data))]).seconds > 0
        except wav.NoWav:
            continue


def test_clips_meet_without_a_click():
    """They overlap by the fade, and no step between samples is larger than within the clips."""
    one, other = tone(0.3), tone(0.2, pitch=330)
    whole = wav.joined([one, other])
    steps = [abs(b - a) for a, b in zip(whole.samples, whole.samples[1:], strict=False)]
    usual = max(abs(b - a) for a, b in zip(one.samples, one.samples[1:], strict=False))

    assert pytest.approx(0.5 - wav.FADE_S, abs=1e-3) == whole.seconds
    assert max(steps) <= 1.5 * usual


def test_sounds_of_two_rates_are_not_joined():
    """They would change their pitch."""
    with pytest.raises(ValueError, match="8000, 16000"):
        wav.joined([tone(0.1), tone(0.1, rate=8_000)])


def test_silence_at_the_ends_goes_and_a_breath_stays():
    """0.4 s of nothing before, 0.3 s behind."""
    sound = wav.joined([wav.silence(0.4, rate=16_000), tone(0.5), wav.silence(0.3, rate=16_000)], fade_s=0)

    assert pytest.approx(0.5 + 2 * wav.KEPT_S, abs=2 * wav.FRAME_S) == wav.trimmed(sound).seconds


@pytest.mark.parametrize("loud", [0.04, 0.1, 0.5, 0.99])
def test_every_clip_is_as_loud_as_the_others(loud):
    """Within half a decibel, and nothing clips."""
    level = wav.levelled(tone(0.5, loud=loud))

    assert pytest.approx(wav.SPEECH_DB, abs=0.5) == wav.spoken_db(level)
    assert wav.peak_db(level) <= wav.PEAK_DB


def test_almost_nothing_is_not_made_into_noise():
    """The gain has an end; silence stays silence."""
    assert pytest.approx(-60 + wav.GAIN_MOST_DB, abs=0.6) == wav.peak_db(wav.levelled(tone(0.5, loud=0.001)))
    assert 0 == max(wav.levelled(wav.silence(0.2, rate=8_000)).samples)


def test_the_chime_is_two_bells():
    """1.5 s that begin and end in silence; each bell's pitch is there when it was struck; nothing clips."""
    bells = chime()

    def strength(pitch, begin, seconds=0.3):
        part = bells.samples[round(begin * bells.rate) : round((begin + seconds) * bells.rate)]
        turns = [2 * math.pi * pitch * i / bells.rate for i in range(len(part))]
        return math.hypot(
            sum(s * math.sin(t) for s, t in zip(part, turns, strict=True)),
            sum(s * math.cos(t) for s, t in zip(part, turns, strict=True)),
        )

    assert pytest.approx(1.5, abs=0.01) == bells.seconds
    assert abs(bells.samples[0]) < 30
    assert abs(bells.samples[-1]) < 60
    assert -6 < wav.peak_db(bells) < -1
    assert strength(659.26, 0.05) > 20 * strength(523.25, 0.05)
    assert strength(523.25, 0.6) > strength(659.26, 0.6)
