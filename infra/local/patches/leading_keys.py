"""Fills the condition key `dynamodb:LeadingKeys`.

Stock: the key is never part of a request, so a policy that demands it (`Null: false`) denies everything and one that
does not demand it allows everything.
AWS: it holds the partition key values that the request names: one for an item operation or a Query (of the table or
of the index that is queried), all of them for a batch. A transaction is not an action of its own; each element is
authorised as the single-item action it performs, here with that element's key alone.
Source: DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control"; "Amazon DynamoDB
Transactions: how it works", section IAM; Service Authorization Reference, DynamoDB condition keys.

A request whose keys cannot be told (a Scan, PartiQL, a malformed body) carries no such key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

KEY = "dynamodb:LeadingKeys"

_EQUALITY = re.compile(r"([#\w.\-]+)\s*=\s*(:\w+)")


class ElementAction(str):
    """The IAM action of one element of a transaction, with the partition keys which that element names."""

    keys: list[str]


def apply() -> None:
    stock_context = iam_actions.dynamodb_service_context
    stock_checks = iam_actions.dynamodb_transaction_checks
    stock_enforce = iam_evaluator.enforce

    def service_context(body: bytes) -> dict[str, Any]:
        context = stock_context(body)
        keys = list(_leading_keys(_parse(body)))
        if keys:
            context[KEY] = keys
        return context

    def transaction_checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        checks = stock_checks(action, body, region, account)
        elements = list(_elements(_parse(body))) if checks else []
        if len(elements) != len(checks):
            return checks
        return [(_with_keys(name, element), arn) for (name, arn), element in zip(checks, elements, strict=True)]

    def enforce(access_key: str, action: str, service: str, region: str, resource_arn: str = "*",
                service_context: dict[str, Any] | None = None) -> Any:
        if service == "dynamodb" and isinstance(action, ElementAction):
            service_context = {name: value for name, value in (service_context or {}).items() if name != KEY}
            if action.keys:
                service_context[KEY] = action.keys
        return stock_enforce(access_key, action, service, region, resource_arn=resource_arn,
                             service_context=service_context)

    iam_actions.dynamodb_service_context = service_context
    iam_actions.dynamodb_transaction_checks = transaction_checks
    iam_evaluator.enforce = enforce


def _parse(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except (ValueError, TypeError):
        return {}
    return request if isinstance(request, dict) else {}


def _leading_keys(request: dict[str, Any]) -> Iterator[str]:
    table = request.get("TableName")
    if isinstance(table, str):
        yield from _item_keys(table, request.get("Key") or request.get("Item"))
        yield from _query_keys(table, request)
    batches = request.get("RequestItems")
    for name, entry in (batches if isinstance(batches, dict) else {}).items():
        for item in _batch_items(entry):
            yield from _item_keys(name, item)


def _batch_items(entry: Any) -> Iterator[Any]:
    if isinstance(entry, dict):
        yield from entry.get("Keys") or []
        return
    for write in entry if isinstance(entry, list) else []:
        for operation in write.values() if isinstance(write, dict) else []:
            if isinstance(operation, dict):
                yield operation.get("Item") or operation.get("Key")


def _query_keys(table: str, request: dict[str, Any]) -> Iterator[str]:
    expression = request.get("KeyConditionExpression")
    hash_name = _hash_name(table, request.get("IndexName"))
    if not isinstance(expression, str) or hash_name is None:
        return
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for name, placeholder in _EQUALITY.findall(expression):
        if names.get(name, name) == hash_name:
            yield from _scalar(values.get(placeholder))


def _item_keys(table: str, item: Any) -> Iterator[str]:
    hash_name = _hash_name(table, None)
    if isinstance(item, dict) and hash_name is not None:
        yield from _scalar(item.get(hash_name))


def _scalar(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(inner) for inner in value.values())


def _hash_name(table: str, index: Any) -> str | None:
    """The partition key's attribute name of a table, given by name or ARN, or of one of its indexes."""
    description = dynamodb._tables.get(table.rsplit("/", 1)[-1])
    if not description:
        return None
    schema = description.get("KeySchema") or []
    if index:
        indexes = [*(description.get("GlobalSecondaryIndexes") or []),
                   *(description.get("LocalSecondaryIndexes") or [])]
        schema = next((found["KeySchema"] for found in indexes if found["IndexName"] == index), [])
    return next((part["AttributeName"] for part in schema if part["KeyType"] == "HASH"), None)


def _elements(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements in the order, and under the conditions, in which the emulator lists its checks."""
    items = request.get("TransactItems")
    for item in items if isinstance(items, list) else []:
        for member in iam_actions._DYNAMODB_TRANSACT_ITEM_ACTIONS if isinstance(item, dict) else ():
            detail = item.get(member)
            if isinstance(detail, dict) and isinstance(detail.get("TableName"), str) and detail["TableName"]:
                yield detail


def _with_keys(action: str, element: dict[str, Any]) -> ElementAction:
    checked = ElementAction(action)
    checked.keys = list(_item_keys(element["TableName"], element.get("Key") or element.get("Item")))
    return checked
