"""The control interface itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.rest import Client

from support import WAIT_SECONDS, Account, Receiver, StandIn

TALK = "<Response><Pause length='60'/></Response>"


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("accounts", {"sid": "AC1", "auth_token": "x"}, "sid"),
        ("accounts", {"sid": "AC" + "0" * 32}, "auth_token"),
        ("accounts", {"sid": "AC" + "0" * 32, "auth_token": "x", "numbers": ["12"]}, "numbers"),
        ("accounts", {"sid": "AC" + "0" * 32, "auth_token": "x", "numbers": [{"colour": 1}]}, "numbers"),
        ("accounts", {"sid": "AC" + "0" * 32, "auth_token": "x", "plan": "gold"}, "plan"),
        ("limit", {"account_sid": "AC" + "0" * 32, "calls_per_second": 0}, "calls_per_second"),
        ("script", {"outcome": "lost"}, "outcome"),
        ("script", {"talk": 5}, "talk"),
        ("script", {"callbacks": "sideways"}, "callbacks"),
        ("script", {"fail_next": {"status": 200, "code": 1}}, "fail_next.status"),
        ("reset", {"everything": True}, "everything"),
        ("answer", {}, "call_sid"),
        ("hang-up", {"call_sid": 1}, "call_sid"),
        ("inbound-call", {"to": "+14155550100", "from": "me"}, "from"),
        ("inbound-sms", {"to": "+14155550100", "from": "+14155550101"}, "body"),
    ],
)
def test_what_is_unknown_or_wrong_is_named(standin: StandIn, path: str, body: dict[str, Any], named: str) -> None:
    answer = requests.post(f"{standin.url}/_control/{path}", json=body, timeout=WAIT_SECONDS)
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["error"]


def test_unknown_calls_numbers_and_filters(standin: StandIn) -> None:
    def status(path: str, body: dict[str, Any]) -> int:
        return requests.post(f"{standin.url}/_control/{path}", json=body, timeout=WAIT_SECONDS).status_code

    assert status("answer", {"call_sid": "CA" + "0" * 32}) == 404
    assert status("inbound-call", {"to": "+19999999999", "from": "+14155550101"}) == 404
    for query in ("colour=red", "after=x", "kind=thing"):
        answer = requests.get(f"{standin.url}/_control/log?{query}", timeout=WAIT_SECONDS)
        assert answer.status_code == 400, query


def test_registering_again_replaces_the_account_and_keeps_its_calls(
    standin: StandIn, account: Account, client: Client
) -> None:
    call = client.calls.create(to="+14155550123", from_=account.number, twiml=TALK)
    standin.control("accounts", {"sid": account.sid, "auth_token": "new", "numbers": [account.number]})
    renewed = account.client(account.sid, "new")
    assert [row.sid for row in renewed.calls.list()] == [call.sid]
    assert account.get("/Calls.json").status_code == 401


def test_the_log_tells_requests_and_callbacks_and_waits_for_them(
    standin: StandIn, account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(outcome="busy", ring_ms=0, answer_ms=0)
    url = f"{receiver.url}/status"
    call = client.calls.create(to="+14155550123", from_=account.number, twiml=TALK, status_callback=url)
    [callback] = standin.log(account_sid=account.sid, kind="callback", wait_ms=5000)
    assert (callback["resource_sid"], callback["url"], callback["status"]) == (call.sid, url, 204)
    assert callback["params"]["CallStatus"] == "busy"
    assert callback["signature"] == receiver.next().headers["x-twilio-signature"]
    [request] = standin.log(account_sid=account.sid, kind="request")
    assert (request["method"], request["status"], request["resource_sid"]) == ("POST", 201, call.sid)
    assert request["params"]["To"] == "+14155550123"
    assert account.token not in json.dumps(request)
    assert standin.log(account_sid=account.sid, after=callback["seq"], wait_ms=1) == []


def test_a_reset_forgets_the_accounts_scripts(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(outcome="busy", ring_ms=0, answer_ms=0)
    account.standin.control("reset", {"account_sid": account.sid})
    client.calls.create(to="+14155550123", from_=account.number, twiml="<Response/>", status_callback=receiver.url)
    assert receiver.next().status == "completed"


def test_an_ended_call_takes_no_commands(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(outcome="busy", ring_ms=0, answer_ms=0)
    call = client.calls.create(to="+14155550123", from_=account.number, twiml=TALK, status_callback=receiver.url)
    receiver.next()
    url = f"{account.standin.url}/_control/answer"
    assert requests.post(url, json={"call_sid": call.sid}, timeout=WAIT_SECONDS).status_code == 409


def test_accounts_come_from_a_file_and_sids_from_the_seed(tmp_path: Path) -> None:
    sid, token = "AC" + "1" * 32, "token"
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps([{"sid": sid, "auth_token": token, "numbers": ["+14155550100"]}]))

    def first_call() -> str:
        running = StandIn("--accounts", str(path), "--seed", "42")
        try:
            account = Account(sid, token, "", "", "+14155550100", running)
            call = account.client().calls.create(to="+14155550123", from_=account.number, twiml=TALK)
            return str(call.sid)
        finally:
            running.stop()

    assert first_call() == first_call()
