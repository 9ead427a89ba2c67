"""What cargo xtask asks of the local CloudFormation, through boto3 of the tools' virtual environment.

    python local_stack.py describe <stack>            prints {"status", "deployed", "outputs": {key: value}}
    python local_stack.py record <stack> <digest>     notes inside the local AWS what was deployed
    python local_stack.py discard <stack>             deletes a stack whose first deployment failed

The digest is kept inside the emulator, not beside it: when the emulator loses its state, it loses the digest as well.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

IMPATIENT = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 2})


def client(service: str) -> Any:
    return boto3.client(service, config=IMPATIENT)


def parameter(stack: str) -> str:
    return f"/{stack}/deployed"


def deployed(stack: str) -> str | None:
    try:
        return client("ssm").get_parameter(Name=parameter(stack))["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise


def describe(stack: str) -> dict[str, Any]:
    try:
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return {"status": "ABSENT", "deployed": None, "outputs": {}}
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    return {"status": found["StackStatus"], "deployed": deployed(stack), "outputs": outputs}


def discard(stack: str) -> None:
    cloudformation = client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def main(command: str, stack: str, *arguments: str) -> None:
    if command == "describe":
        print(json.dumps(describe(stack)))
    elif command == "record":
        client("ssm").put_parameter(Name=parameter(stack), Value=arguments[0], Type="String", Overwrite=True)
    elif command == "discard":
        discard(stack)
    else:
        sys.exit(f"unknown command {command}")


if __name__ == "__main__":
    main(*sys.argv[1:])
