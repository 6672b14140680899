"""
Tells what happens in a hall, one sentence a line, on the real store.

    hall.issues("biz-setup", priority="elder")   → "A001"
    counter = hall.counter(3).opens()
    counter.calls_next()                         → "A001"
    hall.passes(minutes=5)
    counter.starts(); counter.finishes(next="payment")

A sentence is an act by whoever usually does it; `by=` lets another try. `hall.tells(act, …)` hands back the events of an act,
`hall.refusal(act, …)` the name of the refusal it met, having made sure that nothing of it was kept.
"""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server import journal
from server.clock import SteppedClock, to_us
from server.database import open_store
from server.engines import open_engine
from server.errors import HallError
from server.queries import board, desk, lobby, slips, tickets
from server.rules.people import APPLICANT, HALL, By
from server.standing import desk_of, ticket_by_id, ticket_by_number
from server.tables import Rating, Slip, Stage, Ticket
from server.verbs import calling, counters, days, issuing, rating, repeating, serving, undoing
from server.verbs import slips as slipping

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # a Monday
KIOSK = By(kind="station", id="kiosk-1")


def changed(setup, *, always_open=True, quotas=False, **parts):
    """`setup` with parts of it changed: `calling={…}`, `no_show={…}`, `hall={…}`, `hours={…}`, `rating={…}`, or whole lists."""
    no_show = parts.pop("no_show", {})
    calling = {"no_show": setup.calling.no_show.model_copy(update=no_show), **parts.pop("calling", {})}
    about = {
        "hours": setup.hall.hours.model_copy(update=parts.pop("hours", {})),
        "always_open": always_open,
        **parts.pop("hall", {}),
    }
    update = {
        "calling": setup.calling.model_copy(update=calling),
        "hall": setup.hall.model_copy(update=about),
        "rating": setup.rating.model_copy(update=parts.pop("rating", {})),
        **parts,
    }
    if not quotas:
        services = parts.get("service", setup.service)
        update["service"] = tuple(s.model_copy(update={"session_quota": {}}) for s in services)
    return setup.model_copy(update=update)


def counted(act):
    """`act` of a transaction or a snapshot, which answers how many instructions SQLite's machine ran for it."""

    def run(rx):
        ran = 0

        def tick():
            nonlocal ran
            ran += 1

        driver = rx.connection.connection.driver_connection
        driver.set_progress_handler(tick, 1)
        try:
            act(rx)
        finally:
            driver.set_progress_handler(None, 1)
        return ran

    return run


@contextmanager
def by_hand(place):
    """The database itself, behind the hall's back: what is said to it holds at once."""
    engine = open_engine(place)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def empty(place):
    """Take the set-up out of a database, so that the next to open it sets it up anew."""
    with by_hand(place) as database:
        database.exec_driver_sql("DELETE FROM setup")
        database.exec_driver_sql("DELETE FROM hall")


@dataclass(frozen=True)
class Told:
    """One journal entry."""

    seq: int
    at: int
    kind: str
    actor: str
    topics: tuple[str, ...]
    facts: dict


class Journal:
    """What the hall has told."""

    def __init__(self, hall):
        self.hall = hall

    def entries(self, *, since=0):
        """Every entry after `since`, in order."""
        told, seq = [], since
        while page := self.hall.sees(journal.since, seq=seq):
            told += [Told(e.seq, e.at, e.kind, e.actor, tuple(e.topics.split()), json.loads(e.body)) for e in page]
            seq = page[-1].seq
        return told

    def kinds(self, *, since=0):
        """Their names."""
        return [entry.kind for entry in self.entries(since=since)]

    def last(self, kind):
        """The newest entry of a kind."""
        return next(entry for entry in reversed(self.entries()) if entry.kind == kind)

    @property
    def seq(self):
        """Where the journal stands."""
        return self.hall.sees(lambda rx: rx.head.seq)

    @property
    def broken_at(self):
        """Where the journal is not whole."""
        return self.hall.sees(journal.broken_at)


class Hall:
    """A hall, and a loop of its own to run in."""

    def __init__(self, place, *, setup, at):
        self.place = place
        self.setup = setup
        self.clock = SteppedClock(at)
        self.runner = asyncio.Runner()
        self.journal = Journal(self)
        self.holders = 0
        self.starts_up()

    # -------------------------------------------------------------- the machine

    def starts_up(self):
        """The server begins (again) on the same database."""
        self.store = open_store(self.place, setup=self.setup, clock=self.clock)
        self.store.open()

    def beside(self):
        """Another server of the same hall: the same database, a clock of its own."""
        other = Hall(self.place, setup=self.setup, at=self.time)
        other.holders = self.holders + 100_000  # links of its own
        return other

    def shuts_down(self):
        """The server ends; the database stays."""
        self.store.close()

    def closes(self):
        """The story is over."""
        self.store.close()
        self.runner.close()

    def does(self, verb, /, *args, **facts):
        """One act."""
        return self.runner.run(self.store.write(verb, *args, **facts))

    def does_together(self, *acts):
        """Acts (verb, facts) of many callers at the same instant; what each answered, a refusal as the error."""

        async def all_at_once():
            return await asyncio.gather(*(self.store.write(verb, **facts) for verb, facts in acts), return_exceptions=True)

        return self.runner.run(all_at_once())

    def sees(self, query, /, *args, **facts):
        """One look."""
        return self.runner.run(self.store.read(query, *args, **facts))

    def passes(self, **delta):
        """Time passes: `minutes=5`, counted from the newest stamp."""
        self.clock.move_to(self.sees(lambda rx: rx.now))
        self.clock.step(**delta)

    def comes(self, *, day=None, hour=0, minute=0, second=0, microsecond=0):
        """It is that hall time, of `day` (or of today)."""
        day = day or self.time.date()
        at = datetime(day.year, day.month, day.day, hour, minute, second, microsecond, tzinfo=ZONE)
        self.clock.move_to(to_us(at))

    @property
    def time(self):
        """The clock, in hall time."""
        return datetime.fromtimestamp(self.clock.now_us() / 1e6, tz=UTC).astimezone(ZONE)

    # -------------------------------------------------------------- people

    def staff(self, staff_id):
        """A member of the staff."""
        person = next(p for p in self.setup.staff if p.id == staff_id)
        return By(kind="staff", id=person.id, role=person.role)

    @property
    def manager(self):
        """大厅主任."""
        return self.staff("s01")

    @property
    def leader(self):
        """值班科长."""
        return self.staff("s02")

    @property
    def guide(self):
        """导办."""
        return self.staff("s03")

    @property
    def supervisor(self):
        """效能监察."""
        return By(kind="staff", id="district", role="supervisor")

    @property
    def kiosk(self):
        """A station that no counter has."""
        return KIOSK

    def pad(self, counter):
        """The caller pad of a counter."""
        return By(kind="station", id=f"counter-{counter}", counter=counter)

    def counter(self, number, *, by=None):
        """A counter; acts there are its usual clerk's, or those of `by`."""
        return Counter(self, number, by=by)

    # -------------------------------------------------------------- acts that need no counter

    def issues(self, service="biz-setup", *, priority="normal", by=None, **facts):
        """A number is taken: by the applicant at a kiosk where the class allows it, else given by the guide."""
        return self.does(issuing.issue, **self._issuing(service, priority=priority, by=by, **facts)).number

    def issues_many(self, count, service="biz-setup", **facts):
        """So many numbers, in order, in as few commits as it takes."""
        acts = [(issuing.issue, self._issuing(service, **facts)) for _ in range(count)]
        return [ticket.number for ticket in self.does_together(*acts)]

    def cancels(self, number, *, by=None):
        """The number is given back, by a guide."""
        return self.does(issuing.cancel, ticket_id=self.id(number), by=by or self.guide).state

    def cancels_by_link(self, number):
        """The holder gives it back."""
        return self.does(issuing.cancel, follow=self.ticket(number).follow, by=APPLICANT).state

    def prioritises(self, number, priority="elder", *, reason="over 65", by=None):
        """A guide gives the ticket another class."""
        return self.does(
            issuing.prioritise, ticket_id=self.id(number), priority=priority, reason=reason, by=by or self.guide
        ).state

    def restores(self, number, *, by=None):
        """A guide brings a passed number back."""
        return self.does(calling.restore, ticket_id=self.id(number), by=by or self.guide).state

    def rates_by_link(self, number, level=5, *, act=None, follow=None, **facts):
        """The holder rates from the phone."""
        mine = self.ticket(number)
        return self.does(
            rating.rate_by_link, follow=follow or mine.follow, act=act or mine.act, level=level, by=APPLICANT, **facts
        )

    def reprints(self, number, *, station="kiosk-1", by=None):
        """Another slip."""
        return self.does(slipping.reprint, ticket_id=self.id(number), station=station, by=by or self.guide).slip

    def slip_is(self, outcome, *, number, station="kiosk-1", detail=None, rack=None):
        """The rack of `station` says what became of the newest slip of `number`."""
        slip = self.slips(number)[-1].id
        by = By(kind="station", id=station)
        facts = {"station": station, "slip_id": slip, "outcome": outcome, "detail": detail, "rack": rack}
        return self.does(slipping.report_slip, **facts, by=by)

    def hands_on(self, number, *, to, station="kiosk-1"):
        """The newest slip of `number` goes to the printer of another station."""
        by = By(kind="station", id=station)
        return self.does(slipping.hand_on, station=station, slip_id=self.slips(number)[-1].id, to=to, by=by)

    def takes_over(self, *, to, station="kiosk-1"):
        """A printer that prints again takes what is stranded at its neighbour."""
        return self.does(slipping.hand_on_stranded, station=station, to=to, by=By(kind="station", id=to))

    def forgets_overdue_slips(self):
        """The ticker looks for slips without an outcome."""
        return self.does(slipping.forget_overdue, by=HALL)

    def ticks(self):
        """The ticker looks whether the day is over."""
        self.does(days.tick)

    def once(self, act, *, key="key-1", caller="s05", digest="body-1"):
        """A POST with an Idempotency-Key: (answer, whether it was kept)."""
        return self.does(repeating.once, key=key, caller=caller, digest=digest, act=act)

    # -------------------------------------------------------------- how it stands

    def id(self, number):
        """The id of today's ticket with this number; of nobody's, when there is none."""
        row = self.sees(ticket_by_number, number)
        return row.id if row else number

    def ticket(self, number):
        """The ticket's row; of an earlier day by its id."""
        return self.sees(ticket_by_number, number) or self.sees(ticket_by_id, number)

    def state(self, number):
        """The ticket's state."""
        return self.ticket(number).state

    def wire(self, number, **facts):
        """The ticket as it stands on the wire."""
        return self.sees(tickets.ticket, ticket_id=self.ticket(number).id, **facts)

    def tickets(self):
        """Every ticket there ever was, by order of issue."""
        return self.sees(lambda rx: rx.all(select(Ticket.__table__).order_by(Ticket.__table__.c.order)))

    def stages(self, number, *, undone=False):
        """Its stages that hold, in order; `undone`: those taken back too."""
        stages = Stage.__table__
        ticket = self.ticket(number).id
        rows = self.sees(lambda rx: rx.all(select(stages).where(stages.c.ticket == ticket).order_by(stages.c.n)))
        return [row for row in rows if undone or not row.undone]

    def slips(self, number):
        """Its slips, oldest first."""
        table, ticket = Slip.__table__, self.ticket(number).id
        return self.sees(lambda rx: rx.all(select(table).where(table.c.ticket == ticket).order_by(table.c.queued_at)))

    def to_print(self, station="kiosk-1"):
        """What the station's rack is to print."""
        return self.sees(slips.slips, station=station, public_url="http://hall.example")["slips"]

    def ratings(self):
        """Every rating."""
        return self.sees(lambda rx: rx.all(select(Rating.__table__).order_by(Rating.__table__.c.at)))

    def services(self, **facts):
        """The services as a kiosk shows them, by id."""
        return {s["id"]: s for s in self.sees(lobby.services, locale="zh-CN", **facts)["services"]}

    def lobby(self):
        """The hall as a kiosk shows it."""
        return self.sees(lobby.hall, locale="zh-CN")

    def board(self, area="f1"):
        """The lobby screen."""
        return self.sees(board.board, area=area, locale="zh-CN")

    # -------------------------------------------------------------- what an act told, why it was refused

    def tells(self, act, /, *args, **facts):
        """The events of an act."""
        since = self.journal.seq
        act(*args, **facts)
        return self.journal.entries(since=since)

    def kinds(self, act, /, *args, **facts):
        """The names of the events of an act."""
        return [told.kind for told in self.tells(act, *args, **facts)]

    def refusal(self, act, /, *args, **facts):
        """The name of the refusal that an act meets; a refused act leaves no trace."""
        return self.refused(act, *args, **facts).code

    def refused(self, act, /, *args, **facts):
        """The refusal that an act meets."""
        before = self.trace()
        try:
            act(*args, **facts)
        except HallError as refusal:
            assert before == self.trace()
            return refusal
        raise AssertionError("it was not refused")

    def trace(self):
        """What any act leaves behind: entry, number, stamp."""
        return self.sees(lambda rx: (rx.head.seq, rx.head.issued, rx.head.last_at, rx.head.last_hash))

    def _issuing(self, service, *, priority="normal", by=None, **facts):
        self.holders += 1
        known = next((p for p in self.setup.priority if p.id == priority), None)
        helped = known and not known.self_claim and priority != "normal"
        by = by or (self.guide if helped else KIOSK)
        return {"service": service, "priority": priority, "by": by, "follow": f"link-{self.holders}", **facts}


class Counter:
    """A counter of the hall, with somebody who acts there."""

    def __init__(self, hall, number, *, by=None):
        self.hall = hall
        self.number = number
        usual = next((c.clerk for c in hall.setup.counter if c.number == number), None)
        self.who = by or (hall.staff(usual) if usual else hall.leader)

    @property
    def desk(self):
        """The counter's row."""
        return self.hall.sees(desk_of, self.number)

    @property
    def sheet(self):
        """What the clerk sees."""
        return self.hall.sees(desk.desk, counter=self.number, locale="zh-CN")

    @property
    def sign(self):
        """What the window's sign and tablet show."""
        return self.hall.sees(board.sign, counter=self.number, locale="zh-CN")

    @property
    def has(self):
        """The number called or in service here."""
        held = self.desk.ticket
        return self.hall.sees(ticket_by_id, held).number if held else None

    def opens(self):
        """The clerk sits down."""
        self._becomes("open")
        return self

    def pauses(self, reason="lunch"):
        """Back soon."""
        return self._becomes("paused", reason=reason)

    def closes(self):
        """Nobody sits here."""
        return self._becomes("closed")

    def is_not_in_use(self):
        """Nobody will."""
        return self._becomes("not_in_use")

    def asks_help(self):
        """The duty leader shall come."""
        return self._act(counters.ask_help, counter=self.number)

    def calls_next(self):
        """顺呼: the number called, or None."""
        ticket = self._act(calling.call, counter=self.number)
        return ticket.number if ticket else None

    def calls(self, number):
        """选呼."""
        return self._act(calling.call, counter=self.number, number=number).number

    def serves(self, count):
        """Call, start and finish so many; their numbers."""
        return [self.serves_next() for _ in range(count)]

    def serves_next(self, *, seconds=0, next=None, place="kept"):  # noqa: A002 (the contract's own word)
        """Call, start and finish one; its number."""
        number = self.calls_next()
        self.starts()
        self.hall.passes(seconds=seconds)
        self.finishes(next=next, place=place)
        return number

    def recalls(self):
        """重呼."""
        return self._act(calling.recall, counter=self.number).calls

    def passes(self, number=None):
        """过号."""
        return self._act(calling.no_show, ticket_id=self._mine(number)).state

    def calls_in_vain(self):
        """Call the next, as often as the hall wants it, and pass it; its number."""
        rule = self.hall.setup.calling
        number = self.calls_next()
        for _ in range(rule.max_calls - 1):
            self.hall.passes(seconds=rule.recall_min_interval_seconds)
            self.recalls()
        self.passes()
        return number

    def restores(self, number):
        """回呼."""
        return self._act(calling.restore, ticket_id=self.hall.id(number)).state

    def starts(self, number=None):
        """开始办理."""
        return self._act(serving.start, ticket_id=self._mine(number)).state

    def holds(self, reason="no_papers", *, number=None, note=None):
        """挂起."""
        return self._act(serving.hold, ticket_id=self._mine(number), reason=reason, note=note).state

    def resumes(self, number):
        """取回."""
        return self._act(serving.resume, ticket_id=self.hall.id(number), counter=self.number).state

    def transfers(self, number=None, *, to_service=None, to_counter=None, place="kept"):
        """转移."""
        facts = {"to_service": to_service, "to_counter": to_counter, "place": place}
        return self._act(serving.transfer, ticket_id=self._mine(number), **facts).state

    def finishes(self, number=None, *, next=None, place="kept"):  # noqa: A002 (the contract's own word)
        """办结."""
        return self._act(serving.finish, ticket_id=self._mine(number), next_service=next, place=place).state

    def undoes(self):
        """撤销: the number it was about."""
        return self._act(undoing.undo, counter=self.number).number

    def asks_rating(self):
        """The clerk's key: the number asked about."""
        return self._act(rating.ask_now, counter=self.number).number

    def rates(self, level=5, *, act=None, channel="keypad", **facts):
        """The applicant presses a key at the window, for the act that was asked about."""
        act = act or self.desk.asked_act
        by = self.hall.pad(self.number)
        return self.hall.does(rating.rate_at_counter, counter=self.number, act=act, level=level, by=by, channel=channel, **facts)

    def can(self, act):
        """None when the desk shows the act as possible, else the refusal's name."""
        why = self.sheet["can"][act]
        return why and why["error"]

    def _becomes(self, state, **facts):
        return self._act(counters.set_state, counter=self.number, state=state, **facts)

    def _act(self, verb, **facts):
        return self.hall.does(verb, by=self.who, **facts)

    def _mine(self, number):
        return self.hall.id(number) if number else self.desk.ticket or "nobody"
