"""A tenant's session against its own rows, another tenant's, those of a tenant whose name it begins, and untagged.

The policy is the shape every data role of the project has; the cells are what AWS answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from account import allow, assume, create_role, create_table, text
from emulator import Emulator, outcome

SESSIONS = [("a", "a"), ("a", "b"), ("a", "a-b"), (None, "a")]
NEVER_ALLOWED = {"scan", "partiql"}
ACTIONS = [f"dynamodb:{name}" for name in (
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem", "ConditionCheckItem")]


def _key(tenant: str, sort: str = "1") -> dict[str, dict[str, str]]:
    return text(pk=f"T#{tenant}#CONTACT", sk=sort)


def _single(client: Any, table: str, tenant: str) -> dict[str, Callable[[], Any]]:
    return {
        "get": lambda: client.get_item(TableName=table, Key=_key(tenant)),
        "put": lambda: client.put_item(TableName=table, Item=_key(tenant)),
        "update": lambda: client.update_item(
            TableName=table, Key=_key(tenant), UpdateExpression="SET note = :note",
            ExpressionAttributeValues=text(**{":note": "x"})),
        "delete": lambda: client.delete_item(TableName=table, Key=_key(tenant, "none")),
        "query": lambda: client.query(
            TableName=table, KeyConditionExpression="#pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues=text(**{":pk": f"T#{tenant}#CONTACT", ":sk": "1"})),
        "query index": lambda: client.query(
            TableName=table, IndexName="gsi1", KeyConditionExpression="gsi1pk = :pk",
            ExpressionAttributeValues=text(**{":pk": f"T#{tenant}#INDEX"})),
        "scan": lambda: client.scan(TableName=table),
        "partiql": lambda: client.execute_statement(
            Statement=f"SELECT * FROM \"{table}\" WHERE pk = 'T#{tenant}#CONTACT'"),
    }


def _several(client: Any, table: str, tenant: str) -> dict[str, Callable[[], Any]]:
    own = _key("a", "own")
    return {
        "batch get": lambda: client.batch_get_item(RequestItems={table: {"Keys": [own, _key(tenant)]}}),
        "batch write": lambda: client.batch_write_item(RequestItems={table: [
            {"PutRequest": {"Item": own}}, {"DeleteRequest": {"Key": _key(tenant, "none")}}]}),
        "transact get": lambda: client.transact_get_items(
            TransactItems=[{"Get": {"TableName": table, "Key": key}} for key in (own, _key(tenant))]),
        "transact write": lambda: client.transact_write_items(TransactItems=[
            {"Put": {"TableName": table, "Item": own}},
            {"Update": {"TableName": table, "Key": _key(tenant), "UpdateExpression": "SET note = :note",
                        "ExpressionAttributeValues": text(**{":note": "y"})}}]),
        "transact check": lambda: client.transact_write_items(TransactItems=[
            {"Put": {"TableName": table, "Item": own}},
            {"ConditionCheck": {"TableName": table, "Key": _key(tenant),
                                "ConditionExpression": "attribute_exists(pk)"}}]),
    }


@pytest.fixture(scope="module")
def table(patched: Emulator) -> str:
    name, root = create_table(patched), patched.client("dynamodb")
    for tenant in ("a", "b", "a-b"):
        root.put_item(TableName=name, Item={**_key(tenant), **text(gsi1pk=f"T#{tenant}#INDEX", gsi1sk="1")})
    return name


@pytest.mark.parametrize(("tag", "tenant"), SESSIONS)
def test_a_session_reaches_its_own_tenants_rows_only(
        patched: Emulator, table: str, tag: str | None, tenant: str) -> None:
    policy = allow(ACTIONS, [f"arn:aws:dynamodb:*:*:table/{table}", f"arn:aws:dynamodb:*:*:table/{table}/index/*"], **{
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["T#${aws:PrincipalTag/tenant}#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"}})
    session = assume(patched, create_role(patched, policy), **({"tenant": tag} if tag else {}))
    client = patched.client("dynamodb", session)
    operations = {**_single(client, table, tenant), **_several(client, table, tenant)}

    observed = {name: outcome(call) for name, call in operations.items()}
    expected = {name: "OK" if tag == tenant and name not in NEVER_ALLOWED else "AccessDenied" for name in operations}
    assert len(observed) == 13
    assert observed == expected
