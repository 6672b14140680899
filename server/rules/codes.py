"""What a scanner read, as the applicant's link in it; pure."""

from __future__ import annotations

import re

CODE_CHARS = 512
"""A longer code is none of ours: a link is a tenth of it."""

_FOLLOW = r"(?P<follow>[A-Za-z0-9_-]{8,64})"
_LINK = re.compile(rf"https?://[^/?#\s]+(?:/h/[a-z0-9_-]+)?/t/{_FOLLOW}/?(?:[?#]\S*)?", re.IGNORECASE)
_SHORT = re.compile(rf"Q{_FOLLOW}")


def follow_in(text: str) -> str | None:
    """
    The secret end of a ticket's link in what was scanned: `https://…/t/SECRET`, or `QSECRET`; None in any other code.

    Whose address stands before it does not matter: phones and machines of the hall reach it under different ones, and only a
    secret of this hall leads anywhere.
    """
    found = _LINK.fullmatch(text.strip()) or _SHORT.fullmatch(text.strip())
    return found["follow"] if found and len(text) <= CODE_CHARS else None
