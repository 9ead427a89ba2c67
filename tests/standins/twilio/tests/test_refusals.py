"""What Twilio refuses, with its codes, as the official client reports them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from support import WAIT_SECONDS, Account, StandIn

TALK = "<Response><Pause length='1'/></Response>"
TO = "+14155550123"
UNKNOWN = "CA" + "0" * 32


def refusal_of(attempt: Any, *args: Any, **kwargs: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refusal:
        attempt(*args, **kwargs)
    return refusal.value.status, refusal.value.code


def test_api_keys_are_as_good_as_the_auth_token(account: Account) -> None:
    assert account.client(account.key, account.secret).calls.list() == []


def test_bad_credentials(standin: StandIn, account: Account) -> None:
    stranger = standin.register()
    for user, password in [
        (account.sid, "wrong"),
        (account.key, "wrong"),
        (account.key, account.token),
        (stranger.sid, stranger.token),
    ]:
        assert refusal_of(account.client(user, password).calls(UNKNOWN).fetch) == (401, 20003)
        with pytest.raises(TwilioException, match="HTTP 401"):
            account.client(user, password).calls.list()
    answer = requests.get(f"{standin.url}/2010-04-01/Accounts/{account.sid}/Calls.json", timeout=WAIT_SECONDS)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


def test_unknown_resources(account: Account, client: Client) -> None:
    assert refusal_of(client.calls(UNKNOWN).fetch) == (404, 20404)
    assert refusal_of(client.calls(UNKNOWN).update, status="completed") == (404, 20404)
    assert refusal_of(client.messages("SM" + "0" * 32).fetch) == (404, 20404)
    assert refusal_of(client.recordings("RE" + "0" * 32).fetch) == (404, 20404)
    for path in (f"/Calls/{UNKNOWN}/Recordings.json", "/Conferences.json", f"/Calls/{UNKNOWN}.xml"):
        assert account.get(path).json()["code"] == 20404, path


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "not a number"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": "12"}, 21212),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+14155559999"}, 21210),
        ({"twiml": ""}, 21205),
        ({"twiml": "", "url": "ftp://example.com"}, 21205),
        ({"status_callback": "nowhere"}, 21609),
        ({"status_callback": "http://localhost/", "status_callback_event": ["hung"]}, 21626),
        ({"status_callback": "http://localhost/", "status_callback_method": "PUT"}, 21209),
        ({"timeout": "soon"}, 20001),
    ],
)
def test_calls_that_are_refused(account: Account, client: Client, change: dict[str, Any], code: int) -> None:
    good = {"to": TO, "from_": account.number, "twiml": TALK}
    assert refusal_of(client.calls.create, **{**good, **change}) == (400, code)
    assert client.calls.list() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"to": "12"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
        ({"from_": "+15005550008"}, 21611),
        ({"from_": "+14155559999"}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"status_callback": "nowhere"}, 21609),
    ],
)
def test_messages_that_are_refused(account: Account, client: Client, change: dict[str, Any], code: int) -> None:
    good = {"to": TO, "from_": account.number, "body": "Hello"}
    assert refusal_of(client.messages.create, **{**good, **change}) == (400, code)
    assert client.messages.list() == []


@pytest.fixture(scope="module")
def slow_standin() -> Iterator[StandIn]:
    """Its second lasts ten, so that a slow machine still makes two calls within one."""
    running = StandIn(speed=0.1)
    yield running
    running.stop()


def test_more_calls_than_one_a_second(slow_standin: StandIn) -> None:
    account = slow_standin.register(calls_per_second=None)
    other = slow_standin.register(calls_per_second=None)
    for owner in (account, other):
        call = {"to": TO, "from_": owner.number, "twiml": TALK}
        assert owner.client().calls.create(**call).status == "queued"
        assert refusal_of(owner.client().calls.create, **call) == (429, 20429)


def test_a_busy_account_may_queue_instead(slow_standin: StandIn) -> None:
    account = slow_standin.register(calls_per_second=2, over_limit="queue")
    client = account.client()
    waits = [int(client.calls.create(to=TO, from_=account.number, twiml=TALK).queue_time) for _ in range(5)]
    assert [round(milliseconds / 1000) for milliseconds in waits] == [0, 0, 1, 1, 2]


def test_failures_that_a_test_plans(account: Account, client: Client) -> None:
    account.script(fail_next={"status": 503, "code": 20503, "count": 2, "delay_ms": 10})
    arguments = {"to": TO, "from_": account.number, "twiml": TALK}
    assert refusal_of(client.calls.create, **arguments) == (503, 20503)
    assert refusal_of(client.calls.create, **arguments) == (503, 20503)
    assert client.calls.create(**arguments).status == "queued"
