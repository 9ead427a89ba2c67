"""kms:EncryptionContext:<key> and kms:EncryptionContextKeys."""

from __future__ import annotations

from typing import Any

from account import allow, assume, create_role
from emulator import Emulator, outcome

ACTIONS = ["kms:GenerateDataKey", "kms:Decrypt"]


def _attempt(emulator: Emulator, condition: dict[str, Any], context: dict[str, str]) -> str:
    """Generates a data key and opens it again under a role with this condition."""
    key = emulator.client("kms").create_key()["KeyMetadata"]["Arn"]
    kms = emulator.client("kms", assume(emulator, create_role(emulator, allow(ACTIONS, key, **condition)), tenant="a"))

    def both() -> None:
        sealed = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
        opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
        assert opened["Plaintext"] == sealed["Plaintext"]

    return outcome(both)


BY_VALUE = {"StringEquals": {"kms:EncryptionContext:tenant": "a"}}
BY_NAME = {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": ["tenant"]}}


def test_stock_never_fills_the_keys(stock: Emulator) -> None:
    assert _attempt(stock, BY_VALUE, {"tenant": "a"}) == "AccessDenied"
    assert _attempt(stock, BY_NAME, {"tenant": "a"}) == "AccessDenied"


def test_the_value_is_compared(patched: Emulator) -> None:
    assert _attempt(patched, BY_VALUE, {"tenant": "a", "version": "1"}) == "OK"
    assert _attempt(patched, BY_VALUE, {"tenant": "b"}) == "AccessDenied"
    assert _attempt(patched, BY_VALUE, {}) == "AccessDenied"


def test_the_value_is_compared_with_the_sessions_tag(patched: Emulator) -> None:
    by_tag = {"StringEquals": {"kms:EncryptionContext:tenant": "${aws:PrincipalTag/tenant}"}}
    assert _attempt(patched, by_tag, {"tenant": "a"}) == "OK"
    assert _attempt(patched, by_tag, {"tenant": "a-b"}) == "AccessDenied"


def test_the_names_are_listed(patched: Emulator) -> None:
    assert _attempt(patched, BY_NAME, {"tenant": "a"}) == "OK"
    assert _attempt(patched, BY_NAME, {"other": "a"}) == "AccessDenied"
