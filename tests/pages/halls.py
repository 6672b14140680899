"""The halls of the gallery: a busy morning, one before its first number, a real one on a Monday and a Sunday, a district of four."""

from district import found_district, works
from morning import BEGINS, stage
from running import MORNING, PASSWORD, Hall, copied, timedelta

LONG_WAIT_S = 9  # between two calls of one number


class Halls:
    """Opens each hall when its first page is looked at."""

    def __init__(self, folder, templates, config):
        self._folder, self._templates, self._config = folder, templates, config
        self._open = {}

    def __getitem__(self, name):
        if name not in self._open:
            self._open[name] = getattr(self, f"_{name}")()
        return self._open[name]

    def closes(self):
        """All of them."""
        for hall in self._open.values():
            hall.closes()

    def _new(self, name, *, demo=True, at=MORNING):
        hall = Staged(copied(self._templates[demo], self._folder / f"{name}.sqlite3"), self._config, demo=demo, at=at)
        return hall.starts()

    def _early(self):
        return self._new("early")

    def _monday(self):
        return self._new("monday", demo=False)

    def _sunday(self):
        return self._new("sunday", demo=False, at=MORNING - timedelta(days=1))

    def _district(self):
        path = self._folder / "district.sqlite3"
        hall = Staged(path, found_district(path, self._config), demo=False, at=MORNING - timedelta(minutes=130)).starts()
        works(hall)
        return hall

    def _morning(self):
        hall = self._new("morning", at=BEGINS - timedelta(days=1))
        yesterday = hall.takes()
        hall.later(days=1)
        hall.racks(*(device.name for device in self._config.device))
        hall.presses("kiosk-2", "printer-2", "paper-out")
        hall.desks = stage(hall)
        hall.remembers(expired=yesterday, called=hall.desks[3].ticket, serving=hall.desks[4].ticket)
        _more(hall)
        return hall


class Staged(Hall):
    """A hall that knows some of its tickets by name, and a manager who changes it."""

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.desks, self.known, self._was = {}, {}, {}

    def remembers(self, **tickets):
        """Under these names pages find them: where each is followed, and its number."""
        for name, ticket in tickets.items():
            self.known |= {name: ticket["follow"], f"{name}_number": ticket["number"]}

    def presses(self, station, device, key):
        """A key of a virtual device."""
        client = self._as_station("screen-1")
        client.post(f"/api/stations/{station}/devices/{device}/input", json={"key": key}).raise_for_status()

    def alters(self, service, **changes):
        """The manager changes a service; without changes it is as it was."""
        client = self._client("manager")
        if not self._was:
            client.post("/api/session", json={"job_no": "CH001", "password": PASSWORD}).raise_for_status()
            setup = client.get("/api/setup").raise_for_status().json()["setup"]
            self._was = {one["id"]: one for one in setup["service"]}
        change = {"noun": "service", "id": service, "doc": {**self._was[service], **changes}}
        client.post("/api/setup/changes", json={"changes": [change]}).raise_for_status()

    def follows(self, ticket, method, path, body=None):
        """The holder of a ticket acts."""
        address = f"/api{ticket['follow'].replace('/t/', '/follow/')}{path}"
        self._as_station("screen-1").request(method, address, json=body or {}).raise_for_status()


def _more(hall):
    """One ticket in each state that a phone can show, a shelf at counter 12, somebody who asks for help."""
    shelf = hall.desks[12]
    while shelf.calls():
        _passed(hall, shelf)
    held = hall.takes("pickup")
    shelf.calls()
    shelf.starts()
    shelf.holds("with_papers", "2 份公章")
    no_show = hall.takes("pickup")
    shelf.calls()
    _passed(hall, shelf)
    done = [hall.takes("payment") for _ in range(2)]
    for _ in done:
        hall.desks[11].serves()
    act = hall.now(done[1])["rating"]["act"]
    hall.follows(done[1], "POST", "/ratings", {"act": act, "level": 5})
    gone = hall.takes("consult")
    hall.follows(gone, "PUT", "/cancellation")
    hall.desks[5].asks_help()
    hall.remembers(
        held=held, no_show=no_show, finished=done[0], rated=done[1], cancelled=gone,
        waiting=hall.takes("biz-setup"), next=hall.takes("pickup"),
    )  # fmt: skip


def _passed(hall, desk):
    for _ in range(2):
        hall.later(seconds=LONG_WAIT_S)
        desk.recalls()
    desk.passes()
