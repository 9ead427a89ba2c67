"""What the emulator itself adds to a warm invocation: the wait for a log line, and Nagle's."""

from __future__ import annotations

import statistics
import time

import pytest

from account import LAMBDA_TRUST, allow, create_function, create_role, unique
from emulator import Emulator

ROUNDS = 15
# Each of stock's two waits is 40 ms or more; ours stays far below one of them even on a busy machine.
ONE_WAIT_SECONDS = 0.035
SILENT, LOGGING = "an answer and no log line", None


def _seconds(emulator: Emulator, answers: str | None) -> list[float]:
    client = emulator.client("lambda")
    role = create_role(emulator, allow("logs:*", "*"), LAMBDA_TRUST)
    function = create_function(emulator, role, answers=answers)
    durations = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        client.invoke(FunctionName=function, Payload=b"{}")["Payload"].read()
        durations.append(time.perf_counter() - started)
    return durations[1:]


def test_stock_waits_for_a_log_line_that_never_comes(stock: Emulator) -> None:
    assert statistics.median(_seconds(stock, SILENT)) > 2 * ONE_WAIT_SECONDS


def test_stock_waits_for_an_acknowledgement(stock: Emulator) -> None:
    assert statistics.median(_seconds(stock, LOGGING)) > ONE_WAIT_SECONDS


@pytest.mark.parametrize("answers", [SILENT, LOGGING])
def test_a_warm_invocation_waits_for_neither(patched: Emulator, answers: str | None) -> None:
    assert min(_seconds(patched, answers)) < ONE_WAIT_SECONDS


def _seconds_through_a_queue(emulator: Emulator) -> list[float]:
    """From sending a message to its removal by the mapping, one message after the other."""
    sqs, role = emulator.client("sqs"), create_role(emulator, allow("*", "*"), LAMBDA_TRUST)
    url = sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function = create_function(emulator, role, answers=LOGGING)
    emulator.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName=function)
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    durations = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        left = {"0", "1"}
        while left != {"0"}:
            left = set(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"].values())
        durations.append(time.perf_counter() - started)
    return durations[1:]


def test_stock_rests_after_each_batch(stock: Emulator) -> None:
    assert statistics.median(_seconds_through_a_queue(stock)) > 2 * ONE_WAIT_SECONDS


def test_a_queue_is_read_without_rest(patched: Emulator) -> None:
    assert min(_seconds_through_a_queue(patched)) < ONE_WAIT_SECONDS
