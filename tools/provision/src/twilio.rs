//! Makes an account known to the Twilio stand-in. The real Twilio has its own console for that.

use std::time::Duration;

use serde_json::json;

use crate::{error::ProvisionError, provisioner::NewTelephony};

/// Registers the account with the stand-in at `url`; doing it again changes nothing. `webhooks` is what the tenant's webhooks' URLs begin with.
pub async fn register_account(
    url: &str,
    telephony: &NewTelephony,
    webhooks: &str,
) -> Result<(), ProvisionError> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
    let NewTelephony { account, numbers } = telephony;
    let number = |number: &str| {
        json!({
            "phone_number": number,
            "voice_url": format!("{webhooks}/voice-inbound"),
            "status_callback": format!("{webhooks}/voice-status"),
        })
    };
    let numbers: Vec<_> = numbers.0.iter().map(|own| number(&own.number)).collect();
    let keys: Vec<_> =
        account.api_key.iter().map(|key| json!({ "sid": key.sid, "secret": key.secret })).collect();
    let body = json!({
        "sid": account.account_sid,
        "auth_token": account.auth_tokens.first(),
        "api_keys": keys,
        "numbers": numbers,
    });
    let request = client.map_err(|error| ProvisionError::Telephony(Box::new(error)))?;
    let answer = request.post(format!("{url}/_control/accounts")).json(&body).send().await;
    answer
        .and_then(reqwest::Response::error_for_status)
        .map_err(|error| ProvisionError::Telephony(Box::new(error)))?;
    Ok(())
}
