"""A table's stream to a function: partial failures, the end of retries, mappings that do not wait for each other."""

from __future__ import annotations

import json
from typing import Any

from account import LAMBDA_TRUST, allow, create_function, create_role, create_table, text, unique
from emulator import Emulator
from function_logs import await_logged

WHOLE_BATCH_FAILS = {"batchItemFailures": [{"itemIdentifier": ""}]}


def _map(emulator: Emulator, table: str, function: str, **settings: Any) -> str:
    stream = emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    return emulator.client("lambda").create_event_source_mapping(
        EventSourceArn=stream, FunctionName=function, StartingPosition="TRIM_HORIZON", **settings)["UUID"]


def _role(emulator: Emulator) -> str:
    return create_role(emulator, allow("logs:*", "*"), LAMBDA_TRUST)


def _write(emulator: Emulator, table: str, *sort_keys: str) -> None:
    emulator.client("dynamodb").transact_write_items(TransactItems=[
        {"Put": {"TableName": table, "Item": text(pk="p", sk=key)}} for key in sort_keys])


def _batches(emulator: Emulator, function: str, last: str) -> list[list[str]]:
    """The batches that the function logged, in order, once it has seen the sort key `last`."""
    def read(lines: list[str]) -> list[list[str]]:
        return [json.loads(line.removeprefix("BATCH ")) for line in lines if line.startswith("BATCH ")]

    name = function.rsplit(":", 1)[-1]
    lines = await_logged(emulator, name, lambda lines: any(last in batch for batch in read(lines)))
    assert lines is not None, f"{function} never saw {last}"
    return read(lines)


def _seen_after_one_failure(emulator: Emulator) -> list[str]:
    """What a function sees which reports b of a, b and c as failed, the first time; d is written after that."""
    table = create_table(emulator)
    function = create_function(emulator, _role(emulator), FAILS_ONCE="b")
    _write(emulator, table, "a", "b", "c")
    _map(emulator, table, function, FunctionResponseTypes=["ReportBatchItemFailures"])
    _batches(emulator, function, last="c")
    _write(emulator, table, "d")
    return [key for batch in _batches(emulator, function, last="d") for key in batch]


def test_stock_takes_a_partial_failure_for_success(stock: Emulator) -> None:
    assert _seen_after_one_failure(stock) == ["a", "b", "c", "d"]


def test_a_partial_failure_is_tried_again_from_the_failed_record(patched: Emulator) -> None:
    assert _seen_after_one_failure(patched) == ["a", "b", "c", "b", "c", "d"]


def _given_up(emulator: Emulator, wait_seconds: int) -> list[dict[str, Any]]:
    """What reaches the failure destination of a mapping whose batch fails, and fails again in its only retry."""
    table, sqs = create_table(emulator), emulator.client("sqs")
    url = sqs.create_queue(QueueName=unique("failures"))["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function = create_function(emulator, _role(emulator), answers=WHOLE_BATCH_FAILS)
    _write(emulator, table, "a", "b")
    _map(emulator, table, function, MaximumRetryAttempts=1, FunctionResponseTypes=["ReportBatchItemFailures"],
         DestinationConfig={"OnFailure": {"Destination": queue}})
    received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait_seconds)
    return [json.loads(message["Body"]) for message in received.get("Messages", [])]


def test_stock_gives_nothing_up(stock: Emulator) -> None:
    assert _given_up(stock, wait_seconds=3) == []


def test_exhausted_retries_go_to_the_failure_destination(patched: Emulator) -> None:
    given_up = _given_up(patched, wait_seconds=10)
    assert [record["requestContext"]["condition"] for record in given_up] == ["RetryAttemptsExhausted"]
    assert given_up[0]["DDBStreamBatchInfo"]["batchSize"] == 2


def test_a_failing_mapping_does_not_hold_up_another(patched: Emulator) -> None:
    table, role = create_table(patched), _role(patched)
    _map(patched, table, create_function(patched, role, answers=WHOLE_BATCH_FAILS),
         FunctionResponseTypes=["ReportBatchItemFailures"])
    healthy = create_function(patched, role, FAILS_ONCE="none")
    _map(patched, table, healthy)
    for key in ("a", "b"):
        _write(patched, table, key)
        assert [seen for batch in _batches(patched, healthy, last=key) for seen in batch][-1] == key


def test_a_filter_lets_only_matching_records_through(patched: Emulator) -> None:
    table, function = create_table(patched), create_function(patched, _role(patched), FAILS_ONCE="none")
    pattern = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "CALL#"}]}}}}
    _map(patched, table, function, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    _write(patched, table, "CALL#1", "CONTACT#1", "CALL#2")
    assert [key for batch in _batches(patched, function, last="CALL#2") for key in batch] == ["CALL#1", "CALL#2"]


def _invocations_of_a_crashing_batch(emulator: Emulator) -> list[int]:
    """The sizes of the batches that were given up, for a function that cannot start."""
    table, sqs = create_table(emulator), emulator.client("sqs")
    url = sqs.create_queue(QueueName=unique("failures"))["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function = create_function(emulator, _role(emulator), FAILS_ONCE="a", PYTHONHOME="/nonexistent")
    _write(emulator, table, "a", "b")
    _map(emulator, table, function, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True,
         DestinationConfig={"OnFailure": {"Destination": queue}})
    sizes: list[int] = []
    while len(sizes) < 2:
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=10)
        assert received.get("Messages"), sizes
        sizes += [json.loads(message["Body"])["DDBStreamBatchInfo"]["batchSize"] for message in received["Messages"]]
    return sizes


def test_a_batch_whose_invocation_fails_is_halved(patched: Emulator) -> None:
    assert _invocations_of_a_crashing_batch(patched) == [1, 1]
