use kernel::{ClaimedTenant, Failure, OptChoice, OptState, Provenance, Role, UserId};
use table::ContactDefaults;

use super::{custom_fields::Definition, *};

fn at(seconds: i64) -> UtcTime {
    UtcTime::from_millisecond(seconds * 1000).unwrap()
}

fn surroundings() -> Surroundings {
    let field = |key: &str, kind: &str, options: &[&str]| -> Definition {
        let json = serde_json::json!({ "key": key, "label": key, "type": kind, "options": options });
        serde_json::from_value(json).unwrap()
    };
    let fields = vec![
        field("region", "text", &[]),
        field("seats", "number", &[]),
        field("trial", "boolean", &[]),
        field("renewal", "date", &[]),
        field("tier", "select", &["gold", "silver"]),
        field("site", "url", &[]),
    ];
    Surroundings {
        defaults: ContactDefaults { country: "US".to_owned(), visibility: Visibility::Tenant },
        custom_fields: CustomFields { fields, version: 1, updated_at: None },
    }
}

fn blank() -> Contact {
    #[expect(clippy::disallowed_methods, reason = "a test may name its tenant")]
    let tenant = ClaimedTenant::parse("tnt_a").unwrap().vouch(Provenance::Operator);
    let user = UserId::parse("usr_01kar1b2c3d4e5f6g7h8j9k0mn").unwrap();
    let id = ContactId::parse("con_01kar4t5v3c8m2x9p7w6r4n1hz").unwrap();
    Contact::blank(
        id,
        &Caller { tenant, user, role: Role::Rep, teams: kernel::TeamIds::default() },
        Visibility::Tenant,
        at(1),
    )
}

fn changed(before: &Contact, body: &str) -> Result<Contact, Failure> {
    let change: ContactChange = serde_json::from_str(body).unwrap();
    change.apply(before, &surroundings(), at(2))
}

fn faults(body: &str) -> Vec<(String, &'static str)> {
    match changed(&blank(), body) {
        Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| (error.field, error.code)).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let body = r#"{
        "first_name": "A\u0007da",
        "company_id": "con_1",
        "owner_id": "somebody",
        "visibility": null,
        "country": "uk",
        "timezone": "Mars/Olympus",
        "emails": [{"address": "ada@example.com", "type": "work", "unsubscribed_at": "yesterday"}, {"address": "nonsense", "type": "work"}],
        "phones": [{"number": "4155550132", "type": "mobile"}, {"number": "+14155550133", "type": "work", "extension": "x"}, {"number": "123", "type": "work"}],
        "tags": ["", "lead"],
        "custom_fields": {"seats": "many", "unheard": 1}
    }"#;
    let mut found = faults(body);
    found.sort();
    let mut expected = [
        ("first_name", "control_character"),
        ("company_id", "unknown_company"),
        ("owner_id", "unknown_user"),
        ("visibility", "required"),
        ("country", "unknown_country"),
        ("timezone", "unknown_timezone"),
        ("emails[0].unsubscribed_at", "invalid_time"),
        ("emails[1].address", "invalid_email"),
        ("phones[1].extension", "invalid_extension"),
        ("phones[2].number", "invalid_phone"),
        ("tags[0]", "invalid_tag"),
        ("custom_fields.seats", "wrong_type"),
        ("custom_fields.unheard", "unknown_custom_field"),
    ]
    .map(|(field, code)| (field.to_owned(), code));
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_contact_needs_something_to_know_it_by() {
    assert_eq!(
        faults(r#"{"first_name": "  ", "title": "Head of Sales"}"#),
        [(String::new(), "empty_contact")]
    );
    assert_eq!(faults(r#"{"last_name": "Lovelace"}"#), []);
    assert_eq!(faults(r#"{"phones": [{"number": "(415) 555-0132", "type": "mobile"}]}"#), []);
    let named = changed(&blank(), r#"{"last_name": "Lovelace"}"#).unwrap();
    assert!(matches!(changed(&named, r#"{"last_name": null}"#), Err(Failure::Invalid(_))));
}

#[test]
fn the_same_address_or_number_twice_is_a_mistake_and_lists_have_an_end() {
    let body = r#"{"emails": [{"address": "Ada@example.com", "type": "work"}, {"address": "ada@EXAMPLE.com", "type": "other"}]}"#;
    assert_eq!(faults(body), [("emails".to_owned(), "repeated")]);
    let body = r#"{"phones": [{"number": "+14155550132", "type": "work"}, {"number": "(415) 555-0132", "type": "home"}]}"#;
    assert_eq!(faults(body), [("phones".to_owned(), "repeated")]);
    let many: Vec<_> =
        (0..11).map(|n| format!(r#"{{"address": "a{n}@example.com", "type": "work"}}"#)).collect();
    let body = format!(r#"{{"emails": [{}]}}"#, many.join(","));
    assert_eq!(faults(&body), [("emails".to_owned(), "too_many")]);
}

#[test]
fn what_is_left_out_stays_and_null_takes_away() {
    let body = r#"{"first_name": "Ada", "title": "Countess", "tags": ["a", "b", "a"],
        "custom_fields": {"seats": 3, "tier": "gold", "trial": true, "renewal": "2026-02-28", "site": "https://a.example"},
        "opt_status": {"sms": {"status": "opted_out"}}}"#;
    let before = changed(&blank(), body).unwrap();
    assert_eq!(before.details.tags, ["a", "b"]);
    assert_eq!(
        before.details.opt_states.sms,
        OptState { status: OptChoice::OptedOut, changed_at: Some(at(2)) }
    );
    let next = changed(
        &before,
        r#"{"title": null, "tags": null, "custom_fields": {"tier": null, "region": "north"}}"#,
    )
    .unwrap();
    assert_eq!((next.details.first_name.as_deref(), next.details.title), (Some("Ada"), None));
    assert!(next.details.tags.is_empty());
    let keys: Vec<_> = next.details.custom_fields.keys().map(String::as_str).collect();
    assert_eq!(keys, ["region", "renewal", "seats", "site", "trial"]);
    assert_eq!(next.details.opt_states, before.details.opt_states);
    assert!(changed(&before, "{}").unwrap() == before);
}

#[test]
fn the_time_of_a_choice_is_that_of_the_last_change() {
    let out =
        changed(&blank(), r#"{"last_name": "L", "opt_status": {"call": {"status": "opted_out"}}}"#).unwrap();
    let again: ContactChange =
        serde_json::from_str(r#"{"opt_status": {"call": {"status": "opted_out"}}}"#).unwrap();
    assert!(again.apply(&out, &surroundings(), at(9)).unwrap() == out);
    let back: ContactChange = serde_json::from_str(r#"{"opt_status": {"call": null}}"#).unwrap();
    let back = back.apply(&out, &surroundings(), at(9)).unwrap();
    assert_eq!(
        back.details.opt_states.call,
        OptState { status: OptChoice::Unknown, changed_at: Some(at(9)) }
    );
}

#[test]
fn taking_all_choices_away_leaves_when_they_were_taken_away() {
    let out =
        changed(&blank(), r#"{"last_name": "L", "opt_status": {"sms": {"status": "opted_out"}}}"#).unwrap();
    let back: ContactChange = serde_json::from_str(r#"{"opt_status": null}"#).unwrap();
    let states = back.apply(&out, &surroundings(), at(9)).unwrap().details.opt_states;
    assert_eq!(states.sms, OptState { status: OptChoice::Unknown, changed_at: Some(at(9)) });
    assert_eq!(states.call, OptState::default(), "nobody has ever chosen");
}

#[test]
fn what_is_known_of_an_extension_stays_with_it() {
    let body = r#"{"phones": [
        {"number": "+14155550132", "extension": "1", "type": "work", "status": "invalid"},
        {"number": "+14155550132", "extension": "2", "type": "work", "status": "valid"}]}"#;
    let before = changed(&blank(), body).unwrap();
    let body = r#"{"phones": [
        {"number": "(415) 555-0132 x2", "type": "home"},
        {"number": "(415) 555-0132", "extension": "1", "type": "home"},
        {"number": "(415) 555-0132", "extension": "3", "type": "home"}]}"#;
    let phones = changed(&before, body).unwrap().details.phones;
    let known: Vec<_> =
        phones.iter().map(|phone| (phone.extension.as_deref().unwrap(), phone.status)).collect();
    assert_eq!(known, [("2", PhoneStatus::Valid), ("1", PhoneStatus::Invalid), ("3", PhoneStatus::Unknown)]);
}

#[test]
fn another_source_does_not_rename_the_company_that_has_a_record() {
    let given =
        r#"{"last_name": "L", "company_id": "cmp_01kar4t5v3c8m2x9p7w6r4n1hz", "company_name": "Acme Inc"}"#;
    let known = changed(&blank(), given).unwrap();
    let other = changed(&blank(), r#"{"last_name": "L", "company_name": "Acme", "title": "Buyer"}"#).unwrap();
    let next = known.enriched(&other.details, &surroundings()).unwrap().details;
    assert_eq!((next.company_name.as_deref(), next.title.as_deref()), (Some("Acme Inc"), Some("Buyer")));
    let unlinked = changed(&blank(), r#"{"last_name": "L", "company_name": "Before"}"#).unwrap();
    let next = unlinked.enriched(&other.details, &surroundings()).unwrap().details;
    assert_eq!(next.company_name.as_deref(), Some("Acme"));
}

#[test]
fn what_comes_on_top_has_its_limits_too() {
    let addresses = |from: usize, to: usize| {
        let one = |n| format!(r#"{{"address": "a{n}@example.com", "type": "work"}}"#);
        format!(r#"{{"emails": [{}]}}"#, (from..to).map(one).collect::<Vec<_>>().join(","))
    };
    let known = changed(&blank(), &addresses(0, 10)).unwrap();
    let same = changed(&blank(), &addresses(5, 10)).unwrap();
    assert_eq!(known.enriched(&same.details, &surroundings()).unwrap().details.emails.len(), 10);
    let other = changed(&blank(), &addresses(10, 11)).unwrap();
    let Err(Failure::Invalid(errors)) = known.enriched(&other.details, &surroundings()) else {
        panic!("eleven addresses were taken")
    };
    assert_eq!((errors[0].field.as_str(), errors[0].code), ("emails", "too_many"));
}

#[test]
fn what_is_known_of_a_number_or_an_address_outlives_a_new_list() {
    let body = r#"{"phones": [{"number": "(415) 555-0132", "type": "work", "status": "valid", "sms_blocked": true}],
        "emails": [{"address": "ada@example.com", "type": "work", "status": "bounced", "unsubscribed_at": "2026-01-01T00:00:00Z"}]}"#;
    let before = changed(&blank(), body).unwrap();
    let body = r#"{"phones": [{"number": "+14155550132", "type": "home"}, {"number": "+14155550133", "type": "home"}],
        "emails": [{"address": "ADA@example.com", "type": "work", "unsubscribed_at": null}]}"#;
    let next = changed(&before, body).unwrap();
    let phones: Vec<_> = next.details.phones.iter().map(|phone| (phone.status, phone.sms_blocked)).collect();
    assert_eq!(phones, [(PhoneStatus::Valid, true), (PhoneStatus::Unknown, false)]);
    let email = &next.details.emails[0];
    assert_eq!((email.status, email.unsubscribed_at), (EmailStatus::Bounced, None));
}

#[test]
fn the_contacts_country_goes_before_the_tenants() {
    let body = r#"{"country": "BR", "phones": [{"number": "(11) 8765-4321", "type": "mobile"}]}"#;
    let contact = changed(&blank(), body).unwrap();
    assert_eq!(contact.details.phones[0].number.e164(), "+5511987654321");
    assert_eq!(contact.details.phones[0].number.raw(), "(11) 8765-4321");
}

#[test]
fn the_time_zone_is_given_or_follows_from_a_number_or_the_country() {
    let zone = |body: &str| {
        let zone = changed(&blank(), body).unwrap().details.time_zone();
        zone.map(|(zone, source)| (zone.as_str().to_owned(), source))
    };
    let phone = r#""phones": [{"number": "+18005550132", "type": "work"}, {"number": "+14155550132", "type": "work"}]"#;
    assert_eq!(zone(r#"{"last_name": "L"}"#), None);
    assert_eq!(
        zone(&format!(r#"{{"country": "FR", {phone}}}"#)),
        Some(("America/Los_Angeles".to_owned(), TimeZoneSource::Phone))
    );
    assert_eq!(
        zone(r#"{"last_name": "L", "country": "FR"}"#),
        Some(("Europe/Paris".to_owned(), TimeZoneSource::Country))
    );
    assert_eq!(
        zone(&format!(r#"{{"timezone": "Asia/Tokyo", {phone}}}"#)),
        Some(("Asia/Tokyo".to_owned(), TimeZoneSource::Given))
    );
}

#[test]
fn a_value_has_to_be_of_its_fields_type() {
    for (field, value, code) in [
        ("region", "1", "wrong_type"),
        ("region", r#""a\u0000b""#, "invalid_text"),
        ("seats", r#""3""#, "wrong_type"),
        ("seats", "[1]", "wrong_type"),
        ("trial", r#""true""#, "wrong_type"),
        ("renewal", r#""31.01.2026""#, "invalid_date"),
        ("renewal", r#""2026-02-30""#, "invalid_date"),
        ("renewal", "20260130", "wrong_type"),
        ("tier", r#""bronze""#, "unknown_option"),
        ("site", r#""javascript:alert(1)""#, "invalid_url"),
        ("site", r#""https://a b""#, "invalid_url"),
        ("unheard", "1", "unknown_custom_field"),
    ] {
        let body = format!(r#"{{"last_name": "L", "custom_fields": {{"{field}": {value}}}}}"#);
        assert_eq!(faults(&body), [(format!("custom_fields.{field}"), code)], "{value}");
    }
    let long = "x".repeat(500);
    let body = format!(r#"{{"last_name": "L", "custom_fields": {{"region": "{long}"}}}}"#);
    assert_eq!(faults(&body), []);
}
