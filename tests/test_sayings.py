"""A statement said straight to the driver answers as SQLAlchemy would."""

import gc

import pytest
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from server import sayings
from server.sayings import say
from server.tables import Credential, HallHead, Slip

_people = Credential.__table__
_heads = HallHead.__table__
STATEMENTS = {
    "a flag": select(_people).where(_people.c.hall == bindparam("hall")).order_by(_people.c.staff),
    "a literal": select(_people.c.staff).where(_people.c.disabled == True, _people.c.hall == bindparam("hall")),  # noqa: E712
    "a label": select(func.max(_people.c.staff).label("last")).where(_people.c.hall == bindparam("hall")),
    "no label": select(func.count(), func.min(_people.c.staff)).where(_people.c.hall == bindparam("hall")),
    "a list": select(_people.c.staff).where(_people.c.hall == bindparam("hall"), _people.c.staff.in_(("b", "c"))),
    "words": text("SELECT staff, password FROM credential WHERE hall = :hall ORDER BY staff"),
    "two tables": select(_people.c.staff, _heads.c.hall, _people.c.hall).join_from(
        _people, _heads, _people.c.hall == _heads.c.hall
    ),
}


@pytest.fixture
def people(hall):
    """Three who may sign in, one of whom may no longer."""
    rows = [{"hall": "chunhe", "staff": name, "password": name * 3, "disabled": name == "b"} for name in "abc"]
    hall.does(lambda tx: [tx.run(insert(_people), **row) for row in rows])
    return hall


@pytest.mark.parametrize("kind", list(STATEMENTS))
def test_rows_are_the_same(people, kind):
    """The first time, by SQLAlchemy; and every time after, by place, by name and as a mapping."""
    statement = STATEMENTS[kind]

    def said(rx):
        return rx.all(statement, hall="chunhe")

    by_library, *later = [people.sees(said) for _ in range(4)]

    for rows in later:
        assert [tuple(row) for row in by_library] == [tuple(row) for row in rows]
        assert [dict(row._mapping) for row in by_library] == [dict(row._mapping) for row in rows]
    if by_library and hasattr(by_library[0], "disabled"):
        assert [False, True, False] == [row.disabled for row in rows]


def test_what_is_said_twice_goes_by_the_driver(people):
    """That is the point of it: the third time nobody asks SQLAlchemy."""
    statement = select(_people.c.staff).where(_people.c.hall == bindparam("hall"))
    made = people.sees(lambda rx: [say(rx.connection, statement, {"hall": "chunhe"})[1] for _ in range(3)])

    assert made[0] is None
    assert callable(made[1])
    assert made[1] is made[2]


def test_what_a_row_has_unless_it_is_given_is_written(people):
    """As the tables say it."""
    statement = insert(Slip)
    for n in "123":
        row = {"hall": "chunhe", "id": n, "ticket": "t", "number": "A001", "station": "kiosk-1"}
        row |= {"state": "pending", "queued_at": 1}
        people.does(lambda tx, row=row: tx.run(statement, **row))
    rows = people.sees(lambda rx: rx.all(select(Slip.__table__).order_by(Slip.__table__.c.id)))

    assert 3 == len(rows)
    assert 1 == len({tuple(value for name, value in row._mapping.items() if name != "id") for row in rows})


def test_a_mistake_is_the_librarys_error(people):
    """So that whoever catches it need not know which way it went."""
    statement = insert(_people)
    row = {"hall": "chunhe", "staff": "a", "password": "x", "disabled": False}
    for _ in range(3):
        with pytest.raises(IntegrityError):
            people.does(lambda tx: tx.run(statement, **row))


def test_a_statement_that_is_made_anew_each_time_is_not_kept(people):
    """Nothing grows with the number of acts."""
    people.sees(lambda rx: rx.all(select(_people), hall="chunhe"))
    gc.collect()
    before = len(sayings._kept)
    for n in range(50):
        people.sees(lambda rx, n=n: rx.all(select(_people).limit(n)))
    gc.collect()

    assert before + 1 >= len(sayings._kept)
