//! What every crate shares and nothing outside the language is needed for: ids, tenants, callers, failures, pages, time,
//! and the types that a raw string becomes once at the edge. Knows neither AWS nor HTTP nor an async runtime.

pub mod access;
pub mod activity;
pub mod ambient;
pub mod caller;
pub mod country;
pub mod dialing;
pub mod email;
pub mod failure;
pub mod id;
pub mod language;
pub mod meter;
pub mod module;
pub mod notification;
pub mod opt_status;
mod page;
pub mod permission;
pub mod phone;
pub mod recording_policy;
pub mod sign_in_address;
pub mod tenant;
pub mod time;
pub mod time_zone;
pub mod user;

pub use activity::Activity;
pub use ambient::{Ambient, SystemAmbient};
pub use caller::{Caller, Role};
pub use country::is_country;
pub use dialing::Country;
pub use email::EmailAddress;
pub use failure::{Failure, Faults, FieldError};
pub use id::{
    ActivityId, CallId, CompanyId, ContactId, ImportId, NoteId, NotificationId, ReservedSuffix, TaskId,
    TeamId, TeamIds, UserId,
};
pub use language::LanguageTag;
pub use module::Module;
pub use notification::{Notification, NotificationKind, NotificationPreferences};
pub use opt_status::{OptChoice, OptState, OptStates};
pub use page::{Limit, Page};
pub use permission::{Action, Reach};
pub use phone::{PhoneNumber, PhoneRecord};
pub use recording_policy::RecordingPolicy;
pub use sign_in_address::SignInAddress;
pub use tenant::{ClaimedTenant, PLATFORM_TENANT, Provenance, TenantId};
pub use time::UtcTime;
pub use time_zone::TimeZoneName;
pub use user::UserRecord;
