"""Time to live and point-in-time recovery of a table that a template creates and changes."""

from __future__ import annotations

import json
from typing import Any

from account import unique
from emulator import Emulator

WITH_SETTINGS = {"TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                 "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}


def _template(settings: dict[str, Any]) -> str:
    return json.dumps({
        "Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}], **settings}}},
        "Outputs": {"Table": {"Value": {"Ref": "Table"}}}})


def _settings(emulator: Emulator, stack: str) -> tuple[str, str]:
    outputs = emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    dynamodb, table = emulator.client("dynamodb"), outputs[0]["OutputValue"]
    recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return (dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"],
            recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])


def _create(emulator: Emulator) -> str:
    stack, cloudformation = unique("stack"), emulator.client("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=_template(WITH_SETTINGS))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    return stack


def test_stock_forgets_both(stock: Emulator) -> None:
    assert _settings(stock, _create(stock)) == ("DISABLED", "DISABLED")


def test_both_take_effect_and_go_with_the_template(patched: Emulator) -> None:
    stack, cloudformation = _create(patched), patched.client("cloudformation")
    assert _settings(patched, stack) == ("ENABLED", "ENABLED")
    cloudformation.update_stack(StackName=stack, TemplateBody=_template({}))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    assert _settings(patched, stack) == ("DISABLED", "DISABLED")
