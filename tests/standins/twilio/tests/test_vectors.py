"""vectors.json is what the official library computes, and what it accepts."""

from __future__ import annotations

import json

from twilio.request_validator import RequestValidator

from make_vectors import VECTORS, MultiValues, vectors


def test_the_file_is_what_the_library_computes() -> None:
    assert json.loads(VECTORS.read_text(encoding="utf-8")) == vectors()


def test_the_library_accepts_every_vector_and_no_other_token() -> None:
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        body = vector["body"] if vector["body"] is not None else MultiValues(vector["params"])
        arguments = (vector["url"], body, vector["signature"])
        # The library drops user and password only when it adds a port; it still finds the signed form.
        assert RequestValidator(vector["token"]).validate(*arguments), vector["name"]
        assert not RequestValidator("another token").validate(*arguments), vector["name"]
