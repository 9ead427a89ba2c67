"""Asks the caller's own policies for `sts:TagSession` when a session is tagged.

Stock: only the trust policy of the assumed role is asked; a caller whose policies grant nothing but `sts:AssumeRole`
may set any tag.
AWS: passing tags needs `sts:TagSession` beside `sts:AssumeRole`, in the caller's permissions as in the trust policy.
Source: IAM User Guide, "Pass session tags in AWS STS", permissions required to add session tags.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator


def apply() -> None:
    stock = iam_evaluator.enforce

    def enforce(access_key: str, action: str, service: str, region: str, resource_arn: str = "*",
                service_context: dict[str, Any] | None = None) -> Any:
        denied = stock(access_key, action, service, region, resource_arn=resource_arn,
                       service_context=service_context)
        if denied or action != "sts:AssumeRole" or not (service_context or {}).get("aws:TagKeys"):
            return denied
        return stock(access_key, "sts:TagSession", service, region, resource_arn=resource_arn,
                     service_context=service_context)

    iam_evaluator.enforce = enforce
