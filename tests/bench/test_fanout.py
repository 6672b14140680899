"""A thousand screens hear of each event, at what cost; and one of them that has fallen asleep."""

import turns

SCREENS, EVENTS, TURNS = 1_000, 10, 7
OTHERS, WARM, BURST = 7, 8_400, 4_000  # the hub keeps at most 8,192 events ready; then its memory is what it will be
SNDBUF = 16_384


class Hall:
    """A server, its thousand screens, and what they cost it."""

    def __init__(self, kind, server, fan):
        self.kind, self.server, self.fan = kind, server, fan
        self.cpu_us, self.last_ms = [], []

    def events(self):
        """One turn: what was measured stands in `cpu_us` and `last_ms`."""
        before = self.server.cpu_s()
        told = self.fan.asks(events=EVENTS)
        self.cpu_us.append((self.server.cpu_s() - before) / told["messages"] * 1e6)
        self.last_ms.append(turns.at(told["last_ms"], 0.5))


def test_a_thousand_screens(program, tmp_path, measured):
    """CPU a message, time until the last has it, memory a socket: beside frames built once and written by hand."""
    halls = {}
    for kind, server in (("ours", program("served", tmp_path / "hall.sqlite3", 3)), ("floor", program("floor"))):
        fan = program("fan", kind, server.url)
        fan.asks(screens=20)
        fan.asks(events=2)
        before = server.rss_kb()
        fan.asks(screens=SCREENS - 20)
        halls[kind] = Hall(kind, server, fan)
        halls[kind].kb = (server.rss_kb() - before) / (SCREENS - 20)
        fan.asks(events=4)
    turns.in_turns(TURNS, **{kind: hall.events for kind, hall in halls.items()})
    for name, what, unit, at_most in (
        ("cpu", "cpu_us", "µs of the server's CPU a message", 3),
        ("last1000", "last_ms", "ms p50 until the last of 1,000 has it", 1.5),
    ):
        found = {kind: getattr(hall, what) for kind, hall in halls.items()}
        ours, floor = (turns.at(some, 0.5) for some in found.values())
        measured(
            f"fanout.{name}", turns.ratio(found, "ours", "floor"), f"{ours:.1f} {unit} : {floor:.1f} by hand", at_most=at_most
        )
    measured(
        "fanout.mem",
        halls["ours"].kb,
        f"of the server's memory a socket, {SCREENS} of them; by hand {halls['floor'].kb:.0f} KB",
        at_most=40,
        unit="KB",
    )


def test_one_screen_that_does_not_read(program, tmp_path, measured):
    """The others hear everything, and the server's memory stays; the kernel's buffers are kept small, so that it shows at once."""
    server = program("served", tmp_path / "hall.sqlite3", 8, "--sndbuf", SNDBUF)
    fan = program("fan", "ours", server.url)
    fan.asks(screens=OTHERS)
    fan.asks(burst=WARM)
    fan.asks(deaf=True)
    before = server.rss_kb()
    told = fan.asks(burst=BURST)
    grown = (server.rss_kb() - before) / 1024
    share = min(told["heard"]) / told["events"]
    against = (
        f"of {told['events']:,} events in {told['seconds']:.0f} s heard by each of {OTHERS} screens beside one that never reads"
    )
    measured("fanout.slow", share * 100, against, at_least=100, unit="%", must=True)
    measured("fanout.slow.rss", grown, "more memory of the server after it", at_most=2, unit="MB")
