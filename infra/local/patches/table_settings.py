"""Applies a table's TimeToLiveSpecification and PointInTimeRecoverySpecification from a template.

Stock: both are accepted and forgotten: the table is created without them.
AWS: both take effect with the stack operation.
Source: CloudFormation Template Reference, AWS::DynamoDB::Table.

Expired items are removed once a minute; unlike on AWS their removal is not a record of the stream.
"""

from __future__ import annotations

from typing import Any

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]


def apply() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    stock_create, stock_update = handlers["create"], handlers["update"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
        created = stock_create(logical_id, properties, stack_name)
        _apply_settings(created[0], {}, properties)
        return created

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str,
               logical_id: str | None = None) -> tuple[str, dict[str, Any]]:
        updated = stock_update(physical_id, old, new, stack_name, logical_id)
        # An update that replaces the table names another one, which knows none of the old settings.
        _apply_settings(updated[0], old if updated[0] == physical_id else {}, new)
        return updated

    handlers.update(create=create, update=update)


def _apply_settings(table: str, old: Properties, new: Properties) -> None:
    before, after = (properties.get("TimeToLiveSpecification") for properties in (old, new))
    if after or before:
        # A specification that is taken out of the template switches its attribute off.
        setting = after or {**before, "Enabled": False}
        enabled = str(setting.get("Enabled")).lower() == "true"
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": {
            "AttributeName": setting.get("AttributeName"), "Enabled": enabled}})
    recovery = new.get("PointInTimeRecoverySpecification") or {}
    enabled = str(recovery.get("PointInTimeRecoveryEnabled")).lower() == "true"
    dynamodb._update_continuous_backups({
        "TableName": table, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": enabled}})
