"""The described API against the real one: what is asked at random is answered as described, and never with a fault of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import positive_data_acceptance

from server.app import API

EXAMPLES = 10  # a route
SLOW = {  # fewer of these
    "POST /session": 3,  # a password is compared slowly on purpose
    "PUT /stations/{station}/devices/{device}/picture": 3,  # large
}
NOT_SAID = {  # what a description in JSON Schema cannot say: refused although it fits
    "POST /tickets/{ticket}/transfers": "either a service or a counter; 5.0 is no whole number here",
    "POST /counters/{counter}/ratings": "5.0 is no whole number here",
    "POST /follow/{follow}/ratings": "5.0 is no whole number here",
    "PUT /stations/{station}/devices/{device}/picture": "the data are a picture",
    "PUT /staff/{staff}/photo": "the body is a picture",
    "PUT /counters/{counter}/state": "a pause needs a reason",
    "POST /tickets": "a language of the hall",
    "POST /stations/{station}/id-cards": "the fields that the reader's entry in config.toml names",
    "POST /setup/changes": "a noun of the set-up",
    "POST /counters/{counter}/undo": "a key that was drawn for another counter before is reused",
    "POST /counters/{counter}/rating-requests": "as above",
    "POST /counters/{counter}/help": "as above",
}
ROUTES = [f"{method} {route.path}" for part in API for route in part.router.routes for method in route.methods]


@pytest.fixture(scope="module")
def described(shared_trusting):
    """A hall in the middle of its work: counters 2 and 3 open, somebody waiting, called, in service."""
    shared_trusting.open(2, clerk="s04")
    shared_trusting.open(3, clerk="s05")
    for number in range(6):
        shared_trusting.issue("biz-setup", follow=f"follow-{number}")
    shared_trusting.start(shared_trusting.call(2, clerk="s04"), clerk="s04")
    shared_trusting.call(3, clerk="s05")
    return shared_trusting


@pytest.fixture(scope="module")
def api(described):
    """The description, as the application gives it."""
    return schemathesis.openapi.from_dict(described.app.openapi())


@pytest.fixture(scope="module")
def real_names(described):
    """Some of what there is, so that not every question is about what is not."""
    listed = described.staff("s02")("GET /api/tickets").json()["tickets"]
    return {
        "ticket": [ticket["id"] for ticket in listed],
        "counter": [2, 3, 4],
        "station": ["kiosk-1", "counter-2"],
        "device": ["printer-1", "keypad-2"],
        "follow": [f"follow-{number}" for number in range(6)],
    }


@pytest.mark.parametrize("route", ROUTES)
def test_the_api_is_as_it_describes_itself(described, api, real_names, route):
    """No 5xx; the status is among those described, the answer of the described shape: for an admin on a station's machine."""
    method, path = route.split(" ")
    operation = api[f"/api{path}"][method]

    @settings(
        max_examples=SLOW.get(route, EXAMPLES),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans(), pick=st.integers(0, 99))
    def ask(case, real, pick):
        for name in set(case.path_parameters or {}) & set(real_names) if real else ():
            case.path_parameters[name] = real_names[name][pick % len(real_names[name])]
        admin = described.staff("s90")
        admin.address = "10.1.0.5"
        sent = {} if isinstance(case.body, NotSet) else {"json": case.body}
        headers = {name: str(value).encode() for name, value in (case.headers or {}).items() if name.lower() == "idempotency-key"}
        answer = admin(f"{case.method} {case.formatted_path}", params=case.query or None, headers=headers, **sent)
        case.validate_response(answer, excluded_checks=[positive_data_acceptance] if route in NOT_SAID else [])

    ask()
