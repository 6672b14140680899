"""
Who may ask what: the contract's table of people and stations, asked route by route.

A letter a caller: `o` may, `x` is known and may not (403), `-` is nobody in particular (401). Acts on a ticket are tried on one
that counter 2 has; its clerk is "clerk", its machines are "own set". A route without a line here, or without a rule of its own,
fails.
"""

CALLERS = (
    "nobody", "kiosk", "own set", "other set", "clerk", "other clerk", "guide", "duty leader", "manager", "admin", "supervisor",
    "network",
)  # fmt: skip
TICKET = "/api/tickets/{ticket}"
PRINTER = "/api/stations/kiosk-1/devices/printer-1"
PRESENTED = "/api/stations/kiosk-1/presented/x"
GIVEN = {"priority": "elder", "reason": "82"}
SENDING = {"outcome": "sending"}
ACT = {"act": "no-such-act", "level": 5}

#     route as described, request as sent, body, state of the ticket, callers in the order above
TABLE = {
    "GET /hall": ("GET /api/hall", None, None, "oooo oooooo o o"),
    "GET /services": ("GET /api/services", None, None, "-ooo oooooo o o"),
    "GET /board": ("GET /api/board", None, None, "-ooo oooooo o o"),
    "PUT /duty": ("PUT /api/duty", {"staff": "s99"}, None, "-xxx xxxooo x x"),
    "PUT /demo/play": ("PUT /api/demo/play", {"speed": 60}, None, "xxxx xxxxxx x x"),
    "POST /tickets": ("POST /api/tickets", {"service": "no-such"}, None, "-ooo xxoooo x o"),
    "GET /tickets": ("GET /api/tickets", None, None, "-xxx oooooo o x"),
    "GET /tickets/{ticket}": (f"GET {TICKET}", None, "serving", "-xxx oooooo o x"),
    "PUT /tickets/{ticket}/cancellation": (f"PUT {TICKET}/cancellation", None, "waiting", "-xxx xxoooo x x"),
    "PUT /tickets/{ticket}/priority": (f"PUT {TICKET}/priority", GIVEN, "waiting", "-xxx xxoooo x x"),
    "PUT /tickets/{ticket}/no-show": (f"PUT {TICKET}/no-show", None, "called", "-xox oxxooo x x"),
    "DELETE /tickets/{ticket}/no-show": (f"DELETE {TICKET}/no-show", None, "no_show", "-xox oxoooo x x"),
    "PUT /tickets/{ticket}/service": (f"PUT {TICKET}/service", None, "called", "-xox oxxooo x x"),
    "PUT /tickets/{ticket}/hold": (f"PUT {TICKET}/hold", {"reason": "next_step"}, "serving", "-xox oxxooo x x"),
    "DELETE /tickets/{ticket}/hold": (f"DELETE {TICKET}/hold?counter=2", None, "held", "-xox oxxooo x x"),
    "POST /tickets/{ticket}/transfers": (f"POST {TICKET}/transfers", {"to_service": "consult"}, "serving", "-xox oxxooo x x"),
    "PUT /tickets/{ticket}/completion": (f"PUT {TICKET}/completion", None, "serving", "-xox oxxooo x x"),
    "POST /tickets/{ticket}/slips": (f"POST {TICKET}/slips", {"station": "kiosk-1"}, "serving", "-xxx xxoooo x x"),
    "GET /counters": ("GET /api/counters", None, None, "-ooo oooooo o o"),
    "GET /counters/{counter}": ("GET /api/counters/2", None, None, "-xox oooooo o o"),
    "GET /counters/{counter}/sign": ("GET /api/counters/2/sign", None, None, "-ooo oooooo o o"),
    "PUT /counters/{counter}/state": ("PUT /api/counters/2/state", {"state": "closed"}, "serving", "-xox oxxooo x o"),
    "POST /counters/{counter}/calls": ("POST /api/counters/2/calls", {}, "serving", "-xox oxxooo x o"),
    "POST /counters/{counter}/recalls": ("POST /api/counters/2/recalls", {}, "called", "-xox oxxooo x o"),
    "POST /counters/{counter}/undo": ("POST /api/counters/2/undo", {}, "serving", "-xox oxxooo x o"),
    "POST /counters/{counter}/ratings": ("POST /api/counters/2/ratings", ACT, None, "-xox xxxxxx x o"),
    "POST /counters/{counter}/rating-requests": ("POST /api/counters/2/rating-requests", {}, "serving", "-xox oxxooo x o"),
    "POST /counters/{counter}/help": ("POST /api/counters/2/help", {}, None, "-xxx oxxooo x x"),
    "PUT /counters/{counter}/help": ("PUT /api/counters/2/help", {}, None, "-xxx xxoooo x x"),
    "GET /follow/{follow}": ("GET /api/follow/nobodys", None, None, "oooo oooooo o o"),
    "PUT /follow/{follow}/cancellation": ("PUT /api/follow/nobodys/cancellation", None, None, "oooo oooooo o o"),
    "POST /follow/{follow}/ratings": ("POST /api/follow/nobodys/ratings", ACT, None, "oooo oooooo o o"),
    "GET /halls": ("GET /api/halls", None, None, "oooo oooooo o o"),
    "GET /district/day": ("GET /api/district/day", None, None, "-xxx xxxxxx o x"),
    "GET /reports/live": ("GET /api/reports/live", None, None, "-xxx xxxxoo o x"),
    "GET /reports/day": ("GET /api/reports/day", None, None, "-xxx xxxxoo o x"),
    "GET /reports/register": ("GET /api/reports/register", None, None, "-xxx xxxxoo o x"),
    "GET /setup": ("GET /api/setup", None, None, "-xxx xxxxoo x x"),
    "POST /setup/changes": ("POST /api/setup/changes", {"changes": []}, None, "-xxx xxxxoo x x"),
    "GET /staff/{staff}/photo": ("GET /api/staff/s05/photo", None, None, "-ooo oooooo o o"),
    "PUT /staff/{staff}/photo": ("PUT /api/staff/s05/photo", None, None, "-xxx xxxxoo x x"),
    "DELETE /staff/{staff}/photo": ("DELETE /api/staff/s05/photo", None, None, "-xxx xxxxoo x x"),
    "POST /session": ("POST /api/session", {"job_no": "NOBODY", "password": "x"}, None, "oooo oooooo o o"),
    "GET /session": ("GET /api/session", None, None, "-xxx oooooo o x"),
    "DELETE /session": ("DELETE /api/session", None, None, "-xxx oooooo o x"),
    "POST /stations/enrolment": ("POST /api/stations/enrolment", {"code": "NO-CODE"}, None, "oooo oooooo o o"),
    "GET /stations/{station}/slips": ("GET /api/stations/kiosk-1/slips", None, None, "-oxx xxxxxx x o"),
    "PUT /stations/{station}/slips/{slip}": ("PUT /api/stations/kiosk-1/slips/x", SENDING, None, "-oxx xxxxxx x o"),
    "PUT /stations/{station}/sound": ("PUT /api/stations/kiosk-1/sound", {"state": "off"}, None, "-oxx xxxxxo x o"),
    "GET /voice": ("GET /api/voice?number=A001&counter=3&locale=fr", None, None, "-ooo oooooo o o"),
    "GET /voice/chime": ("GET /api/voice/chime", None, None, "-ooo oooooo o o"),
    "GET /devices": ("GET /api/devices", None, None, "-xxx oooooo o x"),
    "PUT /stations/{station}/devices/{device}": (f"PUT {PRINTER}", {"state": "ok", "kind": "x"}, None, "-oxx xxxxxo x o"),
    "PUT /stations/{station}/devices/{device}/picture": (f"PUT {PRINTER}/picture", {"type": "x"}, None, "-oxx xxxxxo x o"),
    "GET /stations/{station}/devices/{device}/pictures/{picture}": (f"GET {PRINTER}/pictures/9", None, None, "-xxx oooooo o x"),
    "POST /stations/{station}/devices/{device}/input": (f"POST {PRINTER}/input", {"key": "5"}, None, "-xxx xxxxxx x x"),
    "POST /stations/{station}/scans": ("POST /api/stations/kiosk-1/scans", {"text": "x"}, None, "-oxx xxxxxx x o"),
    "POST /stations/{station}/id-cards": ("POST /api/stations/kiosk-1/id-cards", {}, None, "-oxx xxxxxx x o"),
    "GET /stations/{station}/presented/{presented}": (f"GET {PRESENTED}", None, None, "-oxx xxxxxx x o"),
    "POST /stations/{station}/presented/{presented}/slips": (f"POST {PRESENTED}/slips", None, None, "-oxx xxxxxx x o"),
}  # fmt: skip
