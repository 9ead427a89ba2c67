"""Fixtures: one stand-in for the session, a fresh account and a fresh receiver for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twilio.rest import Client

from support import Account, Receiver, StandIn, start_receiver


@pytest.fixture(scope="session")
def standin() -> Iterator[StandIn]:
    running = StandIn("--seed", "1")
    yield running
    running.stop()


@pytest.fixture
def account(standin: StandIn) -> Account:
    return standin.register()


@pytest.fixture
def client(account: Account) -> Client:
    return account.client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running, server = start_receiver()
    yield running
    server.shutdown()
    server.server_close()
