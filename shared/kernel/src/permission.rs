//! Who may do what: one table of role and action. Every route for signed-in users names its action, the edge asks this
//! table before the route runs, and docs/PERMISSIONS.md is printed from it.

use crate::caller::Role;

/// What a route does, as far as permission is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ReadContacts,
    WriteContacts,
    PlaceCalls,
    ReadCalls,
    DeleteRecordings,
    ReadTimelines,
    WriteNotes,
    ReadTasks,
    WriteTasks,
    ReadPhoneNumbers,
    OpenSockets,
    ReadNotifications,
    KeepOwnAccount,
    ReadUsers,
    ManageUsers,
    ReadTeams,
    ManageTeams,
    ReadTenantSettings,
    ManageTenantSettings,
    ManagePlatform,
}

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// What is the user's own, and nothing that others share.
    Personal,
    /// The user's own records, and those shared with the user.
    Own,
    /// Those of the user's teams as well.
    Team,
    /// Everything of the tenant.
    Tenant,
    /// All tenants as such, and none of their data.
    Platform,
}

impl Action {
    pub const ALL: [Self; 20] = [
        Self::ReadContacts,
        Self::WriteContacts,
        Self::PlaceCalls,
        Self::ReadCalls,
        Self::DeleteRecordings,
        Self::ReadTimelines,
        Self::WriteNotes,
        Self::ReadTasks,
        Self::WriteTasks,
        Self::ReadPhoneNumbers,
        Self::OpenSockets,
        Self::ReadNotifications,
        Self::KeepOwnAccount,
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ReadTeams,
        Self::ManageTeams,
        Self::ReadTenantSettings,
        Self::ManageTenantSettings,
        Self::ManagePlatform,
    ];

    /// The action's name in the docs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadContacts => "read contacts",
            Self::WriteContacts => "create and change contacts",
            Self::PlaceCalls => "place calls",
            Self::ReadCalls => "read calls",
            Self::DeleteRecordings => "delete recordings and voicemails",
            Self::ReadTimelines => "read timelines",
            Self::WriteNotes => "write notes",
            Self::ReadTasks => "read tasks",
            Self::WriteTasks => "set and change tasks",
            Self::ReadPhoneNumbers => "read the tenant's phone numbers",
            Self::OpenSockets => "receive live events",
            Self::ReadNotifications => "read one's notifications",
            Self::KeepOwnAccount => "keep one's own account",
            Self::ReadUsers => "read users",
            Self::ManageUsers => "invite, change and deactivate users",
            Self::ReadTeams => "read teams",
            Self::ManageTeams => "create, change and delete teams",
            Self::ReadTenantSettings => "read the tenant's settings",
            Self::ManageTenantSettings => "change the tenant's settings",
            Self::ManagePlatform => "create, suspend and equip tenants",
        }
    }

    /// How far `role` may go. An operator runs the platform and reaches no tenant's data.
    #[must_use]
    pub fn reach_of(self, role: Role) -> Reach {
        match (self, role) {
            // Whoever can sign in can also sign out.
            (Self::KeepOwnAccount, _) => Reach::Personal,
            (Self::ManagePlatform, Role::Operator) => Reach::Platform,
            (Self::ManagePlatform, _)
            | (_, Role::Operator)
            | (Self::DeleteRecordings, Role::Rep)
            | (
                Self::ManageUsers | Self::ManageTeams | Self::ReadTenantSettings | Self::ManageTenantSettings,
                Role::Rep | Role::Manager,
            ) => Reach::Nothing,
            // People find their colleagues, and the numbers they may call from, whoever they are.
            (Self::ReadUsers | Self::ReadTeams | Self::ReadPhoneNumbers, _) => Reach::Tenant,
            // A socket carries what its user does and what happens to contacts that are theirs, whoever that is.
            (Self::OpenSockets | Self::ReadNotifications, _) => Reach::Personal,
            (_, Role::Rep) => Reach::Own,
            (_, Role::Admin) => Reach::Tenant,
            (_, Role::Manager) => Reach::Team,
        }
    }
}

impl Reach {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "—",
            Self::Personal => "own",
            Self::Own => "own and shared",
            Self::Team => "team",
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 4] = [Role::Rep, Role::Manager, Role::Admin, Role::Operator];

    fn printed() -> String {
        let mut page = String::from(
            "# Permissions\n\nPrinted from `shared/kernel/src/permission.rs`; a test keeps the two equal. A contact that is shared with its\nwhole tenant, which is the default, is everybody's to see within it; one that is shared with a team is shared with those who are\nin a team with its owner. `team` is what such an owner has, shared or not, beside what is shared. Whoever may not see a contact sees\nneither its calls, but for those they placed themselves, nor its timeline.\n\n| action | rep | manager | admin | operator |\n| --- | --- | --- | --- | --- |\n",
        );
        for action in Action::ALL {
            page.extend(["| ", action.as_str(), " |"]);
            for role in ROLES {
                page.extend([" ", action.reach_of(role).as_str(), " |"]);
            }
            page.push('\n');
        }
        page
    }

    #[test]
    fn the_page_is_what_the_table_says() {
        let page = include_str!("../../../docs/PERMISSIONS.md");
        assert_eq!(page, printed(), "docs/PERMISSIONS.md should read:\n{}", printed());
    }

    #[test]
    fn a_higher_role_reaches_at_least_as_far_and_an_operator_nowhere() {
        for action in Action::ALL {
            assert!(action.reach_of(Role::Rep) <= action.reach_of(Role::Manager));
            assert!(action.reach_of(Role::Manager) <= action.reach_of(Role::Admin));
            let operators = match action {
                Action::KeepOwnAccount => Reach::Personal,
                Action::ManagePlatform => Reach::Platform,
                _ => Reach::Nothing,
            };
            assert_eq!(action.reach_of(Role::Operator), operators, "{action:?}");
        }
    }
}
