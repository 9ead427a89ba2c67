"""Counts the calls which the emulator receives, by action and by role.

Stock: nothing of the kind. AWS: CloudTrail and CloudWatch's usage metrics tell it.
`GET /_local/counters` answers

    {"actions": {"kms:Decrypt": 3, …}, "roles": {"<role name>": {"kms:Decrypt": 3, …}, …}}

counted since the start of the process, so that a test can prove what a warm request does not call. A transaction or a
batch counts once, under its own name; a refused call counts too. A caller that is no role session is "-".
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.services import sts

PATH = "/_local/counters"


def apply() -> None:
    actions: Counter[str] = Counter()
    roles: defaultdict[str, Counter[str]] = defaultdict(Counter)
    stock_extract = iam_actions.extract_iam_action
    stock_app = app.app

    # Called once for each signed request to a service; everything counted goes through here.
    def extract(service: str, method: str, path: str, headers: dict[str, str], *rest: Any) -> str | None:
        action = stock_extract(service, method, path, headers, *rest)
        if action is not None:
            actions[action] += 1
            roles[_role_name(headers)][action] += 1
        return action

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await stock_app(scope, receive, send)
            return
        body = json.dumps({"actions": actions, "roles": roles}).encode()
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    iam_actions.extract_iam_action = extract
    app.app = serve


def _role_name(headers: dict[str, str]) -> str:
    access_key = router.extract_access_key_id(headers, {})
    session = sts._sessions.get(access_key) or {}
    return iam_evaluator._role_name_from_assumed_arn(str(session.get("Arn", ""))) or "-"
