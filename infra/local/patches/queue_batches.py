"""Asks for SQS's batch operations the permissions that AWS asks for.

Stock: `SendMessageBatch` needs an action `sqs:SendMessageBatch`, and so do the other two batches.
AWS: there are no such actions; the permission for the single operation covers its batch.
Source: Service Authorization Reference, actions of Amazon SQS; SQS developer guide, "Amazon SQS API permissions".
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator

PERMISSIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def apply() -> None:
    stock = iam_evaluator.enforce

    def enforce(access_key: str, action: str, service: str, region: str, resource_arn: str = "*",
                service_context: dict[str, Any] | None = None) -> Any:
        return stock(access_key, PERMISSIONS.get(action, action), service, region, resource_arn=resource_arn,
                     service_context=service_context)

    iam_evaluator.enforce = enforce
