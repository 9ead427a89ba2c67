"""Gives a role session the `aws:PrincipalArn` of its role.

Stock: the key holds the session's own ARN (`arn:aws:sts::…:assumed-role/name/session`), so a trust policy which lists
function roles by `ArnEquals aws:PrincipalArn` lets none of them in.
AWS: for a role session the key is the ARN of the role that was assumed, path included.
Source: IAM User Guide, "AWS global condition context keys", aws:PrincipalArn.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator as evaluator
from ministack.services import iam


def apply() -> None:
    stock = evaluator._resolve_condition_key

    def resolve(key: str, context: Any) -> Any:
        if key.lower() == "aws:principalarn" and context.principal_type == "AssumedRole":
            return _role_arn(context.principal_arn, context.principal_account)
        return stock(key, context)

    evaluator._resolve_condition_key = resolve


def _role_arn(session_arn: str, account: str) -> str:
    name = evaluator._role_name_from_assumed_arn(session_arn)
    role = iam._roles.get_scoped(account, None, name)
    # A deleted role's sessions keep an ARN that no policy can name.
    return role["Arn"] if role else session_arn
