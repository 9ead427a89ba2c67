//! `POST /v1/calls/log`

use kernel::{Action, Ambient, CallId, Caller, ContactId, Failure, Faults, PhoneNumber, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::App,
    call::{Call, CallNumbers, Direction, Mode},
    legs::Legs,
    outcome::Outcome,
    progress::{CallStatus, Report},
    recorded::Recorded,
    store::CallStore,
    update::parse_note,
    view::CallView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-log", Method::POST, "/v1/calls/log", Action::PlaceCalls);

const LONGEST_CALL_SECONDS: u32 = 24 * 60 * 60;

/// A call that was made elsewhere, such as on a mobile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogInput {
    contact_id: ContactId,
    direction: Direction,
    /// RFC 3339.
    occurred_at: UtcTime,
    disposition: Disposition,
    #[serde(default)]
    duration_seconds: Option<u32>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    outcome: Option<Outcome>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Disposition {
    Answered,
    NoAnswer,
    Busy,
    Failed,
}

impl LogInput {
    fn parse(self, caller: &Caller, now: UtcTime, ambient: &dyn Ambient) -> Result<Call, Failure> {
        let mut faults = Faults::default();
        if self.occurred_at > now {
            faults.add("occurred_at", "in_the_future", "Expected a time that has passed.");
        }
        if self.duration_seconds.is_some_and(|seconds| seconds > LONGEST_CALL_SECONDS) {
            faults.add(
                "duration_seconds",
                "out_of_range",
                format!("Expected at most {LONGEST_CALL_SECONDS}."),
            );
        }
        if self.duration_seconds.is_some() && self.disposition != Disposition::Answered {
            faults.add("duration_seconds", "not_answered", "Only a call that was answered has a duration.");
        }
        let phone = self.phone.as_deref().map(|phone| PhoneNumber::parse(phone, None));
        if phone == Some(None) {
            faults.add("phone", "invalid_phone", "This is no E.164 number.");
        }
        faults.into_result()?;
        self.note.as_deref().map(parse_note).transpose()?;
        let status = match self.disposition {
            Disposition::Answered => CallStatus::Completed,
            Disposition::NoAnswer => CallStatus::NoAnswer,
            Disposition::Busy => CallStatus::Busy,
            Disposition::Failed => CallStatus::Failed,
        };
        let lasted = i64::from(self.duration_seconds.unwrap_or(0));
        let end = Report {
            status,
            at: Some(self.occurred_at.plus_seconds(lasted)),
            duration_seconds: self.duration_seconds,
        };
        Ok(Call {
            // Ids sort calls by when they took place, this one among the others of its day.
            id: CallId::generate(&At { time: self.occurred_at, ambient }),
            direction: self.direction,
            mode: Mode::Manual,
            contact: Some(self.contact_id),
            user: Some(caller.user.clone()),
            owner: None,
            rung: Vec::new(),
            numbers: CallNumbers {
                remote: phone.flatten().map(|phone| phone.e164().to_owned()).unwrap_or_default(),
                local: String::new(),
            },
            provider_call_id: None,
            dialed_at: self.occurred_at,
            legs: Legs::default().merge_own(end),
            recorded: Recorded::default(),
            outcome: self.outcome,
            note: self.note,
            version: 1,
            updated_at: now,
        })
    }
}

/// A moment other than now.
struct At<'a> {
    time: UtcTime,
    ambient: &'a dyn Ambient,
}

impl Ambient for At<'_> {
    fn now(&self) -> UtcTime {
        self.time
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.ambient.fill(bytes);
    }
}

/// Writes down a call that was made elsewhere; its activity stands on the timeline where it took place.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: LogInput = request.body()?;
    let mut call = input.parse(&caller, app.ambient.now(), &*app.ambient)?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let contact = call.contact.clone().ok_or(Failure::NotFound("contact"))?;
    let access = store.contact_access(&contact).await?.ok_or(Failure::NotFound("contact"))?;
    if !scope.table.sees(&caller, &access).await? {
        return Err(Failure::NotFound("contact"));
    }
    call.owner = Some(access.owner);
    store.insert(&call).await?;
    let (id, version) = (call.id.clone(), call.version);
    Ok(Reply::created(&CallView::of(call))?.located_at(format!("/v1/calls/{id}")).versioned(version))
}
