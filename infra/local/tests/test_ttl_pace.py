"""Looking for expired items is the reaper's alone, and rare. Called in this process, where the thread can be chosen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import dynamodb
from patches import ttl_pace


class Settings:
    """What tables say of their TTL."""

    def all_items(self) -> list[Any]:
        return ["a table"]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    settings = Settings()
    monkeypatch.setattr(dynamodb, "_ttl_settings", settings)
    yield settings


def seen_by(name: str, settings: Settings) -> list[Any]:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.extend(settings.all_items()), name=name)
    thread.start()
    thread.join()
    return seen


def test_stock_looks_whenever_it_wakes(settings: Settings) -> None:
    assert seen_by("dynamodb-ttl-reaper", settings)


def test_the_reaper_looks_after_a_pause_and_others_always(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ttl_pace.apply()
    assert not seen_by("dynamodb-ttl-reaper", settings)
    assert seen_by("another", settings)
    monkeypatch.setattr(ttl_pace, "PAUSE", 0.0)
    assert seen_by("dynamodb-ttl-reaper", settings)


def test_stock_still_names_its_thread_so() -> None:
    assert "dynamodb-ttl-reaper" in {thread.name for thread in threading.enumerate()}
