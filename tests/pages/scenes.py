"""Every page in every state it can be in: where it is, on which screens, who looks, and what is done before one looks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from doings import (
    CUT_OFF,
    asked,
    called,
    chooses,
    classed,
    clicks,
    keys,
    nobody,
    printed,
    rated,
    refused,
    restored,
    shows,
    shows_refusal,
    takes,
    takes_large,
    touches,
    uncalled,
    unfolded,
)
from eyes import FAR, HAND_PX, KIOSK_PX, POINTER_PX

from server.manage import nouns

SIZES = {
    "upright": (1080, 1920), "across": (1366, 768), "phone": (390, 844), "desk": (1366, 768), "tablet": (1024, 768),
    "lobby": (1920, 1080), "column": (1080, 1920), "sign": (1280, 400), "office": (1440, 900), "paper": (718, 1016),
}  # fmt: skip
KIOSK, LOBBY = ("upright", "across"), ("lobby", "column")
FOLLOWING = re.compile(r"/(kiosk|counter/\d|guide|display|manage)|\{")
FIRST = {"service": "biz-setup", "group": "A", "counter": "6", "staff": "s02", "area": "f1", "station": "kiosk-1",
         "priority": "elder", "notice": "n5"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One page in one state. `path` may name something of the hall: "{waiting}" is its ticket that waits."""

    name: str
    path: str
    hall: str = "morning"
    screens: tuple[str, ...]
    who: str | None = None
    do: Callable[..., None] | None = None  # (page, hall): what happens before one looks
    undo: Callable[..., None] | None = None  # and afterwards
    alone: bool = False  # in a window that is closed afterwards
    scrolls: bool = False  # by intent
    contrast: float = 0
    touch: int = 0
    live: bool = True  # a page that follows the hall is awaited until it does
    says: tuple[str, ...] = field(default=())  # what the console may say, because the scene is about it
    parts: tuple[str, ...] = ()  # where barriers are looked for, on a page that is long and built alike

    @property
    def follows(self):
        """Whether the page says that it hears the hall."""
        return self.live and FOLLOWING.match(self.path) is not None

    def touch_px(self, screen):
        """How high a target is at least: a kiosk's sizes shrink with its panel."""
        width, height = SIZES[screen]
        base = (1080, 1920) if height > width else (1920, 1080)
        return self.touch * min(width / base[0], height / base[1]) if self.touch == KIOSK_PX else self.touch


# ------------------------------------------------------------------ the pages


def _kiosk(name, path="/kiosk", **more):
    return Scene(name=f"kiosk-{name}", path=path, screens=KIOSK, touch=KIOSK_PX, contrast=FAR, **more)


def _phone(name, path, **more):
    return Scene(name=f"phone-{name}", path=path, screens=("phone",), touch=HAND_PX, scrolls=True, **more)


def _desk(name, counter, do=None, **more):
    who = more.pop("who", f"CH{counter + 2:03}")
    return Scene(name=f"desk-{name}", path=f"/counter/{counter}", screens=("desk",), who=who, touch=HAND_PX, do=do, **more)


def _guide(name, path="/guide", **more):
    return Scene(name=f"guide-{name}", path=path, screens=("desk",), **{"who": "CH003", "touch": POINTER_PX, **more})


def _tablet(name, counter, **more):
    return Scene(name=f"tablet-{name}", path=f"/counter/{counter}/rating", screens=("tablet",), touch=HAND_PX, **more)


def _lobby(name, path="/display?area=f1&sound=off", **more):
    return Scene(name=f"lobby-{name}", path=path, screens=LOBBY, contrast=FAR, **more)


def _sign(name, counter, **more):
    return Scene(name=f"sign-{name}", path=f"/display/counter/{counter}", screens=("sign",), contrast=FAR, **more)


def _manage(name, path, **more):
    return Scene(
        name=f"manage-{name}", path=f"/manage{path}", **{"screens": ("office",), "who": "CH001", "scrolls": True, **more}
    )


def _setup():
    yield _manage("setup", "/setup")
    for page in nouns.PAGES:
        at = f"/setup/{page.slug}"
        yield _manage(f"setup-{page.slug}", at, do=None if page.many else unfolded)
        if page.slug in FIRST:
            yield _manage(f"setup-{page.slug}-form", f"{at}?id={FIRST[page.slug]}", do=unfolded)


SCENES = (
    # a busy morning
    Scene(name="start", path="/", screens=("office",), scrolls=True),
    Scene(name="sign-in", path="/sign-in", screens=("desk",), touch=HAND_PX),
    Scene(
        name="sign-in-refused", path="/sign-in", screens=("desk",), touch=HAND_PX, do=clicks("button[type=submit]", "#refusal")
    ),
    Scene(name="enrol", path="/enrol", screens=("desk", "phone"), touch=HAND_PX),
    Scene(
        name="enrol-refused",
        path="/enrol?code=K7QF-3MPT",
        screens=("desk",),
        touch=HAND_PX,
        do=shows_refusal,
        says=("401", "404"),
    ),
    Scene(name="docs", path="/api/docs", screens=("desk",), scrolls=True, parts=("header", "nav", "#people")),
    Scene(name="no-such-page", path="/nothing", screens=("desk", "phone"), says=("404",)),
    Scene(name="no-such-ticket", path="/t/none-of-ours", screens=("phone",), says=("404",), live=False),
    Scene(name="not-allowed", path="/guide", screens=("desk",), who="CH005", says=("403",), live=False),
    _kiosk("home"),
    _kiosk("classes", do=chooses),
    _kiosk("ticket", do=takes),
    _kiosk("ticket-claimed", do=lambda page, hall: takes(page, hall, claim=1)),
    _kiosk("no-paper", "/kiosk?station=kiosk-2&size=normal", do=lambda page, hall: takes(page, hall, slip=False)),
    _kiosk("give-back", do=lambda page, hall: (takes(page, hall), touches(page, '[data-act="cancel"]'))),
    _kiosk("guide", do=lambda page, _hall: touches(page, '[data-act="guide"]')),
    _kiosk("idle", "/kiosk?size=normal", do=nobody),
    _kiosk("lost", **CUT_OFF),
    _kiosk("quota", do=lambda page, hall: refused(page, hall, session_quota={"am": 1}), undo=restored, says=("409",)),
    _kiosk("service-closed", do=lambda page, hall: refused(page, hall, enabled=False), undo=restored, says=("409",)),
    _kiosk("large", "/kiosk?size=large"),
    _kiosk("large-services", "/kiosk?size=large", do=lambda page, _hall: touches(page, '[data-choose-group="A"]'), scrolls=True),
    _kiosk("large-ticket", "/kiosk?size=large", do=takes_large),
    _kiosk("large-no-paper", "/kiosk?station=kiosk-2&size=large", do=lambda page, hall: takes_large(page, hall, slip=False)),
    _phone("waiting", "{waiting}"),
    _phone("give-back", "{waiting}", do=clicks('[data-act="cancel"]', ".confirm")),
    _phone("next", "{next}"),
    _phone("called", "{called}"),
    _phone("serving", "{serving}"),
    _phone("held", "{held}"),
    _phone("finished", "{finished}"),
    _phone("rated", "{rated}"),
    _phone("no-show", "{no_show}"),
    _phone("cancelled", "{cancelled}"),
    _phone("expired", "{expired}"),
    _phone("lost", "{waiting}", **CUT_OFF),
    Scene(name="desk-choose", path="/counter", screens=("desk",), who="CH005", touch=HAND_PX, scrolls=True),
    _desk("ready", 1, shows("ready")),
    _desk("called", 3, shows("called")),
    _desk("serving", 4, shows("serving")),
    _desk("empty", 11, shows("empty")),
    _desk("paused", 6, shows("paused")),
    _desk("closed", 7, shows("closed")),
    _desk("shelf", 12, shows("ready")),
    _desk("of-a-colleague", 3, shows("called"), who="CH004"),
    _desk("lost", 1, **CUT_OFF),
    _desk("ask-hold", 4, keys("h", then="#ask-hold")),
    _desk("ask-transfer", 4, keys("t", then="#ask-transfer")),
    _desk("ask-next", 10, keys("g", then="#ask-next")),
    _desk("ask-pause", 1, keys("p", then="#ask-pause")),
    _desk("ask-number", 1, keys("s", then="#ask-number")),
    _desk("ask-restore", 12, keys("j", then="#ask-restore")),
    _desk("refusal", 1, keys("f", then="#refusal")),
    _guide("nothing"),
    _guide("waiting", "/guide?number={waiting_number}"),
    _guide("called", "/guide?number={called_number}"),
    _guide("no-show", "/guide?number={no_show_number}"),
    _guide("no-such", "/guide?number=A099"),
    _guide("issue", do=classed),
    _guide("ask-class", "/guide?number={waiting_number}", do=clicks('[data-ask="prioritise"]', "#ask-prioritise")),
    _guide("ask-move", "/guide?number={waiting_number}", do=clicks('[data-ask="move"]', "#ask-move")),
    _guide("ask-reprint", "/guide?number={waiting_number}", do=clicks('[data-ask="reprint"]', "#ask-reprint")),
    _guide("ask-cancel", "/guide?number={waiting_number}", do=clicks('[data-ask="cancel"]', "#ask-cancel")),
    _guide("ask-duty", who="CH002", do=clicks('[data-ask="duty"]', "#ask-duty")),
    _guide("lost", **CUT_OFF),
    _tablet("rest", 2),
    _tablet("ask", 11, do=asked),
    _tablet("thanks", 11, do=rated),
    _tablet("paused", 6),
    _tablet("closed", 7),
    _tablet("lost", 2, **CUT_OFF),
    _lobby("calm"),
    _lobby("calling", do=called, undo=uncalled),
    _lobby("upstairs", "/display?area=f3&sound=off"),
    _lobby("lost", **CUT_OFF),
    _sign("idle", 2),
    _sign("calling", 3),
    _sign("serving", 4),
    _sign("paused", 6),
    _sign("closed", 7),
    _sign("lost", 4, **CUT_OFF),
    Scene(name="staff-board", path="/display/staff", screens=LOBBY),
    _manage("live", ""),
    _manage("lost", "", **CUT_OFF),
    _manage("line", "/line/med-insurance", live=False),
    *(_manage(f"report-{by}", f"/report?by={by}", live=False) for by in ("service", "counter", "clerk")),
    _manage("report-paper", "/report?by=service", screens=("paper",), do=printed, alone=True, live=False),
    _manage("devices", "/devices"),
    *_setup(),
    # before the first number of the day
    _kiosk("home-early", hall="early"),
    _desk("closed-early", 3, shows("closed"), hall="early"),
    _guide("early", hall="early"),
    _tablet("closed-early", 3, hall="early"),
    _lobby("early", hall="early"),
    Scene(name="staff-board-early", path="/display/staff", screens=LOBBY, hall="early"),
    _manage("live-early", "", hall="early"),
    _manage("line-early", "/line/consult", hall="early", live=False),
    _manage("report-early", "/report?by=service", hall="early", live=False),
    _manage("devices-early", "/devices", hall="early"),
    # a real hall on a Monday: one service is off
    Scene(name="start-real", path="/", screens=("office", "phone"), hall="monday", scrolls=True),
    Scene(name="sign-in-real", path="/sign-in", screens=("desk", "phone"), hall="monday", touch=HAND_PX),
    _kiosk("home-one-off", hall="monday"),
    _kiosk("why-off", hall="monday", do=lambda page, _hall: touches(page, '[data-service="foreign-joint"]')),
    _guide("one-off", hall="monday"),
    # … and on a Sunday
    _kiosk("hall-closed", hall="sunday"),
    _kiosk("large-hall-closed", "/kiosk?size=large", hall="sunday"),
    _kiosk("guide-hall-closed", hall="sunday", do=lambda page, _hall: touches(page, '[data-act="guide"]')),
    _lobby("hall-closed", hall="sunday"),
    _sign("hall-closed", 3, hall="sunday"),
    _tablet("hall-closed", 3, hall="sunday"),
    _guide("hall-closed", hall="sunday"),
    _manage("live-closed", "", hall="sunday"),
    # several halls in one installation, one of them closed
    Scene(name="halls-one", path="/halls", screens=("phone", "desk"), hall="monday", touch=HAND_PX, scrolls=True),
    Scene(name="halls", path="/halls", screens=("phone", "desk", "lobby"), hall="district", touch=HAND_PX, scrolls=True),
    Scene(name="halls-lost", path="/halls", screens=("phone",), hall="district", touch=HAND_PX, scrolls=True, **CUT_OFF),
    Scene(name="start-several", path="/", screens=("office", "phone"), hall="district", scrolls=True),
    _manage("live-supervisor", "", hall="district", who="CH091", screens=("desk",)),
    _manage("district", "/district", hall="district", who="CH091", screens=("desk", "lobby"), live=False),
    _manage("district-before", "/district?day=2026-11-20", hall="district", who="CH091", screens=("desk",), live=False),
)
