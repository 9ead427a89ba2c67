"""A user is found beside requests that create users. Called in this process, where the moment can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import cognito
from patches import user_lookup


class DisturbedUser(dict[str, Any]):
    """A user at whose attributes nobody can look without another user being created meanwhile."""

    def __init__(self, pool: dict[str, Any], name: str) -> None:
        attributes = [{"Name": "sub", "Value": name}, {"Name": "email", "Value": f"{name}@example.com"}]
        super().__init__(Username=name, Attributes=attributes)
        self._pool = pool

    def get(self, key: str, default: Any = None) -> Any:
        self._disturb()
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._disturb()
        return super().__getitem__(key)

    def _disturb(self) -> None:
        users = self._pool["_users"]
        name = f"late-{len(users)}"
        users[name] = {"Username": name, "Attributes": []}


def _pool() -> dict[str, Any]:
    pool: dict[str, Any] = {"UsernameAttributes": ["email"], "_users": {}}
    for name in ("first", "second"):
        pool["_users"][name] = DisturbedUser(pool, name)
    return pool


@pytest.fixture
def patched() -> Iterator[None]:
    stock = cognito._resolve_user
    user_lookup.apply()
    yield
    cognito._resolve_user = stock


def test_stock_fails_where_a_user_is_created_meanwhile() -> None:
    with pytest.raises(RuntimeError, match="changed size"):
        cognito._resolve_user(_pool(), "second@example.com")


@pytest.mark.usefixtures("patched")
def test_a_user_is_found_by_address_and_by_name() -> None:
    for name in ("second@example.com", "second"):
        found, refusal = cognito._resolve_user(_pool(), name)
        assert refusal is None
        assert dict.get(found, "Username") == "second"


@pytest.mark.usefixtures("patched")
def test_who_is_not_there_is_not_found() -> None:
    for name in ("third@example.com", "third", None):
        found, refusal = cognito._resolve_user(_pool(), name)
        assert found is None
        assert refusal is not None
