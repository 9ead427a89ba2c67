//! What a contact's timeline says of the contact itself.

use kernel::{
    Activity, ActivityId, Ambient, UserId,
    activity::{Body, ContactChangeKind, ContactSummary, Source},
};

use super::Contact;

/// Who changes a contact, and under which id its timeline tells of it.
pub struct By {
    pub user: UserId,
    pub entry: ActivityId,
}

impl By {
    pub fn user(user: &UserId, ambient: &dyn Ambient) -> Self {
        Self { user: user.clone(), entry: ActivityId::generate(ambient) }
    }
}

impl Contact {
    /// That `self` came of `before`.
    pub(crate) fn updated(&self, before: &Self, by: By) -> Activity {
        self.entry(ContactChangeKind::Updated, self.fields_other_than(before), by)
    }

    /// That `self` was brought back.
    pub(crate) fn restored(&self, by: By) -> Activity {
        self.entry(ContactChangeKind::Restored, Vec::new(), by)
    }

    fn entry(&self, change: ContactChangeKind, fields: Vec<String>, by: By) -> Activity {
        Activity {
            id: by.entry,
            occurred_at: self.updated_at,
            contact_id: self.id.clone(),
            user_id: by.user,
            owner_id: self.access.owner.clone(),
            source: Source::Internal,
            body: Body::Contact(ContactSummary { change, fields, version: self.version }),
            created_at: self.updated_at,
        }
    }

    /// The fields in which they differ, by the names that the API gives them.
    fn fields_other_than(&self, before: &Self) -> Vec<String> {
        let (old, new) = (&before.details, &self.details);
        let company = old.company_id != new.company_id;
        let differing = [
            ("first_name", old.first_name != new.first_name),
            ("last_name", old.last_name != new.last_name),
            ("title", old.title != new.title),
            ("company_id", company),
            ("company_name", !company && old.company_name != new.company_name),
            ("emails", old.emails != new.emails),
            ("phones", old.phones != new.phones),
            ("country", old.country != new.country),
            ("timezone", old.given_time_zone != new.given_time_zone),
            ("opt_status", old.opt_states != new.opt_states),
            ("tags", old.tags != new.tags),
            ("custom_fields", old.custom_fields != new.custom_fields),
            ("owner_id", before.access.owner != self.access.owner),
            ("visibility", before.access.visibility != self.access.visibility),
        ];
        differing.into_iter().filter(|(_, other)| *other).map(|(name, _)| name.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Caller, ContactId, Role, TeamIds, access::Visibility};
    use testkit::FixedAmbient;

    use super::*;

    #[test]
    fn a_change_names_its_fields_and_none_of_what_they_hold() {
        let ambient = FixedAmbient::seeded(1);
        #[expect(clippy::disallowed_methods, reason = "a tenant of this test")]
        let tenant = kernel::ClaimedTenant::parse("tnt_a").unwrap().vouch(kernel::Provenance::OwnRecord);
        let user = UserId::generate(&ambient);
        let creator = Caller { tenant, user: user.clone(), role: Role::Rep, teams: TeamIds::default() };
        let before =
            Contact::blank(ContactId::generate(&ambient), &creator, Visibility::Tenant, ambient.now());
        let mut next = before.clone().next_version(ambient.now());
        next.details.title = Some("Buyer".to_owned());
        next.details.tags = vec!["warm".to_owned()];
        next.access.owner = UserId::generate(&ambient);
        let entry = next.updated(&before, By::user(&user, &ambient));
        let Body::Contact(summary) = &entry.body else { panic!("no change of a contact") };
        assert_eq!(summary.fields, ["title", "tags", "owner_id"]);
        assert_eq!((&entry.user_id, &entry.owner_id), (&user, &next.access.owner));
        let shown = serde_json::to_string(&entry).unwrap();
        assert!(!shown.contains("Buyer") && !shown.contains("warm"), "{shown}");
    }
}
