"""Calls through the official client."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from support import Account, Receiver, StandIn

EVENTS = ["initiated", "ringing", "answered", "completed"]
TALK = "<Response><Pause length='60'/></Response>"
TO = "+14155550123"


def test_a_call_lives_from_queued_to_completed(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=100, answer_ms=100, talk_ms=3000)
    call = client.calls.create(
        to=TO,
        from_=account.number,
        twiml=TALK,
        status_callback=f"{receiver.url}/status?call_id=call_01&note=a%20b",
        status_callback_event=EVENTS,
    )
    assert call.status == "queued"
    assert call.direction == "outbound-api"
    assert call.to_formatted == "(415) 555-0123"
    hooks = receiver.take(4)
    assert [hook.status for hook in hooks] == ["initiated", "ringing", "in-progress", "completed"]
    assert [hook.params["SequenceNumber"] for hook in hooks] == ["0", "1", "2", "3"]
    assert all(hook.is_signed_by(account.token) for hook in hooks)
    assert not any(hook.is_signed_by("another token") for hook in hooks)
    last = hooks[-1].params
    assert last["CallSid"] == call.sid
    assert last["AccountSid"] == account.sid
    assert last["CallbackSource"] == "call-progress-events"
    assert (last["CallDuration"], last["Duration"]) == ("3", "1")
    assert "CallDuration" not in hooks[2].params
    ended = call.fetch()
    assert ended.status == "completed"
    assert ended.duration == "3"
    assert ended.price == "-0.01400"
    assert isinstance(ended.start_time, datetime)
    assert isinstance(ended.end_time, datetime)


def test_only_completed_is_told_by_default_and_by_get_if_asked(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(outcome="busy", ring_ms=0, answer_ms=0)
    url = f"{receiver.url}/status?x=1"
    client.calls.create(to=TO, from_=account.number, twiml=TALK, status_callback=url, status_callback_method="GET")
    hook = receiver.next()
    assert (hook.method, hook.status) == ("GET", "busy")
    assert hook.params["SequenceNumber"] == "0"
    assert hook.params["x"] == "1"
    assert hook.is_signed_by(account.token)


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
def test_a_call_may_end_unanswered(account: Account, client: Client, receiver: Receiver, outcome: str) -> None:
    account.script(to=TO, outcome=outcome, ring_ms=10, answer_ms=10)
    call = client.calls.create(to=TO, from_=account.number, twiml=TALK, status_callback=receiver.url)
    hook = receiver.next()
    assert hook.status == outcome
    assert hook.params["CallDuration"] == "0"
    ended = call.fetch()
    assert (ended.status, ended.duration, ended.price) == (outcome, None, None)


def test_nobody_answers_within_the_timeout(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(answer_ms=5000)
    client.calls.create(to=TO, from_=account.number, twiml=TALK, timeout=1, status_callback=receiver.url)
    assert receiver.next().status == "no-answer"


def test_the_api_hangs_up_and_cancels(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(answer="manual", hang_up="manual")

    def create() -> str:
        call = client.calls.create(
            to=TO,
            from_=account.number,
            twiml=TALK,
            status_callback=receiver.url,
            status_callback_event=EVENTS,
        )
        receiver.until("ringing")
        return str(call.sid)

    ringing = create()
    assert client.calls(ringing).update(status="canceled").status == "canceled"
    assert receiver.next().status == "canceled"
    talking = create()
    account.standin.control("answer", {"call_sid": talking})
    receiver.until("in-progress")
    assert client.calls(talking).update(status="canceled").status == "in-progress"
    assert client.calls(talking).update(status="completed").status == "completed"
    assert receiver.next().status == "completed"
    assert client.calls(talking).update(status="completed").status == "completed"
    with pytest.raises(TwilioRestException) as refusal:
        client.calls(talking).update(twiml=TALK)
    assert (refusal.value.status, refusal.value.code) == (400, 21220)


def test_a_call_in_progress_takes_other_instructions(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(ring_ms=0, answer_ms=0)
    call = client.calls.create(
        to=TO, from_=account.number, twiml=TALK, status_callback=receiver.url, status_callback_event=EVENTS
    )
    receiver.until("in-progress")
    call.update(twiml="<Response><Hangup/></Response>")
    assert receiver.next().status == "completed"


def test_lists_are_filtered_and_paged(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(outcome="busy", ring_ms=0, answer_ms=0)
    sids = [
        client.calls.create(
            to=f"+1415555010{digit}", from_=account.number, twiml=TALK, status_callback=receiver.url
        ).sid
        for digit in range(5)
    ]
    receiver.take(5)
    newest_first = sids[::-1]
    assert [call.sid for call in client.calls.list(page_size=2)] == newest_first
    assert [call.sid for call in client.calls.list(limit=3)] == newest_first[:3]
    assert [call.sid for call in client.calls.list(to="+14155550102")] == [sids[2]]
    assert client.calls.list(status="completed") == []
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    assert client.calls.list(start_time_after=tomorrow) == []
    assert len(client.calls.list(start_time_before=tomorrow)) == 5
    page = client.calls.page(page_size=2)
    following = page.next_page()
    assert following is not None
    back = following.previous_page()
    assert back is not None
    assert [call.sid for call in back] == newest_first[:2]


def test_only_an_ended_call_can_be_deleted(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(answer="manual")
    call = client.calls.create(
        to=TO, from_=account.number, twiml=TALK, status_callback=receiver.url, status_callback_event=EVENTS
    )
    receiver.until("ringing")
    with pytest.raises(TwilioRestException) as refusal:
        call.delete()
    assert refusal.value.status == 409
    account.standin.control("hang-up", {"call_sid": call.sid})
    receiver.until("busy")
    assert call.delete()
    with pytest.raises(TwilioRestException) as refusal:
        call.fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_another_accounts_call_does_not_exist(standin: StandIn, account: Account, client: Client) -> None:
    call = client.calls.create(to=TO, from_=account.number, twiml=TALK)
    stranger = standin.register().client()
    with pytest.raises(TwilioRestException) as refusal:
        stranger.calls(call.sid).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)
    assert stranger.calls.list() == []
