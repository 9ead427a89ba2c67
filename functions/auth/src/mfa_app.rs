//! What the routes of the second factor are built from, and the proof they ask for.

use std::sync::Arc;

use aws_sdk_cognitoidentityprovider::{Client, types::ChallengeNameType};
use kernel::{Ambient, Caller, Failure, UserRecord};
use lambda::{Environment, Request};
use table::{ItemReader, Purpose};
use tenancy::{DataRole, TenantScope, unseal_record};

use crate::{
    mfa_code::MfaCode,
    mfa_used_code::UsedCodes,
    pool_client::{ChallengeAnswer, PoolClient},
    throttle::{Attempt, Counted, Throttle},
};

/// Only tokens of the self-service client may change a factor at the pool. They are asked for with the user's password, live
/// for minutes, and leave these functions sealed or not at all.
pub struct MfaApp {
    pub(crate) pool: Client,
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) used_codes: UsedCodes,
    throttle: Throttle,
    self_service: PoolClient,
}

/// How far the password alone leads.
pub(crate) enum Proven {
    /// The user has no second factor: a token of the self-service client.
    Token(String),
    /// The user has one, whose code is still to come: the pool's session.
    CodeWanted(String),
}

/// The caller's own row, as far as factors need it.
pub(crate) struct Account {
    pub(crate) sub: String,
    pub(crate) record: UserRecord,
}

impl MfaApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        Self {
            pool: Client::new(&data.installation().sdk),
            data,
            ambient,
            used_codes: UsedCodes::from_environment().await,
            throttle: Throttle::from_environment().await,
            self_service: PoolClient::self_service().await,
        }
    }

    /// Lets somebody who is signed in try a password or a code, which is counted by the user and by the source until it turns out
    /// right.
    pub(crate) async fn admit(&self, request: &Request) -> Result<Counted, Failure> {
        self.throttle.admit(Attempt::Factor, &request.session()?.sub, request.source()).await
    }

    pub(crate) async fn forgive(&self, counted: Counted) -> Result<(), Failure> {
        self.throttle.forgive(counted).await
    }

    /// The caller's row; a user who is gone from the tenant is nobody.
    pub(crate) async fn account(&self, scope: &TenantScope, caller: &Caller) -> Result<Account, Failure> {
        let item = scope.table.get(&scope.table.keys().user(&caller.user)).await?;
        let item = item.ok_or(Failure::Unauthenticated("the user is not known"))?;
        let reader = ItemReader::new(&item);
        let sub = reader.text("sub")?.to_owned();
        let record = unseal_record(&*scope.vault().await?, reader, Purpose::UserProfile)?;
        Ok(Account { sub, record })
    }

    /// Asks for the password again: whoever found an open browser does not have it.
    pub(crate) async fn prove(&self, account: &Account, password: &str) -> Result<Proven, Failure> {
        let answer = self.self_service.try_password(&account.sub, password, WRONG_PASSWORD).await?;
        if let Some(token) = answer.authentication_result.and_then(|result| result.access_token) {
            return Ok(Proven::Token(token));
        }
        match (answer.challenge_name, answer.session) {
            (Some(ChallengeNameType::SoftwareTokenMfa), Some(session)) => Ok(Proven::CodeWanted(session)),
            // A user who has yet to choose a password is not signed in, and has no business here.
            _ => Err(Failure::Unauthenticated(WRONG_PASSWORD)),
        }
    }

    /// The second half of the proof; gives a token of the self-service client.
    pub(crate) async fn prove_code(
        &self,
        account: &Account,
        session: String,
        code: &MfaCode,
    ) -> Result<String, Failure> {
        let answer = ChallengeAnswer {
            challenge: ChallengeNameType::SoftwareTokenMfa,
            session: &session,
            user_name: &account.sub,
            parameter: "SOFTWARE_TOKEN_MFA_CODE",
            value: code.as_str(),
        };
        let answer = self.self_service.answer(answer, WRONG_PASSWORD_OR_CODE).await?;
        let token = answer.authentication_result.and_then(|result| result.access_token);
        let token = token.ok_or_else(|| Failure::internal("the pool gave no token for a right code"))?;
        self.used_codes.take(&token, code, WRONG_PASSWORD_OR_CODE).await?;
        Ok(token)
    }
}

pub(crate) const WRONG_PASSWORD: &str = "the password is wrong";
pub(crate) const WRONG_PASSWORD_OR_CODE: &str = "the password or the code is wrong";
