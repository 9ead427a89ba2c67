"""What the pinned MiniStack needs so that this project behaves on it as on AWS.

One module per difference. Each says what the stock emulator does, what AWS does and where that is written, and offers
`apply()`, which changes MiniStack's modules in place. Every patch has a test that fails once the stock emulator no
longer needs it.
"""

from __future__ import annotations

from patches import (
    account_recovery,
    call_counters,
    client_secret,
    encryption_context,
    leading_keys,
    nested_transform,
    nested_update,
    policy_variables,
    principal_arn,
    query_index,
    queue_batches,
    refresh_rotation,
    session_eviction,
    stream_mappings,
    stream_positions,
    table_settings,
    tag_session,
    ttl_pace,
    user_lookup,
    warm_path,
)

PATCHES = (
    leading_keys,
    policy_variables,
    principal_arn,
    tag_session,
    queue_batches,
    encryption_context,
    nested_transform,
    nested_update,
    table_settings,
    refresh_rotation,
    user_lookup,
    session_eviction,
    account_recovery,
    client_secret,
    stream_mappings,
    warm_path,
    query_index,
    stream_positions,
    ttl_pace,
    call_counters,
)


def apply_all() -> None:
    """Applies every patch once. Call it after the environment is set and before the emulator serves."""
    for patch in PATCHES:
        patch.apply()
