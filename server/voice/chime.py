"""Two bells, the second lower, made by arithmetic: what goes before every announcement."""

from __future__ import annotations

import math
from array import array
from functools import cache

from server.voice.wav import Sound

BELLS_HZ = (659.26, 523.25)  # E5, C5
PARTIALS = ((1.0, 1.0), (2.0, 0.28), (3.01, 0.1))  # times the pitch, times the loudness
GAP_S, DECAY_S, ATTACK_S, TAIL_S = 0.55, 1.6, 0.006, 0.05
LOUDNESS = 0.42
RATE = 16_000


@cache
def chime() -> Sound:
    """1.5 s in which both have been struck; the second still sounds when the voice may begin, and is faded out."""
    samples = [0.0] * round(1.5 * RATE)
    for place, pitch in enumerate(BELLS_HZ):
        begin = round(place * GAP_S * RATE)
        for times, loud in PARTIALS:
            step, fall = 2 * math.pi * pitch * times / RATE, times * math.log(10_000 * LOUDNESS) / (DECAY_S * RATE)
            for i in range(len(samples) - begin):
                rise = min(1.0, i / (ATTACK_S * RATE))
                samples[begin + i] += LOUDNESS * loud * rise * math.exp(-fall * i) * math.sin(step * i)
    peak, tail = max(map(abs, samples)), round(TAIL_S * RATE)
    faded = [s * min(1.0, (len(samples) - i) / tail) for i, s in enumerate(samples)]
    return Sound(RATE, array("h", (round(s / peak * LOUDNESS * 1.6 * 32_767) for s in faded)))
