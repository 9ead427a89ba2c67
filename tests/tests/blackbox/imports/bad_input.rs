//! Files that cannot be read, mappings that mean nothing: a clear error, and nothing is written.

use blackbox::{put_file, upload_import};
use serde_json::{Value, json};

use super::{counts, mapping, over, start};
use crate::{bad_input::assert_names, failed::Outcome, world::World};

const HEADER: &str = "First,Last,Mail,Mobile,Tags\n";

#[tokio::test]
async fn sizes_that_no_file_has_are_refused() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (size, code) in [
        (json!(0), "empty_file"),
        (json!(-1), "empty_file"),
        (json!(104_857_601), "too_large"),
        (json!(1_073_741_824), "too_large"),
    ] {
        let answer = tenant.session.post("/v1/imports", &json!({ "size_bytes": size })).await?;
        assert_names(&answer, "size_bytes", code);
        assert_eq!(answer.body["errors"][0]["code"], json!(code));
    }
    for body in [json!({}), json!({ "size_bytes": "1" }), json!({ "size_bytes": 1, "name": "x.csv" })] {
        tenant.session.post("/v1/imports", &body).await?.expect(400)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_not_put_or_is_larger_than_any_is_not_begun() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let announced = tenant.session.post("/v1/imports", &json!({ "size_bytes": 9 })).await?.expect(201)?;
    let id = announced.text("/id")?;
    let answer = start(&tenant, id, &mapping(), "skip").await?.expect(409)?;
    assert_eq!(answer.body["errors"][0]["code"], json!("not_uploaded"));
    // However it got there.
    let objects = aws_sdk_s3::Client::new(&world.aws.config);
    let put = objects.put_object().bucket(world.output("ImportsBucketName"));
    let put = put.key(format!("{}/imports/{id}/upload", tenant.id));
    put.body(vec![b'a'; 104_857_601].into()).send().await?;
    let answer = start(&tenant, id, &mapping(), "skip").await?;
    assert_names(&answer, "file", "too large");
    assert_eq!(answer.body["errors"][0]["code"], json!("too_large"));
    Ok(())
}

#[tokio::test]
async fn files_that_are_no_table_are_refused_before_anything_is_written() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let files: [(&[u8], &str); 9] = [
        (b"\n\n\n", "empty_file"),
        (HEADER.as_bytes(), "no_rows"),
        (b"First,Last,Mail,Mobile,Mail\na,b,c,d,e\n", "duplicate_headers"),
        (b",,,\na,b,c,d\n", "no_header"),
        (b"First,Last\xe9,Mail\na,b,c\n", "invalid_encoding"),
        (b"PK\x03\x04\x14\x00\x06\x00", "invalid_encoding"),
        (b"F\x00i\x00r\x00s\x00t\x00", "invalid_encoding"),
        (b"\"First,Last,Mail\na,b,c\n", "row_too_long"),
        (b"\xff\xfe\x00", "invalid_encoding"),
    ];
    for (file, code) in files {
        let id = upload_import(&tenant.session, file).await?;
        let answer = start(&tenant, &id, &mapping(), "skip").await?;
        assert_names(&answer, "file", code);
        assert_eq!(answer.body["errors"][0]["code"], json!(code), "{}", answer.body);
    }
    assert!(tenant.contacts().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_that_breaks_off_later_says_where_and_has_written_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let rows = "Ada,Lovelace,,,\n".repeat(30_000);
    let mut latin = format!("{HEADER}{rows}").into_bytes();
    let wrong = latin.len() + 2;
    latin.extend(b"Zo\xeb,,,,\n");
    let open = format!("{HEADER}Ada,,,,\n\"Ada,,,,\n{rows}");
    let many = format!("Mail\n{}", "a@b.example\n".repeat(100_001));
    for (file, mapping, code, row, byte) in [
        (latin, mapping(), "invalid_encoding", 30_002, json!(wrong)),
        (open.into_bytes(), mapping(), "row_too_long", 3, json!(HEADER.len() + 8)),
        (many.into_bytes(), json!({ "Mail": "email" }), "too_many_rows", 100_002, Value::Null),
    ] {
        let id = upload_import(&tenant.session, &file).await?;
        start(&tenant, &id, &mapping, "skip").await?.expect(202)?;
        let import = over(&tenant, &id).await?;
        let fault = &import["fault"];
        assert_eq!((&import["status"], &fault["code"]), (&json!("failed"), &json!(code)), "{import}");
        assert_eq!((&fault["row"], &fault["byte_offset"]), (&json!(row), &byte), "{import}");
        assert_eq!(counts(&import), [0, 0, 0, 0]);
    }
    assert!(tenant.contacts().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn mappings_that_mean_nothing_are_refused_by_column() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let id = upload_import(&tenant.session, format!("{HEADER}a,b,,,\n").as_bytes()).await?;
    for (mapping, field) in [
        (json!({ "Nope": "email" }), "mapping.Nope"),
        (json!({ "Mail": "e-mail" }), "mapping.Mail"),
        (json!({ "Mail": "email", "First": "custom_fields.unheard" }), "mapping.First"),
        (json!({ "First": "last_name", "Last": "last_name" }), "mapping.Last"),
        (json!({ "Tags": "tags" }), "mapping"),
        (json!({}), "mapping"),
    ] {
        assert_names(&start(&tenant, &id, &mapping, "skip").await?, field, field);
    }
    let path = format!("/v1/imports/{id}/start");
    for body in [
        json!({}),
        json!({ "mapping": [] }),
        json!({ "mapping": { "Mail": 1 } }),
        json!({ "mapping": { "Mail": "email" }, "on_duplicate": "merge" }),
        json!({ "mapping": { "Mail": "email" }, "header": true }),
    ] {
        tenant.session.post(&path, &body).await?.expect(400)?;
    }
    for path in ["/v1/imports/imp_1", "/v1/imports/imp_01kar5a1b2c3d4e5f6g7h8j9k0"] {
        tenant.session.get(path).await?.expect(404)?;
        tenant.session.post(&format!("{path}/start"), &json!({ "mapping": {} })).await?.expect(404)?;
    }
    // None of that began it.
    start(&tenant, &id, &mapping(), "skip").await?.expect(202)?;
    assert_eq!(counts(&over(&tenant, &id).await?), [1, 0, 0, 0]);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_read_is_not_read_on() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let file = format!("{HEADER}{}", "Ada,Lovelace,,,\n".repeat(40_000));
    let announced =
        tenant.session.post("/v1/imports", &json!({ "size_bytes": file.len() })).await?.expect(201)?;
    let (id, url) = (announced.text("/id")?, announced.text("/upload_url")?);
    assert_eq!(put_file(url, file.as_bytes()).await?, 200);
    start(&tenant, id, &mapping(), "create").await?.expect(202)?;
    assert_eq!(put_file(url, file.replace("Ada", "Eve").as_bytes()).await?, 200);
    let import = over(&tenant, id).await?;
    assert_eq!(import["fault"]["code"], json!("file_changed"), "{import}");
    assert!(tenant.contacts().await?.iter().all(|contact| contact["first_name"] == json!("Ada")));
    Ok(())
}
