"""What a function has logged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from emulator import Emulator

# Generous: two busy cores are slow, and nothing is slower for it that passes.
DEADLINE_SECONDS = 60
# How long a line is waited for before the function is called once more.
NUDGE_SECONDS = 2


def await_logged(emulator: Emulator, function: str, wanted: Callable[[list[str]], bool]) -> list[str] | None:
    """All lines that the function has logged since the emulator started, once they are as `wanted`; None if never.

    On a loaded machine the emulator may find a line too late for its own invocation, and logs it with the next one:
    where nothing comes the function is called with no records.
    """
    logs, group = emulator.client("logs"), f"/aws/lambda/{function}"
    deadline, nudge = time.monotonic() + DEADLINE_SECONDS, time.monotonic() + NUDGE_SECONDS
    while time.monotonic() < deadline:
        groups = [found["logGroupName"] for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]]
        events = logs.filter_log_events(logGroupName=group)["events"] if group in groups else []
        lines = [line for event in events for line in event["message"].splitlines()]
        if wanted(lines):
            return lines
        if time.monotonic() > nudge:
            emulator.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"Records": []}))
            nudge = time.monotonic() + NUDGE_SECONDS
        time.sleep(0.05)
    return None
