"""The stand-in as a process, the official client pointed at it, and a server that receives webhooks."""

from __future__ import annotations

import functools
import json
import os
import queue
import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

REPOSITORY = Path(__file__).resolve().parents[4]
TWILIO = "https://api.twilio.com"
SPEED = 10
WAIT_SECONDS = 10


@functools.cache
def built_binary() -> str:
    """The binary TWILIO_STANDIN_BIN names, or a fresh build."""
    if given := os.environ.get("TWILIO_STANDIN_BIN"):
        return given
    build = ["cargo", "build", "--quiet", "--package", "twilio-standin", "--message-format", "json"]
    output = subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    artifacts = (json.loads(line) for line in output.splitlines())
    return next(str(found["executable"]) for found in artifacts if found.get("executable"))


class StandIn:
    """A running stand-in on a free port."""

    def __init__(self, *options: str, speed: float = SPEED) -> None:
        command = [built_binary(), "--port", "0", "--speed", str(speed), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url: str = json.loads(self.process.stdout.readline())["url"]

    def stop(self) -> None:
        with self.process:
            self.process.terminate()
            self.process.wait(timeout=WAIT_SECONDS)

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_control/{path}", json=body, timeout=WAIT_SECONDS)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def log(self, **query: str | int) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/_control/log", params=query, timeout=2 * WAIT_SECONDS)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])

    def register(self, **options: Any) -> Account:
        """A new account that owns one number."""
        account = Account(
            sid=f"AC{uuid.uuid4().hex}",
            token=uuid.uuid4().hex,
            key=f"SK{uuid.uuid4().hex}",
            secret=uuid.uuid4().hex,
            number=f"+1{uuid.uuid4().int % 10**10:010}",
            standin=self,
        )
        webhooks = options.pop("webhooks", {})
        body = {
            "sid": account.sid,
            "auth_token": account.token,
            "api_keys": [{"sid": account.key, "secret": account.secret}],
            "numbers": [{"phone_number": account.number, **webhooks}],
            "calls_per_second": 100,
            **options,
        }
        self.control("accounts", body)
        return account


class LocalHttpClient(TwilioHttpClient):
    """Twilio's own HTTP client with another host: nothing else of the library is touched."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=WAIT_SECONDS)
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        assert url.startswith(f"{TWILIO}/"), url
        return super().request(method, self.base_url + url.removeprefix(TWILIO), *args, **kwargs)


@dataclass
class Account:
    """An account with one API key and one number, and what tests do in its name."""

    sid: str
    token: str
    key: str
    secret: str
    number: str
    standin: StandIn

    def client(self, username: str | None = None, password: str | None = None) -> Client:
        transport = LocalHttpClient(self.standin.url)
        return Client(username or self.sid, password or self.token, self.sid, http_client=transport)

    def script(self, **options: Any) -> None:
        self.standin.control("script", {"account_sid": self.sid, **options})

    def get(self, path: str) -> requests.Response:
        url = f"{self.standin.url}/2010-04-01/Accounts/{self.sid}{path}"
        return requests.get(url, auth=(self.sid, self.token), timeout=WAIT_SECONDS)


@dataclass
class Hook:
    """A webhook as it came in."""

    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]

    @property
    def status(self) -> str:
        return self.params.get("CallStatus") or self.params["MessageStatus"]

    def is_signed_by(self, token: str) -> bool:
        params = self.params if self.method == "POST" else {}
        return bool(RequestValidator(token).validate(self.url, params, self.headers["x-twilio-signature"]))


@dataclass
class Receiver:
    """An HTTP server that keeps what it gets and answers what the test put under the path."""

    url: str = ""
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    hooks: queue.Queue[Hook] = field(default_factory=queue.Queue)

    def answer(self, path: str, *answers: tuple[int, str]) -> None:
        """The answers to the path's requests, one after the other; the last one stays."""
        self.answers[path] = list(answers)

    def next(self) -> Hook:
        return self.hooks.get(timeout=WAIT_SECONDS)

    def take(self, count: int) -> list[Hook]:
        return [self.next() for _ in range(count)]

    def until(self, status: str) -> list[Hook]:
        """Every webhook up to the one with this status."""
        taken = [self.next()]
        while taken[-1].status != status:
            taken.append(self.next())
        return taken


def start_receiver() -> tuple[Receiver, ThreadingHTTPServer]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            text = body if self.command == "POST" else parts.query
            params = dict(parse_qsl(text, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            planned = receiver.answers.get(parts.path, [(204, "")])
            status, answer = planned.pop(0) if len(planned) > 1 else planned[0]
            receiver.hooks.put(Hook(self.command, receiver.url + self.path, params, headers))
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        do_GET = handle_any  # noqa: N815 (the base class chose the name)
        do_POST = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing: what matters is asserted."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return receiver, server
