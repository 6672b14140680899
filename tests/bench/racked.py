"""
A rack as a measured process: emulated signs on one bus, of the hall at an address.

Run: python racked.py URL SIGNS DIARY. Says "ready"; what the signs lit stands in the file DIARY.
"""

import asyncio
import sys
from pathlib import Path

from sign_list import signs

from devices import rack


async def main(url, count, diary):
    print("ready", flush=True)
    await rack.run(signs(int(count)), server_url=url, emulated=True, diary=Path(diary), stop=asyncio.Event())


asyncio.run(main(*sys.argv[1:]))
