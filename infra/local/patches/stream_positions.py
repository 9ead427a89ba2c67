"""Starts event source mappings of DynamoDB streams where the streams themselves start after a restart.

Stock: the saved state holds how many records of a stream a mapping has read, but not the stream's records. After a
restart the stream counts from nought again, so that as many new records as were ever read are passed over in silence.
AWS: a mapping reads every record of its stream.
Source: Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"; observed.

What was committed but not yet read when the emulator stopped is lost all the same.
"""

from __future__ import annotations

from typing import Any

from ministack.services import lambda_svc


def apply() -> None:
    stock = lambda_svc._restore_esm_positions

    def restore(store: Any, positions: Any) -> None:
        stock(store, positions)
        if store is lambda_svc._dynamodb_stream_positions:
            for mapping in store._data:
                store._data[mapping] = 0

    lambda_svc._restore_esm_positions = restore
