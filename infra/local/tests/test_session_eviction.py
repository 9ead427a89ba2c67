"""Credentials are registered beside each other. Called in this process, where the moment can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import sts
from patches import session_eviction

EXPIRED = 1.0


class DisturbedSession(dict[str, Any]):
    """A session at which nobody can look without another being registered meanwhile."""

    def get(self, key: str, default: Any = None) -> Any:
        sts._sessions[f"late-{len(sts._sessions)}"] = {}
        return super().get(key, default)


@pytest.fixture(autouse=True)
def sessions() -> Iterator[None]:
    sts._sessions.clear()
    sts._sessions.update(disturbed=DisturbedSession(), expired={"Expiration": EXPIRED}, lasting={})
    yield
    sts._sessions.clear()


@pytest.fixture
def patched() -> Iterator[None]:
    stock = sts._evict_expired_sessions
    session_eviction.apply()
    session_eviction._walked = float("-inf")
    yield
    sts._evict_expired_sessions = stock


def test_stock_fails_where_another_is_registered_meanwhile() -> None:
    with pytest.raises(RuntimeError, match="changed size"):
        sts.register_session("new", {})


@pytest.mark.usefixtures("patched")
def test_the_expired_go_and_the_others_stay() -> None:
    sts.register_session("new", {})
    assert "expired" not in sts._sessions
    assert {"disturbed", "lasting", "new"} <= sts._sessions.keys()


@pytest.mark.usefixtures("patched")
def test_not_every_registration_walks() -> None:
    sts.register_session("first", {})
    sts._sessions["expired"] = {"Expiration": EXPIRED}
    sts.register_session("second", {})
    assert "expired" in sts._sessions
    session_eviction._walked -= session_eviction.PAUSE
    sts.register_session("third", {})
    assert "expired" not in sts._sessions
