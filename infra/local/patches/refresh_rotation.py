"""Rotates refresh tokens where an app client says so.

Stock: `RefreshTokenRotation` of a client is forgotten, and GetTokensFromRefreshToken gives no refresh token, so the first
one holds for as long as it lives.
AWS: with the feature enabled the answer carries the next refresh token; the one that was used holds for the grace period
(0 to 60 seconds) and is refused after it with RefreshTokenReuseException. Both belong to the session they come from.
Source: Cognito Developer Guide, "Refresh tokens", section "Getting new refresh tokens with refresh token rotation"; API
reference of GetTokensFromRefreshToken.

When a token was used is kept in memory: a restart of the emulator forgets it.
"""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito
from ministack.services.cloudformation import provisioners

SETTING = "RefreshTokenRotation"
UNSET = {"Feature": "DISABLED"}

# When each refresh token was used for the first time, in seconds of the monotonic clock.
_used: dict[str, float] = {}


def apply() -> None:
    stock_create = cognito._create_user_pool_client
    stock_update = cognito._update_user_pool_client
    stock_tokens = cognito._get_tokens_from_refresh_token

    def create(data: dict[str, Any]) -> Any:
        return _remember(data, stock_create(data))

    def update(data: dict[str, Any]) -> Any:
        return _remember(data, stock_update(data))

    def tokens(data: dict[str, Any]) -> Any:
        pool, pool_id = cognito._pool_for_client(data.get("ClientId"))
        rotation = _rotation(pool, data.get("ClientId"))
        used = data.get("RefreshToken")
        if rotation is None or not used:
            return stock_tokens(data)
        now = time.monotonic()
        if now - _used.get(used, now) > int(rotation.get("RetryGracePeriodSeconds") or 0):
            return error_response_json("RefreshTokenReuseException", "Refresh token has been used already", 400)
        result, error = cognito._refresh_auth_result(pool, pool_id, data["ClientId"], used)
        if error:
            return error
        _used.setdefault(used, now)
        claims = cognito._token_claims(used)
        result["RefreshToken"] = cognito._fake_token(
            claims["sub"], pool_id, data["ClientId"], "refresh", origin_jti=claims["origin_jti"],
            scope=claims.get("scope"))
        return json_response({"AuthenticationResult": result})

    cognito._create_user_pool_client = create
    cognito._update_user_pool_client = update
    cognito._get_tokens_from_refresh_token = tokens
    provisioners._COGNITO_USER_POOL_CLIENT_UPDATABLE[SETTING] = UNSET


def _remember(data: dict[str, Any], response: tuple[int, Any, bytes | str]) -> tuple[int, Any, bytes | str]:
    """Keeps the setting of a request that was accepted, and shows it in the answer."""
    status, headers, body = response
    if status >= 400:
        return response
    answer = json.loads(body)
    client = cognito._user_pools[data["UserPoolId"]]["_clients"][answer["UserPoolClient"]["ClientId"]]
    if SETTING in data:
        client[SETTING] = data[SETTING]
    if SETTING in client:
        answer["UserPoolClient"][SETTING] = client[SETTING]
    return status, headers, json.dumps(answer).encode()


def _rotation(pool: dict[str, Any] | None, client_id: Any) -> dict[str, Any] | None:
    """The client's setting where the feature is enabled."""
    setting = ((pool or {}).get("_clients", {}).get(client_id) or {}).get(SETTING) or UNSET
    return setting if setting.get("Feature") == "ENABLED" else None
