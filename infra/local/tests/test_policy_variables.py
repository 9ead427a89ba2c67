"""Policy variables in resources and in conditions."""

from __future__ import annotations

import json
from typing import Any

from account import allow, assume, create_role, create_table, text
from emulator import Emulator, outcome

ALL_ATTRIBUTES = "ALL_ATTRIBUTES"  # what dynamodb:Select is for a plain GetItem


def _get(emulator: Emulator, name: str, policy: dict[str, Any], **tags: str) -> str:
    client = emulator.client("dynamodb", assume(emulator, create_role(emulator, policy), **tags))
    return outcome(lambda: client.get_item(TableName=name, Key=text(pk="1", sk="1")))


def _by_resource(emulator: Emulator, **tags: str) -> str:
    policy = allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/table}")
    table = create_table(emulator)
    return _get(emulator, table, policy, **{key: value.format(table=table) for key, value in tags.items()})


def _by_condition(emulator: Emulator, pattern: str, **tags: str) -> str:
    policy = allow("dynamodb:GetItem", "*", StringLike={"dynamodb:Select": pattern})
    return _get(emulator, create_table(emulator), policy, **tags)


def test_stock_compares_the_variable_as_text(stock: Emulator) -> None:
    assert _by_resource(stock, table="{table}") == "AccessDenied"
    assert _by_condition(stock, "${aws:PrincipalTag/select}", select=ALL_ATTRIBUTES) == "AccessDenied"


def test_resource_takes_the_sessions_tag(patched: Emulator) -> None:
    assert _by_resource(patched, table="{table}") == "OK"
    assert _by_resource(patched, table="another") == "AccessDenied"
    assert _by_resource(patched) == "AccessDenied"


def test_condition_takes_the_sessions_tag(patched: Emulator) -> None:
    variable = "${aws:PrincipalTag/select}"
    assert _by_condition(patched, variable, select=ALL_ATTRIBUTES) == "OK"
    assert _by_condition(patched, variable, select="COUNT") == "AccessDenied"
    assert _by_condition(patched, variable) == "AccessDenied"


def test_a_default_stands_in_for_a_missing_value(patched: Emulator) -> None:
    assert _by_condition(patched, "${aws:PrincipalTag/select, 'ALL_ATTRIBUTES'}") == "OK"


def test_a_wildcard_in_a_value_is_a_plain_character(patched: Emulator) -> None:
    assert _by_condition(patched, "${aws:PrincipalTag/select}", select="*") == "AccessDenied"
    assert _by_condition(patched, "${*}") == "AccessDenied"


def test_the_old_policy_version_knows_no_variables(patched: Emulator) -> None:
    policy = allow("dynamodb:GetItem", "*", StringLike={"dynamodb:Select": "${aws:PrincipalTag/select}"})
    policy["Version"] = "2008-10-17"
    assert _get(patched, create_table(patched), policy, select=ALL_ATTRIBUTES) == "AccessDenied"


def test_a_deny_with_an_unresolved_variable_denies(patched: Emulator) -> None:
    policy = allow("dynamodb:GetItem", "*")
    policy["Statement"].append({
        "Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*",
        "Condition": {"StringNotEquals": {"dynamodb:Select": "${aws:PrincipalTag/select}"}}})
    assert _get(patched, create_table(patched), policy, select=ALL_ATTRIBUTES) == "OK"
    assert _get(patched, create_table(patched), policy) == "AccessDenied"


def test_a_changed_policy_holds_at_once(patched: Emulator) -> None:
    table, role = create_table(patched), create_role(patched, allow("dynamodb:GetItem", "*"))
    client = patched.client("dynamodb", assume(patched, role))
    for action, expected in [("PutItem", "AccessDenied"), ("GetItem", "OK")]:
        patched.client("iam").put_role_policy(
            RoleName=role.rsplit("/", 1)[-1], PolicyName="inline",
            PolicyDocument=json.dumps(allow(f"dynamodb:{action}", "*")))
        assert outcome(lambda: client.get_item(TableName=table, Key=text(pk="1", sk="1"))) == expected
