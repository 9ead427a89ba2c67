"""Looks for items whose time is over four times an hour instead of every minute.

Stock: once a minute every item of every table with TTL is looked at, under the lock that each DynamoDB operation takes: with 500,000
items nothing else is answered for three seconds.
AWS: items go in the background, "typically within a few days", and nobody waits for it.
Source: DynamoDB Developer Guide, "Using time to live (TTL)"; measured.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ministack.services import dynamodb

# Seconds between two looks.
PAUSE = 15 * 60.0
_REAPER = "dynamodb-ttl-reaper"


def apply() -> None:
    kind = type(dynamodb._ttl_settings)
    stock = kind.all_items
    looked = time.monotonic()

    def all_items(self: Any) -> Any:
        nonlocal looked
        if self is dynamodb._ttl_settings and threading.current_thread().name == _REAPER:
            if time.monotonic() - looked < PAUSE:
                return []
            looked = time.monotonic()
        return stock(self)

    kind.all_items = all_items
