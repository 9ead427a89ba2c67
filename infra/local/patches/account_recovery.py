"""Lets nobody recover an account by the pool's own codes where that is left to administrators.

Stock: `AccountRecoverySetting` is stored and not looked at; ForgotPassword sends a code whatever it says.
AWS: where `admin_only` is the mechanism, users cannot reset their password: ForgotPassword sends nothing and is refused. What
was never sent cannot be confirmed either.
Source: API reference of AccountRecoverySettingType and RecoveryOptionType; Cognito Developer Guide, "Passwords, account
recovery, and password policies".
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito

REFUSED = "NotAuthorizedException"


def apply() -> None:
    stock = cognito._forgot_password

    def forgot_password(data: dict[str, Any]) -> Any:
        pool, _ = cognito._pool_for_client(data.get("ClientId"))
        if _administrators_only(pool or {}):
            return error_response_json(REFUSED, "Contact administrator to reset password.", 400)
        return stock(data)

    cognito._forgot_password = forgot_password


def _administrators_only(pool: dict[str, Any]) -> bool:
    mechanisms = (pool.get("AccountRecoverySetting") or {}).get("RecoveryMechanisms") or []
    return any(mechanism.get("Name") == "admin_only" for mechanism in mechanisms)
