//! What each data role may do with rows of its own tenant, and nothing else.

use std::collections::BTreeSet;

use super::{
    assert_rows_cover,
    operations::Operation::{
        self, BatchGetItem, BatchWriteItem, ConditionCheck, DeleteItem, GetItem, PutItem, Query, UpdateItem,
    },
};
use crate::{aws::Account, failed::Outcome, world::World};

pub struct DataRole {
    /// The stack's output that holds its ARN.
    pub output: &'static str,
    /// A function that may assume it; none where the account's operators do.
    pub function: Option<&'static str>,
    pub grants: &'static [Grant],
    /// Whether it may unwrap its tenant's keys.
    pub decrypts: bool,
}

/// Operations, and the kinds of rows on which they are allowed.
type Grant = (&'static [Operation], &'static [&'static str]);

const READ: &[Operation] = &[GetItem, Query];
/// All of a tenant's wrapped keys are read at once.
const KEYS: Grant = (&[Query], &["KEY"]);

/// What routes that take an idempotency key remember.
const REPLAYS: Grant = (&[GetItem, PutItem, UpdateItem, DeleteItem], &["REPLAY"]);

pub const DATA_ROLES: &[DataRole] = &[
    DataRole {
        output: "ProvisionerRoleArn",
        function: None,
        grants: &[
            (&[GetItem], &["USER"]),
            KEYS,
            (&[PutItem], &["TENANT", "KEY", "USER", "TELEPHONY", "IDENTITY"]),
            (&[BatchGetItem, UpdateItem], &["IDENTITY"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "TenantsReaderRoleArn",
        function: Some("users-list"),
        grants: &[(READ, &["USER", "TEAM"]), KEYS, (&[BatchGetItem], &["IDENTITY"])],
        decrypts: true,
    },
    DataRole {
        output: "TeamsWriterRoleArn",
        function: Some("teams-create"),
        grants: &[
            REPLAYS,
            (READ, &["USER", "TEAM", "ROSTER"]),
            KEYS,
            (&[BatchGetItem], &["IDENTITY"]),
            (&[PutItem, DeleteItem], &["TEAM"]),
            (&[PutItem], &["ROSTER"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "TenantsWriterRoleArn",
        function: Some("users-invite"),
        grants: &[
            REPLAYS,
            (READ, &["USER", "ROSTER"]),
            KEYS,
            (&[BatchGetItem], &["IDENTITY"]),
            (&[PutItem], &["USER", "ROSTER", "IDENTITY"]),
            (&[UpdateItem], &["IDENTITY"]),
            (&[ConditionCheck], &["TEAM"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "AccountWriterRoleArn",
        function: Some("me-update"),
        grants: &[(&[GetItem, PutItem], &["USER"]), (&[BatchGetItem], &["IDENTITY"]), KEYS],
        decrypts: true,
    },
    DataRole { output: "AuthEnderRoleArn", function: Some("auth-sign-out"), grants: &[], decrypts: false },
    DataRole {
        output: "AuthRaiserRoleArn",
        function: Some("auth-sign-out-everywhere"),
        grants: &[(&[UpdateItem], &["IDENTITY"])],
        decrypts: false,
    },
    DataRole {
        output: "AuthFactorsRoleArn",
        function: Some("auth-mfa-enroll"),
        grants: &[(&[GetItem], &["USER"]), KEYS, (&[BatchGetItem, UpdateItem], &["IDENTITY"])],
        decrypts: true,
    },
    DataRole {
        output: "AuthSetupRoleArn",
        function: Some("auth-sign-in"),
        grants: &[KEYS, (&[UpdateItem], &["IDENTITY"])],
        decrypts: true,
    },
    DataRole {
        output: "SettingsReaderRoleArn",
        function: Some("tenant-get"),
        grants: &[(&[GetItem], &["TENANT"]), (&[BatchGetItem], &["IDENTITY"])],
        decrypts: false,
    },
    DataRole {
        output: "SettingsWriterRoleArn",
        function: Some("tenant-update"),
        grants: &[
            (&[GetItem], &["TENANT"]),
            (&[BatchGetItem], &["IDENTITY"]),
            (&[PutItem], &["TENANT", "IDENTITY"]),
        ],
        decrypts: false,
    },
    DataRole {
        output: "PlatformDirectoryRoleArn",
        function: Some("tenants-list"),
        grants: &[KEYS],
        decrypts: true,
    },
    DataRole {
        output: "PlatformCreatorRoleArn",
        function: Some("tenants-create"),
        grants: &[
            REPLAYS,
            (&[Query, PutItem], &["KEY"]),
            (&[PutItem], &["TENANT", "USER", "ROSTER", "IDENTITY"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "PlatformChangerRoleArn",
        function: Some("tenants-update"),
        grants: &[(&[BatchGetItem, PutItem], &["IDENTITY"])],
        decrypts: false,
    },
    DataRole {
        output: "ContactsReaderRoleArn",
        function: Some("contacts-get"),
        grants: &[
            (&[BatchGetItem], &["USER"]),
            (&[GetItem, Query, BatchGetItem], &["CONTACT", "TOUCH", "RENAMED"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "ContactsWriterRoleArn",
        function: Some("contacts-create"),
        grants: &[
            REPLAYS,
            (
                &[GetItem, BatchGetItem],
                &["CONTACT", "DELETED", "TOUCH", "TENANT", "FIELDS", "COMPANY", "DOMAIN", "RENAMED"],
            ),
            KEYS,
            (&[PutItem, DeleteItem], &["CONTACT", "DELETED", "EMAIL", "PHONE", "SEARCHLOG"]),
            (&[PutItem], &["TIMELINE"]),
            (&[ConditionCheck], &["USER", "COMPANY"]),
            (&[BatchGetItem], &["USER"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "CompaniesReaderRoleArn",
        function: Some("companies-get"),
        grants: &[(READ, &["COMPANY", "FIELDS"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "CompaniesWriterRoleArn",
        function: Some("companies-create"),
        grants: &[
            REPLAYS,
            (&[GetItem], &["COMPANY"]),
            KEYS,
            (&[PutItem, DeleteItem], &["COMPANY", "DOMAIN"]),
            (&[PutItem], &["RENAMED"]),
            (&[ConditionCheck], &["USER", "COMPANY"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "FieldsWriterRoleArn",
        function: Some("custom-fields-replace"),
        grants: &[(&[GetItem, PutItem], &["FIELDS"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "ImportsAnnouncerRoleArn",
        function: Some("imports-create"),
        grants: &[REPLAYS, (&[PutItem], &["IMPORT"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "ImportsStarterRoleArn",
        function: Some("imports-start"),
        grants: &[(&[GetItem, PutItem], &["IMPORT"]), (&[BatchGetItem], &["TENANT", "FIELDS"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "ImportsReaderRoleArn",
        function: Some("imports-get"),
        grants: &[(&[GetItem], &["IMPORT"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "ContactsImporterRoleArn",
        function: Some("contacts-import"),
        grants: &[
            (&[GetItem], &["IMPORT", "CONTACT", "USER", "COMPANY", "DOMAIN", "RENAMED"]),
            (&[BatchGetItem], &["CONTACT", "USER", "TENANT", "FIELDS"]),
            (&[Query], &["USER", "EMAIL", "PHONE", "KEY"]),
            (&[PutItem], &["IMPORT", "CONTACT", "EMAIL", "PHONE", "SEARCHLOG"]),
            (&[ConditionCheck], &["USER"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "ContactsSearcherRoleArn",
        function: Some("contacts-search"),
        grants: &[
            (&[BatchGetItem], &["CONTACT", "TOUCH", "USER"]),
            (&[GetItem], &["SEARCH", "RENAMED"]),
            (&[UpdateItem], &["USES"]),
            (&[Query], &["SEARCHLOG", "KEY", "RENAMED"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "ContactsCompactorRoleArn",
        function: Some("contacts-compact"),
        grants: &[
            (&[Query], &["CONTACT", "KEY", "RENAMED"]),
            (&[GetItem, PutItem], &["SEARCH"]),
            (&[Query, BatchWriteItem], &["SEARCHLOG"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "ContactsToucherRoleArn",
        function: Some("contacts-touch"),
        grants: &[(&[GetItem, UpdateItem], &["TOUCH"]), (&[ConditionCheck], &["CONTACT"])],
        decrypts: false,
    },
    DataRole {
        output: "ContactsReassignerRoleArn",
        function: Some("contacts-reassign"),
        grants: &[(&[Query, UpdateItem], &["CONTACT"])],
        decrypts: false,
    },
    DataRole {
        output: "CallsReaderRoleArn",
        function: Some("calls-get"),
        grants: &[
            (&[BatchGetItem], &["USER"]),
            (&[GetItem, Query, BatchGetItem], &["CALL"]),
            (&[Query], &["USERCALL"]),
            KEYS,
            (&[GetItem, BatchGetItem], &["CONTACT"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "CallsWriterRoleArn",
        function: Some("calls-create"),
        grants: &[
            (&[BatchGetItem], &["USER"]),
            REPLAYS,
            (&[GetItem], &["CONTACT", "USER", "TELEPHONY", "TENANT"]),
            KEYS,
            (&[GetItem], &["CALL", "CALLLEG"]),
            (&[PutItem], &["CALL", "TIMELINE", "OPENCALL", "USERCALL", "CALLLEG"]),
            (&[DeleteItem], &["OPENCALL"]),
            (&[ConditionCheck], &["CONTACT"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "CallsClaimRoleArn",
        function: Some("calls-voice-status"),
        grants: &[(&[GetItem], &["TELEPHONY"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "CallsSwitchboardRoleArn",
        function: Some("calls-voice-inbound"),
        grants: &[
            (&[Query], &["PHONE", "USER", "SOCKET"]),
            (&[GetItem], &["CONTACT", "USER", "TELEPHONY", "TENANT", "CALL", "CALLLEG"]),
            (&[PutItem], &["CALL", "TIMELINE", "OPENCALL", "CALLLEG"]),
            (&[ConditionCheck], &["CONTACT"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "CallsDirectoryRoleArn",
        function: Some("calls-reconcile"),
        grants: &[],
        decrypts: false,
    },
    DataRole {
        output: "CallsReconcilerRoleArn",
        function: Some("calls-reconcile"),
        grants: &[
            (&[Query], &["OPENCALL"]),
            (&[GetItem], &["CALL", "TELEPHONY"]),
            (&[PutItem], &["CALL", "TIMELINE", "USERCALL"]),
            (&[DeleteItem], &["OPENCALL"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "RecordingsListenerRoleArn",
        function: Some("calls-recording-get"),
        grants: &[
            (&[GetItem], &["CALL", "CONTACT"]),
            (&[BatchGetItem], &["USER"]),
            (&[PutItem], &["RECORDINGACCESS"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "RecordingsRemoverRoleArn",
        function: Some("calls-recording-delete"),
        grants: &[
            (&[GetItem], &["CALL", "CONTACT"]),
            (&[BatchGetItem], &["USER"]),
            (&[PutItem], &["CALL", "TIMELINE", "RECORDINGACCESS"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "RecordingsFetcherRoleArn",
        function: Some("calls-recording-fetch"),
        grants: &[
            (&[GetItem], &["CALL", "TELEPHONY"]),
            (&[PutItem], &["CALL", "TIMELINE"]),
            (&[DeleteItem], &["OPENCALL"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "TelephonyReaderRoleArn",
        function: Some("telephony-get"),
        grants: &[(&[GetItem], &["TELEPHONY"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "TelephonyWriterRoleArn",
        function: Some("telephony-put"),
        grants: &[(&[GetItem], &["TELEPHONY", "TEAM", "TENANT"]), (&[PutItem], &["TELEPHONY"]), KEYS],
        decrypts: true,
    },
    DataRole {
        output: "ActivitiesReaderRoleArn",
        function: Some("activities-timeline"),
        grants: &[
            (&[BatchGetItem], &["USER"]),
            (&[Query], &["TIMELINE"]),
            (&[GetItem, BatchGetItem], &["CONTACT"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "ActivitiesNotesRoleArn",
        function: Some("notes-create"),
        grants: &[
            REPLAYS,
            (&[GetItem, PutItem, DeleteItem], &["NOTE"]),
            (&[PutItem, DeleteItem], &["TIMELINE"]),
            (&[GetItem, BatchGetItem, ConditionCheck], &["CONTACT", "USER"]),
            (&[Query], &["KEY"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "TasksWriterRoleArn",
        function: Some("tasks-create"),
        grants: &[
            REPLAYS,
            (&[GetItem, PutItem, DeleteItem], &["TASK"]),
            (&[PutItem, DeleteItem], &["TIMELINE", "REMINDER"]),
            (&[GetItem, BatchGetItem, ConditionCheck], &["CONTACT", "USER"]),
            KEYS,
        ],
        decrypts: true,
    },
    DataRole {
        output: "TasksReaderRoleArn",
        function: Some("tasks-list"),
        grants: &[(&[GetItem, BatchGetItem], &["CONTACT"]), (&[BatchGetItem], &["USER"]), KEYS],
        decrypts: true,
    },
    DataRole { output: "TasksSweeperRoleArn", function: Some("tasks-sweep"), grants: &[], decrypts: false },
    DataRole {
        output: "NotificationsKeeperRoleArn",
        function: Some("notifications-read"),
        grants: &[
            (&[GetItem, BatchGetItem, Query, PutItem], &["NOTIFICATION"]),
            (&[GetItem, Query, PutItem], &["EVENTS"]),
            (&[Query, DeleteItem], &["SOCKET", "WATCH"]),
            (&[Query], &["KEY"]),
        ],
        decrypts: true,
    },
    DataRole {
        output: "RealtimeWriterRoleArn",
        function: Some("realtime-ticket"),
        grants: &[
            (&[PutItem], &["TICKET", "SOCKET"]),
            (&[DeleteItem], &["SOCKET"]),
            (&[BatchGetItem], &["IDENTITY"]),
            (&[Query, DeleteItem], &["WATCH"]),
        ],
        decrypts: false,
    },
    DataRole {
        output: "RealtimeListenerRoleArn",
        function: Some("realtime-message"),
        grants: &[
            (&[GetItem, Query, PutItem], &["EVENTS"]),
            (&[Query, PutItem, DeleteItem], &["WATCH"]),
            (&[GetItem], &["CONTACT", "USER"]),
            (&[BatchGetItem], &["USER"]),
        ],
        decrypts: false,
    },
    DataRole {
        output: "RealtimeClaimRoleArn",
        function: Some("realtime-authorizer"),
        grants: &[(&[DeleteItem], &["TICKET"])],
        decrypts: false,
    },
    DataRole {
        output: "RealtimeDispatcherRoleArn",
        function: Some("realtime-dispatch"),
        grants: &[
            (&[Query, DeleteItem], &["SOCKET", "WATCH"]),
            (&[Query], &["IDENTITY"]),
            (&[GetItem, Query, PutItem], &["EVENTS", "NOTIFICATION"]),
            (&[GetItem], &["CONTACT", "USER"]),
            (&[BatchGetItem], &["USER"]),
            (&[GetItem, UpdateItem], &["LANE"]),
        ],
        decrypts: false,
    },
];

impl DataRole {
    pub fn allows(&self, operation: Operation, kind: &str) -> bool {
        self.grants.iter().any(|(operations, kinds)| operations.contains(&operation) && kinds.contains(&kind))
    }

    /// The kinds of rows it may do anything with.
    pub fn kinds(&self) -> BTreeSet<&'static str> {
        self.grants.iter().flat_map(|(_, kinds)| kinds.iter().copied()).collect()
    }

    /// A session of the role for this tenant, as its function would get one.
    pub async fn session(&self, world: &World, tenant: &str) -> Outcome<Account> {
        self.caller(world).await?.assume(world.output(self.output), Some(tenant)).await
    }

    /// Who may assume the role.
    pub async fn caller(&self, world: &World) -> Outcome<Account> {
        match self.function {
            Some(function) => world.aws.assume(&world.role_arn(function), None).await,
            None => Ok(world.aws.clone()),
        }
    }
}

/// A data role is what stands in the templates under this name, or is put out as a role.
#[test]
fn every_data_role_has_its_row() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let outputs = template.lines().map(|line| line.trim().trim_end_matches(':'));
    let wanted: BTreeSet<_> =
        outputs.filter(|line| line.ends_with("RoleArn") && !line.contains(' ')).map(str::to_owned).collect();
    assert_rows_cover(DATA_ROLES.iter().map(|role| role.output), &wanted);

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra");
    let templates = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let yaml = templates.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let named = |text: String| text.matches("RoleName: !Sub ${Prefix}-data-").count();
    let count: usize = yaml.map(|path| named(std::fs::read_to_string(path).unwrap())).sum();
    let with_function = DATA_ROLES.iter().filter(|role| role.function.is_some()).count();
    assert_eq!(count, with_function, "data roles in the templates, and rows");
}
