"""A hall built from a log: its counters, services and priorities, always open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.config import HallSetup

if TYPE_CHECKING:
    from server.cli.replay.log import Log

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # prefixes: never I, O or Q
CREDIT_MIN = {"2": 1.5}  # the bank's own rule: callers of priority 2 carry 90 s of waiting credit
MANY = 99
GUIDE = "G001"  # job number of the guide, who restores passed numbers


def service_id(log: Log, service: str) -> str:
    """The key a service of the log gets."""
    return f"s{log.services.index(service) + 1}"


def priority_id(priority: str) -> str:
    """The key a priority of the log gets."""
    return "normal" if priority == "0" else f"p{priority}"


def counter_number(log: Log, counter: str) -> int:
    """The number a counter of the log gets."""
    return list(log.served_by).index(counter) + 1


def job_no(number: int) -> str:
    """The job number of the clerk of counter `number`."""
    return f"R{number:03d}"


def setup_from(log: Log, *, zone: str) -> HallSetup:
    """
    The hall of the log.

    One call before a no-show, restoring without limit, no pause between calls.
    """

    def named(text: str) -> dict[str, str]:
        return {"zh-CN": text}

    numbers = {counter: counter_number(log, counter) for counter in log.served_by}
    raw: dict[str, Any] = {
        "hall": {
            "id": "replay",
            "name": named("回放"),
            "timezone": zone,
            "always_open": True,
            "hours": {"days": ["mon"], "sessions": [{"id": "day", "open": "00:00:00", "close": "23:59:59"}]},
        },
        "locales": ["zh-CN"],
        "calling": {
            "max_calls": 1,
            "recall_min_interval_seconds": 0,
            "no_show": {"policy": "restore_within_minutes", "minutes": 24 * 60, "restore_times": MANY, "position": "last"},
            "voice": named("请{number}号到{counter}号窗口"),
            "screen": {
                "counter_call": named("请{number}号到{counter}号窗口"),
                "counter_idle": named("热情为您服务"),
                "counter_serving": named("正在办理 {number}"),
                "counter_pause": named("暂停服务"),
            },
        },
        "priority": [
            {"id": priority_id(p), "label": named(p), "head_start_min": CREDIT_MIN.get(p, 0), "self_claim": p != "0"}
            for p in log.priorities
        ],
        "area": [{"id": "f1", "floor": 1, "name": named("大厅")}],
        "group": [{"id": f"g{i}", "prefix": LETTERS[i], "name": named(s)} for i, s in enumerate(log.services)],
        "service": [
            {"id": service_id(log, s), "group": f"g{i}", "name": named(s), "expected_minutes": 5}
            for i, s in enumerate(log.services)
        ],
        "counter": [
            {
                "number": numbers[counter],
                "area": "f1",
                "type": "comprehensive",
                "name": named(counter),
                "services": [service_id(log, s) for s in services],
                "clerk": f"c{numbers[counter]}",
            }
            for counter, services in log.served_by.items()
        ],
        "staff": [
            {"id": f"c{number}", "job_no": job_no(number), "role": "clerk", "name": named(counter)}
            for counter, number in numbers.items()
        ]
        + [{"id": "guide", "job_no": GUIDE, "role": "guide", "name": named("导办")}],
        "rating": {"levels": [{"value": v, "id": f"l{v}", "name": named(str(v))} for v in (5, 4, 3, 2, 1)]},
        "station": [
            {"name": "kiosk-1", "type": "kiosk", "area": "f1"},
            {"name": "screen-1", "type": "hall_screen", "area": "f1"},
        ],
    }
    return HallSetup.model_validate(raw)
