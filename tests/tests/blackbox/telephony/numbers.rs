//! The numbers: what contacts see, and where calls may go.

use blackbox::LogFilter;
use http::Method;
use serde_json::{Value, json};

use super::{ACCOUNT, NUMBERS, admin, put};
use crate::{
    failed::Outcome,
    world::{Tenant, World},
};

#[tokio::test]
async fn an_admin_keeps_the_numbers_and_everybody_may_read_them() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let team = admin.post("/v1/teams", &json!({ "name": "West" })).await?.expect(201)?;
    let body = json!({ "numbers": [
        { "number": "+1 (415) 555-0101", "label": "West", "team_id": team.text("/id")?, "greeting": "Hello." },
        { "number": "+12125550101" },
    ] });
    put(&admin, NUMBERS, 1, &body).await?.expect(200)?;
    let read = tenant.session.get(NUMBERS).await?.expect(200)?;
    assert_eq!(
        read.body["numbers"][0],
        json!({ "number": "+14155550101", "country": "US", "label": "West", "team_id": team.body["id"],
            "greeting": "Hello." })
    );
    assert_eq!((read.header("etag"), read.array("/numbers")?.len()), (Some("\"2\""), 2));
    assert_eq!(put(&admin, NUMBERS, 1, &body).await?.status, 412);
    assert_eq!(put(&tenant.session, NUMBERS, 2, &body).await?.status, 403);
    Ok(())
}

#[tokio::test]
async fn what_no_number_can_be_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let team = "team_01kar1b2c3d4e5f6g7h8j9k0mn";
    for (number, field) in [
        (json!({ "number": "4155550101" }), "number"),
        (json!({ "number": "911" }), "number"),
        (json!({ "number": "+14155550101", "label": " " }), "label"),
        (json!({ "number": "+14155550101", "greeting": "bell \u{7}" }), "greeting"),
        (json!({ "number": "+14155550101", "team_id": team }), "team_id"),
        (json!({ "number": "+14155550101", "sid": "PN1" }), "sid"),
    ] {
        let answer = put(&admin, NUMBERS, 1, &json!({ "numbers": [number] })).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [format!("numbers[0].{field}")], "{number}");
    }
    Ok(())
}

#[tokio::test]
async fn a_contact_sees_the_number_nearest_to_its_own() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let own = ["+14155550101", "+12125550101"];
    world.register_numbers(&tenant.account, &own, 100).await?;
    put(&admin, NUMBERS, 1, &json!({ "numbers": own.map(|number| json!({ "number": number })) }))
        .await?
        .expect(200)?;
    for (remote, local) in [("+14155550132", own[0]), ("+12125550132", own[1]), ("+13105550132", own[0])] {
        let body = json!({ "contact_id": contact_at(&tenant, remote).await?, "mode": "bridge" });
        let call = tenant.session.post("/v1/calls", &body).await?.expect(201)?;
        assert_eq!(call.text("/local_phone")?, local, "{remote}");
    }
    Ok(())
}

#[tokio::test]
async fn calls_stay_where_the_tenant_allows_them() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (remote, reason) in [("+4930901820", "country_not_allowed"), ("+19002345678", "premium_number")] {
        let body = json!({ "contact_id": contact_at(&tenant, remote).await?, "mode": "bridge" });
        let refused = tenant.session.post("/v1/calls", &body).await?.expect(409)?;
        assert_eq!(refused.text("/errors/0/code")?, reason, "{remote}");
    }
    let contact = tenant.contact().await?;
    for (phone, code) in
        [("911", "emergency_number"), ("+1 911", "emergency_number"), ("call me", "invalid_phone")]
    {
        let body = json!({ "contact_id": contact, "mode": "bridge", "phone": phone });
        let refused = tenant.session.post("/v1/calls", &body).await?.expect(400)?;
        assert_eq!(refused.body["errors"][0]["code"], json!(code), "{phone}");
        assert_eq!(refused.problem_fields(), ["phone"]);
    }
    let asked = LogFilter { account_sid: Some(tenant.account.account_sid.clone()), ..LogFilter::default() };
    assert_eq!(world.twilio.log(&asked).await?.len(), 0, "nothing was asked of the provider");

    let admin = admin(&world, &tenant).await?;
    let body = json!({ "account_sid": tenant.account.account_sid, "allowed_countries": ["US", "DE"] });
    put(&admin, ACCOUNT, 1, &body).await?.expect(200)?;
    let contact = contact_at(&tenant, "+4930901820").await?;
    tenant
        .session
        .post("/v1/calls", &json!({ "contact_id": contact, "mode": "bridge" }))
        .await?
        .expect(201)?;
    Ok(())
}

/// Who does not want to be called is not, by bridge or browser, until they want to again.
#[tokio::test]
async fn who_has_opted_out_is_not_called() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let path = format!("/v1/contacts/{contact}");
    let choose = async |version: i64, status: &str| -> Outcome {
        let request =
            tenant.session.request(Method::PATCH, &path).header("if-match", &format!("\"{version}\""));
        request.json(&json!({ "opt_status": { "call": { "status": status } } })).send().await?.expect(200)?;
        Ok(())
    };
    choose(1, "opted_out").await?;
    for mode in ["bridge", "browser"] {
        let body = json!({ "contact_id": contact, "mode": mode });
        let refused = tenant.session.post("/v1/calls", &body).await?.expect(409)?;
        assert_eq!(refused.text("/errors/0/code")?, "opted_out", "{mode}");
    }
    let asked = LogFilter { account_sid: Some(tenant.account.account_sid.clone()), ..LogFilter::default() };
    assert_eq!(world.twilio.log(&asked).await?.len(), 0, "nothing was asked of the provider");
    choose(2, "opted_in").await?;
    tenant
        .session
        .post("/v1/calls", &json!({ "contact_id": contact, "mode": "bridge" }))
        .await?
        .expect(201)?;
    Ok(())
}

/// What a user gives as the own telephone is rung on the tenant's account: it is no way round the tenant's rules.
#[tokio::test]
async fn the_own_telephone_is_rung_under_the_same_rules() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    for (version, (own, reason)) in
        [("+4930901820", "country_not_allowed"), ("+19002345678", "premium_number")].into_iter().enumerate()
    {
        let request = tenant.session.request(Method::PATCH, "/v1/me");
        let request = request.header("if-match", &format!("\"{}\"", version + 1));
        request.json(&json!({ "phone": own })).send().await?.expect(200)?;
        let body = json!({ "contact_id": contact, "mode": "bridge" });
        let refused = tenant.session.post("/v1/calls", &body).await?.expect(409)?;
        assert_eq!(refused.text("/errors/0/code")?, reason, "{own}");
    }
    let asked = LogFilter { account_sid: Some(tenant.account.account_sid.clone()), ..LogFilter::default() };
    assert_eq!(world.twilio.log(&asked).await?.len(), 0, "nothing was asked of the provider");
    Ok(())
}

async fn contact_at(tenant: &Tenant, number: &str) -> Outcome<Value> {
    let body = json!({ "first_name": "Ada", "phones": [{ "number": number, "type": "work" }] });
    Ok(tenant.session.post("/v1/contacts", &body).await?.expect(201)?.body["id"].clone())
}
