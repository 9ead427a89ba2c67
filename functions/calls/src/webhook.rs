//! What Twilio sends, verified.

use kernel::{ClaimedTenant, Failure, Provenance, TenantId};
use lambda::{Note, Request, note, plausible_signature, signature_holds};

use crate::{app::WebhookApp, telephony::read_account};

/// One answer for every reason, so that a forger learns nothing.
const REFUSED: Failure = Failure::Forbidden("the webhook's signature does not hold");

/// A form that the tenant's own account at Twilio has signed.
pub struct VerifiedWebhook {
    pub tenant: TenantId,
    form: Vec<(String, String)>,
}

impl VerifiedWebhook {
    /// Checks the signature under the secret of the tenant that the path claims, over the public URL as it is configured, and
    /// that the account is that tenant's.
    pub async fn verify(app: &WebhookApp, claim: ClaimedTenant, request: &Request) -> Result<Self, Failure> {
        // A claim costs a role and two reads: what cannot be a signature does not get that far.
        let signature =
            request.header("x-twilio-signature").filter(|text| plausible_signature(text)).ok_or(REFUSED)?;
        let scope = app.claims.open(&claim).await;
        let item = scope.table.telephony().await?.ok_or(REFUSED)?;
        let account = read_account(&*scope.vault().await?, &item)?.record;
        let tokens: Vec<&str> = account.auth_tokens.iter().map(String::as_str).collect();
        let url = format!("{}{}", app.public_url, request.path_and_query());
        let is_form = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        signature_holds(&tokens, &url, is_form, request.bytes(), Some(signature)).map_err(|_| REFUSED)?;
        app.claims.proved(&claim).await;
        let form = request.form()?;
        #[expect(clippy::disallowed_methods, reason = "the signature holds under this tenant's own secret")]
        let webhook = Self { tenant: claim.vouch(Provenance::VerifiedWebhook), form };
        if webhook.field("AccountSid") != Some(&account.account_sid) {
            return Err(REFUSED);
        }
        note(Note::Tenant, webhook.tenant.as_str());
        Ok(webhook)
    }

    /// A field of the form; its first value where there are several.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
