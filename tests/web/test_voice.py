"""The voice over HTTP: a call as sound, refusals in one sentence, and screens that say whether they sound."""

import io
import wave
from pathlib import Path

import pytest

from server.config import ConfigError, DeviceConfig, load_text
from server.web import devices


@pytest.fixture(scope="module")
def spoken(shared_trusting):
    """A hall with the shipped voice."""
    return shared_trusting


@pytest.fixture(scope="module")
def config_text():
    """config.toml as shipped."""
    return (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")


def asked(station, **changes):
    """What the hall says of a call."""
    told = {"number": "A001", "counter": 3, "locale": "zh-CN"} | changes
    return station("GET /api/voice", params=told)


def seconds(answer):
    """How long the sound lasts."""
    with wave.open(io.BytesIO(answer.content)) as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant", "en"])
def test_a_call_is_sound_in_every_language_of_the_hall(spoken, locale):
    """By the shipped clips, as a file that a screen may keep for some minutes."""
    answer = asked(spoken.station("screen-1"), locale=locale)

    assert (200, "audio/wav", "shipped") == (answer.status_code, answer.headers["Content-Type"], answer.headers["Provider"])
    assert "private, max-age=600" == answer.headers["Cache-Control"]
    assert 2 < seconds(answer) < 6


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"counter": 77}, 404, "no_such_counter"),
        ({"counter": 0}, 422, "malformed"),
        ({"counter": "drei"}, 422, "malformed"),
        ({"locale": "fr"}, 404, "no_such_language"),
        ({"number": "001"}, 422, "malformed"),
        ({"number": "A001; rm"}, 422, "malformed"),
        ({"number": "I001"}, 422, "malformed"),
        ({"number": "A" + "1" * 10}, 422, "malformed"),
    ],
)
def test_what_is_no_call_is_refused(spoken, changes, status, error):
    """One clear sentence."""
    answer = asked(spoken.station("screen-1"), **changes)

    assert (status, error) == (answer.status_code, answer.json()["error"])


def test_the_chime_is_sound_too(spoken):
    """For speakers, which have no bells of their own."""
    answer = spoken.station("screen-1")("GET /api/voice/chime")

    assert pytest.approx(1.5, abs=0.01) == seconds(answer)


def test_the_board_says_how_calls_are_spoken(spoken):
    """No fixed order, no loudspeaker: the screen speaks, its own language first."""
    board = spoken.station("screen-1")("GET /api/board?area=f1").json()

    assert ([], False) == (board["order"], board["speaker"])


def test_a_screen_that_waits_for_a_touch_is_told_to_the_manager(spoken, monkeypatch):
    """Among the devices and in the live hall; gone when it sounds; forgotten when it is not heard of."""
    screen, manager = spoken.station("screen-1"), spoken.staff("s01")

    def sounds():
        return [
            (d["name"], d["state"], d["detail"])
            for d in manager("GET /api/devices").json()["devices"]
            if d["kind"] == "screen/sound"
        ]

    def alerts():
        return [alert["title"] for alert in manager("GET /api/reports/live").json()["alerts"] if alert["kind"] == "sound"]

    assert 200 == screen("PUT /api/stations/screen-1/sound", {"state": "waiting"}).status_code
    assert [("sound", "degraded", "waits for a touch")] == sounds()
    assert ["屏幕 screen-1 没有声音"] == alerts()

    spoken.app.state.halls.first.looks.clear()
    screen("PUT /api/stations/screen-1/sound", {"state": "running"})

    assert [("sound", "ok", None)] == sounds()
    assert [] == alerts()
    monkeypatch.setattr(devices, "SILENT_AFTER_US", -1)
    assert [] == sounds()


def test_a_state_that_is_none_changes_nothing(spoken):
    """422, and the devices are as before."""
    answer = spoken.station("screen-3")("PUT /api/stations/screen-3/sound", {"state": "loud"})

    assert (422, "malformed") == (answer.status_code, answer.json()["error"])
    assert [] == [d for d in spoken.staff("s01")("GET /api/devices").json()["devices"] if d["station"] == "screen-3"]


def test_a_language_that_the_hall_does_not_offer_is_told_at_the_start(config_text):
    """By its place in config.toml, with what is allowed; an area that is not there, too."""
    with pytest.raises(ConfigError, match=r"voice\.order: 'fr' is none of the hall's locales \(zh-CN, zh-Hant, en\)"):
        load_text(config_text.replace("[voice]", '[voice]\norder = ["zh-CN", "fr"]', 1))
    speaker = '\n[[device]]\nname = "loud"\nstation = "kiosk-1"\nkind = "speaker/alsa"\nport = "default"\narea = "f9"\n'
    with pytest.raises(ConfigError, match=r"device loud\.area: there is no area 'f9'"):
        load_text(config_text + speaker)


def test_a_loudspeaker_silences_the_screens_of_its_area():
    """Of the one it names, else of the first."""
    named = DeviceConfig(name="loud", station="kiosk-1", kind="speaker/alsa", port="default", area="f3")
    unnamed = named.model_copy(update={"area": None})

    assert [False, True] == [devices.DeviceBoard([named]).speaks_in(area, first="f1") for area in ("f1", "f3")]
    assert [True, False] == [devices.DeviceBoard([unnamed]).speaks_in(area, first="f1") for area in ("f1", "f3")]
    assert not devices.DeviceBoard([]).speaks_in("f1", first="f1")
