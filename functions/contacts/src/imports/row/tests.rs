use kernel::{Role, TeamIds};
use table::ContactDefaults;
use testkit::tenant;

use super::*;
use crate::{contact::CustomFields, imports::plan::headers_of};

const HEADERS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

fn read(mapping: &str, cells: &[&str]) -> Result<Option<Contact>, Vec<String>> {
    let fields = r#"[{"key": "seats", "label": "Seats", "type": "number"}, {"key": "trial", "label": "Trial", "type": "boolean"},
        {"key": "since", "label": "Since", "type": "date"}]"#;
    let custom_fields =
        CustomFields { fields: serde_json::from_str(fields).unwrap(), version: 1, updated_at: None };
    let headers = headers_of(HEADERS.map(str::to_owned).to_vec()).unwrap();
    let plan = Plan::parse(&serde_json::from_str(mapping).unwrap(), &headers, &custom_fields).unwrap();
    let caller = Caller {
        tenant: tenant("tnt_a"),
        user: UserId::parse("usr_01kar1b2c3d4e5f6g7h8j9k0mn").unwrap(),
        role: Role::Rep,
        teams: TeamIds::default(),
    };
    let surroundings = Surroundings {
        defaults: ContactDefaults { country: "DE".to_owned(), visibility: Visibility::Tenant },
        custom_fields,
    };
    let context =
        RowContext { plan: &plan, surroundings: &surroundings, owners: &Owners::default(), caller: &caller };
    let row = Row { number: 9, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
    let id = ContactId::parse("con_01kar4t5v3c8m2x9p7w6r4n1hz").unwrap();
    match context.read(&row, id, UtcTime::from_millisecond(1000).unwrap()) {
        Read::Contact(incoming) => Ok(Some(incoming.contact)),
        Read::Nothing => Ok(None),
        Read::Faulty(faults) => {
            Err(faults.into_iter().map(|fault| format!("{}:{}", fault.column, fault.code)).collect())
        }
    }
}

#[test]
fn cells_become_what_their_columns_hold() {
    let mapping = r#"{"A": "email", "B": "email.personal", "C": "phone", "D": "phone.mobile", "E": "country", "F": "tags"}"#;
    let contact = read(mapping, &["a@x.example", "A@X.example", "030 901820", " ", "de", "a;b, c ,,"]);
    let details = contact.unwrap().unwrap().details;
    assert_eq!(details.emails.len(), 1, "one address in two columns is one");
    assert_eq!(details.phones[0].number.e164(), "+4930901820");
    assert_eq!((details.country.as_deref(), details.tags.join("|").as_str()), (Some("DE"), "a|b|c"));
}

#[test]
fn one_number_in_two_columns_is_one() {
    let mapping = r#"{"A": "phone", "B": "phone.mobile", "C": "phone.home", "D": "phone.other", "E": "country", "F": "last_name"}"#;
    let numbers = |cells: [&str; 6]| {
        let details = read(mapping, &cells).unwrap().unwrap().details;
        let phones = details.phones.into_iter();
        phones
            .map(|phone| {
                let extension = phone.extension.unwrap_or_default();
                format!("{}x{extension} {}", phone.number.e164(), phone.kind.as_str())
            })
            .collect::<Vec<_>>()
    };
    // Read as the row's country has it, whose column stands behind; the first stays.
    let cells = ["(415) 555-0132", "+14155550132", "415.555.0132 x7", "+1 415 555 0132 ext. 7", "us", "L"];
    assert_eq!(numbers(cells), ["+14155550132x work", "+14155550132x7 home"]);
    // And as the tenant's, where the row names none.
    let cells = ["030 901820", "+49 30 901821", "+4930901820", "", "", "L"];
    assert_eq!(numbers(cells), ["+4930901820x work", "+4930901821x mobile"]);
    // What is no number is wrong as often as it is written.
    let faults = read(mapping, &["12", "12", "", "", "", "L"]).err().unwrap();
    assert_eq!(faults, ["A:invalid_phone", "B:invalid_phone"]);
}

#[test]
fn custom_fields_are_read_by_their_types() {
    let mapping = r#"{"A": "last_name", "B": "custom_fields.seats", "C": "custom_fields.trial", "D": "custom_fields.since"}"#;
    let contact = read(mapping, &["L", "12.5", "Yes", "2026-02-28", "", ""]).unwrap().unwrap();
    let values = serde_json::to_value(&contact.details.custom_fields).unwrap();
    assert_eq!(values, json!({ "seats": 12.5, "trial": true, "since": "2026-02-28" }));
    let faults = read(mapping, &["L", "many", "perhaps", "2026-02-30", "", ""]).err().unwrap();
    assert_eq!(faults, ["B:wrong_type", "D:invalid_date", "C:wrong_type"]);
}

#[test]
fn what_is_wrong_is_said_of_the_column_it_came_from() {
    let mapping = r#"{"A": "email", "B": "email.other", "C": "phone", "D": "owner_email", "E": "timezone", "F": "tags"}"#;
    let long = "x".repeat(51);
    let faults = read(mapping, &["a@x.example", "b@", "12", "who@x.example", "Mars/Olympus", &long]);
    let mut faults = faults.err().unwrap();
    faults.sort();
    let expected =
        ["B:invalid_email", "C:invalid_phone", "D:unknown_user", "E:unknown_timezone", "F:invalid_tag"];
    assert_eq!(faults, expected);
    assert_eq!(read(mapping, &["", "", "", "", "Europe/Berlin", ""]).err().unwrap(), [":empty_contact"]);
    assert_eq!(read(mapping, &["a@x.example", "", ""]).err().unwrap(), [":wrong_number_of_cells"]);
    assert!(read(mapping, &["", " ", ""]).unwrap().is_none() && read(mapping, &[""; 6]).unwrap().is_none());
    let control = read(mapping, &["a@x.example", "", "", "", "", "a\u{7}b"]).err().unwrap();
    assert_eq!(control, ["F:invalid_tag"]);
}
