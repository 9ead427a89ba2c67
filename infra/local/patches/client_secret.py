"""Asks clients that have a secret for it wherever AWS does.

Stock: GetTokensFromRefreshToken and RevokeToken do not look at `ClientSecret`. (The operations that take a SECRET_HASH do check it.)
AWS: both require the secret of a client that was made with one: RevokeToken "If the app client has a client secret, specify it",
GetTokensFromRefreshToken likewise; without it, or with another, they are refused.
Source: API reference of GetTokensFromRefreshToken and RevokeToken, parameter ClientSecret.
"""

from __future__ import annotations

import hmac
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito


def apply() -> None:
    for operation in ("_get_tokens_from_refresh_token", "_revoke_token"):
        setattr(cognito, operation, _guarded(getattr(cognito, operation)))


def _guarded(stock: Any) -> Any:
    def guarded(data: dict[str, Any]) -> Any:
        client_id = data.get("ClientId")
        pool, _ = cognito._pool_for_client(client_id)
        secret = (pool or {}).get("_clients", {}).get(client_id, {}).get("ClientSecret")
        if secret and not hmac.compare_digest(secret.encode(), str(data.get("ClientSecret") or "").encode()):
            return error_response_json("NotAuthorizedException", f"Unable to verify the secret of client {client_id}", 400)
        return stock(data)

    return guarded
