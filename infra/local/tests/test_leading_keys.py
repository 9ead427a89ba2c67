"""dynamodb:LeadingKeys, told apart from policy variables by a policy that names its tenant outright."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from account import allow, assume, create_role, create_table, text
from emulator import Emulator, outcome

OWN, OTHER = "T#a#CONTACT", "T#b#CONTACT"


def _client(emulator: Emulator, table: str, keys: list[str]) -> Any:
    policy = allow(
        ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchGetItem",
         "dynamodb:BatchWriteItem", "dynamodb:Query", "dynamodb:Scan"],
        [f"arn:aws:dynamodb:*:*:table/{table}", f"arn:aws:dynamodb:*:*:table/{table}/index/*"],
        **{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}, "Null": {"dynamodb:LeadingKeys": "false"}})
    return emulator.client("dynamodb", assume(emulator, create_role(emulator, policy)))


def _operations(client: Any, table: str, pk: str) -> dict[str, Callable[[], Any]]:
    key = text(pk=pk, sk="1")
    return {
        "get": lambda: client.get_item(TableName=table, Key=key),
        "put": lambda: client.put_item(TableName=table, Item=key),
        "query": lambda: client.query(
            TableName=table, KeyConditionExpression="#key = :key", ExpressionAttributeNames={"#key": "pk"},
            ExpressionAttributeValues=text(**{":key": pk})),
        "query index": lambda: client.query(
            TableName=table, IndexName="gsi1", KeyConditionExpression="gsi1pk = :key AND begins_with(gsi1sk, :start)",
            ExpressionAttributeValues=text(**{":key": pk, ":start": "x"})),
        "batch get": lambda: client.batch_get_item(
            RequestItems={table: {"Keys": [text(pk=OWN, sk="own"), key]}}),
        "batch write": lambda: client.batch_write_item(
            RequestItems={table: [{"PutRequest": {"Item": text(pk=OWN, sk="own")}}, {"PutRequest": {"Item": key}}]}),
        "transact get": lambda: client.transact_get_items(
            TransactItems=[{"Get": {"TableName": table, "Key": text(pk=OWN, sk="own")}},
                           {"Get": {"TableName": table, "Key": key}}]),
        "transact write": lambda: client.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": text(pk=OWN, sk="own")}},
                           {"Put": {"TableName": table, "Item": key}}]),
    }


def _outcomes(emulator: Emulator, pk: str) -> dict[str, str]:
    table = create_table(emulator)
    client = _client(emulator, table, ["T#a#*"])
    return {name: outcome(call) for name, call in _operations(client, table, pk).items()}


def test_stock_never_fills_the_key(stock: Emulator) -> None:
    assert set(_outcomes(stock, OWN).values()) == {"AccessDenied"}


def test_own_keys_pass(patched: Emulator) -> None:
    assert set(_outcomes(patched, OWN).values()) == {"OK"}


def test_other_keys_are_refused_alone_and_among_own_ones(patched: Emulator) -> None:
    assert set(_outcomes(patched, OTHER).values()) == {"AccessDenied"}


def test_a_scan_names_no_key(patched: Emulator) -> None:
    table = create_table(patched)
    assert outcome(lambda: _client(patched, table, ["*"]).scan(TableName=table)) == "AccessDenied"


def test_each_element_of_a_transaction_is_judged_by_its_own_key(patched: Emulator) -> None:
    table = create_table(patched)
    table_arn = f"arn:aws:dynamodb:*:*:table/{table}"
    policy = {"Version": "2012-10-17", "Statement": [
        allow(action, table_arn, **{"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [key]},
                                    "Null": {"dynamodb:LeadingKeys": "false"}})["Statement"][0]
        for action, key in (("dynamodb:PutItem", "EMAIL"), ("dynamodb:ConditionCheckItem", "CONTACT"))]}
    client = patched.client("dynamodb", assume(patched, create_role(patched, policy)))

    def transaction(put: str, check: str) -> str:
        return outcome(lambda: client.transact_write_items(TransactItems=[
            {"Put": {"TableName": table, "Item": text(pk=put, sk="1")}},
            {"ConditionCheck": {"TableName": table, "Key": text(pk=check, sk="1"),
                                "ConditionExpression": "attribute_not_exists(pk)"}}]))

    assert transaction(put="EMAIL", check="CONTACT") == "OK"
    assert transaction(put="CONTACT", check="EMAIL") == "AccessDenied"
