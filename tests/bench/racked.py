"""
A rack as a measured process, as `jiaohao devices` runs it: one ticket printer on the network. `racked.py URL PORT`.

Says that it is there; ends with its input.
"""

import asyncio
import sys

from devices import rack
from server.config import DeviceConfig


async def main(url, port):
    printer = DeviceConfig(name="printer-1", station="kiosk-1", kind="printer/escpos", port=port)
    stop = asyncio.Event()
    running = asyncio.create_task(rack.run([printer], server_url=url, stop=stop))
    print("a rack", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    stop.set()
    await running


asyncio.run(main(sys.argv[1], sys.argv[2]))
