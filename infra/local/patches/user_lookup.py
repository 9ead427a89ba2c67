"""Finds a user by address beside requests that create users, and among many users in time.

Stock: a lookup walks all users of the pool, twice, turning every user's attributes into a dictionary. Where another
request creates a user meanwhile, it fails with InternalError ("dictionary changed size during iteration").
AWS: requests do not disturb one another, and a lookup does not grow with the pool.
Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito": request rates do not depend on the number of users.

Only pools whose users sign in by an attribute are looked after: there a user's name is its `sub`, so one look at the
table of names replaces the first walk.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cognito


def apply() -> None:
    stock = cognito._resolve_user

    def resolve(pool: dict[str, Any], username: str | None) -> Any:
        sign_in_by = pool.get("UsernameAttributes") or []
        if username is None or not sign_in_by or username in pool["_users"]:
            return stock(pool, username)
        # Copied in one step of the interpreter, so that nobody can add to it meanwhile.
        users = list(pool["_users"].values())
        names = {*sign_in_by, *(pool.get("AliasAttributes") or [])}
        found = {user["Username"]: user for user in users if _has(user, names, username)}
        return stock({**pool, "_users": found}, username)

    cognito._resolve_user = resolve


def _has(user: dict[str, Any], names: set[str], value: str) -> bool:
    for attribute in user["Attributes"]:
        if attribute["Value"] == value and attribute["Name"] in names:
            return True
    return False
