"""What goes wrong in a browser, and every request that leaves this machine."""

import re
from urllib.parse import urlsplit


class Witness:
    """Notes whatever goes wrong in a browser window, and every request that leaves this machine."""

    def __init__(self):
        self.seen, self._expected = [], []

    def watches(self, context):
        context.on("weberror", lambda error: self._note(f"page error: {error.error}"))
        context.on(
            "console", lambda said: said.type == "error" and self._note(f"console: {said.text} {said.location.get('url')}")
        )
        context.on("request", self._request)

    def expects(self, pattern):
        """What the console may say in this test, because the test is about it."""
        self._expected.append(re.compile(pattern))

    def begins(self, *expected):
        """Another page, another test."""
        self.seen, self._expected = [], [re.compile(pattern) for pattern in expected]

    def unexpected(self):
        """What went wrong, one line each."""
        return [line for line in self.seen if not any(known.search(line) for known in self._expected)]

    def _request(self, request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self._note(f"request to another host: {request.url}")

    def _note(self, line):
        self.seen.append(line)
