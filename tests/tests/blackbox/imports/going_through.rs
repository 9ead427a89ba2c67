use blackbox::{get_file, put_file, upload_import};
use http::Method;
use serde_json::{Value, json};

use super::{PATIENCE, counts, import, mapping, over, start};
use crate::{
    eventually::{self, eventually},
    failed::Outcome,
    world::World,
};

fn numbered(count: usize) -> String {
    let row = |number: usize| {
        format!("Zoë {number},Lastly,zoe{number}@customer.example,+1415555{number:04},warm; imported\r\n")
    };
    format!("First,Last,Mail,Mobile,Tags\r\n{}", (0..count).map(row).collect::<String>())
}

#[tokio::test]
async fn a_file_becomes_contacts_and_its_importer_is_told() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut socket = tenant.session.socket().await?;
    let mut file = numbered(600);
    file.push_str(
        "Bad,Number,,12,\r\n=HYPERLINK(1),Formula,@SUM(A1);=1,,\r\nToo,Few\r\nOne,Too,Many,,,x\r\n",
    );
    let id = upload_import(&tenant.session, file.as_bytes()).await?;
    let started = start(&tenant, &id, &mapping(), "skip").await?.expect(202)?;
    assert!(["checking", "running"].contains(&started.text("/status")?), "{}", started.body);
    let progress = socket.wait_for(PATIENCE, |event| event.kind == "import.progress").await?;
    assert_eq!(progress.data["import_id"], json!(id));
    let completed = socket.wait_for(PATIENCE, |event| event.kind == "import.completed").await?;
    assert_eq!(completed.data["import_id"], json!(id));
    assert_eq!((&completed.data["created"], &completed.data["failed"]), (&json!(600), &json!(4)));
    let told = socket.wait_for(eventually::PATIENCE, |event| event.kind == "notification.created").await?;
    assert_eq!((&told.data["type"], &told.data["subject_id"]), (&json!("import_done"), &json!(id)));

    let done = over(&tenant, &id).await?;
    assert_eq!(
        (&done["status"], &done["rows_total"], counts(&done)),
        (&json!("completed"), &json!(604), [600, 0, 0, 4])
    );
    let report = get_file(done["report_url"].as_str().unwrap_or_default()).await?.expect("a report");
    let report = String::from_utf8(report)?;
    let lines: Vec<_> = report.lines().collect();
    assert_eq!(lines.len(), 5, "{report}");
    assert_eq!(lines[0], "\u{feff}row,column,value,code,message");
    assert!(lines[1].starts_with(r#""602","Mobile","12","invalid_phone","#), "{report}");
    assert!(lines[2].starts_with(r#""603","Mail","'@SUM(A1);'=1","invalid_email","#), "{report}");
    assert!(lines[3].starts_with(r#""604","","","wrong_number_of_cells","#), "{report}");
    assert!(lines[4].starts_with(r#""605","","","wrong_number_of_cells","#), "{report}");

    // In the order of the file, newest and so last first; found by the search at once.
    let contacts = tenant.contacts().await?;
    assert_eq!(contacts.len(), 200);
    assert_eq!(
        (&contacts[0]["first_name"], &contacts[1]["first_name"]),
        (&json!("Zoë 599"), &json!("Zoë 598"))
    );
    assert_eq!(contacts[0]["tags"], json!(["warm", "imported"]));
    assert_eq!(contacts[0]["owner_id"], json!(tenant.user_id));
    let found =
        tenant.session.post("/v1/contacts/search", &json!({ "q": "zoe347@customer.example" })).await?;
    assert_eq!(found.expect(200)?.body["items"][0]["contact"]["first_name"], json!("Zoë 347"));
    // Of the file nothing is left.
    let objects = aws_sdk_s3::Client::new(&world.aws.config);
    let prefix = format!("{}/", tenant.id);
    let listed =
        objects.list_objects_v2().bucket(world.output("ImportsBucketName")).prefix(&prefix).send().await?;
    let names: Vec<_> = listed.contents().iter().filter_map(|object| object.key()).collect();
    assert_eq!(names, [format!("{prefix}imports/{id}/report.csv")]);
    Ok(())
}

#[tokio::test]
async fn duplicates_go_as_asked() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let known = tenant.contact().await?;
    // Known by the address, known by the number in another form, new, and the new one again.
    let file = "First;Last;Mail;Mobile;Tags\nAugusta;King;ADA@customer.example;;vip\nA;;;415.555.0132;\nAlan;Turing;alan@customer.example;;\n\
                Mathison;;alan@customer.example;+14155550188;\n";
    let skipped = import(&tenant, file.as_bytes(), "skip").await?;
    assert_eq!(counts(&skipped), [1, 0, 3, 0]);
    assert_eq!(report_rows(&skipped, "duplicate").await?, ["2", "3", "5"]);
    let updated = import(&tenant, file.as_bytes(), "update").await?;
    assert_eq!(counts(&updated), [0, 4, 0, 0]);
    let ada = tenant.session.get(&format!("/v1/contacts/{known}")).await?.expect(200)?.body;
    assert_eq!(
        (&ada["first_name"], &ada["last_name"], &ada["tags"]),
        (&json!("A"), &json!("King"), &json!(["vip"]))
    );
    assert_eq!(ada["emails"][0]["address"], json!("ada@customer.example"));
    assert_eq!(tenant.contacts().await?.len(), 2);
    let created = import(&tenant, file.as_bytes(), "create").await?;
    assert_eq!(counts(&created), [4, 0, 0, 0]);
    assert_eq!(tenant.contacts().await?.len(), 6);
    assert!(created["report_url"].is_null() && created["fault"].is_null());
    Ok(())
}

/// The rows of which the report says this.
async fn report_rows(import: &Value, code: &str) -> Outcome<Vec<String>> {
    let report = get_file(import["report_url"].as_str().unwrap_or_default()).await?.expect("a report");
    let report = String::from_utf8(report)?;
    let wanted = format!("\"{code}\"");
    let lines = report.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let rows = lines.filter(|cells| cells.get(3) == Some(&wanted.as_str()));
    Ok(rows.map(|cells| cells[0].trim_matches('"').to_owned()).collect())
}

#[tokio::test]
async fn people_behind_one_switchboard_are_told_apart() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let file = "First,Last,Mail,Mobile,Tags\nAnn,,ann@customer.example,(415) 555-0132 x1,\n\
                Bob,,bob@customer.example,(415) 555-0132 x2,\nCy,,,+1 415 555 0132 ext. 2,\nDee,,,415.555.0132,\n";
    let done = import(&tenant, file.as_bytes(), "skip").await?;
    assert_eq!(counts(&done), [3, 0, 1, 0]);
    assert_eq!(report_rows(&done, "duplicate").await?, ["4"]);
    Ok(())
}

#[tokio::test]
async fn other_encodings_and_delimiters_are_read() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let text = "First\tLast\tMail\tMobile\tTags\r\n王\t小明\twang@customer.example\t\t\r\n\"A \"\"quoted\"\"\r\nline\"\tÅ\t\t\t\r\n";
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    };
    let files = [
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        format!("\u{feff}{text}").into_bytes(),
        text.into(),
    ];
    for file in files {
        let done = import(&tenant, &file, "create").await?;
        // A line break is no character of a name.
        assert_eq!((counts(&done), &done["rows_total"]), ([1, 0, 0, 1], &json!(2)));
    }
    let contacts = tenant.contacts().await?;
    assert!(contacts.len() == 4 && contacts.iter().all(|contact| contact["first_name"] == json!("王")));
    Ok(())
}

#[tokio::test]
async fn starting_again_does_nothing_twice() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let file = numbered(700);
    let id = upload_import(&tenant.session, file.as_bytes()).await?;
    for _ in 0..4 {
        start(&tenant, &id, &mapping(), "create").await?.expect(202)?;
    }
    // As a queue gives it out twice.
    let queue = aws_sdk_sqs::Client::new(&world.aws.config);
    let message = json!({ "tenant_id": tenant.id, "import_id": id }).to_string();
    for _ in 0..3 {
        let send = queue.send_message().queue_url(world.output("ImportQueueUrl"));
        send.message_body(&message).send().await?;
    }
    let other = start(&tenant, &id, &json!({ "Mail": "email" }), "create").await?.expect(409)?;
    assert_eq!(other.body["errors"][0]["code"], json!("already_started"));
    let done = over(&tenant, &id).await?;
    assert_eq!(counts(&done), [700, 0, 0, 0]);
    let rows = eventually("rest", async || {
        let rows = world.rows_of(&tenant.id).await?;
        Ok(Some(rows.keys().filter(|(partition, _)| partition.ends_with("#CONTACT")).count()))
    })
    .await?;
    assert_eq!(rows, 700);
    start(&tenant, &id, &mapping(), "create").await?.expect(202)?;
    assert_eq!(counts(&over(&tenant, &id).await?), [700, 0, 0, 0]);
    Ok(())
}

/// A worker that was cut off: the row says how far it had come, and the rows behind that are there already.
#[tokio::test]
async fn an_interrupted_import_goes_on_where_it_was() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let file = numbered(400);
    let id = upload_import(&tenant.session, file.as_bytes()).await?;
    start(&tenant, &id, &mapping(), "update").await?.expect(202)?;
    let partition = format!("T#{}#IMPORT", tenant.id);
    over(&tenant, &id).await?;
    // Back to where nothing had been noted: the file lies there again, the row is as after the check.
    let mut row = world.row(&partition, &id).await?.expect("the import's row");
    let number = |value: usize| aws_sdk_dynamodb::types::AttributeValue::N(value.to_string());
    let header = file.find("\r\n").expect("a header");
    for (name, value) in
        [("byte_offset", header), ("row", 1), ("created", 0), ("updated", 0), ("rows_done", 0)]
    {
        row.insert(name.to_owned(), number(value));
    }
    row.insert("status".to_owned(), aws_sdk_dynamodb::types::AttributeValue::S("running".to_owned()));
    row.remove("finished_at");
    world.put_row(row).await?;
    let objects = aws_sdk_s3::Client::new(&world.aws.config);
    let put = objects.put_object().bucket(world.output("ImportsBucketName"));
    let put = put.key(format!("{}/imports/{id}/upload", tenant.id)).body(file.into_bytes().into());
    put.send().await?;
    start(&tenant, &id, &mapping(), "update").await?.expect(202)?;
    assert_eq!(counts(&over(&tenant, &id).await?), [400, 0, 0, 0], "each row made its contact before");
    let rows = world.rows_of(&tenant.id).await?;
    assert_eq!(rows.keys().filter(|(partition, _)| partition.ends_with("#CONTACT")).count(), 400);
    Ok(())
}

#[tokio::test]
async fn announcing_twice_with_one_key_announces_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let announce = async || {
        let request = tenant.bearer(Method::POST, "/v1/imports").header("idempotency-key", "the-file");
        request.json(&json!({ "size_bytes": 4 })).send().await
    };
    let (first, second) = (announce().await?.expect(201)?, announce().await?.expect(201)?);
    assert_eq!(first.body, second.body);
    let url = first.text("/upload_url")?;
    assert_eq!(put_file(url, b"12345").await?, 403, "a longer file");
    assert_eq!(put_file(url, b"123").await?, 403, "a shorter file");
    assert_eq!(put_file(&url.replace("/upload?", "/report.csv?"), b"1234").await?, 403, "another object");
    assert_eq!(put_file(url, b"1234").await?, 200);
    assert!(get_file(url).await?.is_none(), "the address of an upload gives nothing away");
    Ok(())
}
