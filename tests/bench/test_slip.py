"""From the touch at the kiosk to the first byte at its printer: server, rack and printer each a process, over real sockets."""

import turns
from programs import entries

SLIPS, ECHOES, TURNS = 10, 200, 5


def test_a_slip_begins_at_once(program, tmp_path, measured):
    """A number is taken over HTTP; the rack hears of its slip, asks the printer, tells the hall, and sends."""
    server = program("served", tmp_path / "hall.sqlite3", 3)
    printer = program("printed", server.url)
    described = {"name": "printer-1", "station": "kiosk-1", "kind": "printer/escpos", "port": printer.said}
    program("racked", server.url, entries(tmp_path, described))
    printer.asks(slips=3)
    found = turns.in_turns(
        TURNS,
        slip=lambda: turns.at(printer.asks(slips=SLIPS)["ms"], 0.5),
        echo=lambda: turns.at(printer.asks(echoes=ECHOES)["ms"], 0.5),
    )
    ms, echo = (turns.at(found[name], 0.5) for name in ("slip", "echo"))
    ratio = turns.ratio(found, "slip", "echo")
    against = f"POST of a ticket until the first byte of its slip is at the printer, p50; {ratio:,.0f} bare TCP round trips of {echo:.3f} ms"
    measured("slip.first_byte", ms, against, at_most=30, unit="ms")
