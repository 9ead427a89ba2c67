"""The sorted index gives what stock gives, page by page, whatever was written in between; and it does so faster."""

from __future__ import annotations

import random
import time
from typing import Any

from botocore.exceptions import ClientError

from account import create_table, text
from emulator import Emulator

SEED = 20_261_122
ROUNDS = 80
PARTITIONS = ("p", "q")
ROWS_OF_THE_LONG_PARTITION = 3_000


def _sort_key(chance: random.Random) -> str:
    return "".join(chance.choice("ab#~é") for _ in range(chance.randint(1, 3)))


def _item(chance: random.Random) -> dict[str, Any]:
    item = text(pk=chance.choice(PARTITIONS), sk=_sort_key(chance), note=chance.choice("xyz"))
    if chance.random() < 0.7:
        item |= text(gsi1pk=chance.choice(PARTITIONS))
    if chance.random() < 0.8:
        item |= text(gsi1sk=_sort_key(chance))
    if chance.random() < 0.1:
        item |= text(body="0" * 300_000)  # four of these are more than the megabyte of a page
    return item


def _write(chance: random.Random, table: str) -> tuple[str, dict[str, Any]]:
    """The name and arguments of one write: new, overwriting, moving within an index, deleting, in a transaction."""
    item = _item(chance)
    key = {name: item[name] for name in ("pk", "sk")}
    kind = chance.choice(["put", "put", "put", "delete", "update", "batch", "transaction", "refused"])
    if kind == "put":
        return "put_item", {"TableName": table, "Item": item}
    if kind == "delete":
        return "delete_item", {"TableName": table, "Key": key}
    if kind == "update":
        return "update_item", {
            "TableName": table, "Key": key, "UpdateExpression": "SET gsi1pk = :pk, gsi1sk = :sk REMOVE note",
            "ExpressionAttributeValues": text(**{":pk": chance.choice(PARTITIONS), ":sk": _sort_key(chance)})}
    if kind == "batch":
        return "batch_write_item", {"RequestItems": {table: [{"PutRequest": {"Item": item}}]}}
    put: dict[str, Any] = {"TableName": table, "Item": item}
    if kind == "refused":
        put["ConditionExpression"] = "attribute_exists(absent)"
    other = text(pk="p", sk=_sort_key(chance))
    elements = [{"Put": put}] + ([] if other == key else [{"Delete": {"TableName": table, "Key": other}}])
    return "transact_write_items", {"TransactItems": elements}


def _query(chance: random.Random, table: str) -> dict[str, Any]:
    on_index = chance.random() < 0.5
    hash_name, range_name = ("gsi1pk", "gsi1sk") if on_index else ("pk", "sk")
    low, high = sorted([_sort_key(chance), _sort_key(chance)])
    condition = chance.choice(
        ["", "#r = :a", "#r < :a", "#r <= :a", "#r > :a", "#r >= :a", "#r BETWEEN :a AND :b", "begins_with(#r, :a)"])
    values = {":pk": chance.choice((*PARTITIONS, "empty"))} | ({":a": low} if condition else {})
    values |= {":b": high} if "BETWEEN" in condition else {}
    request: dict[str, Any] = {
        "TableName": table, "ScanIndexForward": chance.random() < 0.5,
        "KeyConditionExpression": f"{hash_name} = :pk" + (f" AND {condition}" if condition else ""),
        **({"ExpressionAttributeNames": {"#r": range_name}} if condition else {}),
        **({"IndexName": "gsi1"} if on_index else {"ConsistentRead": chance.random() < 0.5}),
    }
    if chance.random() < 0.7:
        request["Limit"] = chance.randint(1, 6)
    if chance.random() < 0.3:
        request["FilterExpression"] = "note = :note"
        values[":note"] = "x"
    if chance.random() < 0.2:
        request["Select"] = "COUNT"
    elif chance.random() < 0.2:
        request["ProjectionExpression"] = "sk, note"
    return {**request, "ExpressionAttributeValues": text(**values)}


def _answer(client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return error.response["Error"]
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _pages(client: Any, request: dict[str, Any]) -> list[dict[str, Any]]:
    pages = [_answer(client, "query", request)]
    while "LastEvaluatedKey" in pages[-1]:
        pages.append(_answer(client, "query", {**request, "ExclusiveStartKey": pages[-1]["LastEvaluatedKey"]}))
    return pages


def test_every_page_is_stocks_page(stock: Emulator, patched: Emulator) -> None:
    chance = random.Random(SEED)
    clients = [emulator.client("dynamodb") for emulator in (stock, patched)]
    tables = [create_table(emulator) for emulator in (stock, patched)]
    table = tables[0]
    renamed = {tables[0]: tables[1]}
    compared = 0
    for _ in range(ROUNDS):
        for _ in range(4):
            operation, arguments = _write(chance, table)
            answers = [_answer(clients[0], operation, arguments),
                       _answer(clients[1], operation, _rename(arguments, renamed))]
            assert answers[0] == answers[1]
        for _ in range(4):
            request = _query(chance, table)
            pages = _pages(clients[0], request)
            assert _pages(clients[1], _rename(request, renamed)) == pages, request
            compared += len(pages)
    assert compared > ROUNDS * 4


def test_a_refused_query_is_refused_in_stocks_words(stock: Emulator, patched: Emulator) -> None:
    requests = [
        {"KeyConditionExpression": "sk = :a", "ExpressionAttributeValues": text(**{":a": "x"})},
        {"KeyConditionExpression": "pk = :a AND sk > :b",
         "ExpressionAttributeValues": {":a": {"S": "x"}, ":b": {"N": "1"}}},
        {"KeyConditionExpression": "pk = :a AND note = :b",
         "ExpressionAttributeValues": text(**{":a": "x", ":b": "y"})},
        {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": text(**{":a": "x"}), "IndexName": "none"},
        {"KeyConditionExpression": "pk = :a AND sk BETWEEN :c AND :b",
         "ExpressionAttributeValues": text(**{":a": "x", ":b": "b", ":c": "c"})},
        {"KeyConditionExpression": "pk = :a AND sk > :b", "ExclusiveStartKey": text(pk="x", sk="a"),
         "ExpressionAttributeValues": text(**{":a": "x", ":b": "b"})},
        {"KeyConditionExpression": "pk = :a", "ExclusiveStartKey": text(pk="x"),
         "ExpressionAttributeValues": text(**{":a": "x"})},
    ]
    answers = []
    for emulator in (stock, patched):
        client, table = emulator.client("dynamodb"), create_table(emulator)
        answers.append([_answer(client, "query", {"TableName": table, **request}) for request in requests])
    assert answers[0] == answers[1]
    assert all(answer["Code"] == "ValidationException" for answer in answers[0])


def test_stock_walks_the_partition_and_the_index_does_not(stock: Emulator, patched: Emulator) -> None:
    stock_seconds, patched_seconds = (_seconds_of_a_page(emulator) for emulator in (stock, patched))
    assert patched_seconds < stock_seconds / 3


def _seconds_of_a_page(emulator: Emulator) -> float:
    client, table = emulator.client("dynamodb"), create_table(emulator)
    for first in range(0, ROWS_OF_THE_LONG_PARTITION, 25):
        client.batch_write_item(RequestItems={table: [
            {"PutRequest": {"Item": text(pk="p", sk=f"{first + offset:06}")}} for offset in range(25)]})
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        page = client.query(TableName=table, KeyConditionExpression="pk = :pk AND sk > :sk", Limit=50,
                            ScanIndexForward=False, ExpressionAttributeValues=text(**{":pk": "p", ":sk": "000001"}))
        durations.append(time.perf_counter() - started)
        assert page["Count"] == 50
    return min(durations)


def _rename(value: Any, names: dict[str, str]) -> Any:
    """The same request for the other emulator's table."""
    if isinstance(value, dict):
        return {names.get(key, key): _rename(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rename(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
