"""
The reference of the end-to-end measurements: a queue as it is usually written with FastAPI and SQLModel, on SQLite.

`def` endpoints in the thread pool, a session per request, rows loaded, changed and committed, the answer refreshed, and every screen
told in a loop from the endpoint. It is a fair reference because it keeps its promises: write-ahead log and a sync at every commit as
we have it, BEGIN IMMEDIATE so that no number is given twice, half a minute of patience with a locked database. It is a kind one
because it does less: nobody signs in, there is one class of priority, no journal, no stages, no undo, no slips, no reasons.

Run: python usual.py PATH COUNTERS. Says its address.
"""

import json
import socket
import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import anyio.from_thread
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine, func, select

app = FastAPI()
engine = create_engine(f"sqlite:///{sys.argv[1]}", connect_args={"check_same_thread": False, "timeout": 30})
screens = []


class Ticket(SQLModel, table=True):
    """A number and what became of it."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(index=True)
    service: str = Field(index=True)
    state: str = Field(default="waiting", index=True)
    counter: int | None = None
    issued_at: datetime
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Counter(SQLModel, table=True):
    """Whom a counter has."""

    number: int = Field(primary_key=True)
    ticket_id: int | None = None


class TicketIn(SQLModel):
    """What a kiosk sends."""

    service: str


@event.listens_for(engine, "connect")
def _pragmas(connection, _record):
    connection.isolation_level = None  # as SQLAlchemy's manual has it: transactions begin where we say
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(engine, "begin")
def _begin(connection):
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def session():
    with Session(engine) as open_one:
        yield open_one


def now():
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), tz=UTC)


async def broadcast(text):
    for screen in list(screens):
        try:
            await screen.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            screens.remove(screen)


def tell(kind, ticket):
    facts = {"kind": kind, "number": ticket.number, "service": ticket.service, "counter": ticket.counter}
    anyio.from_thread.run(broadcast, json.dumps(facts, separators=(",", ":")))


@app.post("/tickets", status_code=201)
def issue(asked: TicketIn, db: Annotated[Session, Depends(session)]) -> Ticket:
    count = db.exec(select(func.count()).select_from(Ticket)).one()
    ticket = Ticket(number=f"A{count + 1:03}", service=asked.service, issued_at=now())
    db.add(ticket)
    db.commit()
    db.refresh(ticket)
    tell("ticket.issued", ticket)
    return ticket


@app.post("/counters/{counter}/calls", status_code=201)
def call(counter: int, db: Annotated[Session, Depends(session)]) -> Ticket:
    desk = db.get(Counter, counter)
    if desk is None or desk.ticket_id is not None:
        raise HTTPException(409, "this counter cannot call now")
    ticket = db.exec(select(Ticket).where(Ticket.state == "waiting").order_by(Ticket.id).limit(1)).first()
    if ticket is None:
        raise HTTPException(404, "nobody is waiting")
    ticket.state, ticket.counter, ticket.called_at, desk.ticket_id = "called", counter, now(), ticket.id
    db.add(ticket)
    db.add(desk)
    db.commit()
    db.refresh(ticket)
    tell("ticket.called", ticket)
    return ticket


@app.put("/tickets/{ticket_id}/service")
def start(ticket_id: int, db: Annotated[Session, Depends(session)]) -> Ticket:
    ticket = db.get(Ticket, ticket_id)
    if ticket is None or ticket.state != "called":
        raise HTTPException(409, "it is not called")
    ticket.state, ticket.started_at = "serving", now()
    db.add(ticket)
    db.commit()
    db.refresh(ticket)
    tell("service.started", ticket)
    return ticket


@app.put("/tickets/{ticket_id}/completion")
def finish(ticket_id: int, db: Annotated[Session, Depends(session)]) -> Ticket:
    ticket = db.get(Ticket, ticket_id)
    if ticket is None or ticket.state != "serving":
        raise HTTPException(409, "it is not being served")
    ticket.state, ticket.finished_at = "finished", now()
    desk = db.get(Counter, ticket.counter)
    desk.ticket_id = None
    db.add(ticket)
    db.add(desk)
    db.commit()
    db.refresh(ticket)
    tell("service.finished", ticket)
    return ticket


@app.websocket("/live")
async def live(screen: WebSocket):
    await screen.accept()
    screens.append(screen)
    try:
        while True:
            await screen.receive_text()
    except WebSocketDisconnect:
        if screen in screens:
            screens.remove(screen)


def main(counters):
    SQLModel.metadata.create_all(engine)
    with Session(engine) as db:
        db.add_all(Counter(number=n) for n in range(1, counters + 1))
        db.commit()
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    quiet = {"access_log": False, "log_level": "warning", "timeout_keep_alive": 600}
    config = uvicorn.Config(app, ws="websockets-sansio", ws_per_message_deflate=False, **quiet)
    uvicorn.Server(config).run(sockets=[listening])


main(int(sys.argv[2]))
