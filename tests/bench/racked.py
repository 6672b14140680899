"""
A rack as a measured process, as `jiaohao devices` runs it. Says "ready".

Run: python racked.py URL DEVICES [DIARY]. DEVICES is a JSON file with the entries of `[[device]]`; with a DIARY they are emulated, and
what they did stands in it.
"""

import asyncio
import sys
from pathlib import Path

from programs import described

from devices import rack


async def main(url, devices, diary):
    await rack.run(devices, server_url=url, emulated=diary is not None, diary=diary, stop=asyncio.Event())


url, entries, *more = sys.argv[1:]
print("ready", flush=True)
asyncio.run(main(url, described(Path(entries)), Path(more[0]) if more else None))
