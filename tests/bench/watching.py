"""
Managers who watch the live hall, for a benchmark.

Each follows the topic `hall` and looks again after an event, at most once a second, as the page does.
Run: python watching.py URL COUNT JOB_NO PASSWORD. Says "watching" when all are; watches until its input ends.
"""

import asyncio
import sys

import httpx
from websockets.asyncio.client import connect

REST_S = 1.0


async def watch(url, cookie, *, ready):
    """One manager's page."""
    heard = asyncio.Event()
    async with httpx.AsyncClient(base_url=url, cookies=cookie, timeout=30) as client:
        seen = (await client.get("/api/reports/live")).raise_for_status().json()
        address = f"{url.replace('http', 'ws')}/live?topics=hall&journal={seen['journal']}&since={seen['seq']}"
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookie.items()), "Origin": url}
        async with connect(address, additional_headers=headers, compression=None) as socket:
            ready()

            async def look():
                while True:
                    await heard.wait()
                    heard.clear()
                    (await client.get("/api/reports/live")).raise_for_status()
                    await asyncio.sleep(REST_S)

            looking = asyncio.create_task(look())
            try:
                async for _ in socket:
                    heard.set()
            finally:
                looking.cancel()


async def main(url, count, job_no, password):
    """All of them."""
    async with httpx.AsyncClient(base_url=url) as door:
        signed_in = await door.post("/api/session", json={"job_no": job_no, "password": password})
        signed_in.raise_for_status()
        cookie = dict(door.cookies)
    there = []

    def ready():
        there.append(True)
        if len(there) == count:
            print("watching", flush=True)

    watching = [asyncio.create_task(watch(url, cookie, ready=ready)) for _ in range(count)]
    await asyncio.to_thread(sys.stdin.read)
    for one in watching:
        one.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:5]))
