//! The outputs of the deployed stack, as the tools need them.

use std::path::Path;

use serde::Deserialize;

use crate::error::ProvisionError;

/// `{OutputKey: value}` of the CloudFormation stack; keys that are not needed are passed over.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outputs {
    pub api_url: String,
    pub socket_url: String,
    pub user_pool_id: String,
    pub user_pool_client_id: String,
    pub table_name: String,
    pub data_key_arn: String,
    pub provisioner_role_arn: String,
}

impl Outputs {
    pub fn read(path: &Path) -> Result<Self, ProvisionError> {
        let fault = |source| ProvisionError::File { path: path.display().to_string(), source };
        let text = std::fs::read_to_string(path).map_err(|error| fault(Box::new(error)))?;
        serde_json::from_str(&text).map_err(|error| fault(Box::new(error)))
    }
}
