//! `.local/stack.json`: where the running stack stands and who can sign in.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::ProvisionError;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StackFile {
    /// Ends before `/v1`.
    pub api_url: String,
    pub ws_url: String,
    /// Where the page is served.
    #[serde(default)]
    pub web_url: String,
    pub aws_endpoint: String,
    pub region: String,
    /// The stand-in.
    pub twilio_url: String,
    pub tenants: Vec<StackTenant>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StackTenant {
    pub id: String,
    pub name: String,
    pub users: Vec<StackUser>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StackUser {
    pub email: String,
    pub password: String,
    pub role: String,
}

impl StackFile {
    /// `None` where there is no such file, or none that can be read: it is written anew then.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    /// The password that a user was given before.
    #[must_use]
    pub fn password_of(&self, email: &str) -> Option<&str> {
        let users = self.tenants.iter().flat_map(|tenant| &tenant.users);
        users.into_iter().find(|user| user.email == email).map(|user| user.password.as_str())
    }

    /// Written beside and moved into place, so that no reader sees half of it.
    pub fn write(&self, path: &Path) -> Result<(), ProvisionError> {
        let fault = |source| ProvisionError::File { path: path.display().to_string(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| fault(Box::new(error)))?;
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, text + "\n").map_err(|error| fault(Box::new(error)))?;
        std::fs::rename(&beside, path).map_err(|error| fault(Box::new(error)))
    }
}
