"""A second deployment of a nested stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from account import unique
from emulator import Emulator

CHILD: dict[str, Any] = {
    "Parameters": {"Note": {"Type": "String"}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}, "Note": {"Value": {"Ref": "Note"}}},
}


def _parent(url: str, note: str) -> str:
    return json.dumps({
        "Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {
            "TemplateURL": url, "Parameters": {"Note": note}}}},
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Child", f"Outputs.{name}"]}} for name in ("Arn", "Note")},
    })


def _deploy_twice(emulator: Emulator) -> tuple[dict[str, str], dict[str, str]]:
    """Creates a parent with one nested stack, updates a parameter of it, and answers the outputs after each."""
    bucket, stack = unique("bucket"), unique("stack")
    s3, cloudformation = emulator.client("s3"), emulator.client("cloudformation")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="child.json", Body=json.dumps(CHILD))
    url = f"{emulator.url}/{bucket}/child.json"

    def outputs(waiter: str) -> dict[str, str]:
        cloudformation.get_waiter(waiter).wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}

    cloudformation.create_stack(StackName=stack, TemplateBody=_parent(url, "first"))
    created = outputs("stack_create_complete")
    cloudformation.update_stack(StackName=stack, TemplateBody=_parent(url, "second"))
    return created, outputs("stack_update_complete")


def test_stock_forgets_the_attributes_of_what_did_not_change(stock: Emulator) -> None:
    with pytest.raises(WaiterError):
        _deploy_twice(stock)


def test_an_update_reads_the_attributes_of_what_did_not_change(patched: Emulator) -> None:
    created, updated = _deploy_twice(patched)
    assert updated == {"Arn": created["Arn"], "Note": "second"}
