"""Where recovery is left to administrators, the pool sends no codes and takes none."""

from __future__ import annotations

from typing import Any

from account import unique
from emulator import Emulator, outcome

ADDRESS = "user@example.com"


class Pool:
    """A pool with this mechanism of recovery, a public client and one user."""

    def __init__(self, emulator: Emulator, mechanism: str) -> None:
        self.cognito: Any = emulator.client("cognito-idp")
        pool_id = self.cognito.create_user_pool(
            PoolName=unique("pool"), UsernameAttributes=["email"],
            AccountRecoverySetting={"RecoveryMechanisms": [{"Name": mechanism, "Priority": 1}]},
        )["UserPool"]["Id"]
        self.client_id = self.cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="client")["UserPoolClient"]["ClientId"]
        self.cognito.admin_create_user(
            UserPoolId=pool_id, Username=ADDRESS, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": ADDRESS}, {"Name": "email_verified", "Value": "true"}])
        self.cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=ADDRESS, Password="Correct-horse-7-battery", Permanent=True)

    def forget(self) -> str:
        return outcome(lambda: self.cognito.forgot_password(ClientId=self.client_id, Username=ADDRESS))


def test_stock_sends_a_code_whatever_the_setting(stock: Emulator) -> None:
    assert Pool(stock, "admin_only").forget() == "OK"


def test_nothing_is_sent_where_administrators_recover_accounts(patched: Emulator) -> None:
    assert Pool(patched, "admin_only").forget() == "NotAuthorized"
    assert Pool(patched, "verified_email").forget() == "OK"
