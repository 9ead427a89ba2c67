"""Starts the local AWS: the pinned MiniStack release with this folder's patches applied.

    <venv>/bin/python infra/local/launcher.py

Configuration comes from the environment; README.md beside this file lists it. The emulator listens on the loopback
interface only and always evaluates IAM policies. SIGTERM and SIGINT stop it cleanly, which is when it writes its state.
"""

from __future__ import annotations

import importlib.metadata
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

PINNED_MINISTACK = "1.5.33"
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = "4566"

# What the emulator's process, and with it every function it starts, may inherit from the caller's shell. A function
# that leans on a developer's variable would work here and fail on AWS; and an exported AWS key would become a root key
# of the emulator.
_INHERITED = frozenset({
    "HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "GATEWAY_PORT", "STATE_DIR", "PERSIST_STATE", "S3_PERSIST",
    "S3_DATA_DIR", "LOCAL_AWS_LOG_LEVEL", "LAMBDA_WARM_TTL_SECONDS", "MINISTACK_ACCOUNT_ID", "MINISTACK_REGION",
})


def environment(caller: Mapping[str, str]) -> dict[str, str]:
    """The emulator's whole environment, made of the caller's allowed variables, defaults and what is not negotiable."""
    env = {name: value for name, value in caller.items() if name in _INHERITED}
    port = env.setdefault("GATEWAY_PORT", DEFAULT_PORT)
    if env.get("PERSIST_STATE") == "1" and "STATE_DIR" in env:
        env.setdefault("S3_PERSIST", "1")
        env.setdefault("S3_DATA_DIR", str(Path(env["STATE_DIR"]) / "s3"))
    env.setdefault("MINISTACK_REGION", "us-east-1")
    env["LOG_LEVEL"] = env.pop("LOCAL_AWS_LOG_LEVEL", "INFO")
    env.update({
        "AUTH": "true",
        "BIND_HOST": LOOPBACK,
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}",
        "LAMBDA_EXECUTOR": "local",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    })
    return env


def refuse_other_version(installed: str) -> None:
    """Ends the process unless the installed MiniStack is the one the patches were written against."""
    if installed != PINNED_MINISTACK:
        sys.exit(
            f"local AWS: MiniStack {installed} is installed, but the patches in infra/local are proven against "
            f"{PINNED_MINISTACK} only.\nInstall infra/local/requirements.txt with --require-hashes, or run "
            "infra/local/tests against the new release and move the pin."
        )


def raise_descriptor_limit() -> None:
    """Lifts the soft limit of open files to the hard one: each warm function costs the emulator about ten of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    refuse_other_version(importlib.metadata.version("ministack"))
    env = environment(os.environ)
    os.environ.clear()
    os.environ.update(env)
    for folder in (env.get("STATE_DIR"), env.get("S3_DATA_DIR"), env.get("TMPDIR")):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    raise_descriptor_limit()

    # MiniStack reads its configuration while it is imported, so both imports wait for the environment.
    from ministack import app

    import patches

    patches.apply_all()
    app.main()


if __name__ == "__main__":
    main()
