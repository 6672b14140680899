"""What is held before a kiosk's scanner and card reader: a ticket, a person of whom little is known, or a clear refusal."""

import json
import logging

import pytest
from stdnum.cn import ric

from server.config import DeviceConfig
from server.web.presented import KEEP_US

SCANS, CARDS = "POST /api/stations/kiosk-1/scans", "POST /api/stations/kiosk-1/id-cards"
ELDER, YOUNG = "11010519491231002X", "360426199101010071"
READER = DeviceConfig(name="reader-1", station="kiosk-1", kind="idcard/push", fields={"id": "IDNum", "name": "partyName"})
CARD = {
    "deviceCode": "R1", "type": "NI", "IDNum": ELDER, "partyName": "张建国", "gender": "男", "nation": "汉", "birthday": "19491231",
    "address": "云水巷 9 号", "authority": "示例市公安局", "validFrom": "20200101", "validTo": "长期", "photo": "QkNERUZH" * 8_000,
}  # fmt: skip


@pytest.fixture
def hall(near):
    """A hall whose first kiosk has a card reader."""
    root = near.app.state.halls.find(near.store.hall.id)
    root.device_configs = (READER,)
    return near


@pytest.fixture
def kiosk(hall):
    """The kiosk's machine, with its key."""
    return hall.station("kiosk-1")


@pytest.fixture
def told(hall):
    """What the station's page was told besides the journal."""
    page = hall.app.state.halls.find(hall.store.hall.id).hub.subscribe(["station:kiosk-1"], cursor=hall.seq)
    return lambda: [json.loads(text) for text in page.inputs]


def error(answer):
    """(status, code) of a refusal."""
    return answer.status_code, answer.json()["error"]


def looked(kiosk, item_id):
    """What the page is shown."""
    return kiosk(f"GET /api/stations/kiosk-1/presented/{item_id}").json()


# ------------------------------------------------------------------ codes


def test_a_ticket_s_code_brings_it_to_the_page(hall, kiosk, told):
    """The event says only that there is something; the ticket is for the station itself, and nothing is changed."""
    ticket, before = hall.issue(follow="9f3cA8Kd72mQp1xZ"), hall.seq

    made = kiosk(SCANS, {"text": "http://192.168.10.20:8000/t/9f3cA8Kd72mQp1xZ"})
    seen = looked(kiosk, made.json()["id"])

    assert (201, "ticket", ticket.number, 0) == (
        made.status_code,
        seen["what"],
        seen["ticket"]["number"],
        seen["ticket"]["ahead"],
    )
    assert [{"kind": "presented", "station": "kiosk-1", "id": made.json()["id"]}] == told()
    assert before == hall.seq


@pytest.mark.parametrize("text", ["weixin://wxpay/x", "Qnobodysnobodys1", "", "\x00\x01\xff", "http://x/t/nobodysnobodys"])
def test_a_foreign_code_is_one_clear_answer(hall, kiosk, told, text):
    """The same for a code of another shop and for one that leads nowhere; the page is told as well."""
    answer = kiosk(SCANS, {"text": text})
    (message,) = told()

    assert (404, "no_such_code") == error(answer)
    assert ("refused", "这个码不是本大厅的号票。") == (
        looked(kiosk, message["id"])["what"], looked(kiosk, message["id"])["error"]["detail"],
    )  # fmt: skip


def test_a_ticket_of_yesterday_is_said_so(hall, kiosk):
    """A slip left in a pocket."""
    number = hall.issue(follow="9f3cA8Kd72mQp1xZ").number
    hall.clock.step(days=1)

    answer = kiosk(SCANS, {"text": "Q9f3cA8Kd72mQp1xZ"})

    assert ((409, "not_today"), {"number": number}) == (error(answer), answer.json()["facts"])


def test_the_page_that_asks_by_itself_is_not_told_besides(hall, kiosk, told):
    """A scanner that types into the page."""
    hall.issue(follow="9f3cA8Kd72mQp1xZ")
    kiosk(SCANS, {"text": "Q9f3cA8Kd72mQp1xZ", "tell": False})
    kiosk(SCANS, {"text": "x", "tell": False})

    assert [] == told()


def test_a_code_that_is_too_long_is_refused(kiosk, told):
    """Nothing is kept of it."""
    assert ((422, "malformed"), []) == (error(kiosk(SCANS, {"text": "x" * 513})), told())


def test_a_phone_s_ticket_gets_its_slip_once_a_scan(hall, kiosk):
    """The first is no reprint; scanned again after it was printed, the second is."""
    hall.issue(follow="9f3cA8Kd72mQp1xZ")
    answers = []
    for _ in range(2):
        item = kiosk(SCANS, {"text": "Q9f3cA8Kd72mQp1xZ"}).json()["id"]
        answers += [kiosk(f"POST /api/stations/kiosk-1/presented/{item}/slips") for _ in range(2)]
        (slip, *_) = kiosk("GET /api/stations/kiosk-1/slips").json()["slips"]
        for outcome in ("sending", "printed"):
            kiosk(f"PUT /api/stations/kiosk-1/slips/{slip['id']}", {"outcome": outcome})

    assert [201, 409, 201, 409] == [answer.status_code for answer in answers]
    assert [(0,), (1,)] == [tuple(map(int, row)) for row in hall.rows("SELECT reprint FROM slip ORDER BY queued_at")]


def test_no_slip_of_what_is_past_waiting(hall, kiosk):
    """And none of nothing."""
    hall.open(2, clerk="s04")
    hall.issue(follow="9f3cA8Kd72mQp1xZ")
    hall.call(2, clerk="s04")
    item = kiosk(SCANS, {"text": "Q9f3cA8Kd72mQp1xZ"}).json()["id"]

    assert (409, "not_waiting") == error(kiosk(f"POST /api/stations/kiosk-1/presented/{item}/slips"))
    assert (404, "nothing_presented") == error(kiosk("POST /api/stations/kiosk-1/presented/else/slips"))


def test_what_was_presented_is_gone_after_a_minute_and_with_the_next(hall, kiosk, monkeypatch):
    """Another station never sees it."""
    hall.issue(follow="9f3cA8Kd72mQp1xZ")
    first, second = (kiosk(SCANS, {"text": "Q9f3cA8Kd72mQp1xZ"}).json()["id"] for _ in range(2))
    other = hall.station("kiosk-2")
    answers = [
        kiosk(f"GET /api/stations/kiosk-1/presented/{first}"),
        other(f"GET /api/stations/kiosk-2/presented/{second}"),
        other(f"GET /api/stations/kiosk-1/presented/{second}"),
    ]
    monkeypatch.setattr("server.web.presented.KEEP_US", 0)
    answers.append(kiosk(f"GET /api/stations/kiosk-1/presented/{second}"))

    assert KEEP_US > 0
    assert [404, 404, 403, 404] == [answer.status_code for answer in answers]


# ------------------------------------------------------------------ cards


def test_an_elder_s_card_offers_the_senior_class(kiosk, told):
    """The page may greet 张* and offer what is due; nothing else of the card is there to be had."""
    made = kiosk(CARDS, CARD)

    assert (201, ["id"], 1) == (made.status_code, list(made.json()), len(told()))
    assert {"name": "张*", "last4": "002X", "classes": ["elder"]} == looked(kiosk, made.json()["id"])["person"]


@pytest.mark.parametrize(
    ("changes", "classes"),
    [
        ({"IDNum": YOUNG}, []),
        ({"IDNum": ELDER.lower()}, ["elder"]),
        ({"IDNum": "810000199408230021"}, []),
        ({"IDNum": "chn110080010101", "birthday": "1950-03-01"}, ["elder"]),
        ({"IDNum": "CHN110080010101", "birthday": "长期"}, []),
        ({"IDNum": "911156199001010015"[:17] + ric.calc_check_digit("911156199001010015")}, []),
    ],
)
def test_any_card_is_read(kiosk, changes, classes):
    """Residents from Hong Kong, Macau and Taiwan, foreigners of both kinds, a lower x."""
    assert classes == looked(kiosk, kiosk(CARDS, CARD | changes).json()["id"])["person"]["classes"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"IDNum": "110105194912310021"}, (422, "bad_id_number")),
        ({"IDNum": "11010519490230002X"}, (422, "bad_id_number")),
        ({"IDNum": None}, (422, "malformed")),
        ({"IDNum": 110105194912310021}, (422, "malformed")),
        ({"partyName": ""}, (422, "malformed")),
        ({"partyName": "张\x00三"}, (422, "malformed")),
        ({"partyName": "张" * 101}, (422, "malformed")),
        ({"photo": "A" * 600_000}, (413, "too_large")),
    ],
)
def test_a_card_that_cannot_be_is_refused(kiosk, caplog, changes, expected):
    """One clear answer, in which no number stands."""
    answer = kiosk(CARDS, CARD | changes)

    assert expected == error(answer)
    assert "19491231" not in answer.text + caplog.text
    assert "110105" not in answer.text + caplog.text


def test_no_object_is_no_card(kiosk):
    """A list, and nothing at all."""
    assert [(422, "malformed")] * 3 == [error(kiosk(CARDS, body)) for body in ([], [CARD], {})]


def test_a_card_needs_the_station_s_key(hall, kiosk):
    """A wrong key, none, and another station's."""
    asked = [hall.at("10.9.9.9", Authorization="Bearer wrong"), hall.at("10.9.9.9"), hall.station("kiosk-2")]

    assert [401, 401, 403] == [who(CARDS, CARD).status_code for who in asked]


def test_a_station_without_a_reader_takes_no_card(hall):
    """Only where config.toml says that there is one."""
    assert (404, "no_such_device") == error(hall.station("kiosk-2")("POST /api/stations/kiosk-2/id-cards", CARD))


def test_a_hall_that_asks_nobody_who_they_are_takes_no_card(hall, kiosk):
    """`identity = "none"` everywhere."""
    setup = hall.store.hall.setup
    services = tuple(one.model_copy(update={"identity": "none"}) for one in setup.service)
    hall.store.hall.setup = setup.model_copy(
        update={"ticket": setup.ticket.model_copy(update={"identity": "none"}), "service": services}
    )

    assert (409, "identity_not_asked") == error(kiosk(CARDS, CARD))


def test_a_hall_that_keeps_nothing_of_numbers_keeps_no_last_digits(hall, kiosk):
    """`id_number_store = "none"`; and names are masked or not as `display_name_mask` says."""
    setup = hall.store.hall.setup
    privacy = setup.privacy.model_copy(update={"id_number_store": "none", "display_name_mask": False})
    hall.store.hall.setup = setup.model_copy(update={"privacy": privacy})

    assert {"name": "张建国", "last4": None, "classes": ["elder"]} == looked(kiosk, kiosk(CARDS, CARD).json()["id"])["person"]


def test_the_number_stands_in_no_log_no_event_no_answer_and_not_in_the_database(hall, kiosk, told, caplog):
    """Nor do name, address and photo; with an Idempotency-Key neither."""
    caplog.set_level(logging.DEBUG)
    answers = [
        kiosk(CARDS, CARD, headers={"Idempotency-Key": "k1"}),
        kiosk(CARDS, CARD, headers={"Idempotency-Key": "k1"}),
        kiosk(CARDS, CARD | {"IDNum": "110105194912310021"}, headers={"Idempotency-Key": "k2"}),
    ]
    said = "".join(answer.text for answer in answers) + caplog.text + json.dumps(told(), ensure_ascii=False)
    files = b"".join(path.read_bytes() for path in hall.folder.iterdir() if path.is_file())

    assert [201, 200, 422] == [answer.status_code for answer in answers]
    for secret in (ELDER, "110105194912310021", "19491231", "张建国", "云水巷 9 号", "QkNERUZH"):
        assert secret not in said
        assert secret.encode() not in files
