//! A tenant's own fields of contacts.

use http::Method;
use kernel::Role;
use serde_json::json;

use crate::{
    bad_input::{assert_names, assert_problem},
    failed::Outcome,
    people::Person,
    world::World,
};

#[tokio::test]
async fn values_fit_the_fields_that_an_admin_defines() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?.session;
    let put = async |version: i64, fields: serde_json::Value| {
        let request =
            admin.request(Method::PUT, "/v1/custom-fields").header("if-match", &format!("\"{version}\""));
        request.json(&json!({ "fields": fields })).send().await
    };
    let fields = json!([
        { "key": "seats", "label": "Seats", "type": "number" },
        { "key": "tier", "label": "Tier", "type": "select", "options": ["gold", "silver"] },
    ]);
    assert_names(
        &put(0, json!([{ "key": "No", "label": "N", "type": "text" }])).await?,
        "fields[0].key",
        "a key",
    );
    let defined = put(0, fields.clone()).await?.expect(200)?;
    assert_eq!((&defined.body["version"], &defined.body["fields"][1]), (&json!(1), &fields[1]));
    assert_problem(&put(0, json!([])).await?, 412, "precondition_failed", "a version before");
    assert_eq!(tenant.session.get("/v1/custom-fields").await?.expect(200)?.body, defined.body);

    for (values, field) in [
        (json!({ "seats": "3" }), "custom_fields.seats"),
        (json!({ "tier": "bronze" }), "custom_fields.tier"),
        (json!({ "unheard": 1 }), "custom_fields.unheard"),
    ] {
        let body = json!({ "last_name": "L", "custom_fields": values });
        assert_names(&tenant.session.post("/v1/contacts", &body).await?, field, &body.to_string());
    }
    let body = json!({ "last_name": "L", "custom_fields": { "seats": 3, "tier": "gold" } });
    let contact = tenant.session.post("/v1/contacts", &body).await?.expect(201)?;
    assert_eq!(contact.body["custom_fields"], body["custom_fields"]);
    let change = json!({ "custom_fields": { "tier": null } });
    let changed = super::patch(&tenant, contact.text("/id")?, 1, &change).await?.expect(200)?;
    assert_eq!(changed.body["custom_fields"], json!({ "seats": 3 }));
    let other_type = json!([{ "key": "seats", "label": "Seats", "type": "text" }]);
    assert_names(&put(1, other_type).await?, "fields[0].type", "another type of a field that has values");
    Ok(())
}
