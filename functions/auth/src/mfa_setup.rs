//! A second factor set up on the way in, where the tenant demands one.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Ambient, ClaimedTenant, Failure, Provenance, TenantId};
use lambda::Environment;
use serde::{Deserialize, Serialize};
use table::{FactorSetup, FactorSetupTable, SetupStep};
use tenancy::DataRole;
use vault::Place;

use crate::{
    mfa_code::MfaCode,
    mfa_enrolment::{EnrolmentView, otpauth_uri},
    mfa_factor::{prefer_totp, verify},
    mfa_session::LIFETIME_SECONDS,
    mfa_used_code::UsedCodes,
    outcome::{Challenge, SignInOutcome, refreshed, refusal},
    pool_client::PoolClient,
    pool_token::claims_of,
};

/// The answer to a session that does not serve, whatever is wrong with it.
const OVER: &str = "the session is over or the answer is wrong";

/// Keeps sign-ins that wait for a second factor. A client is given a random text for each step; it serves once, for minutes, and
/// what it stands for (whose sign-in, in which tenant, and the pool's tokens) never leaves these functions.
pub struct FactorSetups {
    sign_in: PoolClient,
    self_service: PoolClient,
    data: DataRole,
    table: FactorSetupTable,
    ambient: Arc<dyn Ambient>,
}

/// What is sealed in a row.
#[derive(Serialize, Deserialize)]
struct Held {
    /// Of the self-service client; may change the user's factors.
    token: String,
    /// Of the sign-in, which goes on with it once there is a factor.
    refresh_token: String,
    email: String,
}

impl FactorSetups {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        let table = aws_sdk_dynamodb::Client::new(&data.installation().sdk);
        Self {
            sign_in: PoolClient::sign_in().await,
            self_service: PoolClient::self_service().await,
            table: FactorSetupTable::new(table, data.installation().table_name.clone()),
            data,
            ambient,
        }
    }

    /// What a sign-in is answered with whose user has to set up a factor first. `user_name` and `password` have just been found
    /// right, and `result` is what the pool gave for them: good for nothing until there is a factor.
    pub(crate) async fn begin(
        &self,
        user_name: &str,
        password: &str,
        result: AuthenticationResultType,
    ) -> Result<SignInOutcome, Failure> {
        #[derive(Deserialize)]
        struct User {
            sub: String,
            tenant_id: String,
        }
        #[derive(Deserialize)]
        struct Address {
            email: String,
        }
        let incomplete = || Failure::internal("the pool's tokens are not complete");
        let own = self.self_service_tokens(user_name, password).await?;
        let (token, id_token) = own.access_token.zip(own.id_token).ok_or_else(incomplete)?;
        let user: User = claims_of(&token).ok_or_else(incomplete)?;
        let address: Address = claims_of(&id_token).ok_or_else(incomplete)?;
        let refresh_token = result.refresh_token.ok_or_else(incomplete)?;
        let setup = FactorSetup {
            step: SetupStep::Begin,
            tenant: ClaimedTenant::parse(&user.tenant_id).ok_or_else(incomplete)?,
            sub: user.sub,
            expires_at: self.ambient.now().plus_seconds(LIFETIME_SECONDS),
            sealed: Vec::new(),
        };
        let session = self.keep(setup, &Held { token, refresh_token, email: address.email }).await?;
        Ok(SignInOutcome::Challenge { challenge: Challenge::MfaSetup, session })
    }

    /// Gives the app's secret for the session of [`FactorSetups::begin`], which is used up by that, and the session that confirms.
    pub(crate) async fn enroll(&self, session: &str) -> Result<EnrolmentView, Failure> {
        let (hash, now) = (hash(session), self.ambient.now());
        let taken = self.table.take(&hash, SetupStep::Begin, now).await?;
        let setup = taken.ok_or(Failure::Unauthenticated(OVER))?;
        let held = self.open(&hash, &setup).await?;
        let pool = &self.sign_in.pool;
        let associated = pool.associate_software_token().access_token(&held.token).send().await;
        let associated = associated.map_err(|error| refusal(error, OVER))?;
        let secret = associated.secret_code.ok_or_else(|| Failure::internal("the pool gave no secret"))?;
        let expires_in = setup.expires_at.as_second() - now.as_second();
        let next = FactorSetup { step: SetupStep::Confirm, ..setup };
        Ok(EnrolmentView {
            challenge: Some(Challenge::MfaSetup),
            otpauth_uri: otpauth_uri(&held.email, &secret),
            secret,
            session: self.keep(next, &held).await?,
            expires_in,
        })
    }

    /// Ends the set-up by the app's first code, and signs in. The session serves until a code was right, and then no more.
    pub(crate) async fn confirm(
        &self,
        session: &str,
        code: &MfaCode,
        used_codes: &UsedCodes,
    ) -> Result<SignInOutcome, Failure> {
        let (hash, now) = (hash(session), self.ambient.now());
        let found = self.table.find(&hash, SetupStep::Confirm, now).await?;
        let setup = found.ok_or(Failure::Unauthenticated(OVER))?;
        let held = self.open(&hash, &setup).await?;
        let pool = &self.sign_in.pool;
        verify(pool, &held.token, code, || Failure::Unauthenticated(OVER)).await?;
        // Of several that come with the right code, one goes on.
        let taken = self.table.take(&hash, SetupStep::Confirm, now).await?;
        taken.ok_or(Failure::Unauthenticated(OVER))?;
        used_codes.take(&held.token, code, OVER).await?;
        prefer_totp(pool, &held.token, true).await?;
        let tenant = proven(setup.tenant);
        self.data.open(&tenant).await.table.identities().note_factor(&tenant, &setup.sub).await?;
        self.go_on(held.refresh_token).await
    }

    async fn self_service_tokens(
        &self,
        user_name: &str,
        password: &str,
    ) -> Result<AuthenticationResultType, Failure> {
        let answer = self.self_service.try_password(user_name, password, OVER).await?;
        // A challenge instead of tokens: a factor was set up this very moment, from elsewhere.
        answer.authentication_result.ok_or(Failure::Unauthenticated(OVER))
    }

    /// The tokens of the sign-in that has waited.
    async fn go_on(&self, refresh_token: String) -> Result<SignInOutcome, Failure> {
        let result = self.sign_in.refresh(&refresh_token, OVER).await?;
        refreshed(result, refresh_token)
    }

    /// Writes a row; gives the text that leads to it.
    async fn keep(&self, mut setup: FactorSetup, held: &Held) -> Result<String, Failure> {
        let mut random = [0; 32];
        self.ambient.fill(&mut random);
        let session = BASE64_URL_SAFE_NO_PAD.encode(random);
        let hash = hash(&session);
        let content = serde_json::to_vec(held).map_err(Failure::internal)?;
        let vault = self.data.open(&proven(setup.tenant.clone())).await.vault().await?;
        setup.sealed = sealed_at(&hash, &setup, |place| vault.seal(place, &content))?;
        self.table.put(&hash, &setup).await?;
        Ok(session)
    }

    async fn open(&self, hash: &str, setup: &FactorSetup) -> Result<Held, Failure> {
        let vault = self.data.open(&proven(setup.tenant.clone())).await.vault().await?;
        let content = sealed_at(hash, setup, |place| vault.open(place, &setup.sealed));
        // Another's row under this hash, or one that was changed: as good as none.
        let content = content.map_err(|_| Failure::Unauthenticated(OVER))?;
        serde_json::from_slice(&content).map_err(Failure::internal)
    }
}

/// The place binds what is sealed to its row, its user and its step.
fn sealed_at<T>(hash: &str, setup: &FactorSetup, act: impl FnOnce(Place<'_>) -> T) -> T {
    let purpose = match setup.step {
        SetupStep::Begin => "mfa_setup_begin",
        SetupStep::Confirm => "mfa_setup_confirm",
    };
    let key = FactorSetupTable::key(hash);
    act(Place { partition_key: key.partition(), sort_key: &setup.sub, purpose })
}

/// Both ways to a tenant here are proofs of it.
fn proven(tenant: ClaimedTenant) -> TenantId {
    #[expect(
        clippy::disallowed_methods,
        reason = "it comes from a token that the pool has just given us, or from a row that only these functions write"
    )]
    tenant.vouch(Provenance::VerifiedToken)
}

fn hash(session: &str) -> String {
    hex::encode(digest(&SHA256, session.as_bytes()))
}
