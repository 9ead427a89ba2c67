"""Writes the locked requirement files anew from the `.in` files beside this one.

    pip install uv && python infra/local/lock.py

Each file pins every package, direct or not, with the hashes of all its files, for Python 3.10 and later.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
# In this order: the second is constrained by the first.
FILES = ("requirements", "requirements-tests", "requirements-tools")


def lock(name: str) -> None:
    target = HERE / f"{name}.txt"
    subprocess.run(
        ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.10", "--no-strip-extras",
         "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
         "--custom-compile-command", "python infra/local/lock.py",
         "--output-file", target.name, f"{name}.in"],
        cwd=HERE, check=True)
    target.write_text(with_plain_names(target.read_text()))


def with_plain_names(locked: str) -> str:
    """Repeats each requirement that has extras without them.

    pip's hash mode, up to the releases that come with Python 3.11, does not take `name[extra]==1.0` as the pin of a
    plain `name` that another package asks for.
    """
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", locked)
    return "".join(
        block + (re.sub(r"\[[^\]]+\]", "", block, count=1) if re.match(r"[\w.-]+\[[^\]]+\]==", block) else "")
        for block in blocks)


if __name__ == "__main__":
    for file in FILES:
        lock(file)
