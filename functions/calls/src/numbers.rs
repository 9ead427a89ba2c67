//! Which numbers a call goes between, and which it must not go to.

use kernel::{Country, Failure, PhoneNumber, PhoneRecord, dialing::is_emergency};

use crate::telephony::PhoneNumbers;

/// The number to call: the one asked for, which has to be the contact's, or else the contact's first.
pub fn remote_number(phones: &[PhoneRecord], asked: Option<&str>) -> Result<PhoneNumber, Failure> {
    let Some(asked) = asked else {
        let first = phones.first().ok_or(conflict("no_phone", "the contact has no phone number"))?;
        return Ok(first.number());
    };
    if is_emergency(asked) {
        return Err(Failure::field(
            "phone",
            "emergency_number",
            "Emergency services cannot be called from here.",
        ));
    }
    let asked =
        PhoneNumber::parse(asked, None).ok_or_else(|| invalid("phone", "This is no E.164 number."))?;
    let known = phones.iter().find(|phone| phone.e164 == asked.e164());
    known.map(PhoneRecord::number).ok_or_else(|| invalid("phone", "This is no number of the contact."))
}

/// Keeps calls out of countries that the tenant has not allowed, and away from numbers that earn from being called.
pub fn refuse_undialable(remote: &PhoneNumber, allowed: &[Country]) -> Result<(), Failure> {
    if remote.is_premium() {
        return Err(conflict("premium_number", "calls to premium-rate numbers are not allowed"));
    }
    let country = remote.country().filter(|country| allowed.contains(country));
    let refused = conflict("country_not_allowed", "the tenant does not allow calls to this number's country");
    country.map(drop).ok_or(refused)
}

/// The number that the contact sees: the one asked for, which has to be the tenant's, or else the one that fits it best.
pub fn local_number(
    own: &PhoneNumbers,
    remote: &PhoneNumber,
    asked: Option<&str>,
) -> Result<String, Failure> {
    let known = match asked {
        Some(asked) => own.find(asked),
        None => own.caller_id_for(remote.e164()),
    };
    match (known, asked) {
        (Some(own), _) => Ok(own.number.clone()),
        (None, Some(_)) => Err(invalid("from", "This is no number of the tenant.")),
        (None, None) => Err(conflict("no_caller_id", "the tenant has no phone number")),
    }
}

fn invalid(field: &str, message: &str) -> Failure {
    Failure::field(field, "invalid_phone", message)
}

pub(crate) fn conflict(code: &'static str, detail: &'static str) -> Failure {
    Failure::Conflict { code, detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telephony::OwnNumber;

    fn phones() -> Vec<PhoneRecord> {
        ["+14155550132", "+14155550133"]
            .map(|e164| PhoneRecord {
                e164: e164.to_owned(),
                raw: e164.to_owned(),
                kind: "work".to_owned(),
                extension: None,
                status: None,
                sms_blocked: false,
            })
            .into()
    }

    fn own(numbers: &[&str]) -> PhoneNumbers {
        PhoneNumbers(numbers.iter().map(|number| OwnNumber::plain(*number)).collect())
    }

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, None).unwrap()
    }

    #[test]
    fn only_the_contacts_own_numbers_are_called() {
        let chosen = |asked| remote_number(&phones(), asked).map(|number| number.e164().to_owned());
        assert_eq!(chosen(None).unwrap(), "+14155550132");
        assert_eq!(chosen(Some("+1 (415) 555-0133")).unwrap(), "+14155550133");
        assert!(matches!(chosen(Some("+14155550134")), Err(Failure::Invalid(_))));
        assert!(matches!(chosen(Some("nonsense")), Err(Failure::Invalid(_))));
        assert!(matches!(remote_number(&[], None), Err(Failure::Conflict { code: "no_phone", .. })));
    }

    #[test]
    fn an_emergency_is_told_from_a_slip() {
        for text in ["911", "+1 911", "112"] {
            let Err(Failure::Invalid(errors)) = remote_number(&phones(), Some(text)) else {
                panic!("{text} was taken")
            };
            assert_eq!(errors[0].code, "emergency_number", "{text}");
        }
    }

    #[test]
    fn calls_stay_in_the_countries_allowed_and_away_from_premium_rates() {
        let allowed = [Country::parse("US").unwrap()];
        refuse_undialable(&number("+14155550132"), &allowed).unwrap();
        for (text, reason) in [
            ("+16135550132", "country_not_allowed"),
            ("+4930901820", "country_not_allowed"),
            ("+19002345678", "premium_number"),
        ] {
            let refused = refuse_undialable(&number(text), &allowed);
            assert!(matches!(refused, Err(Failure::Conflict { code, .. }) if code == reason), "{text}");
        }
    }

    #[test]
    fn only_the_tenants_own_numbers_are_shown() {
        let (own, remote) = (own(&["+14155550100", "+14155550101"]), number("+14155550132"));
        assert_eq!(local_number(&own, &remote, None).unwrap(), "+14155550100");
        assert_eq!(local_number(&own, &remote, Some("+14155550101")).unwrap(), "+14155550101");
        assert!(matches!(local_number(&own, &remote, Some("+14155550132")), Err(Failure::Invalid(_))));
    }

    #[test]
    fn a_tenant_without_numbers_cannot_call() {
        let refused = local_number(&own(&[]), &number("+14155550132"), None);
        assert!(matches!(refused, Err(Failure::Conflict { code: "no_caller_id", .. })));
    }
}
