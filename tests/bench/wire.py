"""
HTTP and WebSocket clients of a few lines, for load: they keep a connection, read what comes, and hardly cost anything themselves.

They understand what the measured servers send, no more: answers with a Content-Length, text frames in one piece, pings.
"""

import asyncio
import base64
import json
import os
import struct
from collections import deque

TWO_BYTES, EIGHT_BYTES, TEXT, PING = 126, 127, 1, 9
UNMASKED = bytes(4)  # a mask that changes nothing


class Http(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self, *, host, cookie="", station=""):
        self.fixed = (
            f"Host: {host}\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "") + (f"Station: {station}\r\n" if station else "")
        )
        self.buffer = b""
        self.asked = None

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        if self.asked and not self.asked.done():
            self.asked.set_exception(error or ConnectionError("the server has hung up"))

    def data_received(self, data):
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(_header(head, b"content-length") or 0)
        if len(rest) >= length and not self.asked.done():
            self.buffer = rest[length:]
            self.head = head
            self.asked.set_result((int(head[9:12]), rest[:length]))

    async def asks(self, method, path, body=None):
        """The status and the bytes of the answer."""
        sent = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if sent else ""
        head = f"{method} {path} HTTP/1.1\r\n{self.fixed}{kind}Content-Length: {len(sent)}\r\n\r\n"
        self.asked = asyncio.get_running_loop().create_future()
        self.transport.write(head.encode() + sent)
        return await self.asked

    async def does(self, method, path, body=None):
        """What an act answered; it must not be refused."""
        status, content = await self.asks(method, path, body)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {content[:300]!r}")
        return json.loads(content) if content else None

    async def signs_in(self, job_no, password):
        """From here on with the cookie of this person."""
        await self.does("POST", "/api/session", {"job_no": job_no, "password": password})
        self.fixed += f"Cookie: {_header(self.head, b'set-cookie').partition(b';')[0].decode()}\r\n"


async def http(url, **facts):
    """A connection to the server at `url`."""
    host, port = _address(url)
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(lambda: Http(host=f"{host}:{port}", **facts), host, port))[1]


class Listener(asyncio.Protocol):
    """One socket that listens; `heard(frame)` gets the bytes of every text message as it comes."""

    def __init__(self, *, host, path, heard, cookie=""):
        self.host, self.path, self.heard, self.cookie = host, path, heard, cookie
        self.buffer = b""
        self.open = asyncio.get_running_loop().create_future()
        self.messages = 0

    def connection_made(self, transport):
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (f"GET {self.path} HTTP/1.1", f"Host: {self.host}", "Upgrade: websocket", "Connection: Upgrade")
        lines = (*lines, f"Cookie: {self.cookie}") if self.cookie else lines
        keys = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        transport.write("\r\n".join((*lines, *keys)).encode())

    def connection_lost(self, error):
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("the server has hung up"))

    def data_received(self, data):
        self.buffer = self.buffer + data if self.buffer else data
        if not self.open.done():
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head[:20]:
                self.open.set_exception(ConnectionError(self.buffer[:300].decode()))
                return
            self.buffer = rest
            self.open.set_result(None)
        self._frames()

    def _frames(self):
        buffer, at = self.buffer, 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1], at + 2
            if length == TWO_BYTES:
                length, start = struct.unpack_from("!H", buffer, start)[0] if len(buffer) >= start + 2 else 1 << 40, start + 2
            elif length == EIGHT_BYTES:
                length, start = struct.unpack_from("!Q", buffer, start)[0] if len(buffer) >= start + 8 else 1 << 40, start + 8
            if len(buffer) < start + length:
                break
            if buffer[at] & 0xF == TEXT:
                self.messages += 1
                self.heard(buffer[start : start + length])
            elif buffer[at] & 0xF == PING:
                self.transport.write(bytes((0x8A, 0x80 | length)) + UNMASKED + buffer[start : start + length])
            at = start + length
        self.buffer = buffer[at:]


async def listener(url, path, heard, **facts):
    """A socket that is open."""
    host, port = _address(url)
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Listener(host=f"{host}:{port}", path=path, heard=heard, **facts), host, port)
    await socket.open
    return socket


async def listeners(url, path, heard, *, count, at_once=20):
    """So many of them; `heard` may be told which: `heard(n)` gives each its own."""
    found, todo = [], deque(range(count))

    async def some():
        while todo:
            found.append(await listener(url, path, heard(todo.popleft())))

    await asyncio.gather(*(some() for _ in range(at_once)))
    return found


def _header(head, name):
    at = head.lower().find(b"\r\n" + name + b":")
    return head[at:].split(b"\r\n")[1].partition(b":")[2].strip() if at >= 0 else b""


def _address(url):
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)
