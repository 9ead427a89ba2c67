//! Webhooks as Twilio signs them, made here by hand so that a fault of the production code cannot hide in its own tests.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use blackbox::{Answer, Api};
use http::Method;

use crate::{failed::Outcome, world::Tenant};

pub const SIGNATURE: &str = "x-twilio-signature";

/// A report about a call, ready to be changed and sent.
#[derive(Clone)]
pub struct VoiceStatus {
    /// Path and query.
    pub path: String,
    pub form: BTreeMap<String, String>,
}

impl VoiceStatus {
    /// The last report about the contact's leg of a call whose first leg is `call_sid`; they talked for 42 seconds.
    pub fn completed(tenant: &Tenant, call: &str, call_sid: &str) -> Self {
        let leg = format!("CA{}", &call_sid[2..].chars().rev().collect::<String>());
        let fields = [
            ("CallSid", leg.as_str()),
            ("ParentCallSid", call_sid),
            ("CallStatus", "completed"),
            ("CallDuration", "42"),
            ("SequenceNumber", "3"),
            ("Timestamp", "Sun, 22 Nov 2026 15:00:00 +0000"),
        ];
        let report = Self::of(tenant, "voice-status", &fields);
        Self { path: format!("{}?call_id={call}&leg=contact", report.path), ..report }
    }

    /// A form for one of the tenant's webhooks.
    pub fn of(tenant: &Tenant, route: &str, fields: &[(&str, &str)]) -> Self {
        let account = [("AccountSid", tenant.account.account_sid.as_str())];
        let call = [("CallSid", "CA00000000000000000000000000000009")];
        let fields = account.iter().chain(&call).chain(fields);
        Self {
            path: format!("/v1/webhooks/twilio/{}/{route}", tenant.id),
            form: fields.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.form.insert(field.to_owned(), value.to_owned());
        self
    }

    /// The signature under `secret`, with the API reached at `api_url`.
    pub fn signature(&self, api_url: &str, secret: &str) -> String {
        let mut text = format!("{api_url}{}", self.path);
        for (name, value) in &self.form {
            text.push_str(name);
            text.push_str(value);
        }
        sign(secret, &text)
    }

    /// Sends the form with this signature, or with none.
    pub async fn send(&self, api: &Api, signature: Option<&str>) -> Outcome<Answer> {
        let fields: Vec<_> = self.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut request = api.request(Method::POST, &self.path).form(&fields);
        if let Some(signature) = signature {
            request = request.header(SIGNATURE, signature);
        }
        Ok(request.send().await?)
    }
}

/// Base64 of HMAC-SHA-1.
pub fn sign(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    BASE64_STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}
