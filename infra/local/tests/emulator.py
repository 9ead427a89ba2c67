"""A running emulator, stock or patched, as the tests see it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-east-1"
ACCOUNT = "000000000000"
LAUNCHER = Path(__file__).resolve().parent.parent / "launcher.py"
_ROOT = {"AccessKeyId": "test", "SecretAccessKey": "test"}
_LISTENING = "Running on http"


class Emulator:
    """One emulator process on a free loopback port, which ends with `stop`."""

    def __init__(self, command: list[str], state: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.state = state
        (state / "tmp").mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._log: list[str] = []
        self._await_listening()
        # The pipe must not fill, and a failing test wants the rest of the log.
        threading.Thread(target=self._drain, daemon=True).start()

    @classmethod
    def stock(cls, state: Path) -> Emulator:
        """MiniStack as released, with the same settings as ours but none of the patches."""
        return cls([sys.executable, "-m", "ministack"], state)

    @classmethod
    def patched(cls, state: Path) -> Emulator:
        return cls([sys.executable, str(LAUNCHER)], state)

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        """A client of one service: the account's root without credentials, else the session they belong to."""
        keys = credentials or _ROOT
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"max_attempts": 0}, read_timeout=60))

    def stop(self) -> int:
        """Asks the process to end as a user would, and answers its exit status."""
        self._process.terminate()
        return self._process.wait(timeout=30)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port),
            "AWS_ENDPOINT_URL": self.url, "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state / "state"), "TMPDIR": str(self.state / "tmp"),
            "S3_DATA_DIR": str(self.state / "s3"),
        }

    def _await_listening(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._log.append(line)
            if _LISTENING in line:
                return
        raise RuntimeError("the emulator ended before it listened:\n" + "".join(self._log))

    def _drain(self) -> None:
        assert self._process.stdout is not None
        self._log.extend(self._process.stdout)


def outcome(call: Callable[[], Any]) -> str:
    """`OK`, or the code of the error with which AWS refused the call."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"].removesuffix("Exception")
    return "OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
