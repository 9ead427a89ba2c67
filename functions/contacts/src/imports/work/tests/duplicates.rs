//! Rows about whom there is already.

use testkit::Answer;

use super::*;

#[tokio::test]
async fn duplicates_are_skipped_updated_or_created_as_asked() {
    let first = format!("{HEADER}Ada,Lovelace,ada@gamma.example,+14155550132,x\n");
    // By the address, by the number, within the file, and of nobody.
    let second = format!(
        "{HEADER}Augusta,,ADA@gamma.example,+14155550199,y\nKing,,,(415) 555-0132,\nAlan,,alan@gamma.example,,\n\
         Mathison,Turing,alan@gamma.example,+14155550177,z\nNobody,,,,\n"
    );
    let scene = Scene::open().await;
    scene.imported(&first, "skip").await;
    assert_eq!(scene.imported(&second, "skip").await.counts, counts(2, 0, 3, 0));
    assert_eq!(scene.names().await, ["Ada", "Alan", "Nobody"]);

    let scene = Scene::open().await;
    scene.imported(&first, "skip").await;
    assert_eq!(scene.imported(&second, "update").await.counts, counts(2, 3, 0, 0));
    let contacts = scene.contacts().await;
    let names: Vec<_> = contacts
        .iter()
        .map(|contact| (contact.details.first_name.as_deref(), contact.details.last_name.as_deref()))
        .collect();
    let expected =
        [(Some("King"), Some("Lovelace")), (Some("Mathison"), Some("Turing")), (Some("Nobody"), None)];
    assert_eq!(names, expected);
    let ada = &contacts[0].details;
    let numbers: Vec<_> = ada.phones.iter().map(|phone| phone.number.e164()).collect();
    assert_eq!((ada.emails.len(), numbers), (1, vec!["+14155550132", "+14155550199"]));
    assert_eq!(ada.tags, ["x", "y"]);

    let scene = Scene::open().await;
    scene.imported(&first, "skip").await;
    assert_eq!(scene.imported(&second, "create").await.counts, counts(5, 0, 0, 0));
    assert_eq!(scene.contacts().await.len(), 6);
}

#[tokio::test]
async fn a_row_about_two_contacts_changes_neither() {
    let scene = Scene::open().await;
    let first = format!("{HEADER}Ada,,ada@gamma.example,,\nAlan,,,+14155550132,\n");
    scene.imported(&first, "create").await;
    let import = scene.imported(&format!("{HEADER}Both,,ada@gamma.example,+14155550132,\n"), "update").await;
    assert_eq!(import.counts, counts(0, 0, 0, 1));
    assert_eq!(scene.report(&import)[0][3], "several_duplicates");
    assert_eq!(scene.names().await, ["Ada", "Alan"]);
}

#[tokio::test]
async fn a_duplicate_that_is_left_out_is_in_the_report() {
    let scene = Scene::open().await;
    let rows = "Again,,ada@gamma.example,,\n".repeat(300);
    let file = format!("{HEADER}Ada,,ada@gamma.example,,\n{rows},,,,\n");
    let import = scene.imported(&file, "skip").await;
    assert_eq!(import.counts, counts(1, 0, 301, 0));
    let report = scene.report(&import);
    let lines: Vec<_> = report.iter().map(|line| line[..4].join("|")).collect();
    let expected: Vec<_> = (3..303).map(|row| format!("{row}|||duplicate")).collect();
    assert_eq!(lines, expected, "and nothing of a row in which nothing stands");
    assert_eq!(import.report_parts, 2, "a part for each batch");
    let import = scene.imported(&file, "update").await;
    assert_eq!((import.counts, import.report_parts), (counts(0, 301, 1, 0), 0));
}

#[tokio::test]
async fn behind_one_number_are_as_many_people_as_it_has_extensions() {
    let file = format!(
        "{HEADER}Ann,,ann@gamma.example,(415) 555-0132 x1,\nBob,,bob@gamma.example,(415) 555-0132 x2,\nCy,,,+14155550132 ext. 1,\n\
         Dee,,,415.555.0132,\nEve,,eve@gamma.example,+14155550132,\nFay,,bob@gamma.example,+14155550132 x9,\n"
    );
    let scene = Scene::open().await;
    let import = scene.imported(&file, "skip").await;
    assert_eq!(import.counts, counts(3, 0, 3, 0));
    assert_eq!(scene.names().await, ["Ann", "Bob", "Dee"]);
    let rows: Vec<_> = scene.report(&import).into_iter().map(|line| line[0].clone()).collect();
    assert_eq!(rows, ["4", "6", "7"]);

    let scene = Scene::open().await;
    assert_eq!(scene.imported(&file, "update").await.counts, counts(3, 3, 0, 0));
    assert_eq!(scene.names().await, ["Cy", "Fay", "Eve"]);
}

/// They are found by different addresses, so nothing but the contact itself tells that they belong together.
#[tokio::test]
async fn rows_about_one_contact_are_written_in_their_order() {
    let scene = Scene::open().await;
    let mapping = r#"{"First": "first_name", "A": "email", "B": "email", "C": "email", "D": "email", "E": "email", "Tags": "tags"}"#;
    let known = "First,A,B,C,D,E,Tags\nAda,a@x.example,b@x.example,c@x.example,d@x.example,e@x.example,0\n";
    let import = scene.started(known.as_bytes(), mapping, "skip").await.unwrap();
    scene.work().go_on(import, scene.long_after()).await.unwrap();
    let rows = ["a", "b", "c", "d", "e"].map(|name| format!("{name},,{name}@x.example,,{name}\n"));
    // Whoever comes first is held up, so that all others would be ahead of it.
    let file = format!("{HEADER}{}", rows.concat());
    let import = scene.started(file.as_bytes(), MAPPING, "update").await.unwrap();
    let checked = scene.work().check(import).await.unwrap();
    let traffic = scene.installation.table.traffic();
    traffic.answer_next(Answer::canceled_transaction(&["ConditionalCheckFailed"]));
    let (import, _) = scene.work().go_on(checked, scene.long_after()).await.unwrap();
    assert_eq!(import.counts, counts(0, 5, 0, 0));
    let contacts = scene.contacts().await;
    assert_eq!(contacts[0].details.tags, ["0", "a", "b", "c", "d", "e"]);
    assert_eq!(contacts[0].details.first_name.as_deref(), Some("e"));
    assert_eq!((contacts.len(), contacts[0].version), (1, 6));
}
