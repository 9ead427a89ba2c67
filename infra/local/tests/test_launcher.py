"""The launcher's own promises: one release, one interface, a clean environment, a clean stop."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path

import pytest

import launcher
from account import LAMBDA_TRUST, allow, create_function, create_role
from emulator import ACCOUNT, Emulator


def test_another_release_is_refused_with_its_name() -> None:
    with pytest.raises(SystemExit, match=r"1\.5\.34.*1\.5\.33"):
        launcher.refuse_other_version("1.5.34")
    launcher.refuse_other_version(launcher.PINNED_MINISTACK)


def test_the_callers_shell_neither_leaks_nor_weakens() -> None:
    env = launcher.environment({
        "PATH": "/bin", "AWS_ACCESS_KEY_ID": "AKIA-of-somebody", "AUTH": "false", "BIND_HOST": "0.0.0.0",
        "RUST_LOG": "trace", "GATEWAY_PORT": "4599", "STATE_DIR": "/state", "PERSIST_STATE": "1"})
    assert (env["AUTH"], env["BIND_HOST"]) == ("true", "127.0.0.1")
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4599"
    assert env["S3_DATA_DIR"] == "/state/s3"
    assert not {"AWS_ACCESS_KEY_ID", "RUST_LOG"} & env.keys()


def test_it_listens_on_the_loopback_interface_only(patched: Emulator) -> None:
    with socket.socket() as probe:
        probe.settimeout(5)
        # Another loopback address answers only when every interface is bound.
        assert probe.connect_ex(("127.0.0.2", patched.port)) != 0


def test_a_function_runs_as_its_own_role(patched: Emulator) -> None:
    role = create_role(patched, allow("logs:*", "*"), LAMBDA_TRUST)
    function = create_function(patched, role)
    answer = json.load(patched.client("lambda").invoke(FunctionName=function, Payload=b"{}")["Payload"])
    identity = patched.client("sts", answer["credentials"]).get_caller_identity()

    assert answer["handler"] == "test-handler"
    session = f"assumed-role/{role.rsplit('/', 1)[-1]}/{function.rsplit(':', 1)[-1]}"
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:{session}"


def test_state_outlives_a_clean_stop(tmp_path: Path) -> None:
    emulator = Emulator.patched(tmp_path / "first")
    emulator.client("sqs").create_queue(QueueName="kept")
    assert emulator.stop() == 0
    again = Emulator.patched(tmp_path / "first")
    try:
        urls = again.client("sqs").list_queues()["QueueUrls"]
        with urllib.request.urlopen(f"{again.url}/_ministack/health") as health:
            assert json.load(health)["auth"] == "enabled"
    finally:
        again.stop()
    assert [url.rsplit("/", 1)[-1] for url in urls] == ["kept"]
