"""The kinds of loudspeakers."""

from functools import partial

from devices.ports import Speaker
from devices.shared import Factory, Shared
from devices.speakers.alsa import Aplay, CardSpeaker
from devices.speakers.sound_card import CardOfMemory
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    if config.kind == "speaker/alsa" and not config.port:
        return [f"device {config.name}: {config.kind} needs port, the sound card's name: default, hw:0, plughw:CARD=Device …"]
    return []


def _alsa(config: DeviceConfig, shared: Shared) -> Speaker:
    return CardSpeaker(config.name, player=Aplay(config.port), changed=shared.changed)


def _of_memory(config: DeviceConfig, shared: Shared) -> Speaker:
    return CardOfMemory(config.name, changed=shared.changed, diary=partial(shared.diary.write, config.name))


KINDS: dict[str, Factory] = {"speaker/alsa": _alsa, "speaker/emulated": _of_memory, "speaker/virtual": _of_memory}
