//! Every HTTP route as one tenant on another's things.

use std::collections::BTreeSet;

use blackbox::{LogFilter, SignIn, Socket, Ticket};
use http::Method;
use lambda::RouteSpec;
use serde_json::json;

use super::{
    Row, account, assert_rows_cover, calling, companies, contacts, event_logs, factors, imports, leak,
    neighbourhood::Neighbourhood, notes, notifications, print_counts, recordings, require, run_rows, search,
    sessions, tasks, telephony, tenants_of, users,
};
use crate::{
    authenticator::{code_at, enroll, now},
    failed::Outcome,
    signed_webhook::VoiceStatus,
    world::Tenant,
};

const ROWS: &[Row<Neighbourhood>] = &[
    ("auth-sign-in", |matrix| Box::pin(sign_in(matrix))),
    ("auth-mfa-enroll", |matrix| Box::pin(factors::enroll(matrix))),
    ("auth-mfa-confirm", |matrix| Box::pin(factors::confirm(matrix))),
    ("auth-mfa-disable", |matrix| Box::pin(factors::disable(matrix))),
    ("auth-oidc-config", |matrix| Box::pin(factors::oidc_config(matrix))),
    ("auth-refresh", |matrix| Box::pin(sessions::refresh(matrix))),
    ("auth-sign-out", |matrix| Box::pin(sessions::sign_out(matrix))),
    ("auth-sign-out-everywhere", |matrix| Box::pin(sessions::sign_out_everywhere(matrix))),
    ("auth-password-change", |matrix| Box::pin(sessions::password_change(matrix))),
    ("auth-password-forgot", |matrix| Box::pin(sessions::password_forgot(matrix))),
    ("auth-password-reset", |matrix| Box::pin(sessions::password_reset(matrix))),
    ("me-get", |matrix| Box::pin(account::read(matrix))),
    ("me-update", |matrix| Box::pin(account::update(matrix))),
    ("users-list", |matrix| Box::pin(users::list(matrix))),
    ("users-get", |matrix| Box::pin(users::get(matrix))),
    ("users-invite", |matrix| Box::pin(users::invite(matrix))),
    ("users-update", |matrix| Box::pin(users::update(matrix))),
    ("users-deactivate", |matrix| Box::pin(users::deactivate(matrix))),
    ("teams-list", |matrix| Box::pin(users::teams_list(matrix))),
    ("teams-create", |matrix| Box::pin(users::teams_create(matrix))),
    ("teams-update", |matrix| Box::pin(users::teams_update(matrix))),
    ("teams-delete", |matrix| Box::pin(users::teams_delete(matrix))),
    ("users-reinvite", |matrix| Box::pin(users::reinvite(matrix))),
    ("tenant-get", |matrix| Box::pin(tenants_of::read(matrix))),
    ("tenant-update", |matrix| Box::pin(tenants_of::update(matrix))),
    ("tenants-list", |matrix| Box::pin(tenants_of::list(matrix))),
    ("tenants-create", |matrix| Box::pin(tenants_of::create(matrix))),
    ("tenants-update", |matrix| Box::pin(tenants_of::change(matrix))),
    ("contacts-create", |matrix| Box::pin(contacts_create(matrix))),
    ("contacts-get", |matrix| Box::pin(contacts_get(matrix))),
    ("contacts-list", |matrix| Box::pin(contacts_list(matrix))),
    ("contacts-update", |matrix| Box::pin(contacts::update(matrix))),
    ("contacts-delete", |matrix| Box::pin(contacts::delete(matrix))),
    ("contacts-restore", |matrix| Box::pin(contacts::restore(matrix))),
    ("companies-create", |matrix| Box::pin(companies::create(matrix))),
    ("companies-list", |matrix| Box::pin(companies::list(matrix))),
    ("companies-get", |matrix| Box::pin(companies::get(matrix))),
    ("companies-update", |matrix| Box::pin(companies::update(matrix))),
    ("companies-delete", |matrix| Box::pin(companies::delete(matrix))),
    ("custom-fields-get", |matrix| Box::pin(companies::fields(matrix))),
    ("custom-fields-replace", |matrix| Box::pin(companies::replace_fields(matrix))),
    ("imports-create", |matrix| Box::pin(imports::create(matrix))),
    ("imports-start", |matrix| Box::pin(imports::start_foreign(matrix))),
    ("imports-get", |matrix| Box::pin(imports::get(matrix))),
    ("contacts-search", |matrix| Box::pin(search::search(matrix))),
    ("calls-create", |matrix| Box::pin(calls_create(matrix))),
    ("calls-get", |matrix| Box::pin(calls_get(matrix))),
    ("calls-list", |matrix| Box::pin(calling::list(matrix))),
    ("calls-update", |matrix| Box::pin(calling::update(matrix))),
    ("calls-hang-up", |matrix| Box::pin(calling::hang_up(matrix))),
    ("calls-log", |matrix| Box::pin(calling::log(matrix))),
    ("calls-voice-token", |matrix| Box::pin(calling::voice_token(matrix))),
    ("calls-voice", |matrix| Box::pin(calling::voice(matrix))),
    ("calls-voice-inbound", |matrix| Box::pin(calling::voice_inbound(matrix))),
    ("calls-voice-status", |matrix| Box::pin(voice_status(matrix))),
    ("calls-recording", |matrix| Box::pin(recordings::reported(matrix, "recording"))),
    ("calls-voicemail", |matrix| Box::pin(recordings::reported(matrix, "voicemail"))),
    ("calls-recording-get", |matrix| Box::pin(recordings::listen(matrix))),
    ("calls-recording-delete", |matrix| Box::pin(recordings::remove(matrix))),
    ("telephony-get", |matrix| Box::pin(telephony::read(matrix))),
    ("telephony-put", |matrix| Box::pin(telephony::replace(matrix))),
    ("telephony-test", |matrix| Box::pin(telephony::test(matrix))),
    ("phone-numbers-get", |matrix| Box::pin(telephony::numbers(matrix))),
    ("phone-numbers-put", |matrix| Box::pin(telephony::replace_numbers(matrix))),
    ("activities-timeline", |matrix| Box::pin(timeline(matrix))),
    ("activities-feed", |matrix| Box::pin(notes::feed(matrix))),
    ("notes-create", |matrix| Box::pin(notes::create(matrix))),
    ("notes-update", |matrix| Box::pin(notes::update(matrix))),
    ("notes-delete", |matrix| Box::pin(notes::delete(matrix))),
    ("tasks-create", |matrix| Box::pin(tasks::create(matrix))),
    ("tasks-list", |matrix| Box::pin(tasks::list(matrix))),
    ("tasks-update", |matrix| Box::pin(tasks::update(matrix))),
    ("tasks-delete", |matrix| Box::pin(tasks::delete(matrix))),
    ("notifications-list", |matrix| Box::pin(notifications::list(matrix))),
    ("notifications-read", |matrix| Box::pin(notifications::read(matrix))),
    ("notification-preferences-get", |matrix| Box::pin(notifications::preferences(matrix))),
    ("notification-preferences-put", |matrix| Box::pin(notifications::preferences(matrix))),
    ("realtime-ticket", |matrix| Box::pin(ticket(matrix))),
    ("realtime-events", |matrix| Box::pin(event_logs::events(matrix))),
    // Gives everybody a second factor, so it comes last.
    ("auth-challenge", |matrix| Box::pin(challenge(matrix))),
];

/// The routes of all domains.
pub fn routes() -> impl Iterator<Item = &'static RouteSpec> {
    [auth::ROUTES, tenants::ROUTES, ::contacts::ROUTES, calls::ROUTES, activities::ROUTES, realtime::ROUTES]
        .into_iter()
        .flatten()
}

#[test]
fn every_route_has_its_row() {
    let wanted: BTreeSet<_> = routes().map(|route| route.function.to_owned()).collect();
    assert_rows_cover(ROWS.iter().map(|(route, _)| *route), &wanted);
}

#[tokio::test]
async fn matrix_of_routes() -> Outcome {
    let matrix = Neighbourhood::settle().await?;
    let cases = run_rows(&matrix, ROWS).await?;
    matrix.assert_nothing_changed().await?;
    print_counts(&format!("{} routes, {cases} cases, 0 leaks", ROWS.len()));
    Ok(())
}

/// Another tenant's user with one's own password; and the token one gets is of one's own tenant.
async fn sign_in(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let body = json!({ "email": other.tenant.email, "password": matrix.mine.password });
        let request = matrix.world.api.request(Method::POST, "/v1/auth/sign-in").json(&body);
        request.send().await?.expect(401)?;
    }
    let claims = crate::pool_key::changed_claims(&matrix.mine.session.access_token, &json!({}))?;
    require(claims["tenant_id"] == json!(matrix.mine.id), || {
        format!("signed in to {}", claims["tenant_id"])
    })?;
    Ok(3)
}

/// One's own challenge, answered in another's name.
async fn challenge(matrix: &Neighbourhood) -> Outcome<u32> {
    let secret = enroll(&matrix.world, &matrix.mine).await?;
    let own = challenge_session(matrix, &matrix.mine).await?;
    let (_, own_rest) = own.split_once('.').ok_or_else(|| leak("the session has changed its form"))?;
    for other in &matrix.others {
        enroll(&matrix.world, &other.tenant).await?;
        let foreign = challenge_session(matrix, &other.tenant).await?;
        let name = foreign.split('.').next().unwrap_or_default();
        let body = json!({
            "challenge": "SOFTWARE_TOKEN_MFA",
            "session": format!("{name}.{own_rest}"),
            "code": code_at(&secret, now()),
        });
        let request = matrix.world.api.request(Method::POST, "/v1/auth/challenge").json(&body);
        request.send().await?.expect(401)?;
    }
    Ok(2)
}

async fn challenge_session(matrix: &Neighbourhood, tenant: &Tenant) -> Outcome<String> {
    match matrix.world.api.begin_sign_in(&tenant.email, &tenant.password).await? {
        SignIn::Challenged { session, .. } => Ok(session),
        SignIn::Done(_) => Err(leak("no second factor was asked for")),
    }
}

/// A tenant can be named neither in the body nor in a header.
async fn contacts_create(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let named = json!({ "first_name": "Eve", "tenant_id": other.tenant.id });
        matrix.mine.session.post("/v1/contacts", &named).await?.expect(400)?;
        let request =
            matrix.mine.bearer(Method::POST, "/v1/contacts").header("x-tenant-id", &other.tenant.id);
        let created = request.json(&json!({ "first_name": "Eve" })).send().await?.expect(201)?;
        let id = created.text("/id")?;
        let own = matrix.world.row(&format!("T#{}#CONTACT", matrix.mine.id), id).await?;
        require(own.is_some(), || "the contact is not in its creator's tenant".to_owned())?;
    }
    Ok(4)
}

async fn contacts_get(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        matrix.mine.session.get(&format!("/v1/contacts/{}", other.contact)).await?.expect(404)?;
    }
    Ok(2)
}

async fn contacts_list(matrix: &Neighbourhood) -> Outcome<u32> {
    let listed = matrix.mine.contacts().await?;
    for other in &matrix.others {
        let foreign: Vec<_> = other.tenant.contacts().await?.iter().map(|item| item["id"].clone()).collect();
        let seen = listed.iter().any(|item| foreign.contains(&item["id"]));
        require(foreign.len() == 2 && !seen, || "another's contact is listed".to_owned())?;
        let path = format!("/v1/contacts?limit=1&cursor={}", other.contacts_cursor);
        let answer = matrix.mine.session.get(&path).await?.expect(400)?;
        require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    }
    Ok(4)
}

/// Nothing rings, on nobody's account.
async fn calls_create(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let asked = |tenant: &Tenant| LogFilter {
            account_sid: Some(tenant.account.account_sid.clone()),
            kind: Some("request".to_owned()),
            ..LogFilter::default()
        };
        let (own, foreign) = (asked(&matrix.mine), asked(&other.tenant));
        let twilio = &matrix.world.twilio;
        let before = (twilio.log(&own).await?.len(), twilio.log(&foreign).await?.len());
        let body = json!({ "contact_id": other.contact, "mode": "bridge" });
        matrix.mine.session.post("/v1/calls", &body).await?.expect(404)?;
        let after = (twilio.log(&own).await?.len(), twilio.log(&foreign).await?.len());
        require(before == after, || "the provider was asked to call".to_owned())?;
    }
    Ok(2)
}

async fn calls_get(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        matrix.mine.session.get(&format!("/v1/calls/{}", other.call)).await?.expect(404)?;
    }
    Ok(2)
}

/// One's own secret does not sign for others; and with one's own path one reaches one's own calls only.
async fn voice_status(matrix: &Neighbourhood) -> Outcome<u32> {
    let (mine, api) = (&matrix.mine, &matrix.world.api);
    let base = &matrix.world.stack.api_url;
    for other in &matrix.others {
        let theirs = VoiceStatus::completed(&other.tenant, &other.call, &other.call_sid);
        let theirs = theirs.with("CallStatus", "busy");
        let signed = theirs.signature(base, mine.secret());
        theirs.send(api, Some(&signed)).await?.expect(403)?;

        let as_me = theirs.clone().with("AccountSid", &mine.account.account_sid);
        let signed = as_me.signature(base, mine.secret());
        as_me.send(api, Some(&signed)).await?.expect(403)?;

        let on_my_path = VoiceStatus::completed(mine, &other.call, &other.call_sid);
        let signed = on_my_path.signature(base, mine.secret());
        on_my_path.send(api, Some(&signed)).await?.expect(404)?;

        let signed = on_my_path.signature(base, other.tenant.secret());
        on_my_path.send(api, Some(&signed)).await?.expect(403)?;
    }
    Ok(8)
}

async fn timeline(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        matrix.mine.session.get(&format!("/v1/contacts/{}/timeline", other.contact)).await?.expect(404)?;
        let path =
            format!("/v1/contacts/{}/timeline?limit=1&cursor={}", matrix.contact, other.timeline_cursor);
        let answer = matrix.mine.session.get(&path).await?.expect(400)?;
        require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    }
    Ok(4)
}

/// A ticket with its tenant exchanged opens nothing, whichever way round.
async fn ticket(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        for (from, to) in [(&matrix.mine, &other.tenant), (&other.tenant, &matrix.mine)] {
            let ticket = from.session.ticket().await?;
            let (named, secret) =
                ticket.secret.split_once('.').ok_or_else(|| leak("no tenant in the ticket"))?;
            require(named == from.id, || format!("the ticket names {named}"))?;
            let exchanged = Ticket { secret: format!("{}.{secret}", to.id), ..ticket.clone() };
            let refused = Socket::connect(&exchanged).await;
            require(matches!(refused, Err(blackbox::Error::SocketRefused { .. })), || {
                "a socket opened".to_owned()
            })?;
            // It is still good for what it was made for, so the refusal was about the tenant.
            Socket::connect(&ticket).await?.close(std::time::Duration::from_secs(5)).await?;
        }
    }
    Ok(4)
}
