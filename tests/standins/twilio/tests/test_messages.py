"""Messages through the official client."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from support import Account, Receiver, StandIn

TO = "+14155550123"


def test_a_message_is_sent_and_delivered(account: Account, client: Client, receiver: Receiver) -> None:
    url = f"{receiver.url}/status?message=1"
    message = client.messages.create(to=TO, from_=account.number, body="Grüße 👋", status_callback=url)
    assert (message.status, message.num_segments, message.direction) == ("queued", "1", "outbound-api")
    hooks = receiver.take(2)
    assert [hook.status for hook in hooks] == ["sent", "delivered"]
    assert all(hook.is_signed_by(account.token) for hook in hooks)
    assert hooks[0].params["MessageSid"] == message.sid
    fetched = message.fetch()
    assert (fetched.status, fetched.body, fetched.error_code) == ("delivered", "Grüße 👋", None)
    assert fetched.date_sent is not None


@pytest.mark.parametrize(("outcome", "code"), [("undelivered", 30003), ("failed", 30008)])
def test_a_message_may_not_arrive(
    account: Account, client: Client, receiver: Receiver, outcome: str, code: int
) -> None:
    account.script(message_outcome=outcome)
    message = client.messages.create(to=TO, from_=account.number, body="Hello", status_callback=receiver.url)
    assert receiver.until(outcome)[-1].params["ErrorCode"] == str(code)
    assert message.fetch().error_code == code


def test_messages_are_listed_redacted_and_deleted(account: Account, client: Client, receiver: Receiver) -> None:
    sids = []
    for digit in range(3):
        message = client.messages.create(
            to=f"+1415555010{digit}", from_=account.number, body="Hello", status_callback=receiver.url
        )
        receiver.until("delivered")
        sids.append(message.sid)
    assert [row.sid for row in client.messages.list(page_size=2)] == sids[::-1]
    assert [row.sid for row in client.messages.list(to="+14155550101")] == [sids[1]]
    assert client.messages(sids[0]).update(body="").body == ""
    assert client.messages(sids[0]).delete()
    assert len(client.messages.list()) == 2


def test_a_message_that_is_not_sent_can_be_canceled(account: Account, client: Client, receiver: Receiver) -> None:
    account.script(queue_ms=60_000)
    service = "MG" + "0" * 32
    message = client.messages.create(to=TO, messaging_service_sid=service, body="Hello", status_callback=receiver.url)
    assert message.status == "accepted"
    assert message.update(status="canceled").status == "canceled"
    assert message.delete()


def test_who_sends_stop_gets_no_more_until_start(standin: StandIn, receiver: Receiver) -> None:
    account = standin.register(webhooks={"sms_url": f"{receiver.url}/sms"})
    client = account.client()

    def text(body: str) -> None:
        standin.control("inbound-sms", {"to": account.number, "from": TO, "body": body})
        hook = receiver.next()
        assert (hook.params["Body"], hook.params["From"]) == (body, TO)
        assert hook.is_signed_by(account.token)

    text(" stop ")
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=TO, from_=account.number, body="Hello")
    assert (refusal.value.status, refusal.value.code) == (400, 21610)
    text("Start")
    assert client.messages.create(to=TO, from_=account.number, body="Hello").status == "queued"


def test_an_sms_is_answered_as_the_webhook_says(standin: StandIn, receiver: Receiver) -> None:
    account = standin.register(webhooks={"sms_url": f"{receiver.url}/sms"})
    receiver.answer("/sms", (200, "<Response><Message>Thanks!</Message></Response>"))
    received = standin.control("inbound-sms", {"to": account.number, "from": TO, "body": "Hi"})
    receiver.next()
    standin.log(resource_sid=received["message_sid"], kind="webhook", wait_ms=5000)
    directions = {row.direction: row.body for row in account.client().messages.list()}
    assert directions == {"inbound": "Hi", "outbound-reply": "Thanks!"}
