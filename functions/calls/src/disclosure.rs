//! What the other side is told before a call is recorded. The evidence of consent names the version of these texts: whoever
//! changes one raises it.

use kernel::{RecordingPolicy, UtcTime};
use twiml::{Gather, Response, Say};

use crate::recorded::{Answer, Consent};

/// Of the texts below.
pub const SCRIPT_VERSION: u16 = 1;
const ANNOUNCEMENT: &str = "This call is recorded.";
const QUESTION: &str = "May we record this call? To agree, press 1.";
/// How long a key is waited for; without one the call goes on unrecorded.
const ANSWER_SECONDS: u32 = 5;
/// The key that agrees.
const AGREEMENT: &str = "1";

/// Tells, or asks, as the policy says; `action` is told the keys. Nothing where calls are not recorded.
#[must_use]
pub fn disclose(policy: RecordingPolicy, action: String) -> Response {
    match policy {
        RecordingPolicy::Never => Response::new(),
        RecordingPolicy::Always => Response::new().then(Say::new(ANNOUNCEMENT)),
        RecordingPolicy::Ask => Response::new().then(Gather {
            prompt: Say::new(QUESTION),
            digits: 1,
            timeout_seconds: ANSWER_SECONDS,
            action,
        }),
    }
}

/// The evidence that [`disclose`] was carried out; `None` where it says nothing.
#[must_use]
pub fn disclosed(policy: RecordingPolicy, now: UtcTime) -> Option<Consent> {
    let answer = match policy {
        RecordingPolicy::Never => return None,
        RecordingPolicy::Always => Answer::Announced,
        RecordingPolicy::Ask => Answer::None,
    };
    Some(Consent { policy, script_version: SCRIPT_VERSION, disclosed_at: now, answer })
}

/// What pressing these keys says.
#[must_use]
pub fn answered(digits: Option<&str>) -> Answer {
    if digits == Some(AGREEMENT) { Answer::Agreed } else { Answer::Declined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_other_keys_do_not_agree() {
        assert_eq!(answered(Some("1")), Answer::Agreed);
        for digits in [None, Some(""), Some("2"), Some("11"), Some("#")] {
            assert_eq!(answered(digits), Answer::Declined, "{digits:?}");
        }
    }

    #[test]
    fn each_policy_says_what_its_evidence_says() {
        let now = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let said = |policy| disclose(policy, "https://api.example/agree".to_owned()).to_xml();
        assert!(disclosed(RecordingPolicy::Never, now).is_none());
        assert!(said(RecordingPolicy::Never).ends_with("<Response />"));
        assert!(said(RecordingPolicy::Always).contains(ANNOUNCEMENT));
        assert!(disclosed(RecordingPolicy::Always, now).unwrap().permits());
        assert!(said(RecordingPolicy::Ask).contains("numDigits=\"1\""));
        assert!(!disclosed(RecordingPolicy::Ask, now).unwrap().permits());
    }
}
