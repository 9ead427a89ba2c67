//! Paths, query strings and cursors.

use http::Method;

use super::{assert_names, assert_problem};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn a_wrong_parameter_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let timeline = format!("/v1/contacts/{contact}/timeline");
    for list in ["/v1/contacts", timeline.as_str()] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=1.5", "limit"),
            ("limit=ten", "limit"),
            ("limit=", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=1&limit=2", "limit"),
            ("offset=1", "offset"),
            ("limit=1&tenant_id=tnt_alpha", "tenant_id"),
            ("cursor=", "cursor"),
            ("cursor=nonsense", "cursor"),
            ("cursor=%F0%9F%99%82", "cursor"),
        ] {
            let answer = tenant.session.get(&format!("{list}?{query}")).await?;
            assert_names(&answer, field, &format!("{list}?{query}"));
        }
        tenant.session.get(&format!("{list}?limit=200")).await?.expect(200)?;
        tenant.session.get(&format!("{list}?limit=1")).await?.expect(200)?;
    }
    for (query, field) in [("order=sideways", "order"), ("types=email", "types"), ("types=", "types")] {
        let answer = tenant.session.get(&format!("{timeline}?{query}")).await?;
        assert_names(&answer, field, query);
    }
    Ok(())
}

/// A cursor serves its own tenant, route and filter, unchanged. (Another tenant's is tried in the matrix.)
#[tokio::test]
async fn a_cursor_is_good_for_one_list_and_only_as_given() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (older, newer) = (tenant.contact().await?, tenant.contact().await?);
    let page = tenant.session.get("/v1/contacts?limit=1").await?.expect(200)?;
    assert_eq!(page.text("/items/0/id")?, newer);
    let cursor = page.text("/next_cursor")?.to_owned();
    for position in [0, cursor.len() / 2, cursor.len() - 2] {
        let mut tampered = cursor.clone().into_bytes();
        tampered[position] = if tampered[position] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered)?;
        let answer = tenant.session.get(&format!("/v1/contacts?cursor={tampered}")).await?;
        assert_names(&answer, "cursor", &format!("changed at {position}"));
    }
    for cut in [&cursor[1..], &cursor[..cursor.len() - 4]] {
        let answer = tenant.session.get(&format!("/v1/contacts?cursor={cut}")).await?;
        assert_names(&answer, "cursor", "cut");
    }
    let elsewhere = format!("/v1/contacts/{older}/timeline?cursor={cursor}");
    assert_names(&tenant.session.get(&elsewhere).await?, "cursor", "another route");
    let next = tenant.session.get(&format!("/v1/contacts?cursor={cursor}")).await?.expect(200)?;
    assert_eq!(next.text("/items/0/id")?, older);
    Ok(())
}

/// A malformed id, one of another kind and one that nobody has look alike.
#[tokio::test]
async fn what_is_no_id_is_not_found() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let upper = contact.to_uppercase();
    for id in [
        "con_1",
        "nonsense",
        "con_01kar4t5v3c8m2x9p7w6r4n1hz",
        upper.as_str(),
        "%23",
        "con_%00",
        "T%23x%23CONTACT",
    ] {
        for path in
            [format!("/v1/contacts/{id}"), format!("/v1/contacts/{id}/timeline"), format!("/v1/calls/{id}")]
        {
            assert_problem(&tenant.session.get(&path).await?, 404, "not_found", &path);
        }
    }
    let call = format!("/v1/calls/{contact}");
    assert_problem(&tenant.session.get(&call).await?, 404, "not_found", "a contact's id for a call's");
    Ok(())
}

/// A request id of the caller's comes back, and one that is not fit for a log does not.
#[tokio::test]
async fn an_unfit_request_id_is_replaced() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let with_id = async |id: &str| -> Outcome<String> {
        let request = tenant.bearer(Method::GET, "/v1/contacts").header("x-request-id", id);
        let answer = request.send().await?.expect(200)?;
        Ok(answer.header("x-request-id").unwrap_or_default().to_owned())
    };
    assert_eq!(with_id("my-request_7").await?, "my-request_7");
    for unfit in ["a b", "{\"level\":\"ERROR\"}", &"x".repeat(65)] {
        assert_ne!(with_id(unfit).await?, unfit);
    }
    Ok(())
}
