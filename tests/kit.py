"""
The sample hall with the whole kit of hardware on its wires, as a config.toml: for `jiaohao up --emulated`.

Two printers, thirteen signs on two buses, twelve keypads and twelve pads on a bus each, one speaker.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BX, DIGITS = range(1, 8), (8, 9, 10, 11, 12, 2)  # counters with a character card; with a number display, counter 2 has both


def config():
    """The text of the file."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[device]]")
    hall = rest[rest.index("[hall]") :]
    hall = hall.replace("always_open = false", "always_open = true")
    head = head.replace("trusted_networks = []", 'trusted_networks = ["127.0.0.0/8"]')
    hall = re.sub(r"session_quota = .*\n", "", hall)  # a day of a clinic is not this hall's
    hall = re.sub(r"recall_min_interval_seconds = \d+", "recall_min_interval_seconds = 1", hall)
    return head + "\n".join(map(_entry, devices())) + "\n" + hall


def devices():
    """Every `[[device]]` as keys and values."""
    yield {"name": "printer-1", "station": "kiosk-1", "kind": "printer/escpos", "port": "socket://127.0.0.1:9100"}
    yield {
        "name": "printer-2",
        "station": "kiosk-2",
        "kind": "printer/escpos",
        "port": "/dev/ttyS0",
        "baud": 115200,
        "width_mm": 58,
    }
    for n in BX:
        yield _at(n, "sign", "sign/onbon-bx", port="/dev/ttyUSB0", baud=57600)
    for n in DIGITS:
        name = {"name": "digits-2", "address": 13} if n == 2 else {}
        yield _at(n, "sign", "sign/modbus-led485", port="/dev/ttyUSB3") | name
    for n in range(1, 13):
        yield _at(n, "keypad", "keypad/serial", port="/dev/ttyUSB1")
        yield _at(n, "pad", "caller/serial", port="/dev/ttyUSB2")
    yield {"name": "speaker-1", "station": "screen-1", "kind": "speaker/alsa", "port": "default", "area": "f1"}


def _at(n, name, kind, **more):
    return {"name": f"{name}-{n}", "station": f"counter-{n}", "kind": kind, "counter": n, "address": n, **more}


def _entry(device):
    return "[[device]]\n" + "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in device.items())
