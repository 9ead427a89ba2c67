//! Brings recordings here: from the provider's media into the tenant's objects, and then away from there.

use std::{sync::Arc, time::Duration};

use kernel::{Ambient, Failure};
use lambda::{
    Environment,
    worker::{QueueBatch, QueueOutcome},
};
use objects::Objects;
use outbox::RecordingReady;
use tenancy::DataRole;

use crate::{
    app::objects_of,
    call::News,
    media::{Media, MediaError, MediaStore},
    recorded::{ProviderRecordingId, Recording, RecordingState},
    recording_get::{MEDIA_TYPE, object_name},
    store::CallStore,
    telephony::TelephonyAccount,
};

pub const FUNCTION: &str = "calls-recording-fetch";

/// A WAV file with nothing in it.
const EMPTY_WAV_BYTES: u64 = 44;

/// What fetching is built from.
pub struct FetchApp {
    data: DataRole,
    bucket: String,
    media: MediaStore,
    ambient: Arc<dyn Ambient>,
}

impl FetchApp {
    /// Needs `OBJECTS_BUCKET` and `TWILIO_API_URL` beside what every function of a tenant has.
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        Self {
            ambient: data.installation().ambient.clone(),
            data,
            bucket: Environment::required("OBJECTS_BUCKET"),
            media: MediaStore::new(Environment::required("TWILIO_API_URL")),
        }
    }
}

/// What fails goes back to the queue, alone.
pub async fn handle(app: &FetchApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| work_on(app, body).await).await)
}

/// Media follows its callback, and providers stumble: asked again after these pauses before the queue takes over.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

async fn open(
    store: &MediaStore,
    account: &TelephonyAccount,
    id: &ProviderRecordingId,
) -> Result<Media, MediaError> {
    for pause in PAUSES {
        match store.open(account, id).await {
            Err(MediaError::NotThere | MediaError::Status(_) | MediaError::Unreached(_)) => {
                tokio::time::sleep(pause).await;
            }
            outcome => return outcome,
        }
    }
    store.open(account, id).await
}

/// Each step may be done again: what is stored is stored over, what is gone is gone.
async fn work_on(app: &FetchApp, body: &str) -> Result<(), Failure> {
    let message: RecordingReady = serde_json::from_str(body).map_err(Failure::internal)?;
    let tenant = message.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    let scope = app.data.open(&tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find(&message.call_id).await?.ok_or(Failure::NotFound("call"))?;
    let Some(recording) = &call.recorded.recording else { return Ok(()) };
    let Some(id) = &recording.provider_id else { return Ok(()) };
    let account = store.telephony().await?.ok_or(Failure::NotFound("telephony account"))?;
    let state = match recording.state {
        RecordingState::Processing => {
            let name = object_name(&call.id, id);
            let objects = objects_of(&scope, &app.bucket)?;
            let mut media = open(&app.media, &account, id).await?;
            let size = objects.put_stream(&name, MEDIA_TYPE, &mut media).await?;
            let heard = size > EMPTY_WAV_BYTES;
            if !heard {
                objects.delete(&name).await?;
            }
            let state = if heard { RecordingState::Available } else { RecordingState::Empty };
            let fetched = Recording { state, size_bytes: heard.then_some(size), ..recording.clone() };
            let news = News { recording: Some(fetched), ..News::default() };
            store.learn(&call.id, &news, &*app.ambient).await?;
            state
        }
        state => state,
    };
    // One without sound stays where it is: there it can still be looked into.
    if matches!(state, RecordingState::Available | RecordingState::Deleted) {
        app.media.delete(&account, id).await?;
    }
    Ok(())
}
