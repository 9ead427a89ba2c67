"""Fills `kms:EncryptionContext:<key>` and `kms:EncryptionContextKeys`.

Stock: neither key is part of a request, so a policy that binds a key's use to a tenant denies everybody.
AWS: each pair of the request's encryption context is the value of `kms:EncryptionContext:<key>`, and
`kms:EncryptionContextKeys` lists the names; without an encryption context both are absent.
Source: AWS KMS Developer Guide, "AWS KMS condition keys".
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    stock = iam_actions.request_tag_context

    # The dispatcher asks this function for every service, and merges what it answers into the request's condition keys.
    def request_tag_context(service: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context = stock(service, action, body, params)
        return {**context, **_encryption_context(body)} if service == "kms" else context

    iam_actions.request_tag_context = request_tag_context


def _encryption_context(body: bytes) -> dict[str, Any]:
    try:
        pairs = json.loads(body or b"{}").get("EncryptionContext")
    except (ValueError, AttributeError):
        return {}
    if not isinstance(pairs, dict) or not pairs:
        return {}
    context: dict[str, Any] = {f"kms:EncryptionContext:{name}": str(value) for name, value in pairs.items()}
    context["kms:EncryptionContextKeys"] = list(pairs)
    return context
