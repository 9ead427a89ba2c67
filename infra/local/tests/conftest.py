"""One stock and one patched emulator for the whole run: what differs between them is what the patches do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The launcher finds its patches beside itself; the tests find both, and their own helpers, the same way.
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from emulator import Emulator  # noqa: E402


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator.stock(tmp_path_factory.mktemp("stock"))
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator.patched(tmp_path_factory.mktemp("patched"))
    yield emulator
    emulator.stop()
