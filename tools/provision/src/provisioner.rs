//! Tenants and users, written under the provisioner's role.

use aws_sdk_cognitoidentityprovider::{
    Client,
    operation::admin_create_user::AdminCreateUserError,
    types::{AttributeType, MessageActionType, UserType},
};
use calls::{PhoneNumbers, TelephonyAccount, telephony_items};
use kernel::{
    ClaimedTenant, PLATFORM_TENANT, Provenance, Role, TeamIds, TenantId, UserId, UserRecord, UtcTime,
    failure::BoxError,
};
use table::{Identity, IdentityChange, IdentityStatus, TableError, TenantStanding};
use tenancy::{DataRole, Installation, TenantScope};
use tenants::{Tenant, User, UserStatus, read_user, tenant_item, user_item};

use crate::{error::ProvisionError, outputs::Outputs};

/// In which tenant to look a user up; the pool never lets it change.
const TENANT_ATTRIBUTE: &str = "custom:tenant_id";

/// Works for an operator: with an operator's AWS credentials it assumes the provisioner's role, tagged with one tenant at
/// a time.
pub struct Provisioner {
    pub(crate) data: DataRole,
    pub(crate) pool: Client,
    pub(crate) pool_id: String,
}

/// A tenant to be there.
pub struct NewTenant {
    pub id: String,
    pub name: String,
    pub telephony: Option<NewTelephony>,
}

/// A tenant's telephony, as it is to be.
pub struct NewTelephony {
    pub account: TelephonyAccount,
    pub numbers: PhoneNumbers,
}

/// A user to be there, with a password that holds.
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password: String,
    pub role: Role,
    /// E.164; what a bridged call rings.
    pub phone: Option<String>,
}

impl Provisioner {
    #[must_use]
    pub fn new(installation: Installation, outputs: &Outputs) -> Self {
        Self {
            pool: Client::new(&installation.sdk),
            pool_id: outputs.user_pool_id.clone(),
            data: DataRole::new(installation, &outputs.provisioner_role_arn),
        }
    }

    /// The tenant's scope, whether or not there is such a tenant yet.
    pub(crate) async fn open(&self, tenant: &str) -> Result<TenantScope, ProvisionError> {
        let claim = parse_tenant(tenant)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "an operator names it, with an operator's own credentials"
        )]
        let id = claim.vouch(Provenance::Operator);
        Ok(self.data.open(&id).await)
    }

    pub(crate) fn now(&self) -> UtcTime {
        self.data.installation().ambient.now()
    }

    /// Makes the tenant, its keys and its telephony account where they are missing. Existing keys are never touched.
    pub async fn ensure_tenant(&self, tenant: &NewTenant) -> Result<TenantId, ProvisionError> {
        let scope = self.open(&tenant.id).await?;
        let id = scope.table.tenant().clone();
        scope.ensure_keys().await?;
        let now = self.now();
        let region = self.data.installation().sdk.region().map(ToString::to_string).unwrap_or_default();
        let row = Tenant::new(tenant.name.clone(), region, now);
        only_if_new(scope.table.put_new(tenant_item(scope.table.keys(), &row)).await)?;
        let standing = TenantStanding::new(tenant.name.clone(), now);
        only_if_new(scope.table.identities().put_new_tenant(&id, &standing).await)?;
        if let Some(NewTelephony { account, numbers }) = &tenant.telephony {
            let vault = scope.vault().await?;
            for item in telephony_items(scope.table.keys(), &vault, account, numbers, now)? {
                scope.table.put_any(item).await?;
            }
        }
        Ok(id)
    }

    /// Makes the user in the pool and in the tenant. One that is there is brought to this password and role, which ends their
    /// sessions; name, teams and telephone stay what they have become.
    pub async fn ensure_user(&self, tenant: &TenantId, user: &NewUser) -> Result<UserId, ProvisionError> {
        self.ensured(tenant, user).await.map(|(id, _)| id)
    }

    /// As [`Provisioner::ensure_user`], and whether the tenant did not know the user before.
    pub(crate) async fn ensured(
        &self,
        tenant: &TenantId,
        user: &NewUser,
    ) -> Result<(UserId, bool), ProvisionError> {
        let email = user.email.to_lowercase();
        let scope = self.data.open(tenant).await;
        if let Some(sub) = self.create_in_pool(tenant, &email).await? {
            self.set_password(&sub, &user.password).await?;
            return Ok((self.insert_user(&scope, sub, user).await?, true));
        }
        let sub = self.sub_of(tenant, &email).await?;
        self.set_password(&sub, &user.password).await?;
        let claim = parse_tenant(tenant.as_str())?;
        match scope.table.identities().find(&claim, &sub).await? {
            Some(standing) => Ok((self.renew_user(&scope, &sub, standing.identity, user).await?, false)),
            None => Ok((self.insert_user(&scope, sub, user).await?, true)),
        }
    }

    /// The rows of a user whom the tenant does not know: both or none.
    async fn insert_user(
        &self,
        scope: &TenantScope,
        sub: String,
        user: &NewUser,
    ) -> Result<UserId, ProvisionError> {
        let id = UserId::generate(&*self.data.installation().ambient);
        let row = new_row(id.clone(), sub, user, self.now());
        let status = IdentityStatus::Active;
        let identity = Identity {
            user: id.clone(),
            role: user.role,
            status,
            session_epoch: 1,
            team_ids: row.team_ids.clone(),
            second_factor: false,
        };
        let item = user_item(scope.table.keys(), &*scope.vault().await?, &row)?;
        let rows = scope.table.transaction().put_new(item).put_new_identity(&row.sub, &identity);
        rows.commit().await?;
        Ok(id)
    }

    /// Ends the sessions of a user whom the tenant knows, and changes role and state where they are others.
    async fn renew_user(
        &self,
        scope: &TenantScope,
        sub: &str,
        identity: Identity,
        user: &NewUser,
    ) -> Result<UserId, ProvisionError> {
        let (table, id) = (&scope.table, identity.user);
        let vault = scope.vault().await?;
        let item = table.get(&table.keys().user(&id)).await?;
        let before = item.map(|item| read_user(&vault, &item)).transpose()?;
        let settled = |row: &User| row.role == user.role && row.status == UserStatus::Active;
        if identity.status == IdentityStatus::Active && before.as_ref().is_some_and(settled) {
            table.identities().raise_epoch(table.tenant(), sub).await?;
            return Ok(id);
        }
        if identity.status == IdentityStatus::Disabled {
            self.enable(sub).await?;
        }
        let fresh = new_row(id.clone(), sub.to_owned(), user, self.now());
        let next = match &before {
            None => fresh,
            Some(before) => User {
                role: user.role,
                status: UserStatus::Active,
                version: before.version + 1,
                updated_at: fresh.updated_at,
                ..before.clone()
            },
        };
        let item = user_item(table.keys(), &vault, &next)?;
        let rows = match &before {
            None => table.transaction().put_new(item),
            Some(before) => table.transaction().put_over_version(item, before.version),
        };
        let status = Some(IdentityStatus::Active);
        let change = IdentityChange { role: user.role, status, team_ids: next.team_ids.clone() };
        rows.change_identity(sub, &change).commit().await?;
        Ok(id)
    }

    /// Makes an operator of the platform, and the operators' tenant where it is missing.
    pub async fn ensure_operator(&self, email: &str, password: &str) -> Result<UserId, ProvisionError> {
        let platform =
            NewTenant { id: PLATFORM_TENANT.to_owned(), name: "Platform".to_owned(), telephony: None };
        let tenant = self.ensure_tenant(&platform).await?;
        let user = NewUser {
            email: email.to_owned(),
            name: email.to_owned(),
            password: password.to_owned(),
            role: Role::Operator,
            phone: None,
        };
        self.ensure_user(&tenant, &user).await
    }

    /// Gives the user a password that they need not replace.
    async fn set_password(&self, sub: &str, password: &str) -> Result<(), ProvisionError> {
        let request = self.pool.admin_set_user_password().user_pool_id(&self.pool_id).username(sub);
        let set = request.password(password).permanent(true).send().await;
        set.map(|_| ()).map_err(|error| ProvisionError::Pool(Box::new(error)))
    }

    /// Lets a user in again whom the pool keeps out.
    async fn enable(&self, sub: &str) -> Result<(), ProvisionError> {
        let enabled = self.pool.admin_enable_user().user_pool_id(&self.pool_id).username(sub).send().await;
        enabled.map(|_| ()).map_err(|error| ProvisionError::Pool(Box::new(error)))
    }

    /// Of a user that the pool knows, who must be this tenant's: the pool holds an address once, and never moves it.
    async fn sub_of(&self, tenant: &TenantId, email: &str) -> Result<String, ProvisionError> {
        let found = self.pool.admin_get_user().user_pool_id(&self.pool_id).username(email).send().await;
        let found = found.map_err(|error| ProvisionError::Pool(Box::new(error)))?;
        if attribute(found.user_attributes(), TENANT_ATTRIBUTE) != Some(tenant.as_str()) {
            return Err(ProvisionError::OtherTenants(email.to_owned()));
        }
        sub_in(found.user_attributes())
    }

    /// `None` where the pool has a user of this address.
    async fn create_in_pool(&self, tenant: &TenantId, email: &str) -> Result<Option<String>, ProvisionError> {
        let fault = |error: BoxError| ProvisionError::Pool(error);
        let values = [("email", email), ("email_verified", "true"), (TENANT_ATTRIBUTE, tenant.as_str())];
        let attributes = values.map(|(name, value)| AttributeType::builder().name(name).value(value).build());
        let attributes =
            attributes.into_iter().collect::<Result<_, _>>().map_err(|error| fault(Box::new(error)))?;
        let created = self
            .pool
            .admin_create_user()
            .user_pool_id(&self.pool_id)
            .username(email)
            .message_action(MessageActionType::Suppress)
            .set_user_attributes(Some(attributes))
            .send()
            .await;
        let created = match created {
            Ok(created) => created,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(AdminCreateUserError::is_username_exists_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(fault(Box::new(error))),
        };
        sub_in(created.user.as_ref().map(UserType::attributes).unwrap_or_default()).map(Some)
    }
}

fn new_row(id: UserId, sub: String, user: &NewUser, now: UtcTime) -> User {
    User {
        id,
        role: user.role,
        sub,
        status: UserStatus::Active,
        team_ids: TeamIds::default(),
        record: UserRecord::new(user.name.clone(), user.email.clone(), user.phone.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// What is there already stays.
fn only_if_new(outcome: Result<(), TableError>) -> Result<(), TableError> {
    match outcome {
        Err(TableError::ConditionFailed { .. }) => Ok(()),
        other => other,
    }
}

fn sub_in(attributes: &[AttributeType]) -> Result<String, ProvisionError> {
    let sub = attribute(attributes, "sub").map(str::to_owned);
    sub.ok_or_else(|| ProvisionError::Pool("the pool gave the user no sub".into()))
}

fn attribute<'a>(attributes: &'a [AttributeType], name: &str) -> Option<&'a str> {
    attributes.iter().find(|attribute| attribute.name() == name)?.value()
}

pub(crate) fn parse_tenant(text: &str) -> Result<ClaimedTenant, ProvisionError> {
    ClaimedTenant::parse(text).ok_or_else(|| ProvisionError::TenantId(text.to_owned()))
}
