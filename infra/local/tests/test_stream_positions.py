"""A stream's consumer after a restart of the emulator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from account import LAMBDA_TRUST, allow, create_function, create_role, create_table, text
from emulator import Emulator
from function_logs import await_logged


def _await_delivery(emulator: Emulator, function: str, item: str) -> str:
    """Waits until the function has been given the item; answers all that it has logged since the emulator started."""
    lines = await_logged(emulator, function, lambda lines: any(item in line for line in lines))
    assert lines is not None, f"{item} was not delivered"
    return "\n".join(lines)


def _delivered_after_restart(start: Callable[[Path], Emulator], state: Path) -> str:
    """What the consumer is given of two items written after a restart, one item having been read before it."""
    emulator = start(state)
    try:
        table = create_table(emulator)
        role = create_role(emulator, allow("*", "*"), LAMBDA_TRUST)
        function = create_function(emulator, role).rsplit(":", 1)[-1]
        stream = emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        emulator.client("lambda").create_event_source_mapping(
            FunctionName=function, EventSourceArn=stream, StartingPosition="TRIM_HORIZON", BatchSize=1)
        emulator.client("dynamodb").put_item(TableName=table, Item=text(pk="p", sk="before-the-restart"))
        _await_delivery(emulator, function, "before-the-restart")
    finally:
        emulator.stop()
    emulator = start(state)
    try:
        for item in ("first-after-it", "second-after-it"):
            emulator.client("dynamodb").put_item(TableName=table, Item=text(pk="p", sk=item))
        return _await_delivery(emulator, function, "second-after-it")
    finally:
        emulator.stop()


def test_stock_passes_over_what_it_has_counted_before(tmp_path: Path) -> None:
    assert "first-after-it" not in _delivered_after_restart(Emulator.stock, tmp_path)


def test_everything_after_a_restart_is_delivered(tmp_path: Path) -> None:
    assert "first-after-it" in _delivered_after_restart(Emulator.patched, tmp_path)
