"""The SAM transform in a nested stack's template."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from account import bootstrap_archive, unique
from emulator import Emulator

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


def _child(bucket: str, function: str) -> dict[str, Any]:
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Greeting": {"Type": "String"}},
        "Resources": {"Function": {"Type": "AWS::Serverless::Function", "Properties": {
            "FunctionName": function, "Runtime": "provided.al2023", "Handler": "greet",
            "CodeUri": {"Bucket": bucket, "Key": "code.zip"},
            "Environment": {"Variables": {"ANSWERS": {"Fn::Sub": "\"${Greeting}\""}}}}}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Function", "Arn"]}}},
    }


def _deploy(emulator: Emulator) -> Any:
    """Deploys a parent of one nested SAM stack and answers what its function says."""
    bucket, function, stack = unique("bucket"), unique("function"), unique("stack")
    s3, cloudformation = emulator.client("s3"), emulator.client("cloudformation")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="code.zip", Body=bootstrap_archive())
    s3.put_object(Bucket=bucket, Key="child.json", Body=json.dumps(_child(bucket, function)))
    cloudformation.create_stack(StackName=stack, Capabilities=CAPABILITIES, TemplateBody=json.dumps({
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Child": {"Type": "AWS::Serverless::Application", "Properties": {
            "Location": f"{emulator.url}/{bucket}/child.json", "Parameters": {"Greeting": "hello"}}}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Arn"]}}}}))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    output = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"][0]["OutputValue"]
    return json.load(emulator.client("lambda").invoke(FunctionName=output)["Payload"])


def test_stock_transforms_the_outermost_template_only(stock: Emulator) -> None:
    with pytest.raises(WaiterError):
        _deploy(stock)


def test_a_nested_function_is_deployed_with_its_parameters(patched: Emulator) -> None:
    assert _deploy(patched) == "hello"
