"""Takes the emulator's own waiting out of a warm invocation.

Stock: after each answer it waits up to 50 ms for a log line that may never come; the function's runtime API answers in
two small packets, which Nagle's algorithm and delayed acknowledgements hold back by another 40 ms; and the thread that
reads streams and queues rests 50 ms whenever it was woken for nothing, which each finished batch does once.
AWS: none of this is part of an invocation.
Source: measured; a request through the HTTP API to a Rust function took about 100 ms, and 5 to 8 ms without the waits.

A line written before the answer is still collected with it: the reading thread has it by then. A later one is logged
with the next invocation.
"""

from __future__ import annotations

import socketserver

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

FIRST_LINE_WAIT_SECONDS = 0.002
IDLE_CONFIRM_SECONDS = 0.001
HARD_CAP_SECONDS = 0.05
IDLE_WAKE_GAP_SECONDS = 0.002


def apply() -> None:
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (
        FIRST_LINE_WAIT_SECONDS, IDLE_CONFIRM_SECONDS, HARD_CAP_SECONDS)
    lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = IDLE_WAKE_GAP_SECONDS
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
