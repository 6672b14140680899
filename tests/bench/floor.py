"""
The floor of the fan-out: sockets by hand on uvloop; an event's frame is built once and written to every transport.

Fair, as nothing can tell a thousand sockets with less: no rights, no order kept, no queue, nobody cut who does not read. The message
is as long as a call's. POST / is the event; whatever asks for an upgrade listens. Run: python floor.py. Says its address.
"""

import asyncio
import base64
import socket
import struct
from hashlib import sha1

import uvloop

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT = b'{"kind":"ticket.called","number":"A007"' + b" " * 320 + b"}"
FRAME = struct.pack("!BBH", 0x81, 126, len(TEXT)) + TEXT
DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

listening = set()


class Floor(asyncio.Protocol):
    """A connection, which listens or tells."""

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, _error):
        listening.discard(self.transport)

    def data_received(self, data):
        if data.startswith(b"POST"):
            for transport in listening:
                transport.write(FRAME)
            self.transport.write(DONE)
        elif data.startswith(b"GET"):
            key = data.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            accept = base64.b64encode(sha1(key + MAGIC).digest())  # noqa: S324 (RFC 6455 asks for it)
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            self.transport.write(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            listening.add(self.transport)


async def main():
    door = socket.create_server(("127.0.0.1", 0), backlog=2048)
    server = await asyncio.get_running_loop().create_server(Floor, sock=door, backlog=2048)
    print(f"http://127.0.0.1:{door.getsockname()[1]}", flush=True)
    await server.serve_forever()


uvloop.run(main())
