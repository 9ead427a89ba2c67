//! Rows about whom there is already.

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
