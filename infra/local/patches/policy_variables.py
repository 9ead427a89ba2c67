"""Substitutes policy variables such as `${aws:PrincipalTag/tenant}`.

Stock: a variable is compared as the text it is written with, so a tenant-scoped policy never matches (or, in a Deny,
never denies).
AWS: variables in Resource and in string and ARN conditions take the request's value, `${name, 'default'}` has a
default, `${*}`, `${?}` and `${$}` are the plain characters, and only policies of version 2012-10-17 are treated so. A
statement with a variable that has no value does not apply.
Source: IAM User Guide, "IAM policy elements: Variables and tags".

Where the guide leaves the outcome open the patch is strict: a Deny with an unresolved variable compares with a value
that equals nothing, so a negated operator denies. A `*` or `?` inside a substituted value is a plain character.
"""

from __future__ import annotations

import contextvars
import dataclasses
import functools
import json
import re
from typing import Any

from ministack.core import iam_evaluator as evaluator

_VARIABLE = re.compile(r"\$\{([^},]+?)\s*(?:,\s*'([^']*)')?\s*\}")
_CURRENT = "2012-10-17"
# Private-use characters which stand for a literal `*` and `?` until the pattern is compiled.
_LITERALS = {"*": "\ue000", "?": "\ue001", "$": "$"}
_NOTHING = "\ue002"

# The version of the resource policy under evaluation: its statements reach the parser without their document.
_document_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("document_version", default=None)


class _Unresolved(Exception):
    """A variable names a key which the request does not carry."""


def apply() -> None:
    _parse_with_version()
    _match_literally()
    stock_conditions_met = evaluator._conditions_met

    def conditions_met(conditions: Any, context: Any) -> bool:
        try:
            resolved = _resolve_conditions(conditions, context, strict=True)
        except _Unresolved:
            return False
        return stock_conditions_met(resolved, context)

    def first_match(context: Any, statements: list[Any], effect: str) -> Any:
        for statement in statements:
            if statement.effect != effect or not evaluator._action_matches(
                    context.action, statement.actions, statement.not_actions):
                continue
            candidate = _resolve_statement(statement, context)
            if candidate is None or not evaluator._resource_matches(
                    context.resource_arn, candidate.resources, candidate.not_resources):
                continue
            met = conditions_met if getattr(statement, "has_variables", True) else stock_conditions_met
            if met(candidate.conditions, context):
                return statement
        return None

    evaluator._conditions_met = conditions_met
    evaluator._first_match = first_match


def _resolve_statement(statement: Any, context: Any) -> Any:
    """The statement with its variables filled in, or None when an Allow cannot be resolved."""
    if not getattr(statement, "has_variables", True):
        return statement
    strict = statement.effect == "Allow"
    try:
        return dataclasses.replace(
            statement,
            resources=[_substitute(text, context, strict, pattern=True) for text in statement.resources],
            not_resources=[_substitute(text, context, strict, pattern=True) for text in statement.not_resources],
            conditions=_resolve_conditions(statement.conditions, context, strict),
        )
    except _Unresolved:
        return None


def _resolve_conditions(conditions: Any, context: Any, strict: bool) -> Any:
    if not isinstance(conditions, dict):
        return conditions
    return {operator: _resolve_block(operator, block, context, strict) for operator, block in conditions.items()}


def _resolve_block(operator: str, block: Any, context: Any, strict: bool) -> Any:
    if not isinstance(block, dict):
        return block
    name = operator.lower()
    pattern = "like" in name or "arn" in name
    return {key: [_substitute(value, context, strict, pattern) for value in values] if isinstance(values, list)
            else _substitute(values, context, strict, pattern)
            for key, values in block.items()}


def _substitute(text: Any, context: Any, strict: bool, pattern: bool) -> Any:
    if not isinstance(text, str) or "${" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name, default = match[1].strip(), match[2]
        if name in _LITERALS:
            return _LITERALS[name] if pattern else name
        found = evaluator._resolve_condition_key(name, context)
        if found is None or isinstance(found, list):
            found = default
        if found is None:
            if strict:
                raise _Unresolved(name)
            return _NOTHING
        found = str(found)
        return found.replace("*", _LITERALS["*"]).replace("?", _LITERALS["?"]) if pattern else found

    return _VARIABLE.sub(value, text)


def _match_literally() -> None:
    stock_compile = evaluator._fnmatch_compile

    def compile_pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        compiled = stock_compile(pattern, ignore_case)
        if not any(mark in pattern for mark in (_LITERALS["*"], _LITERALS["?"])):
            return compiled
        source = compiled.pattern.replace(_LITERALS["*"], r"\*").replace(_LITERALS["?"], r"\?")
        return re.compile(source, compiled.flags)

    evaluator._fnmatch_compile = compile_pattern


def _parse_with_version() -> None:
    """Marks each parsed statement with whether its document's version knows variables, and contains any."""
    stock_parse = evaluator.parse_policy_document
    stock_resource_policy = evaluator.evaluate_resource_policy

    def parse(document: Any) -> list[Any]:
        known_version = _document_version.get()
        return list(_parse_text(document, known_version) if isinstance(document, str)
                    else _parse(document, known_version))

    def _parse(document: Any, known_version: str | None) -> list[Any]:
        version = _version(document) or known_version
        statements = stock_parse(document)
        for statement in statements:
            statement.has_variables = version == _CURRENT and "${" in json.dumps(
                [statement.resources, statement.not_resources, statement.conditions], default=str)
        return statements

    # Every request has its role's policies parsed, twice: an eighth of what the emulator does under load. Nobody changes a statement.
    _parse_text = functools.lru_cache(maxsize=1024)(_parse)

    def evaluate_resource_policy(document: Any, *rest: Any, **options: Any) -> Any:
        token = _document_version.set(_version(document))
        try:
            return stock_resource_policy(document, *rest, **options)
        finally:
            _document_version.reset(token)

    evaluator.parse_policy_document = parse
    evaluator.evaluate_resource_policy = evaluate_resource_policy


def _version(document: Any) -> str | None:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return document.get("Version") if isinstance(document, dict) else None
