"""
The reference of `http.middleware`: the smallest application FastAPI can be, one async route, served with our server's settings.

Fair, because routing, validation and JSON are the same library's: what is missing is all that is ours.

Run: python bare.py. Says its address.
"""

import socket

import uvicorn
from fastapi import FastAPI

from server.cli.running import settings

app = FastAPI()


@app.get("/bench/first")
async def nothing():
    return {"ok": True}


listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
uvicorn.Server(settings(app)).run(sockets=[listening])
