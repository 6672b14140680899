"""A key that chatters counts once; pure."""

DEBOUNCE_S = 0.3


class Debounce:
    """Passes a key unless the same one passed less than 300 ms ago."""

    def __init__(self, *, gap_s: float = DEBOUNCE_S) -> None:
        self._gap_s, self._last = gap_s, dict[object, float]()

    def passes(self, key: object, *, at_s: float) -> bool:
        """Whether this press counts; `at_s` from any clock that only goes forward."""
        if at_s - self._last.get(key, float("-inf")) < self._gap_s:
            return False
        self._last[key] = at_s
        return True
