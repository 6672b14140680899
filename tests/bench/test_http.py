"""What our application adds to a request, beside a bare FastAPI."""

import turns

REQUESTS, TURNS = 2_000, 7
FIRST, LAST, CHEAPEST = "/bench/first", "/bench/last", "/api/hall"


def test_requests_a_second(program, tmp_path, measured):
    """A route that does nothing, found first and found last among all of ours, and the cheapest answer that is really asked for."""
    ours, bare = program("served", tmp_path / "hall.sqlite3", 3), program("bare")
    gets = program("gets", ours.url, bare.url)

    def rate(url, path, count=REQUESTS):
        return lambda: gets.asks(url=url, path=path, count=count)

    measures = {"first": rate(0, FIRST), "last": rate(0, LAST), "cheapest": rate(0, CHEAPEST, 500), "bare": rate(1, FIRST)}
    turns.in_turns(1, **measures)
    found = turns.in_turns(TURNS, **measures)
    a_second = {name: f"{turns.at(some, 0.5):,.0f}/s" for name, some in found.items()}
    of_bare = f": {a_second['bare']} of a bare FastAPI"
    against = f"GET of a route that does nothing {a_second['first']} {of_bare}"
    measured("http.middleware", turns.ratio(found, "first", "bare"), against, at_least=0.6)
    against = f"the same, found last among all our routes, {a_second['last']} {of_bare}"
    measured("http.routing", turns.ratio(found, "last", "bare"), against, at_least=0.6)
    print(f"\nGET {CHEAPEST}: {a_second['cheapest']}, {turns.ratio(found, 'cheapest', 'bare'):.2f} of the bare one")
