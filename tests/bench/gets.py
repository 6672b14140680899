"""
Sixteen kept connections that ask for a page over and over, as a program: `gets.py URL…`.

Asked by {"url": n, "path": path, "count": n}: how many requests a second were answered.
"""

import asyncio
import json
import sys
import time

import uvloop
import wire

CONNECTIONS = 16


async def rate(connections, path, count):
    left = iter(range(count))

    async def many(connection):
        for _ in left:
            status, _ = await connection.asks("GET", path)
            assert status == 200

    began = time.perf_counter()
    await asyncio.gather(*(many(connection) for connection in connections))
    return count / (time.perf_counter() - began)


async def main(*urls):
    connections = [[await wire.http(url) for _ in range(CONNECTIONS)] for url in urls]
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        print(json.dumps(await rate(connections[asked["url"]], asked["path"], asked["count"])), flush=True)


uvloop.run(main(*sys.argv[1:]))
