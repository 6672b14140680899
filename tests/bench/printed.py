"""
An emulated printer on TCP and the kiosk before it, in one process and so on one clock: `printed.py URL`. Says the printer's port.

Asked by {"slips": n} on its input it takes n numbers, one after the other, and tells how many ms it was from sending each request
until the first byte of its slip was at the printer. Asked by {"echoes": n}: what n bare round trips over TCP on loopback took.
"""

import asyncio
import json
import sys
import time

import uvloop
import wire

from devices.emulators.wires import TcpWire
from devices.printers.machine import Machine

PATIENCE_S = 30


class Watched(Machine):
    """Notes when the first byte of a slip comes in, and when the slip is out."""

    def __init__(self):
        super().__init__(width_dots=576, encoding="gb18030", changed=lambda: None)
        self.began_s, self.out = None, asyncio.Event()

    def feed(self, data, *, reply):
        if self.began_s is None and b"\x1b@" in data:
            self.began_s = time.perf_counter()
        before = len(self.printed)
        super().feed(data, reply=reply)
        if len(self.printed) > before:
            self.out.set()


async def slips(kiosk, machine, count):
    """The way of each number to the paper, in ms."""
    took = []
    for _ in range(count):
        machine.began_s = None
        machine.out.clear()
        began_s = time.perf_counter()
        await kiosk.does("POST", "/api/tickets", {"service": "biz-setup", "slip_at": "kiosk-1"})
        async with asyncio.timeout(PATIENCE_S):
            await machine.out.wait()
        took.append((machine.began_s - began_s) * 1000)
        await asyncio.sleep(0.15)  # until the rack has told the hall how it ended; the next one then finds everybody idle
    return took


async def echoes(count):
    """What one byte there and back costs, in ms."""

    async def serve(reader, writer):
        while data := await reader.read(64):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    took = []
    for _ in range(count):
        began_s = time.perf_counter()
        writer.write(b"?")
        await reader.read(1)
        took.append((time.perf_counter() - began_s) * 1000)
    writer.close()
    server.close()
    return took


async def main(url):
    machine, printer = Watched(), TcpWire()
    printer.attach(machine)
    await printer.open()
    kiosk = await wire.http(url, station="kiosk-1")
    print(printer.port, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        found = await echoes(asked["echoes"]) if "echoes" in asked else await slips(kiosk, machine, asked["slips"])
        print(json.dumps({"ms": found}), flush=True)


uvloop.run(main(sys.argv[1]))
