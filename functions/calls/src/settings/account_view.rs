use kernel::{Country, TenantId, UtcTime};
use serde::Serialize;

use crate::telephony::{TelephonyAccount, Versioned};

/// An account as admins see it. Secrets go in and never come out.
#[derive(Serialize)]
pub struct AccountView {
    account_sid: String,
    auth_token_set: bool,
    secondary_auth_token_set: bool,
    api_key_sid: Option<String>,
    twiml_app_sid: Option<String>,
    allowed_countries: Vec<Country>,
    webhook_urls: WebhookUrls,
    version: i64,
    updated_at: UtcTime,
}

/// What has to be entered at the provider.
#[derive(Serialize)]
struct WebhookUrls {
    voice: String,
    voice_inbound: String,
    voice_status: String,
}

impl AccountView {
    pub fn of(account: Versioned<TelephonyAccount>, public_url: &str, tenant: &TenantId) -> Self {
        let Versioned { record, version, updated_at } = account;
        let url = |route: &str| format!("{public_url}/v1/webhooks/twilio/{tenant}/{route}");
        Self {
            account_sid: record.account_sid,
            auth_token_set: !record.auth_tokens.is_empty(),
            secondary_auth_token_set: record.auth_tokens.len() > 1,
            api_key_sid: record.api_key.map(|key| key.sid),
            twiml_app_sid: record.application_sid,
            allowed_countries: record.allowed_countries,
            webhook_urls: WebhookUrls {
                voice: url("voice"),
                voice_inbound: url("voice-inbound"),
                voice_status: url("voice-status"),
            },
            version,
            updated_at,
        }
    }
}
