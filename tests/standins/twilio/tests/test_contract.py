"""Every answer has the shape of Twilio's published contract: each documented field, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from twilio.rest import Client

from support import Account, Receiver

SUBSET = Path(__file__).parents[1] / "contract" / "twilio_api_v2010.subset.json"
CONTRACT = json.loads(SUBSET.read_text(encoding="utf-8"))
RFC_2822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d \+0000"
)
CHECKER = FormatChecker(formats=())


@CHECKER.checks("date-time-rfc-2822")
def is_rfc2822(value: object) -> bool:
    return value is None or RFC_2822.fullmatch(str(value)) is not None


@CHECKER.checks("currency")
def is_currency(value: object) -> bool:
    return value is None or re.fullmatch("[A-Z]{3}", str(value)) is not None


@CHECKER.checks("phone-number")
def is_phone_number(value: object) -> bool:
    return value is None or str(value).startswith("+")


@CHECKER.checks("uri-map")
def is_uri_map(value: object) -> bool:
    return isinstance(value, dict) and all(str(uri).startswith("/2010-04-01/") for uri in value.values())


def json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema; objects with named properties have them all and nothing else."""
    if isinstance(schema, list):
        return [json_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return json_schema(CONTRACT["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    result = {name: json_schema(part) for name, part in schema.items() if name != "nullable"}
    if "properties" in schema:
        result["required"] = sorted(schema["properties"])
        result["additionalProperties"] = False
    if schema.get("nullable") and "type" in schema:
        result["type"] = [schema["type"], "null"]
    return result


def check(schema: Any, answer: Any) -> None:
    Draft202012Validator(json_schema(schema), format_checker=CHECKER).validate(answer)


def check_resource(name: str, answer: Any) -> None:
    check(CONTRACT["schemas"][name], answer)


def test_the_checker_notices_what_is_wrong(account: Account, client: Client) -> None:
    sid = client.messages.create(to="+14155550123", from_=account.number, body="Hello").sid
    good = account.get(f"/Messages/{sid}.json").json()
    check_resource("api.v2010.account.message", good)
    missing = {name: value for name, value in good.items() if name != "price_unit"}
    for bad in (missing, {**good, "extra": 1}, {**good, "date_created": "2026-01-02"}, {**good, "num_media": 0}):
        with pytest.raises(ValidationError):
            check_resource("api.v2010.account.message", bad)


def test_calls_and_recordings_before_during_and_after(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=50, answer_ms=50, talk_ms=3000)
    call = client.calls.create(
        to="+14155550123",
        from_=account.number,
        twiml="<Response><Pause length='60'/></Response>",
        record=True,
        recording_status_callback=receiver.url,
        status_callback=receiver.url,
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    check_resource("api.v2010.account.call", account.get(f"/Calls/{call.sid}.json").json())
    for _ in range(5):
        hook = receiver.next()
        check_resource("api.v2010.account.call", account.get(f"/Calls/{call.sid}.json").json())
        if "CallStatus" in hook.params and hook.params["CallStatus"] == "in-progress":
            check_recordings(account, str(call.sid))
    check_recordings(account, str(call.sid))
    check(CONTRACT["lists"]["/Calls.json"], account.get("/Calls.json").json())


def check_recordings(account: Account, call_sid: str) -> None:
    of_call = account.get(f"/Calls/{call_sid}/Recordings.json").json()
    check(CONTRACT["lists"]["/Calls/{CallSid}/Recordings.json"], of_call)
    check(CONTRACT["lists"]["/Recordings.json"], account.get("/Recordings.json").json())
    sid = of_call["recordings"][0]["sid"]
    check_resource("api.v2010.account.recording", account.get(f"/Recordings/{sid}.json").json())
    one = account.get(f"/Calls/{call_sid}/Recordings/{sid}.json").json()
    check_resource("api.v2010.account.call.call_recording", one)


def test_messages_with_every_outcome(account: Account, client: Client, receiver: Receiver) -> None:
    for outcome in ("delivered", "undelivered", "failed"):
        account.script(message_outcome=outcome)
        created = client.messages.create(
            to="+14155550123", from_=account.number, body="Hello", status_callback=receiver.url
        )
        receiver.until(outcome)
        check_resource("api.v2010.account.message", account.get(f"/Messages/{created.sid}.json").json())
    page = account.get("/Messages.json?PageSize=2").json()
    check(CONTRACT["lists"]["/Messages.json"], page)
    assert page["next_page_uri"] is not None
