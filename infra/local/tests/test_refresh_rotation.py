"""Where the app client says so, a refresh token is used up by refreshing; otherwise it holds."""

from __future__ import annotations

import time
from typing import Any

from account import unique
from emulator import Emulator, outcome

PASSWORD = "Correct-horse-7-battery"


class Client:
    """An app client of a pool of its own, with one user who has signed in."""

    def __init__(self, emulator: Emulator, grace_seconds: int | None) -> None:
        self.cognito: Any = emulator.client("cognito-idp")
        pool_id = self.cognito.create_user_pool(PoolName=unique("pool"))["UserPool"]["Id"]
        rotation = {} if grace_seconds is None else {
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace_seconds}}
        self.described = self.cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="client", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            **rotation)["UserPoolClient"]
        self.client_id = self.described["ClientId"]
        self.cognito.admin_create_user(UserPoolId=pool_id, Username="user", MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(
            UserPoolId=pool_id, Username="user", Password=PASSWORD, Permanent=True)
        self.token = self.cognito.admin_initiate_auth(
            UserPoolId=pool_id, ClientId=self.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "user", "PASSWORD": PASSWORD})["AuthenticationResult"]["RefreshToken"]

    def refresh(self, token: str) -> str | None:
        answer = self.cognito.get_tokens_from_refresh_token(ClientId=self.client_id, RefreshToken=token)
        return answer["AuthenticationResult"].get("RefreshToken")


def test_stock_forgets_the_setting(stock: Emulator) -> None:
    client = Client(stock, grace_seconds=0)
    assert "RefreshTokenRotation" not in client.described
    assert client.refresh(client.token) is None


def test_a_token_is_used_up_and_followed_by_the_next(patched: Emulator) -> None:
    client = Client(patched, grace_seconds=0)
    assert client.described["RefreshTokenRotation"]["Feature"] == "ENABLED"
    following = client.refresh(client.token)
    assert following is not None
    assert outcome(lambda: client.refresh(client.token)) == "RefreshTokenReuse"
    assert client.refresh(following) is not None


def test_a_used_token_holds_for_the_grace_period(patched: Emulator) -> None:
    client = Client(patched, grace_seconds=1)
    client.refresh(client.token)
    assert client.refresh(client.token) is not None
    deadline = time.monotonic() + 30
    while outcome(lambda: client.refresh(client.token)) == "OK":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert outcome(lambda: client.refresh(client.token)) == "RefreshTokenReuse"


def test_taking_back_one_ends_all_of_the_session(patched: Emulator) -> None:
    client = Client(patched, grace_seconds=60)
    following = client.refresh(client.token)
    client.cognito.revoke_token(ClientId=client.client_id, Token=following)
    for token in (client.token, following):
        assert outcome(lambda token=token: client.refresh(token)) == "NotAuthorized"


def test_without_the_setting_nothing_rotates(patched: Emulator) -> None:
    client = Client(patched, grace_seconds=None)
    assert client.refresh(client.token) is None
    assert client.refresh(client.token) is None
