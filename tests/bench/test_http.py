"""What our application adds to a request, beside a bare FastAPI."""

import turns

REQUESTS, TURNS = 3_000, 7
PATH = "/bench/nothing"
CHEAPEST = "/api/hall"


def test_requests_a_second(program, tmp_path, measured):
    """The same route in our application, behind all of ours, and in a bare one; and the cheapest answer that is really asked for."""
    ours, bare = program("served", tmp_path / "hall.sqlite3", 3), program("bare")
    gets = program("gets", ours.url, bare.url)

    def rate(url, path, count=REQUESTS):
        return lambda: gets.asks(url=url, path=path, count=count)

    for warm in (rate(0, PATH), rate(1, PATH), rate(0, CHEAPEST, 300)):
        warm()
    found = turns.in_turns(TURNS, ours=rate(0, PATH), bare=rate(1, PATH), cheapest=rate(0, CHEAPEST, 600))
    a, b, c = (turns.at(found[name], 0.5) for name in ("ours", "bare", "cheapest"))
    against = f"{a:,.0f} requests/s of a route that does nothing, in our application : {b:,.0f} in a bare FastAPI"
    measured("http.middleware", turns.ratio(found, "ours", "bare"), against, at_least=0.6)
    print(f"\nGET {CHEAPEST}: {c:,.0f} requests/s, {turns.ratio(found, 'cheapest', 'bare'):.2f} of the bare one")
