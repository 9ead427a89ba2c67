//! The one place where a call changes state: what follows from it happens here, once.

use std::sync::Arc;

use crate::{
    app::App,
    call::Call,
    call_status::CallStatus,
    journal::EntryKind,
    recording::{self, Recording},
    webhook::Webhook,
};

/// Moves the call on and sends the status callback that its owner asked for. False when the call is gone or the
/// order of states forbids it.
pub fn advance(app: &Arc<App>, sid: &str, next: CallStatus) -> bool {
    let mut guard = app.state();
    let state = &mut *guard;
    let Some(call) = state.calls.get_mut(sid) else { return false };
    if !call.advance(next, app.clock) {
        return false;
    }
    let own = |row: &&mut Recording| row.call_sid == sid || row.leg_sid == sid;
    let recordings: Vec<_> = state.recordings.iter_mut().filter(own).collect();
    tell(app, call, recordings.first().map(|row| &**row));
    let mut ended = Vec::new();
    if next.is_final() {
        // The courier ends once its last sender is gone.
        call.callbacks = None;
        ended.extend(recordings.into_iter().filter(|row| row.is_running()).map(|row| row.sid.clone()));
    }
    drop(guard);
    app.stirring.send_replace(());
    for recording in ended {
        recording::stop(app, &recording);
    }
    true
}

fn tell(app: &App, call: &mut Call, recording: Option<&Recording>) {
    let Some(mut params) = call.status_params(app.clock.now()) else { return };
    if let (true, Some(recording)) = (call.status.is_final(), recording) {
        params.extend(recording.url_params(app));
    }
    let Some(callbacks) = &call.callbacks else { return };
    let webhook = Webhook {
        kind: EntryKind::Callback,
        account_sid: call.account_sid.clone(),
        resource_sid: call.sid.clone(),
        url: callbacks.plan.url.clone(),
        method: callbacks.plan.method,
        params,
    };
    // The courier outlives the call; a send can fail only while the process ends.
    let _ = callbacks.courier.send(webhook);
}
