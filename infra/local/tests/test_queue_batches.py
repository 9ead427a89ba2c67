"""SQS's batch operations are covered by the permissions of the single ones."""

from __future__ import annotations

from typing import Any

from account import allow, assume, create_role, unique
from emulator import Emulator, outcome


def _session(emulator: Emulator, action: str) -> tuple[Any, str]:
    """A client whose role may do `action` only, and a queue."""
    queue = emulator.client("sqs").create_queue(QueueName=unique("queue"))["QueueUrl"]
    return emulator.client("sqs", assume(emulator, create_role(emulator, allow(action, "*")))), queue


def _send(emulator: Emulator, action: str) -> str:
    client, queue = _session(emulator, action)
    entries = [{"Id": "1", "MessageBody": "one"}]
    return outcome(lambda: client.send_message_batch(QueueUrl=queue, Entries=entries))


def test_stock_asks_for_an_action_that_aws_does_not_have(stock: Emulator) -> None:
    assert _send(stock, "sqs:SendMessage") == "AccessDenied"


def test_whoever_may_send_may_send_a_batch(patched: Emulator) -> None:
    assert _send(patched, "sqs:SendMessage") == "OK"
    assert _send(patched, "sqs:ReceiveMessage") == "AccessDenied"


def test_whoever_may_delete_may_delete_a_batch(patched: Emulator) -> None:
    client, queue = _session(patched, "sqs:DeleteMessage")
    entries = [{"Id": "1", "ReceiptHandle": "none"}]
    assert outcome(lambda: client.delete_message_batch(QueueUrl=queue, Entries=entries)) == "OK"


def test_whoever_may_change_the_visibility_may_change_a_batchs(patched: Emulator) -> None:
    client, queue = _session(patched, "sqs:ChangeMessageVisibility")
    entries = [{"Id": "1", "ReceiptHandle": "none", "VisibilityTimeout": 1}]
    assert outcome(lambda: client.change_message_visibility_batch(QueueUrl=queue, Entries=entries)) == "OK"
