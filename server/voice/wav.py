"""Sound in plain arithmetic: WAV in and out, silence, joining, level, trimming. One channel of 16-bit samples everywhere."""

from __future__ import annotations

import math
import struct
import sys
from array import array
from dataclasses import dataclass, field

from server.voice import adpcm

FADE_S = 0.012  # where two clips of one phrase meet, and at the ends
SPEECH_DB = -20.0  # root mean square of spoken parts, below full scale
PEAK_DB = -1.0  # no sample is louder
GAIN_MOST_DB = 12.0  # a clip of almost nothing is not made into noise
QUIET_DB = -45.0  # below the loudest: silence at a clip's ends
KEPT_S = 0.03  # silence left at its ends
FRAME_S = 0.01
LONGEST_S = 60.0
RATES_HZ = range(8_000, 48_001)
_FULL = 32_767
_PCM, _ADPCM = 1, 0x11


class NoWav(ValueError):
    """The bytes are no WAV file that can be joined; says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples at a rate; never changed in place."""

    rate: int  # a second
    samples: array[int] = field(default_factory=lambda: array("h"))

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read(data: bytes) -> Sound:
    """
    The sound in a WAV file of 8 to 48 kHz: PCM of 16 bits, one channel or two (which are mixed), or IMA ADPCM of one channel.

    Raises:
        NoWav.
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise NoWav("it is no WAV file")
    chunks = _chunks(data)
    if "fmt " not in chunks or "data" not in chunks or len(chunks["fmt "]) < 16:
        raise NoWav("it is cut off")
    coding, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", chunks["fmt "])
    if coding == 0xFFFE and len(chunks["fmt "]) >= 26:  # WAVE_FORMAT_EXTENSIBLE: the coding begins its sub-format
        (coding,) = struct.unpack_from("<H", chunks["fmt "], 24)
    if (
        (coding, bits) not in {(_PCM, 16), (_ADPCM, 4)}
        or channels not in ((1, 2) if coding == _PCM else (1,))
        or rate not in RATES_HZ
    ):
        raise NoWav(f"it has coding {coding}, {bits} bits, {channels} channels, {rate} Hz; 16-bit PCM of 8 to 48 kHz is wanted")
    samples = (
        _from_pcm(chunks["data"]) if coding == _PCM else adpcm.unpacked(chunks["data"], block=block, most=round(rate * LONGEST_S))
    )
    if channels == 2:
        samples = array("h", ((left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=False)))
    if not samples or len(samples) > rate * LONGEST_S:
        raise NoWav(f"it lasts {len(samples) / rate:.1f} s; more than nothing and at most {LONGEST_S:.0f} s is read")
    return Sound(rate, samples)


def written(sound: Sound) -> bytes:
    """A WAV file of 16-bit PCM."""
    return _file(struct.pack("<HHIIHH", _PCM, 1, sound.rate, sound.rate * 2, 2, 16), _to_pcm(sound.samples))


def packed(sound: Sound) -> bytes:
    """A WAV file of a quarter of the size: IMA ADPCM."""
    body = adpcm.packed(sound.samples)
    form = struct.pack(
        "<HHIIHHHH", _ADPCM, 1, sound.rate, sound.rate * adpcm.BLOCK // adpcm.SAMPLES, adpcm.BLOCK, 4, 2, adpcm.SAMPLES
    )
    return _file(form, body)


def silence(seconds: float, *, rate: int) -> Sound:
    """Nothing, for so long."""
    return Sound(rate, array("h", bytes(2 * round(seconds * rate))))


def joined(sounds: list[Sound], *, fade_s: float = FADE_S) -> Sound:
    """
    Sounds of one rate one after the other; each fades into the next where they overlap by `fade_s`.

    Raises:
        ValueError: there is none, or their rates differ.
    """
    rates = {sound.rate for sound in sounds}
    if len(rates) != 1:
        raise ValueError(f"sounds of {sorted(rates)} samples a second cannot be joined")
    rate = rates.pop()
    whole = array("h", sounds[0].samples)
    for sound in sounds[1:]:
        over = min(round(fade_s * rate), len(whole), len(sound.samples))
        begin = len(whole) - over
        for i in range(over):
            whole[begin + i] = round((whole[begin + i] * (over - i) + sound.samples[i] * i) / over)
        whole.extend(sound.samples[over:])
    return Sound(rate, whole)


def trimmed(sound: Sound) -> Sound:
    """Without the silence at its ends, but for a breath; the ends fade."""
    frame = max(1, round(FRAME_S * sound.rate))
    peaks = [max(map(abs, sound.samples[at : at + frame])) for at in range(0, len(sound.samples), frame)]
    floor = max(peaks, default=0) * _factor(QUIET_DB)
    loud = [place for place, peak in enumerate(peaks) if peak > floor]
    if not loud:
        return sound
    kept = round(KEPT_S * sound.rate)
    samples = sound.samples[max(0, loud[0] * frame - kept) : (loud[-1] + 1) * frame + kept]
    fade = min(round(FADE_S * sound.rate), len(samples) // 2)
    for i in range(fade):
        samples[i] = samples[i] * i // fade
        samples[-1 - i] = samples[-1 - i] * i // fade
    return Sound(sound.rate, samples)


def levelled(sound: Sound, *, speech_db: float = SPEECH_DB) -> Sound:
    """As loud as every other clip: its spoken parts at `speech_db`, no sample above PEAK_DB."""
    spoken, peak = spoken_db(sound), peak_db(sound)
    gain_db = min(speech_db - spoken, PEAK_DB - peak, GAIN_MOST_DB)
    factor = _factor(gain_db)
    return Sound(sound.rate, array("h", (round(sample * factor) for sample in sound.samples)))


def spoken_db(sound: Sound) -> float:
    """How loud the spoken parts are, below full scale: frames within 25 dB of the loudest frame."""
    frame = max(1, round(FRAME_S * 2 * sound.rate))
    powers = [
        sum(sample * sample for sample in sound.samples[at : at + frame]) / frame for at in range(0, len(sound.samples), frame)
    ]
    floor = max(powers, default=0.0) * 10**-2.5
    spoken = [power for power in powers if power > floor]
    return _db(math.sqrt(sum(spoken) / len(spoken))) if spoken else _db(0)


def peak_db(sound: Sound) -> float:
    """How loud the loudest sample is, below full scale."""
    return _db(max(map(abs, sound.samples), default=0))


def _db(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 1) / _FULL)


def _factor(db: float) -> float:
    return float(10 ** (db / 20))


def _chunks(data: bytes) -> dict[str, bytes]:
    """The chunks of a RIFF file, the first of each name; a last one that says more than there is ends with the file."""
    found: dict[str, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found.setdefault(name.decode("latin-1"), data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def _file(form: bytes, body: bytes) -> bytes:
    padded = body + b"\0" * (len(body) % 2)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body)) + padded
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def _from_pcm(body: bytes) -> array[int]:
    samples = array("h", body[: len(body) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _to_pcm(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples.tobytes()
