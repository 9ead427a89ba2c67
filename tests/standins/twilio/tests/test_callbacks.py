"""How callbacks arrive: in disorder, twice, late, again after a failure."""

from __future__ import annotations

from twilio.rest import Client

from support import Account, Receiver

EVENTS = ["initiated", "ringing", "answered", "completed"]
IN_ORDER = ["initiated", "ringing", "in-progress", "completed"]


def statuses(account: Account, client: Client, receiver: Receiver, count: int, **script: object) -> list[str]:
    account.script(ring_ms=0, answer_ms=0, talk_ms=1000, **script)
    client.calls.create(
        to="+14155550123",
        from_=account.number,
        twiml="<Response><Pause length='60'/></Response>",
        status_callback=f"{receiver.url}/status",
        status_callback_event=EVENTS,
    )
    hooks = receiver.take(count)
    assert all(hook.is_signed_by(account.token) for hook in hooks)
    return [hook.status for hook in hooks]


def test_shuffled(account: Account, client: Client, receiver: Receiver) -> None:
    arrived = statuses(account, client, receiver, 4, callbacks="shuffled")
    assert sorted(arrived) == sorted(IN_ORDER)
    assert arrived != IN_ORDER


def test_reversed(account: Account, client: Client, receiver: Receiver) -> None:
    assert statuses(account, client, receiver, 4, callbacks="reversed") == IN_ORDER[::-1]


def test_duplicated(account: Account, client: Client, receiver: Receiver) -> None:
    arrived = statuses(account, client, receiver, 8, callbacks="duplicated")
    assert arrived == [status for status in IN_ORDER for _ in range(2)]


def test_late(account: Account, client: Client, receiver: Receiver) -> None:
    assert statuses(account, client, receiver, 4, callback_delay_ms=500) == IN_ORDER


def test_dropped(account: Account, client: Client, receiver: Receiver) -> None:
    assert statuses(account, client, receiver, 0, callbacks="dropped") == []
    account.script(ring_ms=0, answer_ms=0, talk_ms=1000)
    # A second, ordered call ends later: nothing of the first one came before it.
    assert statuses(account, client, receiver, 4) == IN_ORDER


def test_a_server_error_is_final_unless_the_url_asks_for_retries(
    account: Account, client: Client, receiver: Receiver
) -> None:
    account.script(ring_ms=0, answer_ms=0, outcome="busy")
    receiver.answer("/status", (503, ""), (503, ""), (204, ""))

    def create(fragment: str) -> str:
        call = client.calls.create(
            to="+14155550123",
            from_=account.number,
            twiml="<Response/>",
            status_callback=f"{receiver.url}/status?x=1{fragment}",
        )
        return str(call.sid)

    create("")
    assert receiver.next().status == "busy"
    second = create("#rc=2&rp=5xx")
    attempts = receiver.take(2)
    assert {hook.params["CallSid"] for hook in attempts} == {second}
    assert all(hook.is_signed_by(account.token) for hook in attempts)
    tokens = {hook.headers["i-twilio-idempotency-token"] for hook in attempts}
    assert len(tokens) == 1
    account.standin.log(resource_sid=second, kind="callback", wait_ms=5000)
    log = account.standin.log(account_sid=account.sid, kind="callback")
    assert [(entry["attempt"], entry["status"]) for entry in log[:2]] == [(1, 503), (1, 503)]
