//! `POST /v1/calls`

use kernel::{Action, CallId, Caller, ContactId, Failure, PhoneNumber, PhoneRecord};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::App,
    call::{Call, CallNumbers, News},
    dialer::DialRequest,
    progress::{CallStatus, Report},
    store::CallStore,
    telephony::TelephonyAccount,
    view::CallView,
    voice_status,
};

pub const ROUTE: RouteSpec = RouteSpec::bearer("calls-create", Method::POST, "/v1/calls", Action::PlaceCalls);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallInput {
    contact_id: ContactId,
    phone: Option<String>,
    #[serde(rename = "mode")]
    _mode: Mode,
    from: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Bridge,
}

/// Rings the contact and, once it answers, the caller's own telephone. The call is written before the provider is asked, so
/// whatever happens then, it is known; the provider's reports bring it to its end.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: CallInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let (contact, account, user) =
        tokio::try_join!(store.callee(&input.contact_id), store.telephony(), store.user(&caller.user))?;
    let contact = contact.ok_or(Failure::NotFound("contact"))?;
    if !scope.table.sees(&caller, &contact.access).await? {
        return Err(Failure::NotFound("contact"));
    }
    let account = account.ok_or(conflict("no_telephony", "the tenant has no telephony account"))?;
    let agent = user
        .and_then(|user| user.phone)
        .ok_or(conflict("no_own_phone", "the caller has no telephone to bridge to"))?;
    let numbers = CallNumbers {
        remote: remote_number(&contact.phones, input.phone.as_deref())?,
        local: local_number(&account, input.from.as_deref())?,
    };
    let call = Call::place(
        CallId::with_suffix(&request.suffix(&*app.ambient)),
        input.contact_id,
        contact.access.owner,
        &caller,
        numbers,
        app.ambient.now(),
    );
    if let Err(failure) = store.insert(&call).await {
        // Where the same request got so far before, whether it rang is the provider's reports' to say.
        let known = store.find(&call.id).await?.ok_or(failure)?;
        return created(known);
    }
    let request = DialRequest {
        to: call.numbers.remote.clone(),
        from: call.numbers.local.clone(),
        agent,
        status_url: voice_status::url(&app.public_url, &caller.tenant, &call.id),
    };
    let dialed = dial(app, &store, &account, &call, &request).await?;
    created(dialed)
}

fn created(call: Call) -> Result<Reply, Failure> {
    let (id, version) = (call.id.clone(), call.version);
    Ok(Reply::created(&CallView::of(call))?.located_at(format!("/v1/calls/{id}")).versioned(version))
}

/// Has the call placed. Where it is certain that nothing rings, the call ends as failed; where it is not, it stays open for
/// the provider's reports.
async fn dial(
    app: &App,
    store: &CallStore<'_>,
    account: &TelephonyAccount,
    call: &Call,
    request: &DialRequest,
) -> Result<Call, Failure> {
    let dialer = app.dialer.as_ref().ok_or_else(|| Failure::internal("this function has no dialer"))?;
    match dialer.dial(account, request).await {
        Ok(provider_call_id) => {
            let news = News { provider_call_id: Some(provider_call_id), report: None };
            store.learn(&call.id, &news, &*app.ambient).await
        }
        Err(error) => {
            if error.nothing_rings() {
                let report = Report {
                    status: CallStatus::Failed,
                    at: Some(app.ambient.now()),
                    duration_seconds: None,
                };
                store
                    .learn(&call.id, &News { provider_call_id: None, report: Some(report) }, &*app.ambient)
                    .await?;
            }
            Err(error.into())
        }
    }
}

/// The number to call: the one asked for, which has to be the contact's, or else the contact's first.
fn remote_number(phones: &[PhoneRecord], asked: Option<&str>) -> Result<String, Failure> {
    let Some(asked) = asked else {
        let first = phones.first().ok_or(conflict("no_phone", "the contact has no phone number"))?;
        return Ok(first.e164.clone());
    };
    let asked =
        PhoneNumber::parse(asked, None).ok_or_else(|| invalid("phone", "This is no E.164 number."))?;
    let known = phones.iter().find(|phone| phone.e164 == asked.e164());
    known.map(|phone| phone.e164.clone()).ok_or_else(|| invalid("phone", "This is no number of the contact."))
}

/// The number that the contact sees: the one asked for, which has to be the tenant's, or else the tenant's first.
fn local_number(account: &TelephonyAccount, asked: Option<&str>) -> Result<String, Failure> {
    let known = match asked {
        Some(asked) => account.numbers.iter().find(|number| number.as_str() == asked),
        None => account.numbers.first(),
    };
    match (known, asked) {
        (Some(number), _) => Ok(number.clone()),
        (None, Some(_)) => Err(invalid("from", "This is no number of the tenant.")),
        (None, None) => Err(conflict("no_caller_id", "the tenant has no phone number")),
    }
}

fn invalid(field: &str, message: &str) -> Failure {
    Failure::field(field, "invalid_phone", message)
}

fn conflict(code: &'static str, detail: &'static str) -> Failure {
    Failure::Conflict { code, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones() -> Vec<PhoneRecord> {
        ["+14155550132", "+14155550133"]
            .map(|e164| PhoneRecord {
                e164: e164.to_owned(),
                raw: e164.to_owned(),
                kind: "work".to_owned(),
                extension: None,
                status: None,
                sms_blocked: false,
            })
            .into()
    }

    fn account(numbers: &[&str]) -> TelephonyAccount {
        TelephonyAccount {
            account_sid: "AC00000000000000000000000000000000".to_owned(),
            auth_tokens: Vec::new(),
            numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
        }
    }

    #[test]
    fn only_the_contacts_own_numbers_are_called() {
        assert_eq!(remote_number(&phones(), None).unwrap(), "+14155550132");
        assert_eq!(remote_number(&phones(), Some("+1 (415) 555-0133")).unwrap(), "+14155550133");
        assert!(matches!(remote_number(&phones(), Some("+14155550134")), Err(Failure::Invalid(_))));
        assert!(matches!(remote_number(&phones(), Some("nonsense")), Err(Failure::Invalid(_))));
        assert!(matches!(remote_number(&[], None), Err(Failure::Conflict { code: "no_phone", .. })));
    }

    #[test]
    fn only_the_tenants_own_numbers_are_shown() {
        let account = account(&["+14155550100", "+14155550101"]);
        assert_eq!(local_number(&account, None).unwrap(), "+14155550100");
        assert_eq!(local_number(&account, Some("+14155550101")).unwrap(), "+14155550101");
        assert!(matches!(local_number(&account, Some("+14155550132")), Err(Failure::Invalid(_))));
    }

    #[test]
    fn a_tenant_without_numbers_cannot_call() {
        assert!(matches!(
            local_number(&account(&[]), None),
            Err(Failure::Conflict { code: "no_caller_id", .. })
        ));
    }
}
