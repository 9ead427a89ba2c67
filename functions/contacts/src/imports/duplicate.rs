//! Who is whose duplicate.

use kernel::PhoneNumber;

use crate::contact::{ContactDetails, Phone};

/// Whether both have an e-mail address in common, or a number with the same extension, or both without one: behind the number of a
/// switchboard are many people.
pub fn is_duplicate(one: &ContactDetails, other: &ContactDetails) -> bool {
    let same_address = one.emails.iter().any(|own| {
        let canonical = own.address.canonical();
        other.emails.iter().any(|email| email.address.canonical() == canonical)
    });
    same_address || one.phones.iter().any(|own| other.phones.iter().any(|phone| is_same(own, phone)))
}

fn is_same(one: &Phone, other: &Phone) -> bool {
    let canonical = |phone: &Phone| PhoneNumber::canonical(phone.number.e164());
    one.extension == other.extension && canonical(one) == canonical(other)
}
