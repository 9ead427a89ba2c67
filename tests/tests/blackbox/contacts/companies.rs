//! Companies, and what contacts show of them.

use http::Method;
use serde_json::{Value, json};

use crate::{
    bad_input::{assert_names, assert_problem},
    failed::Outcome,
    world::{Tenant, World},
};

async fn at_version(
    tenant: &Tenant,
    method: Method,
    path: &str,
    version: i64,
    body: &Value,
) -> Outcome<blackbox::Answer> {
    let request = tenant.bearer(method, path).header("if-match", &format!("\"{version}\""));
    Ok(request.json(body).send().await?)
}

#[tokio::test]
async fn a_new_contact_finds_its_company_and_shows_its_name_of_today() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let body = json!({ "name": "Gamma Works", "domains": ["www.Gamma.example"], "size": "11-50", "address": { "city": "Bonn" } });
    let company = tenant.session.post("/v1/companies", &body).await?.expect(201)?;
    let (id, path) =
        (company.text("/id")?.to_owned(), company.header("location").unwrap_or_default().to_owned());
    assert_eq!(company.body["domains"], json!(["gamma.example"]));
    assert_eq!(tenant.session.get(&path).await?.expect(200)?.body, company.body);
    assert_eq!(tenant.session.get("/v1/companies").await?.expect(200)?.body["items"], json!([company.body]));

    let contact = json!({ "last_name": "L", "emails": [
        { "address": "l@gmail.com", "type": "personal" }, { "address": "L@GAMMA.example", "type": "work" },
    ] });
    let contact = tenant.session.post("/v1/contacts", &contact).await?.expect(201)?;
    assert_eq!(
        (&contact.body["company_id"], &contact.body["company_name"]),
        (&json!(id), &json!("Gamma Works"))
    );
    let contact_path = format!("/v1/contacts/{}", contact.text("/id")?);

    at_version(&tenant, Method::PATCH, &path, 1, &json!({ "name": "Delta Works" })).await?.expect(200)?;
    let read = tenant.session.get(&contact_path).await?.expect(200)?;
    assert_eq!(read.body["company_name"], "Delta Works");
    assert_eq!(tenant.contacts().await?[0]["company_name"], "Delta Works");
    let own_name = json!({ "company_name": "Mine" });
    let refused = at_version(&tenant, Method::PATCH, &contact_path, 1, &own_name).await?;
    assert_names(&refused, "company_name", "a name beside the company's");

    at_version(&tenant, Method::DELETE, &path, 2, &json!({})).await?.expect(204)?;
    assert_problem(&tenant.session.get(&path).await?, 404, "not_found", "a deleted company");
    let read = tenant.session.get(&contact_path).await?.expect(200)?;
    assert_eq!((&read.body["company_id"], &read.body["company_name"]), (&json!(null), &json!("Delta Works")));
    // Its domain is free again.
    tenant.session.post("/v1/companies", &body).await?.expect(201)?;
    Ok(())
}

#[tokio::test]
async fn a_companys_wrong_field_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let first = json!({ "name": "First", "domains": ["first.example"] });
    let first = tenant.session.post("/v1/companies", &first).await?.expect(201)?;
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": 1 }), "name"),
        (json!({ "name": "A\u{0}" }), "name"),
        (json!({ "name": "A", "domains": ["gmail.com"] }), "domains[0]"),
        (json!({ "name": "A", "domains": ["a b"] }), "domains[0]"),
        (json!({ "name": "A", "domains": ["a.example", "first.example"] }), "domains[1]"),
        (json!({ "name": "A", "domains": vec!["a.example"; 21] }), "domains"),
        (json!({ "name": "A", "size": "huge" }), "size"),
        (json!({ "name": "A", "address": { "planet": "Earth" } }), "address.planet"),
        (json!({ "name": "A", "address": { "country": "Germany" } }), "address.country"),
        (json!({ "name": "A", "owner_id": "usr_01kar1b2c3d4e5f6g7h8j9k0mn" }), "owner_id"),
        (json!({ "name": "A", "parent_id": "cmp_01kar1b2c3d4e5f6g7h8j9k0mn" }), "parent_id"),
        (json!({ "name": "A", "id": "cmp_1" }), "id"),
    ] {
        assert_names(&tenant.session.post("/v1/companies", &body).await?, field, &body.to_string());
    }
    let path = format!("/v1/companies/{}", first.text("/id")?);
    let below = json!({ "name": "Below", "parent_id": first.text("/id")? });
    let below = tenant.session.post("/v1/companies", &below).await?.expect(201)?;
    for parent in [first.text("/id")?, below.text("/id")?] {
        let circle = at_version(&tenant, Method::PATCH, &path, 1, &json!({ "parent_id": parent })).await?;
        assert_names(&circle, "parent_id", "a company below itself");
    }
    let page = tenant.session.get("/v1/companies?limit=1").await?.expect(200)?;
    let cursor = page.text("/next_cursor")?;
    for tampered in [format!("A{cursor}"), cursor.chars().rev().collect(), "%00".to_owned()] {
        let answer = tenant.session.get(&format!("/v1/companies?cursor={tampered}")).await?;
        assert_names(&answer, "cursor", "a tampered cursor");
    }
    for method in [Method::PATCH, Method::DELETE] {
        let answer = tenant.bearer(method.clone(), &path).json(&json!({})).send().await?;
        assert_problem(&answer, 428, "precondition_required", "no If-Match");
        let answer = at_version(&tenant, method, &path, 9, &json!({ "name": "B" })).await?;
        assert_problem(&answer, 412, "precondition_failed", "another version");
    }
    Ok(())
}
