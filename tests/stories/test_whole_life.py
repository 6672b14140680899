"""
Any story a hall can live through, against a model of it that fits in a head.

The model keeps every ticket in a dictionary and the line as a sorted list; the hall keeps rows, indexes and stages. After every
act both must agree on who was called and where everyone stands; every so often the rows are looked through one by one.
"""

import copy

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

US = 1_000_000
SERVICES = {"biz-setup": "A", "med-aid": "B", "payment": "D"}
HEAD_START_S = {"normal": 0, "elder": 1800, "green": 43_200}
OWN_PREFIX = {"green": "L"}
SERVES = {2: {"biz-setup", "med-aid"}, 3: {"biz-setup", "med-aid"}, 11: {"payment"}}
LOOKS = 16  # acts between two looks through all rows

services = st.sampled_from(sorted(SERVICES))
priorities = st.sampled_from(["normal", "normal", "normal", "elder", "green"])
places = st.sampled_from(["kept", "last", "first"])
desks = st.sampled_from(sorted(SERVES))


class Model:
    """The hall, in plain Python."""

    def __init__(self):
        self.day = 0
        self.counts = {}
        self.order = 0
        self.tickets = {}  # number → facts
        self.desks = {n: {"state": "closed", "has": None, "undo": None} for n in SERVES}

    def of(self, *states):
        """Numbers of today in these states, by order of issue."""
        return [n for n, t in self.tickets.items() if t["state"] in states]

    def line(self, *, counter=None, service=None):
        """Who waits, of one service or whom one counter may call, in order."""
        waiting = [t for t in self.tickets.values() if t["state"] == "waiting"]
        if service is not None:
            waiting = [t for t in waiting if t["service"] == service]
        if counter is not None:
            waiting = [t for t in waiting if self.may_call(counter, t)]
        return sorted(waiting, key=lambda t: (t["line_at"], t["order"]))

    def may_call(self, counter, ticket):
        """Bound to it, or among what it serves and bound to no counter at work."""
        bound = ticket["bound"]
        if bound == counter:
            return True
        return ticket["service"] in SERVES[counter] and (bound is None or self.desks[bound]["state"] == "closed")

    def place(self, ticket, queued_at):
        """An ordinary place."""
        ticket.update(queued_at=queued_at, line_at=(queued_at - HEAD_START_S[ticket["priority"]] * US) * 1000, moved=None)

    def act(self, counter, number, at, undid, change):
        """Do something to a ticket at a counter, keeping what was for an undo."""
        before = copy.deepcopy(self.tickets[number])
        change(self.tickets[number])
        self.touch(number)
        self.desks[counter]["undo"] = {
            "number": number,
            "before": before,
            "at": at,
            "undid": undid,
            "touch": self.touched(number),
        }

    def touch(self, number):
        """Something changed its state or place."""
        self.tickets[number]["touch"] = self.tickets[number].get("touch", 0) + 1

    def touched(self, number):
        return self.tickets[number]["touch"]


class WholeLife(RuleBasedStateMachine):
    """Two counters for permits and aid, one for payments."""

    new_hall = None  # given by the test

    def __init__(self):
        super().__init__()
        self.hall = type(self).new_hall()
        self.model = Model()
        self.acts = 0
        self.promises = 0

    def teardown(self):
        self.look_through()
        self.hall.closes()

    # -------------------------------------------------------------- what can happen

    @initialize()
    def opens(self):
        """Everybody sits down."""
        for n in SERVES:
            self.hall.counter(n).opens()
            self.model.desks[n]["state"] = "open"

    @rule(data=st.data(), what=st.sampled_from(["people come", "at a counter", "at a counter", "at a counter", "something else"]))
    def the_day_goes_on(self, data, what):
        """One rule for all, so that no story is without people or counters."""
        if what == "people come":
            self.issue(data.draw(services), data.draw(priorities), data.draw(st.integers(1, 3)))
        elif what == "at a counter":
            self.someone_acts_at_a_counter(data.draw(desks), data)
        else:
            self.something_else_happens(data)

    def issue(self, service, priority, people):
        """Some people come."""
        prefix = OWN_PREFIX.get(priority, SERVICES[service])
        for _ in range(people):
            count = self.model.counts[prefix] = self.model.counts.get(prefix, 0) + 1
            number = self.hall.issues(service, priority=priority)
            self.model.order += 1
            ticket = {"number": number, "service": service, "priority": priority, "state": "waiting", "bound": None}
            ticket |= {"order": self.model.order, "restores": 0, "calls": 0, "reason": None, "counter": None}
            self.model.place(ticket, self.now())
            self.model.tickets[number] = ticket
            self.model.touch(number)

            assert f"{prefix}{count:03}" == number

    def someone_acts_at_a_counter(self, counter, data):
        """Whatever its state suggests, or does not allow."""
        desk = self.model.desks[counter]
        state = self.model.tickets[desk["has"]]["state"] if desk["has"] else desk["state"]
        acts = {
            "closed": [self.change_state] * 4 + [self.call_next, self.resume],
            "paused": [self.change_state] * 4 + [self.call_next, self.undo],
            "open": [self.call_next] * 5
            + [self.call_one, self.resume, self.resume, self.restore, self.restore, self.change_state],
            "called": [self.start] * 4 + [self.recall, self.give_up, self.give_up, self.hold, self.send_on, self.call_next],
            "serving": [self.finish] * 2 + [self.hold] * 2 + [self.send_on] * 3 + [self.change_state, self.call_one],
        }[state]
        for act in data.draw(st.lists(st.sampled_from([*acts, self.undo, self.undo]), min_size=1, max_size=2)):
            act(counter, data)

    def something_else_happens(self, data):
        """Time passes, a guide helps, someone goes home, the night comes."""
        acts = [self.time_passes] * 3 + [self.prioritise, self.cancel, self.send_on_from_the_shelf, self.restore, self.night]
        data.draw(st.sampled_from(acts))(None, data)

    def time_passes(self, _, data):
        """Seconds or minutes."""
        self.hall.passes(seconds=data.draw(st.sampled_from([1, 9, 60, 700])))

    def call_next(self, counter, _=None):
        """顺呼."""
        line = self.model.line(counter=counter)
        if self.refused(counter, lambda: self.hall.counter(counter).calls_next()):
            return
        number = self.hall.counter(counter).calls_next()

        assert (line[0]["number"] if line else None) == number
        if number:
            self.called(counter, number, chosen=False)

    def call_one(self, counter, data):
        """选呼."""
        if not self.model.of("waiting"):
            return
        number = data.draw(st.sampled_from(self.model.of("waiting")))
        if self.refused(counter, lambda: self.hall.counter(counter).calls(number)):
            return
        if not self.model.may_call(counter, self.model.tickets[number]):
            assert "not_served_here" == self.hall.refusal(self.hall.counter(counter).calls, number)
            return
        self.hall.counter(counter).calls(number)
        self.called(counter, number, chosen=True)

    def recall(self, counter, _=None):
        """重呼, as soon as it is allowed."""
        number = self.model.desks[counter]["has"]
        if number is None or self.model.tickets[number]["state"] != "called" or self.model.tickets[number]["calls"] >= 3:
            return
        self.hall.passes(seconds=8)
        self.hall.counter(counter).recalls()
        self.model.tickets[number]["calls"] += 1
        self.model.touch(number)
        self.model.desks[counter]["undo"] = None

    def give_up(self, counter, _=None):
        """过号, after as many calls as it takes."""
        number = self.model.desks[counter]["has"]
        if number is None or self.model.tickets[number]["state"] != "called":
            return
        while self.model.tickets[number]["calls"] < 3:
            self.recall(counter)
        self.hall.counter(counter).passes()
        self.model.act(counter, number, self.now(), "ticket.no_show", lambda t: t.update(state="no_show"))
        self.model.desks[counter]["has"] = None

    def restore(self, counter, data):
        """回呼, by its counter or, from elsewhere, by the guide."""
        by_guide = counter is None
        if not self.model.of("no_show"):
            return
        number = data.draw(st.sampled_from(self.model.of("no_show")))
        ticket = self.model.tickets[number]
        counter = ticket["counter"]
        act = (lambda: self.hall.restores(number)) if by_guide else (lambda: self.hall.counter(counter).restores(number))
        if ticket["restores"]:
            assert "restore_limit" == self.hall.refusal(act)
            return
        if self.hall.ticket(number).restore_until < self.clock() + 2 * US:
            return  # its time is over, or nearly
        line = self.model.line(service=ticket["service"])
        act()

        def back(t):
            t.update(state="waiting", bound=None, counter=None, calls=0, restores=1, moved="restored", queued_at=self.now())
            if line:
                t["line_at"] = line[min(3, len(line)) - 1]["line_at"] + 1

        if by_guide:
            back(ticket)
            self.model.touch(number)
        else:
            self.model.act(counter, number, self.now(), "ticket.restored", back)

    def start(self, counter, _=None):
        """开始办理."""
        number = self.model.desks[counter]["has"]
        if number is None or self.model.tickets[number]["state"] != "called":
            return
        self.hall.counter(counter).starts()
        self.model.act(counter, number, self.now(), "service.started", lambda t: t.update(state="serving"))

    def hold(self, counter, data):
        """挂起."""
        reason = data.draw(st.sampled_from(["no_papers", "with_papers", "next_step"]))
        number = self.model.desks[counter]["has"]
        if number is None:
            return
        self.hall.counter(counter).holds(reason)
        self.model.act(counter, number, self.now(), "ticket.held", lambda t: t.update(state="held", reason=reason))
        self.model.desks[counter]["has"] = None

    def resume(self, counter, data):
        """取回, where it may be."""
        if not self.model.of("held"):
            return
        number = data.draw(st.sampled_from(self.model.of("held")))
        ticket = self.model.tickets[number]
        act = self.hall.counter(counter).resumes
        if self.refused(counter, lambda: act(number)):
            return
        home = ticket["counter"] == counter
        if not home and (ticket["reason"] == "with_papers" or ticket["service"] not in SERVES[counter]):
            assert "not_served_here" == self.hall.refusal(act, number)
            return
        act(number)
        change = {"state": "called", "counter": counter, "calls": 1, "reason": None}
        self.model.act(counter, number, self.now(), "ticket.resumed", lambda t: t.update(change))
        self.model.desks[counter]["has"] = number

    def send_on_from_the_shelf(self, _, data):
        """转移 of a ticket that is held."""
        if self.model.of("held"):
            self.send_on(None, data, number=data.draw(st.sampled_from(self.model.of("held"))))

    def send_on(self, counter, data, *, number=None):
        """转移 or 办结 and on, to a service or a counter."""
        number = number or self.model.desks[counter]["has"]
        if number is None:
            return
        place, finish = data.draw(places), data.draw(st.booleans())
        to = data.draw(st.sampled_from([*sorted(SERVICES), *sorted(SERVES)]))
        ticket = self.model.tickets[number]
        counter, service = ticket["counter"], to if to in SERVICES else ticket["service"]
        finish = finish and ticket["state"] == "serving" and to in SERVICES
        facts = {"to_service": to} if to in SERVICES else {"to_counter": to}
        if to in SERVES and service not in SERVES[to]:
            assert "not_served_there" == self.hall.refusal(self.hall.counter(counter).transfers, number, **facts)
            return
        line = self.model.line(service=service)
        if to in SERVES:
            line = [t for t in self.model.line() if t["bound"] == to]
        if finish:
            self.hall.counter(counter).finishes(number, next=to, place=place)
        else:
            self.hall.counter(counter).transfers(number, place=place, **facts)

        def sent(t):
            t.update(state="waiting", service=service, bound=to if to in SERVES else None, counter=None, calls=0, reason=None)
            self.model.place(t, self.now() if place == "last" else t["queued_at"])
            if place == "first" and line:
                t.update(line_at=line[0]["line_at"] - 1, moved="first")

        self.model.act(counter, number, self.now(), "service.finished" if finish else "ticket.transferred", sent)
        if self.model.desks[counter]["has"] == number:
            self.model.desks[counter]["has"] = None

    def finish(self, counter, _=None):
        """办结."""
        number = self.model.desks[counter]["has"]
        if number is None or self.model.tickets[number]["state"] != "serving":
            return
        self.hall.counter(counter).finishes()
        self.model.act(counter, number, self.now(), "service.finished", lambda t: t.update(state="finished"))
        self.model.desks[counter]["has"] = None

    def prioritise(self, _, data):
        """优先."""
        if not self.model.of("waiting"):
            return
        priority = data.draw(priorities)
        number = data.draw(st.sampled_from(self.model.of("waiting")))
        ticket = self.model.tickets[number]
        self.hall.prioritises(number, priority)
        if ticket["priority"] != priority:
            ticket["priority"] = priority
            self.model.place(ticket, ticket["queued_at"])
            self.model.touch(number)

    def cancel(self, _, data):
        """取消."""
        if not self.model.of("waiting"):
            return
        number = data.draw(st.sampled_from(self.model.of("waiting")))
        self.hall.cancels_by_link(number)
        self.model.tickets[number]["state"] = "cancelled"
        self.model.touch(number)

    def undo(self, counter, _=None):
        """撤销, or the refusal that is due."""
        undo, act = self.model.desks[counter]["undo"], self.hall.counter(counter, by=self.hall.leader).undoes
        if undo is None:
            assert "nothing_to_undo" == self.hall.refusal(act)
        elif self.clock() > undo["at"] + 10 * US:
            assert "undo_too_late" == self.hall.refusal(act)
        elif self.clock() > undo["at"] + 9 * US:
            return  # any moment now
        elif undo["touch"] != self.model.touched(undo["number"]):
            assert "moved_on" == self.hall.refusal(act)
        else:
            number, before = undo["number"], undo["before"]

            assert number == act()
            assert undo["undid"] == self.hall.journal.last("ticket.undone").facts["undid"]
            touches = self.model.touched(number)
            self.model.tickets[number] = before | {"touch": touches}
            self.model.touch(number)
            in_hand = before["state"] in {"called", "serving"} and before["counter"] == counter
            if in_hand:
                self.model.desks[counter]["has"] = number
            elif self.model.desks[counter]["has"] == number:
                self.model.desks[counter]["has"] = None
            self.model.desks[counter]["undo"] = None

    def change_state(self, counter, data):
        """A clerk comes, goes for lunch, goes home."""
        state = data.draw(st.sampled_from(["open", "open", "paused", "closed"]))
        desk, now = self.hall.counter(counter), self.model.desks[counter]["state"]
        if state == "open":
            desk.opens()
        elif state == now:
            return
        elif self.model.desks[counter]["has"] or (now == "closed" and state == "paused"):
            expected = "counter_not_open" if now == "closed" else "still_serving"
            assert expected == self.hall.refusal(desk.pauses if state == "paused" else desk.closes)
            return
        else:
            (desk.pauses if state == "paused" else desk.closes)()
        self.model.desks[counter].update(state=state, undo=None if state != now else self.model.desks[counter]["undo"])

    def night(self, _, data):
        """Now and then the day ends, once or after some nights switched off."""
        nights = data.draw(st.sampled_from([0, 0, 0, 1, 3]))
        if not nights:
            return
        self.look_through()
        self.hall.passes(days=nights)
        told = self.hall.tells(self.hall.ticks)
        ended = {t["number"]: t for t in self.model.tickets.values() if t["state"] in {"waiting", "called", "held", "no_show"}}
        finished = self.model.of("serving")

        assert sorted(ended) == sorted(e.facts["number"] for e in told if e.kind == "ticket.expired")
        assert sorted(finished) == sorted(e.facts["number"] for e in told if e.kind == "service.finished")
        self.model.tickets, self.model.counts, order = {}, {}, self.model.order
        self.model.desks = {n: {"state": "closed", "has": None, "undo": None} for n in SERVES}
        self.model.order = order
        self.opens()

    # -------------------------------------------------------------- what always holds

    @invariant()
    def the_same_tickets_stand_at_the_counters(self):
        """One ticket a counter, the same as in the model; now and then all rows are looked through."""
        if not self.acts % 3:
            assert {n: d["has"] for n, d in self.model.desks.items()} == {n: self.hall.counter(n).has for n in SERVES}
        self.acts += 1
        if not self.acts % LOOKS:
            self.look_through()

    def look_through(self):
        """Every row."""
        today = self.hall.sees(lambda rx: rx.day)
        rows = self.hall.tickets()
        mine = {t.number: t for t in rows if t.day == today and t.number in self.model.tickets}

        assert {n: t["state"] for n, t in self.model.tickets.items()} == {n: t.state for n, t in mine.items()}
        assert {n: (t["service"], t["bound"], t["line_at"], t["moved"]) for n, t in self.model.tickets.items()} == {
            n: (t.service, t.bound, t.line_at, t.moved) for n, t in mine.items()
        }
        assert len(rows) == len({(t.day, t.number) for t in rows})
        assert self.hall.journal.broken_at is None
        for row in rows:
            self.stages_fit(row)

    def stages_fit(self, row):
        """They follow each other from the issue on; one is open unless the ticket has ended; the sums are those of the rows."""
        stages = self.hall.stages(row.id)
        lasted = {"waiting": 0, "called": 0, "serving": 0, "held": 0, "no_show": 0}
        for stage in stages[:-1] if stages[-1].ended_at is None else stages:
            if stage.kind != "called" or stage.ended_by == "start":
                lasted[stage.kind] += stage.ended_at - stage.began_at

        assert row.issued_at == stages[0].began_at
        assert [s.ended_at for s in stages[:-1]] == [s.began_at for s in stages[1:]]
        assert (row.state in lasted) == (stages[-1].ended_at is None)
        assert row.state not in lasted or (row.state, row.stage) == (stages[-1].kind, stages[-1].n)
        assert (row.wait_us, row.walk_us, row.serve_us, row.hold_us) == tuple(
            lasted[kind] for kind in ("waiting", "called", "serving", "held")
        )

    # -------------------------------------------------------------- helpers

    def now(self):
        """The newest stamp: when the last act was."""
        return self.hall.sees(lambda rx: rx.head.last_at)

    def clock(self):
        """The hall's now: when the next act will be."""
        return self.hall.sees(lambda rx: rx.now)

    def refused(self, counter, act):
        """Whether the counter can call nobody just now; then the refusal is the right one."""
        desk = self.model.desks[counter]
        if desk["state"] == "open" and desk["has"] is None:
            return False

        assert ("still_serving" if desk["state"] == "open" else "counter_not_open") == self.hall.refusal(act)
        return True

    def called(self, counter, number, *, chosen):
        """A call happened: its reason is true, and one by the line kept the promise."""
        ticket, told = self.model.tickets[number], self.hall.journal.last("ticket.called").facts
        callable_now = self.model.line(counter=counter)
        earlier = sum(t["queued_at"] < ticket["queued_at"] for t in callable_now)
        ordinary = ticket["priority"] == "normal" and ticket["moved"] is None
        why = "bound" if ticket["bound"] == counter else "chosen" if chosen else "line"
        counted = 0 if why == "line" and ordinary else earlier if earlier <= 20 else "20+"

        assert (number, why, ticket["moved"], counted) == (
            told["number"],
            told["reason"]["rule"],
            told["reason"]["moved"],
            told["reason"]["passed_over"],
        )
        if not chosen:
            assert (ticket["line_at"], ticket["order"]) == min((t["line_at"], t["order"]) for t in callable_now)
        change = {"state": "called", "counter": counter, "calls": 1}
        self.model.act(counter, number, self.now(), "ticket.called", lambda t: t.update(change))
        self.model.desks[counter]["has"] = number


def test_any_life_of_a_hall_agrees_with_the_model(new_hall):
    """Whatever happens, in whatever order."""

    class Life(WholeLife):
        """With halls of this test."""

    Life.new_hall = staticmethod(new_hall)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=24,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
