//! Where the running stack is, as `cargo xtask up` wrote it down.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::error::Error;

/// The part of `stack.json` that clients need. What later parts of the system add to the file is passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// Ends before `/v1`.
    pub api_url: String,
    /// Where sockets are opened; a ticket's answer names it too.
    pub ws_url: String,
    pub aws_endpoint: Option<String>,
    pub region: String,
    /// The telephony stand-in; absent where the stack speaks to the real provider.
    pub twilio_url: Option<String>,
    /// At least two, so that there is always one to keep out.
    pub tenants: Vec<StackTenant>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct StackTenant {
    pub id: String,
    pub name: String,
    pub users: Vec<StackUser>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct StackUser {
    pub email: String,
    pub password: String,
    pub role: String,
}

impl Stack {
    /// Reads the file that the variable `SEP_STACK` names, or `.local/stack.json` of this workspace.
    pub fn load() -> Result<Self, Error> {
        Self::read(&Self::path())
    }

    /// Where [`Stack::load`] looks.
    #[must_use]
    pub fn path() -> PathBuf {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one variable by which tests and tools find their stack"
        )]
        let named = std::env::var("SEP_STACK");
        named.map_or_else(
            |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/stack.json"),
            PathBuf::from,
        )
    }

    /// Reads a given file. Fails on fewer than two tenants and on a tenant without users.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path)
            .map_err(|source| Error::StackUnreadable { path: path.to_owned(), source: source.into() })?;
        let stack: Self = serde_json::from_str(&text)
            .map_err(|source| Error::StackUnreadable { path: path.to_owned(), source: source.into() })?;
        let lacking = match stack.tenants.as_slice() {
            [] | [_] => Some("it names fewer than two tenants"),
            tenants if tenants.iter().any(|tenant| tenant.users.is_empty()) => Some("a tenant has no users"),
            _ => None,
        };
        match lacking {
            Some(reason) => Err(Error::StackUnreadable { path: path.to_owned(), source: reason.into() }),
            None => Ok(stack),
        }
    }
}

impl StackTenant {
    /// The first user with this role: `rep`, `manager` or `admin`.
    #[must_use]
    pub fn user(&self, role: &str) -> Option<&StackUser> {
        self.users.iter().find(|user| user.role == role)
    }
}
