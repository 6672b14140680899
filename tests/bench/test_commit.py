"""Group commit: one commit for many acts, and a commit not much dearer than the disk's own sync."""

import asyncio
import os
import time
from contextlib import closing

import turns
from commits import BareCommits

from server.verbs.issuing import issue

WRITERS, EACH = 32, 25
A_TURN, PAGE = 300, 4096


def test_commits_of_concurrent_writers(hall, measured):
    """32 kiosks at once, each waiting for its answer before it asks again."""
    tally = hall.store.tally
    before = tally.acts, tally.commits

    async def writer(n):
        for again in range(EACH):
            await hall.store.write(issue, service="biz-setup", by=hall.kiosk, follow=f"{n}-{again}")

    async def together():
        await asyncio.gather(*(writer(n) for n in range(WRITERS)))

    hall.runner.run(together())
    acts, commits = tally.acts - before[0], tally.commits - before[1]
    measured("commit.per_op", commits / acts, f"{commits} commits : {acts} acts of {WRITERS} concurrent writers", at_most=0.15)


def test_a_commit_beside_a_bare_sync(tmp_path, measured):
    """One update and one insert, committed with the house's own pragmas, beside writing one page over and over with fdatasync."""
    with closing(os.fdopen(os.open(tmp_path / "page", os.O_RDWR | os.O_CREAT), "r+b", buffering=0)) as page:
        page.write(bytes(PAGE))
        os.fsync(page)
        bare = BareCommits(tmp_path / "commits.sqlite3")

        def sync(_n):
            os.pwrite(page.fileno(), bytes(PAGE), 0)
            os.fdatasync(page)

        found = turns.in_turns(7, commit=lambda: a_second(bare.commit), sync=lambda: a_second(sync))
        bare.closes()
    commits, syncs = (turns.at(found[name], 0.5) for name in ("commit", "sync"))
    measured(
        "commit.wal",
        turns.ratio(found, "commit", "sync"),
        f"{commits:,.0f} one-act commits/s with the house's pragmas : {syncs:,.0f}/s bare fdatasync of one page",
        at_least=0.6,
    )


def a_second(act):
    """How often a second it is done, one after the other."""
    began = time.perf_counter()
    for n in range(A_TURN):
        act(n)
    return A_TURN / (time.perf_counter() - began)
