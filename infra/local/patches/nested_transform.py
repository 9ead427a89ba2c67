"""Applies the SAM transform to the templates of nested stacks.

Stock: only the template given to CreateStack, UpdateStack and CreateChangeSet is transformed; a nested template with
`AWS::Serverless::Function` fails on its first such resource.
AWS: a nested template that declares a transform is transformed as any other, when the parent's operation acknowledges
CAPABILITY_AUTO_EXPAND.
Source: CloudFormation User Guide, "Embed stacks within other stacks using nested stacks" and AWS::Serverless transform.

The capabilities are checked on the template as written and again on what the transform made of it, because the roles
which SAM generates need CAPABILITY_IAM too.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import engine, provisioners


def apply() -> None:
    stock = provisioners._check_nested_stack_capabilities

    # This check is the one step between reading a nested template and provisioning it, and is handed the template's
    # own dictionary; so the expansion happens here, in place.
    def check_and_transform(parent_stack_name: str, template: dict[str, Any]) -> None:
        stock(parent_stack_name, template)
        expanded = engine._apply_transforms(dict(template))
        if expanded != template:
            template.clear()
            template.update(expanded)
            stock(parent_stack_name, template)

    provisioners._check_nested_stack_capabilities = check_and_transform
