"""Roles, sessions, tables and functions, made the way the tests need them."""

from __future__ import annotations

import io
import itertools
import json
import sys
import zipfile
from typing import Any

from emulator import ACCOUNT, Emulator

_numbers = itertools.count(1)

# Anybody in the account may assume such a role and tag the session.
OPEN_TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
LAMBDA_TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}

# A custom runtime in a few lines, on one kept-alive connection as the real ones use. It gives the answer it was
# deployed with and logs nothing; or reports a stream's record with a certain sort key as failed, the first time, and
# logs the batch; or says what it was given and under whose credentials it runs, and logs a line.
_BOOTSTRAP = f"""#!{sys.executable}
import http.client, json, os
runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
base = "/2018-06-01/runtime/invocation/"
first = True
keys = {{"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
        "SessionToken": "AWS_SESSION_TOKEN"}}
def call(method, path, body=None):
    runtime.request(method, base + path, body)
    response = runtime.getresponse()
    return response.headers, response.read()
while True:
    headers, event = call("GET", "next")
    if "ANSWERS" in os.environ:
        answer = os.environ["ANSWERS"]
    elif "FAILS_ONCE" in os.environ:
        records = {{record["dynamodb"]["Keys"]["sk"]["S"]: record for record in json.loads(event)["Records"]}}
        print("BATCH " + json.dumps(list(records)), flush=True)
        poison = records.get(os.environ["FAILS_ONCE"]) if first else None
        first = first and poison is None
        answer = json.dumps({{"batchItemFailures": [
            {{"itemIdentifier": poison["dynamodb"]["SequenceNumber"]}}] if poison else []}})
    else:
        print("INVOCATION " + event.decode(), flush=True)
        answer = json.dumps({{"event": json.loads(event), "handler": os.environ["_HANDLER"],
                             "credentials": {{name: os.environ[key] for name, key in keys.items()}}}})
    call("POST", headers["Lambda-Runtime-Aws-Request-Id"] + "/response", answer)
"""


def unique(prefix: str) -> str:
    """A name no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def allow(action: str | list[str], resource: str | list[str], **condition: Any) -> dict[str, Any]:
    """A policy of one Allow statement; conditions are keyword arguments named by operator."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def create_role(emulator: Emulator, policy: dict[str, Any], trust: dict[str, Any] = OPEN_TRUST, path: str = "/") -> str:
    """A role with one inline policy; answers its ARN."""
    iam, name = emulator.client("iam"), unique("role")
    arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    return arn


def assume(emulator: Emulator, role_arn: str, caller: dict[str, str] | None = None, **tags: str) -> dict[str, str]:
    """Credentials of a session of the role, tagged with the keyword arguments."""
    extra = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
    sts = emulator.client("sts", caller)
    return sts.assume_role(RoleArn=role_arn, RoleSessionName="session", **extra)["Credentials"]


def create_table(emulator: Emulator) -> str:
    """A table keyed pk and sk with the index gsi1; answers its name."""
    name = unique("table")
    emulator.client("dynamodb").create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=_schema("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "gsi1pk", "gsi1sk")],
        GlobalSecondaryIndexes=[{
            "IndexName": "gsi1", "KeySchema": _schema("gsi1pk", "gsi1sk"), "Projection": {"ProjectionType": "ALL"}}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    return name


def create_function(emulator: Emulator, role_arn: str, answers: Any = None, **environment: str) -> str:
    """A function on provided.al2023 that echoes its event, or always gives `answers`; answers its ARN."""
    if answers is not None:
        environment["ANSWERS"] = json.dumps(answers)
    return emulator.client("lambda").create_function(
        FunctionName=unique("function"), Runtime="provided.al2023", Handler="test-handler", Role=role_arn,
        Timeout=10, Environment={"Variables": environment}, Code={"ZipFile": bootstrap_archive()})["FunctionArn"]


def bootstrap_archive() -> bytes:
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, _BOOTSTRAP)
    return buffer.getvalue()


def text(**attributes: str) -> dict[str, dict[str, str]]:
    """String attributes in DynamoDB's wire form."""
    return {name: {"S": value} for name, value in attributes.items()}


def _schema(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_name, "KeyType": "HASH"}, {"AttributeName": range_name, "KeyType": "RANGE"}]
