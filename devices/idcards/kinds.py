"""The kinds of card readers."""

from devices.idcards.reader import PushedCards, VirtualCards
from devices.ports import CardReader
from devices.shared import Factory, Shared
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    theirs = [config.fields.get(name, name) for name in ("id", "name", "birthday")]
    if len(set(theirs)) == len(theirs):
        return []
    return [
        f"device {config.name}: fields: id, name and birthday must each come from a field of its own, not {', '.join(theirs)}"
    ]


def _pushed(config: DeviceConfig, _shared: Shared) -> CardReader:
    return PushedCards(config.name)


def _virtual(config: DeviceConfig, shared: Shared) -> CardReader:
    return VirtualCards(config.name, fields=dict(config.fields.items()), changed=shared.changed)


KINDS: dict[str, Factory] = {"idcard/push": _pushed, "idcard/emulated": _virtual, "idcard/virtual": _virtual}
