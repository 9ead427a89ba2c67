"""Who may assume a data role: aws:PrincipalArn in trust policies, and sts:TagSession in the caller's own policy."""

from __future__ import annotations

from typing import Any

from account import LAMBDA_TRUST, OPEN_TRUST, allow, assume, create_role
from emulator import ACCOUNT, Emulator, outcome

ASSUME_AND_TAG = allow(["sts:AssumeRole", "sts:TagSession"], "*")


def _trust(listed: str, **extra: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": [listed]}, **extra}}]}


def _attempt(emulator: Emulator, caller: str, trust: dict[str, Any], **tags: str) -> str:
    """A session of the caller's role assumes a role with this trust policy."""
    role = create_role(emulator, allow("dynamodb:GetItem", "*"), trust)
    session = assume(emulator, caller)
    return outcome(lambda: assume(emulator, role, session, **tags))


def test_stock_compares_the_session_instead_of_the_role(stock: Emulator) -> None:
    listed = create_role(stock, ASSUME_AND_TAG)
    assert _attempt(stock, listed, _trust(listed)) == "AccessDenied"


def test_the_listed_role_gets_in(patched: Emulator) -> None:
    listed = create_role(patched, ASSUME_AND_TAG)
    assert _attempt(patched, listed, _trust(listed), tenant="a") == "OK"


def test_a_listed_role_with_a_path_gets_in(patched: Emulator) -> None:
    listed = create_role(patched, ASSUME_AND_TAG, path="/service/")
    assert _attempt(patched, listed, _trust(listed), tenant="a") == "OK"


def test_an_unlisted_role_stays_out(patched: Emulator) -> None:
    listed, unlisted = create_role(patched, ASSUME_AND_TAG), create_role(patched, ASSUME_AND_TAG)
    assert _attempt(patched, unlisted, _trust(listed), tenant="a") == "AccessDenied"


def test_a_role_for_lambda_alone_cannot_be_assumed_by_a_role(patched: Emulator) -> None:
    assert _attempt(patched, create_role(patched, ASSUME_AND_TAG), LAMBDA_TRUST) == "AccessDenied"


def test_the_trust_policy_sees_the_requested_tags(patched: Emulator) -> None:
    listed = create_role(patched, ASSUME_AND_TAG)
    trust = _trust(listed, StringLike={"aws:RequestTag/tenant": "tnt_*"})
    assert _attempt(patched, listed, trust, tenant="tnt_a") == "OK"
    assert _attempt(patched, listed, trust, tenant="other") == "AccessDenied"
    assert _attempt(patched, listed, trust) == "AccessDenied"


def test_stock_lets_a_caller_tag_without_permission(stock: Emulator) -> None:
    assert _attempt(stock, create_role(stock, allow("sts:AssumeRole", "*")), OPEN_TRUST, tenant="a") == "OK"


def test_tagging_needs_a_permission_of_its_own(patched: Emulator) -> None:
    caller = create_role(patched, allow("sts:AssumeRole", "*"))
    assert _attempt(patched, caller, OPEN_TRUST, tenant="a") == "AccessDenied"
    assert _attempt(patched, caller, OPEN_TRUST) == "OK"


def test_the_callers_policy_sees_the_requested_tags(patched: Emulator) -> None:
    caller = create_role(patched, allow(["sts:AssumeRole", "sts:TagSession"], "*",
                                        StringEquals={"aws:RequestTag/tenant": "a"}))
    assert _attempt(patched, caller, OPEN_TRUST, tenant="a") == "OK"
    assert _attempt(patched, caller, OPEN_TRUST, tenant="b") == "AccessDenied"
