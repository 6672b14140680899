"""Two hours of a Monday morning: how a hall becomes a busy one."""

from running import MORNING, timedelta, to_us

SERVED = {"biz-setup": 4, "med-insurance": 4, "house-transfer": 3, "consult": 3}  # so many that estimates are honest
WAITING = {"biz-setup": 6, "food-permit": 3, "outdoor-ad": 1, "med-insurance": 9, "med-aid": 2, "house-transfer": 4,
           "mortgage-cancel": 2, "consult": 3, "pickup": 2}  # fmt: skip
COUNTER_OF = {"consult": 1, "biz-setup": 8, "med-insurance": 9, "house-transfer": 10}
BEGINS = MORNING - timedelta(minutes=100)


def stage(hall):
    """Two hours of a Monday morning, until 10:26; the desks by their counters."""
    desks = {counter: hall.desk(counter) for counter in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)}
    for service, count in SERVED.items():
        for _ in range(count):
            hall.takes(service)
        for _ in range(count):
            desks[COUNTER_OF[service]].calls()
            hall.later(seconds=25)
            desks[COUNTER_OF[service]].starts()
            hall.later(seconds=70)
            desks[COUNTER_OF[service]].finishes()
    hall.clock.move_to(to_us(MORNING - timedelta(minutes=17)))
    for turn in range(max(WAITING.values()) + 2):
        for service, count in WAITING.items():
            if turn < count + 2 * (service in ("biz-setup", "med-insurance")):
                hall.takes(service, priority="elder" if (turn, service) == (4, "biz-setup") else "normal")
                hall.later(seconds=16)
    hall.clock.move_to(to_us(MORNING - timedelta(minutes=4)))
    for counter in (9, 4, 8, 10, 5):
        desks[counter].calls()
        hall.later(seconds=20)
        desks[counter].starts()
        hall.later(seconds=9)
    desks[6].state("paused", "短暂离开")
    hall.clock.move_to(to_us(MORNING))
    desks[3].calls()
    return desks
