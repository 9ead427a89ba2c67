//! The table's schema, read from the template that deploys it: there is no second description to fall behind.

use serde_json::{Value as Json, json};
use serde_yaml_ng::Value as Yaml;

const TEMPLATE: &str = include_str!("../../../infra/data.yaml");
/// What a table's keys and indexes depend on. Encryption, backups and expiry are the service's own affair.
const PROPERTIES: [&str; 4] = ["BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"];

/// The `CreateTable` request for the table of the template, under another name.
///
/// # Panics
/// When the template describes no such table.
pub(crate) fn create_table_request(name: &str) -> Json {
    let template: Yaml = serde_yaml_ng::from_str(TEMPLATE).expect("the template is YAML");
    let table = &template["Resources"]["Table"]["Properties"];
    let property = |name: &str| {
        let value = table.get(name).unwrap_or_else(|| panic!("the template's table has {name}"));
        serde_json::to_value(value).expect("the table's keys are written without functions")
    };
    let mut request = json!({"TableName": name});
    for name in PROPERTIES {
        request[name] = property(name);
    }
    let images = serde_json::to_value(&table["StreamSpecification"]["StreamViewType"]).expect("a text");
    request["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": images});
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_the_templates() {
        let request = create_table_request("one");
        assert_eq!(request["TableName"], "one");
        assert_eq!(request["KeySchema"][0], json!({"AttributeName": "pk", "KeyType": "HASH"}));
        assert_eq!(request["GlobalSecondaryIndexes"][0]["IndexName"], "gsi1");
        assert_eq!(request["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    }
}
