"""Writes vectors.json: webhook signatures as the official library computes them.

Run it after a change of the cases: `python make_vectors.py`. A test holds the file to the library, and Rust tests
hold our own signing and verifying code to the file.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from twilio.request_validator import RequestValidator

VECTORS = Path(__file__).with_name("vectors.json")
TOKEN = "12345678901234567890123456789012"
WEBHOOK = "https://api.example.com/v1/webhooks/twilio/tnt_alpha/voice-status"
JSON_BODY = '{"event": "call", "note": "Grüße"}'


class MultiValues(dict[str, Any]):
    """A form in which a name may occur several times, as web frameworks give it to the validator."""

    def getall(self, name: str) -> list[str]:
        values = self[name]
        return values if isinstance(values, list) else [values]


def with_body_hash(url: str, body: str) -> str:
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"


# name, url, form parameters, JSON body
CASES: list[tuple[str, str, dict[str, Any], str | None]] = [
    (
        "voice status callback",
        WEBHOOK,
        {
            "CallSid": "CA00000000000000000000000000000001",
            "CallStatus": "completed",
            "From": "+14155550100",
            "To": "+14155550123",
            "SequenceNumber": "3",
            "Timestamp": "Sun, 22 Nov 2026 15:00:00 +0000",
        },
        None,
    ),
    ("no parameters", WEBHOOK, {}, None),
    ("query string", f"{WEBHOOK}?call_id=call_01&x=1%202", {"CallStatus": "ringing"}, None),
    ("query taken byte for byte", f"{WEBHOOK}?b=2&a=it%27s+here&A=%c3%a9", {"CallStatus": "ringing"}, None),
    ("explicit port", "https://api.example.com:8443/v1/hook", {"CallStatus": "ringing"}, None),
    ("plain http with port and query", "http://127.0.0.1:4571/hook?a=b&c=d", {"a": "1"}, None),
    ("default port left out", "https://api.example.com/hook", {"Digits": "1234"}, None),
    ("unicode values", WEBHOOK, {"Body": "Grüße, 世界 👋", "FromCity": "MÜNCHEN"}, None),
    ("empty values", WEBHOOK, {"FromCity": "", "ToCity": "", "CallStatus": "busy"}, None),
    ("repeated name", WEBHOOK, {"MediaUrl": ["https://b.example/2", "https://a.example/1"], "NumMedia": "2"}, None),
    ("repeated name and value", WEBHOOK, {"Event": ["answered", "answered", "ringing"]}, None),
    ("names sorted by code point", WEBHOOK, {"a": "1", "B": "2", "_": "3", "A": "4", "Ä": "5"}, None),
    ("values with form characters", WEBHOOK, {"Body": "a+b & c=d%20\r\n\tend "}, None),
    ("name is the beginning of another", WEBHOOK, {"To": "x", "ToCity": "y", "T": "z"}, None),
    ("user and password in the URL", "https://user:pass@api.example.com/hook", {"To": "x"}, None),
    ("JSON body", with_body_hash(WEBHOOK, JSON_BODY), {}, JSON_BODY),
    ("JSON body beside a query", with_body_hash(f"{WEBHOOK}?a=b", "{}"), {}, "{}"),
    ("empty JSON body", with_body_hash(WEBHOOK, ""), {}, ""),
]


def vectors() -> list[dict[str, Any]]:
    """What the official library computes today."""
    validator = RequestValidator(TOKEN)
    return [
        {
            "name": name,
            "token": TOKEN,
            "url": url,
            "params": params,
            "body": body,
            "signature": validator.compute_signature(url, MultiValues(params)),
        }
        for name, url, params, body in CASES
    ]


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
