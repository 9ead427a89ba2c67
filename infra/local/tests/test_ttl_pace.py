"""Looking for expired items is the reaper's alone, and rare. Called in this process, where the thread can be chosen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ministack.services import dynamodb
from patches import ttl_pace


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with TTL; what the patch does to its settings is undone."""
    kind = type(dynamodb._ttl_settings)
    monkeypatch.setattr(kind, "all_items", kind.all_items)
    dynamodb._ttl_settings["table"] = {"TimeToLiveStatus": "DISABLED"}


def seen_by(name: str) -> list[Any]:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.extend(dynamodb._ttl_settings.all_items()), name=name)
    thread.start()
    thread.join()
    return seen


def test_stock_looks_whenever_it_wakes() -> None:
    assert seen_by("dynamodb-ttl-reaper")


def test_the_reaper_looks_after_a_pause_and_others_always(monkeypatch: pytest.MonkeyPatch) -> None:
    ttl_pace.apply()
    assert not seen_by("dynamodb-ttl-reaper")
    assert seen_by("another")
    monkeypatch.setattr(ttl_pace, "PAUSE", 0.0)
    assert seen_by("dynamodb-ttl-reaper")


def test_stock_still_names_its_thread_so() -> None:
    assert "dynamodb-ttl-reaper" in {thread.name for thread in threading.enumerate()}
