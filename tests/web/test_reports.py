"""Reports over HTTP: who reads them, the files they make, and the pages they stand on."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest

from server.config import DeviceConfig
from server.web.devices import DeviceBoard
from server.web.sheets import Sheet, as_csv, as_xlsx

PAGES = ("/manage", "/manage/report", "/manage/line/consult")


@pytest.fixture(scope="module")
def day(shared):
    """A hall in which one was served and one waits."""
    shared.open(2, clerk="s04")
    shared.issue("biz-setup")
    shared.issue("consult")
    shared.clock.step(minutes=5)
    ticket = shared.call(2, clerk="s04")
    shared.start(ticket, clerk="s04")
    shared.clock.step(minutes=9)
    return shared


@pytest.fixture(scope="module")
def manager(day):
    """大厅主任."""
    return day.staff("s01")


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_those_who_run_the_hall(day, manager, page):
    """A clerk and a stranger are led to the sign-in and back; the supervisor reads."""
    answers = [who(f"GET {page}") for who in (day.at("10.9.9.9"), day.staff("s04"), day.staff("s91"), manager)]

    assert [303, 303, 200, 200] == [answer.status_code for answer in answers]
    assert answers[0].headers["location"] == f"/sign-in?next={page.replace('/', '%2F')}"


def test_the_way_back_from_the_sign_in_keeps_what_was_asked(day):
    """The day and what a row is."""
    answer = day.at("10.9.9.9")("GET /manage/report?day=2026-11-20&by=clerk")

    assert answer.headers["location"].endswith("next=%2Fmanage%2Freport%3Fday%3D2026-11-20%26by%3Dclerk")


def test_a_device_s_last_trouble_is_remembered():
    """Also when it is in order again; what a rack says first of all is no trouble yet."""
    board = DeviceBoard([DeviceConfig(name="printer-1", station="kiosk-1", kind="printer/escpos")])
    device = board.find("kiosk-1", "printer-1")
    seen = []
    for state, detail in (("lost", "not asked yet"), ("ok", None), ("degraded", "out of paper"), ("ok", None)):
        board.report(device, state=state, kind="printer/escpos", detail=detail, since=None)
        seen.append(board.listed()[0]["last_error"])

    assert [None, None] == seen[:2]
    assert "out of paper" == seen[2]["detail"] == seen[3]["detail"]


def test_the_live_picture_knows_the_devices(day, manager):
    """Each that is not in order is named; a printer that does not print needs somebody."""
    found = manager("GET /api/reports/live").json()
    printers = [alert["title"] for alert in found["alerts"] if alert["kind"] == "printer"]

    assert (20, 0) == (found["devices"]["total"], found["devices"]["ok"])
    assert ["打印机 printer-1 没有消息", "打印机 printer-2 没有消息"] == printers
    assert "2 号窗口屏 没有消息" in [device["title"] for device in found["devices"]["ill"]]


def test_a_printer_without_paper_says_so(day, manager):
    """Paper is what somebody has to bring."""
    board = day.app.state.halls.first.devices
    board.report(board.find("kiosk-1", "printer-1"), state="degraded", kind="printer/escpos", detail="out of paper", since=None)
    found = manager("GET /api/reports/live").json()

    assert "打印机 printer-1 没有纸" in [alert["title"] for alert in found["alerts"]]


def test_a_page_says_the_words_of_its_reader(manager):
    """English where it is asked for."""
    page = manager("GET /manage?lang=en").text

    assert "people waiting" in page
    assert "longest 15 min" in page


def test_a_page_asks_for_no_style_or_script_of_its_own(manager):
    """What the policy of the house would stop is not on the page."""
    for page in PAGES:
        text = manager(f"GET {page}").text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text


def test_a_report_is_a_file_too(manager):
    """CSV with its mark and its heads in the reader's language, XLSX as a workbook."""
    told = manager("GET /api/reports/day?by=counter&format=csv&lang=zh-CN")
    book = manager("GET /api/reports/day?format=xlsx")
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))

    assert told.content.startswith(b"\xef\xbb\xbf")
    assert told.headers["content-disposition"] == 'attachment; filename="report-2026-11-23-counter.csv"'
    assert ["窗口", "名称", "办结", "叫到", "等候平均（秒）"] == rows[0][:5]
    assert [["2", "综合窗口", "0", "1", "300"], ["全部", "", "0", "1", "300"]] == [row[:5] for row in rows[1:]]
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None


def test_the_register_is_a_file_too(manager):
    """Times as the hall's clock showed them."""
    told = manager("GET /api/reports/register?format=csv&lang=zh-CN").content.decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(told)))

    assert ("A001", "取号机", "2026-11-23 10:05:00", "CH004", "办理中") == (
        first["号码"], first["取号处"], first["呼叫"][:17] + "00", first["工号"], first["状态"],
    )  # fmt: skip


def test_the_register_holds_nothing_secret(day, manager):
    """No link of anybody."""
    assert "link-" not in manager("GET /api/reports/register").text
    assert "link-" not in day.staff("s91")("GET /api/reports/register").text


@pytest.mark.parametrize("query", ["day=tomorrow", "by=applicant", "format=exe", "day=2026-02-30"])
def test_what_no_report_has_is_malformed(manager, query):
    """A day that is none, a row that is none, a file that is none."""
    assert 422 == manager(f"GET /api/reports/day?{query}").status_code


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_any_day_there_is_can_be_asked_for(manager, date):
    """Also the first and the last of the calendar: nobody came."""
    for what in ("/api/reports/day", "/api/reports/register", "/manage/report"):
        assert 200 == manager(f"GET {what}?day={date}").status_code


# ------------------------------------------------------------------ files that run nothing

SIGNS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx")


@pytest.mark.parametrize("text", SIGNS)
def test_a_text_that_looks_like_a_formula_stays_a_text_in_csv(text):
    """An apostrophe stands before it."""
    made = as_csv(Sheet(title="t", heads=["名称"], rows=[[text]], zone="Asia/Shanghai")).decode("utf-8-sig")

    assert [["名称"], [f"'{text}"]] == list(csv.reader(io.StringIO(made, newline="")))


@pytest.mark.parametrize("text", [*SIGNS, "{=1+1}", "https://hall.example/"])
def test_a_text_that_looks_like_a_formula_stays_a_text_in_a_workbook(text):
    """It is written as a string; no formula and no link is in the book."""
    made = as_xlsx(Sheet(title="[a]:b*?/\\" + "x" * 40, heads=["名称"], rows=[[text]], zone="Asia/Shanghai"))
    book = zipfile.ZipFile(io.BytesIO(made))
    page = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in page
    assert "hyperlink" not in page
    assert text.strip().encode() in book.read("xl/sharedStrings.xml")


def test_numbers_stay_numbers_and_times_are_the_hall_s():
    """A figure can be added up; a time stands in hall time."""
    at = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    made = as_csv(Sheet(title="t", heads=["a", "b", "c"], rows=[[-3, at, None]], zone="Asia/Shanghai")).decode("utf-8-sig")

    assert "-3,2026-11-23 10:05:00,\r\n" in made
