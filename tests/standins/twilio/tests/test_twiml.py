"""Instructions: fetched, carried out, bridged; and calls from outside."""

from __future__ import annotations

import pytest
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

from support import Account, Receiver, StandIn

TO = "+14155550123"
CONTACT = "+14155550145"


def test_instructions_are_fetched_with_a_signed_request(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0)
    receiver.answer("/voice", (200, "<Response><Say>Hi</Say><Redirect>/more?x=1</Redirect></Response>"))
    receiver.answer("/more", (200, "<Response><Pause length='2'/><Hangup/></Response>"))
    call = client.calls.create(
        to=TO, from_=account.number, url=f"{receiver.url}/voice?a=b", status_callback=f"{receiver.url}/status"
    )
    first, second, last = receiver.take(3)
    assert first.url == f"{receiver.url}/voice?a=b"
    assert (first.params["CallSid"], first.status) == (call.sid, "in-progress")
    assert second.url == f"{receiver.url}/more?x=1"
    assert last.status == "completed"
    assert all(hook.is_signed_by(account.token) for hook in (first, second, last))


def test_the_fallback_is_asked_when_the_first_url_fails(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0)
    receiver.answer("/voice", (500, ""))
    receiver.answer("/fallback", (200, "<Response/>"))
    client.calls.create(
        to=TO,
        from_=account.number,
        url=f"{receiver.url}/voice",
        fallback_url=f"{receiver.url}/fallback",
        status_callback=f"{receiver.url}/status",
    )
    paths = [hook.url.removeprefix(receiver.url) for hook in receiver.take(3)]
    assert paths == ["/voice", "/fallback", "/status"]


def test_broken_instructions_end_the_call_and_are_noted(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0)
    call = client.calls.create(to=TO, from_=account.number, twiml="<Response>", status_callback=receiver.url)
    assert receiver.next().status == "completed"
    notes = account.standin.log(resource_sid=str(call.sid), kind="note")
    assert notes[0]["error"].startswith("12100")


def test_a_bridge_rings_a_second_leg_and_tells_how_it_went(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=50, answer_ms=50)
    account.script(to=CONTACT, ring_ms=50, answer_ms=50, talk_ms=4000)
    receiver.answer("/dialed", (200, "<Response/>"))
    response = VoiceResponse()
    dial = Dial(caller_id=account.number, action=f"{receiver.url}/dialed", record="record-from-answer-dual")
    dial.number(
        CONTACT,
        status_callback=f"{receiver.url}/leg?leg=2",
        status_callback_event="initiated ringing answered completed",
    )
    response.append(dial)
    parent = client.calls.create(
        to=TO, from_=account.number, twiml=str(response), status_callback=f"{receiver.url}/status"
    )
    hooks = receiver.take(6)
    assert all(hook.is_signed_by(account.token) for hook in hooks)
    legs = [hook for hook in hooks if "leg=2" in hook.url]
    assert [hook.status for hook in legs] == ["initiated", "ringing", "in-progress", "completed"]
    assert {hook.params["ParentCallSid"] for hook in legs} == {parent.sid}
    action = next(hook for hook in hooks if hook.url.endswith("/dialed"))
    assert action.params["DialCallStatus"] == "completed"
    assert action.params["DialCallDuration"] == "4"
    assert action.params["DialCallSid"] == legs[0].params["CallSid"]
    [child] = client.calls.list(parent_call_sid=parent.sid)
    assert (child.direction, child.to, child.sid) == ("outbound-dial", CONTACT, legs[0].params["CallSid"])
    assert legs[0].params["From"] == account.number
    [recording] = client.recordings.list(call_sid=parent.sid)
    assert (recording.source, recording.channels) == ("DialVerb", 2)


@pytest.mark.parametrize("ended_by", ["api", "control"])
def test_hanging_up_ends_both_legs(account: Account, client: Client, receiver: Receiver, ended_by: str) -> None:
    account.script(ring_ms=0, answer_ms=0, hang_up="manual")
    twiml = f"<Response><Dial><Number statusCallback='{receiver.url}/leg'\
 statusCallbackEvent='answered completed'>{CONTACT}</Number></Dial></Response>"
    parent = client.calls.create(to=TO, from_=account.number, twiml=twiml, status_callback=f"{receiver.url}/status")
    assert receiver.next().status == "in-progress"
    if ended_by == "api":
        parent.update(status="completed")
    else:
        account.standin.control("hang-up", {"call_sid": parent.sid})
    last = receiver.take(2)
    assert {hook.url.removeprefix(receiver.url) for hook in last} == {"/leg", "/status"}
    assert {hook.status for hook in last} == {"completed"}


def test_a_call_from_outside_is_answered_as_the_numbers_webhook_says(standin: StandIn, receiver: Receiver) -> None:
    webhooks = {"voice_url": f"{receiver.url}/inbound", "status_callback": f"{receiver.url}/status"}
    account = standin.register(webhooks=webhooks)
    receiver.answer("/inbound", (200, "<Response><Pause length='60'/></Response>"))
    started = standin.control("inbound-call", {"to": account.number, "from": CONTACT, "talk_ms": 2000})
    asked, ended = receiver.take(2)
    assert asked.params["CallStatus"] == "ringing"
    assert (asked.params["Direction"], asked.params["From"]) == ("inbound", CONTACT)
    assert (ended.status, ended.params["CallDuration"]) == ("completed", "2")
    assert all(hook.is_signed_by(account.token) for hook in (asked, ended))
    call = account.client().calls(started["call_sid"]).fetch()
    assert (call.direction, call.price) == ("inbound", "-0.00850")


def test_a_call_from_outside_may_be_rejected(standin: StandIn, receiver: Receiver) -> None:
    webhooks = {"voice_url": f"{receiver.url}/inbound", "status_callback": f"{receiver.url}/status"}
    account = standin.register(webhooks=webhooks)
    receiver.answer("/inbound", (200, "<Response><Reject reason='busy'/></Response>"))
    standin.control("inbound-call", {"to": account.number, "from": CONTACT})
    assert [hook.status for hook in receiver.take(2)] == ["ringing", "busy"]


def test_all_nouns_ring_and_the_first_to_answer_is_connected(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=0, answer_ms=100)
    account.script(to=CONTACT, ring_ms=0, answer_ms=100, talk_ms=1000)
    account.script(to="client:slow", ring_ms=0, answer_ms=60000)
    dial = Dial(action="/after")
    dial.client("slow", status_callback=f"{receiver.url}/slow", status_callback_event="ringing completed")
    dial.number(CONTACT, status_callback=f"{receiver.url}/quick", status_callback_event="answered completed")
    response = VoiceResponse()
    response.append(dial)
    receiver.answer("/voice", (200, str(response)))
    receiver.answer("/after", (200, "<Response><Hangup/></Response>"))
    parent = client.calls.create(to=TO, from_=account.number, url=f"{receiver.url}/voice")
    hooks = receiver.take(6)
    after = next(hook for hook in hooks if hook.url.endswith("/after"))
    ends = {hook.url.rsplit("/", 1)[1]: hook.status for hook in hooks if hook.url.endswith(("/slow", "/quick"))}
    assert ends == {"slow": "canceled", "quick": "completed"}
    assert after.params["DialCallStatus"] == "completed"
    legs = client.calls.list(parent_call_sid=parent.sid)
    assert {leg.to: leg.status for leg in legs} == {"client:slow": "canceled", CONTACT: "completed"}
