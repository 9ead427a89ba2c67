//! What a route is called, where it stands and who may ask. Templates, OpenAPI, sample events and the isolation matrix are
//! held to these by a test.

use http::Method;
use kernel::{Action, Failure, Reach, Role};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A user with an access token, which the gateway's authorizer has verified, whose role may do this.
    Bearer(Action),
    /// Anybody.
    Public,
    /// A provider, by its signature under the secret of the tenant that the path names.
    Webhook,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteSpec {
    /// The function's key: its `Handler` in the template and its operation id in OpenAPI.
    pub function: &'static str,
    pub method: Method,
    /// As API Gateway writes it: `/v1/contacts/{contact_id}`.
    pub path: &'static str,
    pub access: Access,
}

impl RouteSpec {
    #[must_use]
    pub const fn bearer(function: &'static str, method: Method, path: &'static str, action: Action) -> Self {
        Self { function, method, path, access: Access::Bearer(action) }
    }

    #[must_use]
    pub const fn public(function: &'static str, method: Method, path: &'static str) -> Self {
        Self { function, method, path, access: Access::Public }
    }

    #[must_use]
    pub const fn webhook(function: &'static str, method: Method, path: &'static str) -> Self {
        Self { function, method, path, access: Access::Webhook }
    }

    /// Refuses a role that the permission table gives nothing here.
    pub(crate) fn permit(&self, role: Role) -> Result<(), Failure> {
        match self.access {
            Access::Bearer(action) if action.reach_of(role) == Reach::Nothing => {
                Err(Failure::Forbidden("the caller's role does not allow this"))
            }
            _ => Ok(()),
        }
    }
}
