"""GET /_local/counters."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from account import allow, assume, create_role, create_table, text
from emulator import Emulator, outcome


def _counters(emulator: Emulator) -> Any:
    with urllib.request.urlopen(f"{emulator.url}/_local/counters") as response:
        return json.load(response)


def test_stock_has_no_such_path(stock: Emulator) -> None:
    with pytest.raises(urllib.error.HTTPError):
        _counters(stock)


def test_calls_are_counted_by_action_and_by_role(patched: Emulator) -> None:
    table, role = create_table(patched), create_role(patched, allow("dynamodb:GetItem", "*"))
    session = patched.client("dynamodb", assume(patched, role))
    before = _counters(patched)["actions"]
    for _ in range(3):
        session.get_item(TableName=table, Key=text(pk="1", sk="1"))
    refused = outcome(lambda: session.scan(TableName=table))
    after = _counters(patched)

    assert refused == "AccessDenied"
    assert after["roles"][role.rsplit("/", 1)[-1]] == {"dynamodb:GetItem": 3, "dynamodb:Scan": 1}
    assert after["actions"]["dynamodb:GetItem"] - before.get("dynamodb:GetItem", 0) == 3
    assert after["actions"].get("sts:AssumeRole") == before["sts:AssumeRole"]
