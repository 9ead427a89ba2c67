"""Delivers a table's stream to functions as an event source mapping does.

Stock: the mappings run one after another on one thread, which the queue mappings wait for too; a partial failure counts
as success, so the failed records are lost; retry limits and bisecting are ignored.
AWS: mappings do not wait for each other. With ReportBatchItemFailures the batch is tried again from the lowest failed
sequence number; MaximumRetryAttempts and MaximumRecordAgeInSeconds send what is left of it to the failure destination;
BisectBatchOnFunctionError halves a batch whose invocation failed, without counting that as an attempt.
Source: Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB" and "Configuring partial batch response".

As in stock a stream is one shard, and a retry waits one second.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from ministack.core import arn, responses
from ministack.services import dynamodb, lambda_svc

Mapping = dict[str, Any]
Record = dict[str, Any]

_FOREVER = -1


class Batch(NamedTuple):
    """Records read from one position of the stream, before the mapping's filter."""

    function: Any
    records: list[Record]
    position: int


class _Progress:
    """What a mapping remembers between two tries; only the one batch in flight touches it."""

    def __init__(self) -> None:
        self.failed_at = -1
        self.attempts = 0
        self.smaller: tuple[int, int] | None = None  # a size for batches, and the position up to which it holds


_progress: dict[str, _Progress] = {}


def apply() -> None:
    lambda_svc._poll_dynamodb_streams = _poll


def _poll() -> bool:
    """Starts a batch for every mapping that has records and none in flight; answers whether there was one."""
    started = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        account_token = responses._request_account_id.set(account)
        region_token = responses._request_region.set(region)
        try:
            batch = _next_batch(mapping)
            if batch is not None:
                lambda_svc._dispatch_esm_batch(mapping["UUID"], _process_paced, mapping, batch)
                started = True
        finally:
            responses._request_account_id.reset(account_token)
            responses._request_region.reset(region_token)
    return started


def _next_batch(mapping: Mapping) -> Batch | None:
    identifier, table = mapping["UUID"], _table_of(mapping)
    busy = lambda_svc._esm_inflight.get(identifier, 0) or lambda_svc._esm_backoff_until.get(identifier, 0) > time.time()
    if table is None or busy or not mapping.get("Enabled", True):
        return None
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if function is None:
        return None
    lambda_svc._init_stream_position(identifier, mapping["EventSourceArn"], mapping.get("StartingPosition", "LATEST"))
    # Records that expired since the last pass are gone.
    position = max(lambda_svc._dynamodb_stream_positions[identifier], dynamodb.stream_start_position(table))
    size = int(mapping.get("BatchSize", 100))
    smaller = _progress.setdefault(identifier, _Progress()).smaller
    if smaller is not None and position < smaller[1]:
        size = smaller[0]
    records = dynamodb.stream_records_since(table, position, size)
    return Batch(function, records, position) if records else None


def _table_of(mapping: Mapping) -> str | None:
    """The table whose current stream, in the account and region of this pass, the mapping reads."""
    try:
        source = arn.parse_arn(mapping.get("EventSourceArn", ""))
    except arn.ArnParseError:
        return None
    here = (responses.get_account_id(), responses.get_region())
    stream = lambda_svc._dynamodb_stream_table_from_arn_spec(source) if source.service == "dynamodb" else None
    if stream is None or (source.account_id, source.region) != here:
        return None
    table = dynamodb._tables.get(stream[0])
    return stream[0] if table and table.get("LatestStreamArn") == mapping["EventSourceArn"] else None


def _process_paced(mapping: Mapping, batch: Batch) -> None:
    try:
        _process(mapping, batch)
    except Exception:
        # Whatever went wrong inside the emulator must not become a tight loop over the same batch.
        _pause(mapping)
        raise


def _process(mapping: Mapping, batch: Batch) -> None:
    end = batch.position + len(batch.records)
    selected = lambda_svc._apply_filter_criteria(batch.records, mapping)
    if not selected:
        _advance(mapping, end)
        return
    result = lambda_svc._execute_function(batch.function, {"Records": selected})
    failed = None if result.get("error") else _first_failed(mapping, batch.records, result.get("body"))
    if result.get("error"):
        lambda_svc.logger.warning("stream mapping: %s failed: %s\n%s", mapping["FunctionName"], result.get("body"),
                                  result.get("log", ""))
        _retry_or_give_up(mapping, batch, result)
    elif failed is not None:
        _advance(mapping, batch.position + failed)
        _retry_or_give_up(
            mapping, batch._replace(records=batch.records[failed:], position=batch.position + failed), result)
    else:
        _advance(mapping, end)
        mapping["LastProcessingResult"] = f"OK - {len(selected)} records"


def _first_failed(mapping: Mapping, records: list[Record], body: Any) -> int | None:
    """The place of the first record reported as failed, 0 for a report that names none of them, None without one."""
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not failures or "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return None
    reported = {failure.get("itemIdentifier") for failure in failures if isinstance(failure, dict)}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    if len(reported) != len(failures) or not reported <= set(numbers):
        return 0
    return min(numbers.index(number) for number in reported)


def _retry_or_give_up(mapping: Mapping, batch: Batch, result: dict[str, Any]) -> None:
    """Leaves the position where it is for another try, or passes the batch to the failure destination."""
    progress, end = _progress[mapping["UUID"]], batch.position + len(batch.records)
    mapping["LastProcessingResult"] = "FAILED"
    if result.get("error") and mapping.get("BisectBatchOnFunctionError") and len(batch.records) > 1:
        progress.smaller = (len(batch.records) // 2, end)
        return
    if progress.failed_at != batch.position:
        progress.failed_at, progress.attempts = batch.position, 0
    progress.attempts += 1
    condition = _exhausted(mapping, batch, progress.attempts)
    if condition is None:
        _pause(mapping)
        return
    lambda_svc._send_ddb_stream_failure_record(
        mapping, batch.function, batch.records, mapping["EventSourceArn"], result, condition)
    _advance(mapping, end)


def _exhausted(mapping: Mapping, batch: Batch, attempts: int) -> str | None:
    """Why the batch is given up, in the words of the failure destination's record, or None to try again."""
    retries = int(mapping.get("MaximumRetryAttempts", _FOREVER))
    if retries != _FOREVER and attempts > retries:
        return "RetryAttemptsExhausted"
    age = int(mapping.get("MaximumRecordAgeInSeconds", _FOREVER))
    oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in batch.records)
    return "MaxRecordAgeExceeded" if age > 0 and time.time() - oldest > age else None


def _advance(mapping: Mapping, position: int) -> None:
    with lambda_svc._dynamodb_stream_positions_lock:
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position


def _pause(mapping: Mapping) -> None:
    lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
