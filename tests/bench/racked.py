"""
A rack as a measured process, as `jiaohao devices` runs it. Says "ready".

Run: python racked.py URL DEVICES [DIARY]. DEVICES is a JSON file with the entries of `[[device]]`; with a DIARY they are emulated, and
what they did stands in it.
"""

import asyncio
import json
import sys
from pathlib import Path

from devices import rack
from server.config import DeviceConfig


async def main(url, devices, diary):
    await rack.run(devices, server_url=url, emulated=diary is not None, diary=diary, stop=asyncio.Event())


url, entries, *more = sys.argv[1:]
described = [DeviceConfig(**entry) for entry in json.loads(Path(entries).read_text(encoding="utf-8"))]
print("ready", flush=True)
asyncio.run(main(url, described, Path(more[0]) if more else None))
