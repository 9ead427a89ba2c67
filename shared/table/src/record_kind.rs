//! What a row is and whose, read off its partition key.

/// What a row is, as its partition key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    Tenant,
    WrappedKey,
    Telephony,
    User,
    Team,
    Roster,
    Contact,
    DeletedContact,
    Touch,
    EmailIndex,
    PhoneIndex,
    Company,
    DomainIndex,
    RenamedCompany,
    CustomFields,
    Import,
    Replay,
    Uses,
    Call,
    OpenCall,
    CallOfUser,
    CallLeg,
    RecordingAccess,
    Timeline,
    Ticket,
    Socket,
    Search,
    SearchLog,
    Events,
    Watch,
    Lane,
    Note,
    Notification,
    Task,
    Reminder,
}

impl RecordKind {
    const ALL: [(Self, &'static str); 35] = [
        (Self::Tenant, "TENANT"),
        (Self::WrappedKey, "KEY"),
        (Self::Telephony, "TELEPHONY"),
        (Self::User, "USER"),
        (Self::Team, "TEAM"),
        (Self::Roster, "ROSTER"),
        (Self::Contact, "CONTACT"),
        (Self::DeletedContact, "DELETED"),
        (Self::Touch, "TOUCH"),
        (Self::EmailIndex, "EMAIL"),
        (Self::PhoneIndex, "PHONE"),
        (Self::Company, "COMPANY"),
        (Self::DomainIndex, "DOMAIN"),
        (Self::RenamedCompany, "RENAMED"),
        (Self::CustomFields, "FIELDS"),
        (Self::Import, "IMPORT"),
        (Self::Replay, "REPLAY"),
        (Self::Uses, "USES"),
        (Self::Call, "CALL"),
        (Self::OpenCall, "OPENCALL"),
        (Self::CallOfUser, "USERCALL"),
        (Self::CallLeg, "CALLLEG"),
        (Self::RecordingAccess, "RECORDINGACCESS"),
        (Self::Timeline, "TIMELINE"),
        (Self::Ticket, "TICKET"),
        (Self::Socket, "SOCKET"),
        (Self::Search, "SEARCH"),
        (Self::SearchLog, "SEARCHLOG"),
        (Self::Events, "EVENTS"),
        (Self::Watch, "WATCH"),
        (Self::Lane, "LANE"),
        (Self::Note, "NOTE"),
        (Self::Notification, "NOTIFICATION"),
        (Self::Task, "TASK"),
        (Self::Reminder, "REMINDER"),
    ];

    pub(crate) fn label(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, label)| label)
    }
}

/// A partition key taken apart: whose it is and what it holds. `None` for rows outside tenants.
#[must_use]
pub fn tenant_of_partition(partition: &str) -> Option<KeyOfTenant<'_>> {
    let mut parts = partition.strip_prefix("T#")?.splitn(3, '#');
    let (tenant, label, rest) = (parts.next()?, parts.next()?, parts.next());
    let (kind, _) = RecordKind::ALL.into_iter().find(|(_, known)| *known == label)?;
    Some(KeyOfTenant { tenant, kind, rest })
}

/// The parts of a tenant's partition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyOfTenant<'a> {
    pub tenant: &'a str,
    pub kind: RecordKind,
    /// What follows the kind, e.g. the contact of a timeline.
    pub rest: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use kernel::ContactId;

    use super::*;
    use crate::key::Keys;

    #[test]
    fn a_partition_key_comes_apart_into_what_made_it() {
        let contact = ContactId::parse("con_01jd0000000000000000000000").unwrap();
        let partition = Keys::of("tnt_a").timeline(&contact);
        let parts = tenant_of_partition(&partition).unwrap();
        assert_eq!(
            (parts.tenant, parts.kind, parts.rest),
            ("tnt_a", RecordKind::Timeline, Some(contact.as_str()))
        );
        for other in ["SUB#1", "T#tnt_a", "T#tnt_a#NONSENSE", ""] {
            assert_eq!(tenant_of_partition(other), None, "{other}");
        }
    }

    #[test]
    fn every_kind_has_a_label_of_its_own() {
        for (index, (kind, label)) in RecordKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.label(), label);
            assert!(RecordKind::ALL[index + 1..].iter().all(|(_, other)| *other != label), "{label}");
        }
    }
}
