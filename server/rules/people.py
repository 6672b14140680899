"""Who may do what: roles by rank, and on whose behalf an act is done."""

from __future__ import annotations

from dataclasses import dataclass

RANKS = ("clerk", "guide", "duty_leader", "manager", "admin")  # each may what the ones before may
SUPERVISOR = "supervisor"  # reads all but personal data, changes nothing


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: a staff member, a station, the holder of a follow link, or the hall's own clock."""

    kind: str  # staff, station, applicant, hall
    id: str  # staff id, station name …; what the journal names
    role: str = ""  # of a staff member
    counter: int | None = None  # of a station: the counter it is set up for

    def at_least(self, role: str) -> bool:
        """Whether a staff member's rank reaches `role`."""
        return self.kind == "staff" and self.role in RANKS and RANKS.index(self.role) >= RANKS.index(role)


HALL = By(kind="hall", id="day_end")
CONSOLE = By(kind="hall", id="console")  # whoever has the server's own command line
APPLICANT = By(kind="applicant", id="applicant")
