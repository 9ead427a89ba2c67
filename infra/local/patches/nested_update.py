"""Keeps the attributes of a nested stack's unchanged resources when the stack is updated.

Stock: an update of a nested stack hands an unchanged resource back without its attributes, so that the next resource or
output that asks for one (`Fn::GetAtt: [Key, Arn]`) fails with "Requested attribute Arn does not exist in schema", and
with it the second deployment of any template of nested stacks. The outermost stack does not suffer from it.
AWS: an attribute can be read whatever the operation did to the resource.
Source: CloudFormation Template Reference, "Fn::GetAtt".
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners


def apply() -> None:
    stock = provisioners._update_resource

    # The outermost stack's update keeps a reference of its own to the stock function and passes the attributes itself;
    # only the nested one looks it up here, and leaves them out.
    def update_with_attributes(
        resource_type: str, physical_id: str, old_properties: dict[str, Any], new_properties: dict[str, Any],
        stack_name: str, logical_id: str | None = None, old_attributes: dict[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        if old_attributes is None:
            resources = cloudformation._stacks[stack_name]["_resources"]
            old_attributes = resources.get(logical_id, {}).get("Attributes")
        return stock(
            resource_type, physical_id, old_properties, new_properties, stack_name, logical_id, old_attributes)

    provisioners._update_resource = update_with_attributes
