"""Portraits of the staff: kept with the hall, told to every page, gone with the person."""

from hashlib import sha256

from server.queries.board import clerk_card
from server.queries.photos import photo
from server.tables import StaffPhoto
from server.verbs.changing import Change, change_setup
from server.verbs.photos import remove_photo, set_photo

FACE, OTHER = b"\xff\xd8 one face \xff\xd9", b"\xff\xd8 another \xff\xd9"


def kept(hall):
    """Whose portraits are in the database."""
    return [row.staff for row in hall.sees(lambda rx: rx.all(StaffPhoto.__table__.select()))]


def test_a_portrait_is_told_to_every_board_and_every_counter(hall):
    """One event by the manager: whose, and that it is there; neither the portrait nor what it is called."""
    told = hall.tells(hall.does, set_photo, staff="s05", jpeg=FACE, by=hall.manager)

    assert [("setup.changed", "s01")] == [(one.kind, one.actor) for one in told]
    assert ({"noun": "staff_photo", "id": "s05", "gone": False},) == tuple(told[0].facts["changes"])
    assert {"board:f1", "board:f3", *(f"counter:{n}" for n in range(1, 13))} == set(told[0].topics)
    assert (sha256(FACE).hexdigest(), FACE) == tuple(hall.sees(photo, staff="s05"))


def test_another_portrait_has_another_address(hall):
    """The one before is gone; the same one again is no news."""
    hall.does(set_photo, staff="s05", jpeg=FACE, by=hall.manager)
    first = hall.sees(clerk_card, "s05", locale="en")["photo"]

    assert [] == hall.tells(hall.does, set_photo, staff="s05", jpeg=FACE, by=hall.manager)
    hall.does(set_photo, staff="s05", jpeg=OTHER, by=hall.manager)
    assert first != hall.sees(clerk_card, "s05", locale="en")["photo"]
    assert ["s05"] == kept(hall)


def test_a_portrait_is_taken_away_once(hall):
    """The second time there is nothing to tell."""
    hall.does(set_photo, staff="s05", jpeg=FACE, by=hall.manager)
    told = hall.tells(hall.does, remove_photo, staff="s05", by=hall.manager)

    assert [{"noun": "staff_photo", "id": "s05", "gone": True}] == told[0].facts["changes"]
    assert [] == hall.tells(hall.does, remove_photo, staff="s05", by=hall.manager)
    assert hall.sees(clerk_card, "s05", locale="en")["photo"] is None
    assert "no_such_photo" == hall.refusal(hall.sees, photo, staff="s05")


def test_nobody_has_none(hall):
    """Refused, and nothing is kept."""
    for verb, more in ((set_photo, {"jpeg": FACE}), (remove_photo, {})):
        assert "no_such_staff" == hall.refusal(hall.does, verb, staff="s99", by=hall.manager, **more)
    assert [] == kept(hall)


def test_who_leaves_takes_the_portrait_along(hall):
    """Removed from the set-up: also when somebody else comes under the same key."""
    for person in ("s01", "s07"):
        hall.does(set_photo, staff=person, jpeg=FACE, by=hall.manager)
    raw = hall.store.hall.setup.model_dump(mode="json")
    s07 = next(one for one in raw["staff"] if one["id"] == "s07")
    five = next(one for one in raw["counter"] if one["number"] == 5)
    named = [one for one in raw["staff"] if one["substitute"] == "s07"]
    leaving = [
        *(Change(noun="staff", id=one["id"], doc={**one, "substitute": None}) for one in named),
        Change(noun="counter", id="5", doc={**five, "clerk": None}),
        Change(noun="staff", id="s07", doc=None),
    ]
    hall.does(change_setup, changes=leaving, by=hall.manager)

    assert ["s01"] == kept(hall)
    hall.does(change_setup, changes=[Change(noun="staff", id="s07", doc=s07)], by=hall.manager)
    assert hall.sees(clerk_card, "s07", locale="en")["photo"] is None


def test_a_refused_change_leaves_the_portrait(hall):
    """Who cannot go keeps it."""
    hall.does(set_photo, staff="s05", jpeg=FACE, by=hall.manager)
    hall.counter(3).opens()

    assert "would_strand" == hall.refusal(
        hall.does, change_setup, changes=[Change(noun="staff", id="s05", doc=None)], by=hall.manager
    )
    assert ["s05"] == kept(hall)


def test_portraits_survive_a_restart(hall):
    """They are part of the hall's database, which is what a backup copies."""
    hall.does(set_photo, staff="s05", jpeg=FACE, by=hall.manager)
    hall.shuts_down()
    hall.starts_up()

    assert FACE == hall.sees(photo, staff="s05").jpeg
    assert hall.journal.broken_at is None
