"""The window signs of a measured hall: one Onbon BX card a counter, all on one bus."""

from server.config import DeviceConfig


def signs(count, *, baud=57600):
    """Their entries, as config.toml would have them."""
    return [
        DeviceConfig(
            name=f"sign-{n}", station=f"counter-{n}", kind="sign/onbon-bx", port="/dev/ttyUSB0", baud=baud, counter=n, address=n
        )
        for n in range(1, count + 1)
    ]
