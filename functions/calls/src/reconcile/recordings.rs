//! What the provider says of a recording that should be here by now.

use kernel::{Failure, UtcTime};

use crate::{
    call::Call,
    dialer::{DialError, Dialer, ProviderRecordingStatus},
    recorded::{GIVEN_UP_SECONDS, Recording, RecordingKind, RecordingState, UNFETCHED_SECONDS},
    telephony::TelephonyAccount,
};

/// News of the recording of a call that is over; `None` while there are none and it may still come.
pub(super) async fn recording_of(
    call: &Call,
    account: Option<&TelephonyAccount>,
    dialer: &dyn Dialer,
    now: UtcTime,
) -> Result<Option<Recording>, Failure> {
    let ended = call.progress().completed_at.unwrap_or(call.dialed_at);
    let since = |seconds| ended.plus_seconds(seconds) <= now;
    let known = call.recorded.recording.as_ref();
    let kind = known.map_or(RecordingKind::Call, |recording| recording.kind);
    let named = known.and_then(|recording| recording.provider_id.as_ref());
    let became = |state| Some(Recording::new(kind, state));
    let (Some(first), Some(account)) = (&call.provider_call_id, account) else {
        return Ok(since(GIVEN_UP_SECONDS).then(|| Recording::new(kind, RecordingState::Missing)));
    };
    if since(UNFETCHED_SECONDS) {
        return Ok(became(RecordingState::Absent));
    }
    let found = match dialer.recordings(account, first).await {
        Ok(found) => found,
        Err(DialError::Refused { code: 404 | 20404 }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let found = found.into_iter().find(|found| named.is_none_or(|named| *named == found.id));
    Ok(match found {
        Some(found) => {
            let state = match found.status {
                ProviderRecordingStatus::Unfinished => return Ok(None),
                ProviderRecordingStatus::Completed => RecordingState::Processing,
                ProviderRecordingStatus::Absent => RecordingState::Absent,
            };
            let duration_seconds = found.duration_seconds;
            Some(Recording { provider_id: Some(found.id), duration_seconds, ..Recording::new(kind, state) })
        }
        // It was there and is gone; or the caller said nothing after the tone, as most do.
        None if named.is_some() || kind == RecordingKind::Voicemail => became(RecordingState::Absent),
        None if since(GIVEN_UP_SECONDS) => became(RecordingState::Missing),
        None => None,
    })
}
