"""A refresh token of a client with a secret is worth nothing to who lacks the secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from account import unique
from emulator import Emulator, outcome

PASSWORD = "Correct-horse-7-battery"


class Client:
    """An app client with a secret, in a pool of its own, with one user who has signed in."""

    def __init__(self, emulator: Emulator) -> None:
        self.cognito: Any = emulator.client("cognito-idp")
        pool_id = self.cognito.create_user_pool(PoolName=unique("pool"))["UserPool"]["Id"]
        described = self.cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="client", GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])["UserPoolClient"]
        self.client_id, self.secret = described["ClientId"], described["ClientSecret"]
        self.cognito.admin_create_user(UserPoolId=pool_id, Username="user", MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(
            UserPoolId=pool_id, Username="user", Password=PASSWORD, Permanent=True)
        digest = hmac.new(self.secret.encode(), f"user{self.client_id}".encode(), hashlib.sha256).digest()
        self.token = self.cognito.admin_initiate_auth(
            UserPoolId=pool_id, ClientId=self.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": "user", "PASSWORD": PASSWORD, "SECRET_HASH": base64.b64encode(digest).decode(),
            })["AuthenticationResult"]["RefreshToken"]

    def refresh(self, **secret: str) -> str:
        return outcome(lambda: self.cognito.get_tokens_from_refresh_token(
            ClientId=self.client_id, RefreshToken=self.token, **secret))

    def revoke(self, **secret: str) -> str:
        return outcome(lambda: self.cognito.revoke_token(ClientId=self.client_id, Token=self.token, **secret))


def test_stock_takes_tokens_without_the_secret(stock: Emulator) -> None:
    client = Client(stock)
    assert client.refresh() == "OK"
    assert client.revoke() == "OK"


def test_the_secret_is_asked_for(patched: Emulator) -> None:
    client = Client(patched)
    for wrong in ({}, {"ClientSecret": "another-secret-than-the-clients"}):
        assert client.refresh(**wrong) == "NotAuthorized"
        assert client.revoke(**wrong) == "NotAuthorized"
    assert client.refresh(ClientSecret=client.secret) == "OK"
    assert client.revoke(ClientSecret=client.secret) == "OK"
    assert client.refresh(ClientSecret=client.secret) == "NotAuthorized"
