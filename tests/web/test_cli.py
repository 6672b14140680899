"""The command line: exit 0 when it did what it says, 2 with one clear sentence when it cannot."""

import asyncio
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from server.clock import SystemClock
from server.config import load
from server.database import open_store
from server.verbs.setup import record_founding
from server.web.people import HASHER

ROOT = Path(__file__).parents[2]
PASSWORD = "four words of sample"


@pytest.fixture
def said(capsys):
    """(what was printed, what was complained about) since the last look."""
    return capsys.readouterr


def one_sentence(complaint):
    return re.sub(r"/\S+/", "", complaint.removeprefix("jiaohao: ").strip())


def head(folder):
    with sqlite3.connect(folder / "hall.sqlite3") as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM hall").fetchone())


# ------------------------------------------------------------------ halls


def test_a_hall_is_added_and_has_people_of_its_own(jiaohao, said, tmp_path):
    """Beside the first, with the devices of its file; passwords and codes are given by its key."""
    theirs = tmp_path / "nanhu.toml"
    theirs.write_text((tmp_path / "config.toml").read_text().replace('id = "chunhe"', 'id = "nanhu"', 1))
    jiaohao("migrate")

    assert 0 == jiaohao("hall", "add", theirs)
    assert 0 == jiaohao("hall", "place", "nanhu", "sample-city", "chunhe-district", "nanhu-street")
    assert 0 == jiaohao("staff", "add", "CH004", "--hall", "nanhu", "--password", PASSWORD)
    assert 0 == jiaohao("enrol", "kiosk-1", "--hall", "nanhu")
    assert 0 == jiaohao("check")
    said()
    assert 0 == jiaohao("hall", "list")
    assert [
        "chunhe  /  春和区政务服务中心  sample-city › chunhe-district",
        "nanhu  /h/nanhu/  春和区政务服务中心  sample-city › chunhe-district › nanhu-street",
    ] == said().out.splitlines()
    with closing(sqlite3.connect(tmp_path / "data" / "hall.sqlite3")) as database:
        assert [("nanhu", "s04")] == database.execute("SELECT hall, staff FROM credential").fetchall()
        assert [(20,)] == database.execute("SELECT count(*) FROM setup WHERE hall = 'nanhu' AND noun = 'device'").fetchall()


def test_the_hardware_of_an_added_hall_is_taken_anew(jiaohao, tmp_path):
    """What is no longer in its file is gone, and nothing else of the hall."""
    theirs = tmp_path / "nanhu.toml"
    text = (tmp_path / "config.toml").read_text().replace('id = "chunhe"', 'id = "nanhu"', 1)
    theirs.write_text(text)
    jiaohao("migrate")
    jiaohao("hall", "add", theirs)
    first, _, rest = text.partition("[[device]]")
    theirs.write_text(first + "[[device]]" + rest.partition("[[device]]")[0] + rest[rest.index("# ----", 1) :])

    assert 0 == jiaohao("hall", "devices", theirs)
    with closing(sqlite3.connect(tmp_path / "data" / "hall.sqlite3")) as database:
        assert [("kiosk-1/printer-1",)] == database.execute(
            "SELECT id FROM setup WHERE hall = 'nanhu' AND noun = 'device'"
        ).fetchall()
        assert [(11,)] == database.execute("SELECT count(*) FROM setup WHERE hall = 'nanhu' AND noun = 'service'").fetchall()
    assert 2 == jiaohao("hall", "devices", tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "config.toml"), "there is a hall 'chunhe' already"),
        (("add", "nowhere.toml"), "cannot be read"),
        (("place", "atlantis", "sea"), "there is no hall 'atlantis'"),
    ],
)
def test_a_hall_that_cannot_be_is_refused(jiaohao, said, tmp_path, monkeypatch, words, sentence):
    """In one sentence, and nothing is changed."""
    monkeypatch.chdir(tmp_path)
    jiaohao("migrate")
    said()

    assert 2 == jiaohao("hall", *words)
    assert sentence in said().err
    assert 0 == jiaohao("hall", "list")
    assert 1 == len(said().out.splitlines())


def test_no_hall_is_added_before_the_first(jiaohao, said, tmp_path):
    """The one at the root comes first."""
    assert 2 == jiaohao("hall", "add", tmp_path / "config.toml")
    assert "jiaohao migrate" in said().err


# ------------------------------------------------------------------ check


def test_check_finds_a_new_installation_in_order(jiaohao, said):
    """The configuration in one line, and that the database comes with the first start."""
    assert jiaohao("check") == 0
    assert said().out.splitlines() == [
        "config.toml: 春和区政务服务中心, 11 services, 12 counters, 20 devices",
        "database: not there yet; the first start sets it up",
    ]


def test_check_tells_the_differences_and_is_content(jiaohao, said, tmp_path):
    """The database is the truth once it is there; that the file says otherwise is information."""
    jiaohao("migrate")
    said()
    assert jiaohao("check") == 0
    assert said().out.splitlines()[-1] == "database: as config.toml"

    changed = tmp_path / "changed.toml"
    changed.write_text((tmp_path / "config.toml").read_text().replace("expected_minutes = 20", "expected_minutes = 21"))

    assert jiaohao("check", config=changed) == 0
    assert said().out.splitlines()[-2:] == ["database: differs from config.toml, and holds:", "  service biz-setup: changed"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("port = 8000", "prot = 8000"),
            "server.prot = 8000: there is no such key; known are host, hosts, lock_after, lock_min, port,",
        ),
        (("port = 8000", "port = 80000"), "server.port = 80000: Input should be less than or equal to 65535"),
        (('timezone = "Asia/Shanghai"', 'timezone = "Asia/Chunhe"'), "there is no time zone 'Asia/Chunhe'"),
        (('clerk = "s14"', 'clerk = "s77"'), "counter 12.clerk: there is no staff member 's77'"),
        (
            ('name = "printer-1"', 'name = "printer-1"\nneighbour = "printer-9"'),
            "device printer-1.neighbour: there is no printer 'printer-9'",
        ),
        (
            ('name = "printer-1"', 'name = "printer-1"\nneighbour = "sign-1"'),
            "device printer-1.neighbour: there is no printer 'sign-1'",
        ),
        (
            ('name = "printer-1"', 'name = "printer-1"\nneighbour = "printer-1"'),
            "device printer-1.neighbour: printer-1 is a printer of kiosk-1 itself",
        ),
        (('name = "sign-1"', 'name = "sign-1"\nneighbour = "printer-1"'), "device sign-1.neighbour: only a printer has one"),
        (
            (
                'station = "kiosk-2"\nkind = "printer/escpos"',
                'station = "kiosk-1"\nneighbour = "printer-1"\nkind = "printer/escpos"',
            ),
            "device printer-2.neighbour: printer-1 is a printer of kiosk-1 itself",
        ),
        (("[server]", "[server"), "no valid TOML"),
        (('kind = "printer/escpos"\nport = "/dev/usb/lp0"', 'kind = "printer/papyrus"\nport = "/dev/usb/lp0"'), "papyrus"),
        (("schema = 1", "schema = 2"), "this version reads schema 1"),
    ],
)
def test_a_wrong_configuration_is_named_by_its_place(jiaohao, said, tmp_path, change, sentence):
    """Exit 2; the key, what is wrong with it, what it means."""
    wrong = tmp_path / "wrong.toml"
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert change[0] in text
    wrong.write_text(text.replace(*change, 1), encoding="utf-8")

    assert jiaohao("check", config=wrong) == 2
    complaint = said().err
    assert sentence in complaint
    assert "Traceback" not in complaint


def test_a_missing_configuration_is_said(jiaohao, said, tmp_path):
    """Every command needs one."""
    assert [2, 2] == [jiaohao(command, config=tmp_path / "none.toml") for command in ("check", "serve")]
    assert said().err.count("cannot be read") == 2


def test_check_finds_a_journal_that_was_tampered_with(jiaohao, said, tmp_path):
    """An entry that does not fit its hash is named."""
    jiaohao("migrate")
    jiaohao("staff", "add", "CH004", "--password", PASSWORD)
    assert jiaohao("check") == 0
    record(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "hall.sqlite3") as database:
        database.execute('UPDATE journal SET body = \'{"hall":"elsewhere"}\' WHERE seq = 1')

    assert jiaohao("check") == 2
    assert "the journal of chunhe is broken at entry 1" in said().err


def record(folder):
    """The founding stands in the journal, as after the first start."""
    store = open_store(folder / "hall.sqlite3", setup=load(folder.parent / "config.toml").hall, clock=SystemClock())

    async def run():
        store.open()
        await store.write(record_founding)
        store.close()

    asyncio.run(run())


def test_a_file_that_is_no_database_is_said(jiaohao, said, tmp_path):
    """One sentence that names it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hall.sqlite3").write_text("a shopping list " * 100)

    assert [2, 2, 2] == [jiaohao(*words) for words in (["check"], ["serve"], ["enrol", "kiosk-1"])]
    assert "Traceback" not in said().err


def test_a_database_of_a_newer_version_is_left_alone(jiaohao, said, tmp_path):
    """An older program does not touch what it cannot know."""
    jiaohao("migrate")
    with sqlite3.connect(tmp_path / "data" / "hall.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    assert [2, 2, 2] == [jiaohao(command) for command in ("serve", "up", "migrate")]
    complaints = said().err.splitlines()
    assert 3 == len(complaints)
    assert all("newer than this program (" in told and told.endswith("install the newer program") for told in complaints)


# ------------------------------------------------------------------ stations and staff


def test_enrol_prints_a_code_for_a_station(jiaohao, said):
    """Good once and for an hour; counter sets have their names without being listed."""
    assert [0, 0] == [jiaohao("enrol", name) for name in ("kiosk-1", "counter-12")]
    assert len(re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4} ", said().out, re.MULTILINE)) == 2


def test_enrol_knows_its_stations(jiaohao, said):
    """A name the hall does not have gets no code."""
    assert jiaohao("enrol", "kiosk-9") == 2
    assert one_sentence(said().err) == "There is no station kiosk-9."


def test_a_password_is_given_reset_and_taken(jiaohao, said):
    """By job number, in any case of letters."""
    assert [0, 0, 0] == [
        jiaohao("staff", "add", "CH004", "--password", PASSWORD),
        jiaohao("staff", "reset", "ch004", "--password", PASSWORD + " more"),
        jiaohao("staff", "disable", "CH004"),
    ]
    assert said().out.splitlines() == ["CH004: the password is set", "CH004: the password is set", "CH004: can no longer sign in"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "CH999", "--password", PASSWORD], "there is no staff member with job number CH999"),
        (["disable", "CH999"], "there is no staff member with job number CH999"),
        (["add", "CH004", "--password", "short"], "a password needs 8 characters and is not the demo's"),
        (["add", "CH004", "--password", "jiaohao-demo"], "a password needs 8 characters and is not the demo's"),
    ],
)
def test_a_password_that_will_not_do_is_refused(jiaohao, said, words, sentence):
    """So is a job number nobody has."""
    assert jiaohao("staff", *words) == 2
    assert one_sentence(said().err) == sentence


# ------------------------------------------------------------------ backup and restore


@pytest.mark.sqlite
def test_a_copy_is_taken_while_the_hall_works_and_put_back_under_a_new_journal(jiaohao, a_far, tmp_path):
    """The copy is whole; what happened after it is gone, and no page can mistake the two."""
    hall = a_far(tmp_path / "data")
    ticket = hall.issue("consult")
    assert jiaohao("backup", tmp_path / "copy") == 0
    hall.issue("consult")
    before = hall.journal
    hall.stop()
    for file in (tmp_path / "data").glob("hall.sqlite3*"):
        file.unlink()

    assert jiaohao("restore", tmp_path / "copy") == 0
    again = a_far(tmp_path / "data")
    assert before != again.journal
    assert ["D001"] == [t["number"] for t in again.http.get("/api/tickets", headers=again.staff("s02").headers).json()["tickets"]]
    assert again.issue("consult").number == "D002"
    assert jiaohao("check") == 0
    assert ticket.number == "D001"


def test_neither_overwrites_anything(jiaohao, said, tmp_path):
    """A backup needs a new file, a restore an empty place."""
    assert jiaohao("backup", tmp_path / "copy") == 2
    jiaohao("migrate")
    assert jiaohao("backup", tmp_path / "copy") == 0
    assert jiaohao("backup", tmp_path / "copy") == 2
    assert jiaohao("restore", tmp_path / "copy") == 2
    assert jiaohao("restore", tmp_path / "none", data=tmp_path / "elsewhere") == 2
    assert [
        "there is no database to copy",
        "there is a file of this name already",
        "move the present database away first",
        "there is no such file",
    ] == [one_sentence(line).partition(": ")[2] for line in said().err.splitlines()]


def test_what_is_no_copy_is_not_put_back(jiaohao, said, tmp_path):
    """And nothing is left in its place."""
    (tmp_path / "copy").write_text("a shopping list " * 100)

    assert jiaohao("restore", tmp_path / "copy") == 2
    assert not (tmp_path / "data" / "hall.sqlite3").exists()


# ------------------------------------------------------------------ servers


def started(tmp_path, command, **environ):
    """A server process, once it has said where it listens."""
    config = tmp_path / "config.toml"
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", command, "--config", str(config), "--data", str(tmp_path / "data")],
        cwd=ROOT, env=os.environ | {"PORT": "0"} | environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    return process, process.stdout.readline()


def test_the_demo_marks_its_database_and_a_real_hall_refuses_it(jiaohao, said, tmp_path):
    """What was played in a demo is never taken for a hall's; and the demo does not touch a real hall's."""
    process, line = started(tmp_path, "demo")
    process.terminate()
    process.communicate(timeout=20)

    assert re.fullmatch(r"jiaohao: http://127\.0\.0\.1:\d+\n", line)
    assert head(tmp_path / "data")["demo"]
    assert [2, 2] == [jiaohao(command) for command in ("serve", "up")]
    assert said().err.count("this is a demo's database") == 2
    jiaohao("migrate", data=tmp_path / "real")
    assert jiaohao("demo", data=tmp_path / "real") == 2
    assert "this database is a real hall's; the demo will not touch it" in said().err


def test_a_real_hall_does_not_run_with_the_demo_s_password(jiaohao, said, tmp_path):
    """Wherever it came from."""
    jiaohao("migrate")
    with sqlite3.connect(tmp_path / "data" / "hall.sqlite3") as database:
        database.execute("INSERT INTO credential VALUES ('chunhe', 's04', ?, 0)", [HASHER.hash("jiaohao-demo")])
    said()

    assert [2, 2] == [jiaohao(command) for command in ("serve", "up")]
    assert said().err.count("still has the demo's password") == 2


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_said(jiaohao, said, monkeypatch, command):
    """In one sentence that says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))

        assert jiaohao(command) == 2
    assert re.search(r"cannot listen on 127\.0\.0\.1:\d+ .*choose another with PORT=…", said().err)


@pytest.mark.parametrize("port", ["eight", "70000", "-1"])
def test_an_impossible_port_is_said(jiaohao, said, monkeypatch, port):
    """In one sentence, too."""
    monkeypatch.setenv("PORT", port)

    assert jiaohao("serve") == 2
    assert port in said().err


def test_an_address_of_another_machine_is_said(jiaohao, said):
    """What cannot be listened on is named."""
    assert jiaohao("serve", "--host", "192.0.2.1", "--port", "0") == 2
    assert "cannot listen on 192.0.2.1:0" in said().err


def test_a_rack_without_devices_is_said(jiaohao, said):
    """A station that no [[device]] names has nothing to drive."""
    assert jiaohao("devices", "--server", "http://127.0.0.1:9", "--station", "kiosk-9") == 2
    assert "no [[device]] at station 'kiosk-9'" in said().err


def test_a_rack_trades_its_code_or_says_why_not(jiaohao, said, far):
    """A code that is wrong, a server that does not answer."""
    words = ["devices", "--station", "kiosk-1", "--code", "AAAA-BBBB-CCCC", "--server"]

    assert jiaohao(*words, far.url) == 2
    assert jiaohao(*words, "http://127.0.0.1:9") == 2
    first, second = said().err.splitlines()
    assert "注册码" in first or "enrolment code" in first or "码" in first
    assert "http://127.0.0.1:9 does not answer" in second


def test_an_unknown_command_is_no_traceback(jiaohao, said):
    """Argparse says what there is."""
    with pytest.raises(SystemExit) as left:
        jiaohao("dance")

    assert left.value.code == 2
    assert "invalid choice: 'dance'" in said().err


def test_a_served_hall_trusts_nobody_by_default(tmp_path, jiaohao):
    """Without a key, a cookie or a trusted network even this machine is nobody."""
    process, line = started(tmp_path, "serve")
    try:
        url = line.split()[1]
        status = httpx.get(f"{url}/api/services").status_code
        name = httpx.get(f"{url}/api/hall").json()["demo"]
    finally:
        process.terminate()
        process.communicate(timeout=20)

    assert (401, False) == (status, name)
    assert not head(tmp_path / "data")["demo"]
