//! An SMS or MMS: its JSON form and the parameters webhooks carry about it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{call::price, clock::rfc2822, shelf::Record};

/// The basic alphabet of GSM 03.38; the second list costs two places each.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                   ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_EXTENDED: &str = "^{}\\[~]|€";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageStatus {
    Accepted,
    Queued,
    Sent,
    Delivered,
    Undelivered,
    Failed,
    Received,
    Canceled,
}

impl MessageStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Received => "received",
            Self::Canceled => "canceled",
        }
    }

    pub fn is_final(self) -> bool {
        !matches!(self, Self::Accepted | Self::Queued | Self::Sent)
    }

    /// The code and text Twilio gives when a carrier did not deliver.
    fn error(self) -> Option<(u32, &'static str)> {
        match self {
            Self::Undelivered => Some((30003, "Unreachable destination handset")),
            Self::Failed => Some((30008, "Unknown error")),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Message {
    pub sid: String,
    pub account_sid: String,
    pub messaging_service_sid: Option<String>,
    pub to: String,
    pub from: Option<String>,
    pub body: String,
    pub media: usize,
    /// `inbound`, `outbound-api` or `outbound-reply`.
    pub direction: &'static str,
    pub status: MessageStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

impl Record for Message {
    fn sid(&self) -> &str {
        &self.sid
    }
}

impl Message {
    pub fn view(&self) -> Value {
        let base = format!("/2010-04-01/Accounts/{}/Messages/{}", self.account_sid, self.sid);
        let error = self.status.error();
        let segments = segments(&self.body);
        let billed =
            matches!(self.status, MessageStatus::Sent | MessageStatus::Delivered | MessageStatus::Received);
        json!({
            "sid": self.sid,
            "account_sid": self.account_sid,
            "messaging_service_sid": self.messaging_service_sid,
            "to": self.to,
            "from": self.from,
            "body": self.body,
            "num_segments": segments.to_string(),
            "num_media": self.media.to_string(),
            "direction": self.direction,
            "status": self.status.name(),
            "error_code": error.map(|(code, _)| code),
            "error_message": error.map(|(_, text)| text),
            "price": billed.then(|| price(790 * segments)),
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.updated_at),
            "date_sent": self.sent_at.map(rfc2822),
            "uri": format!("{base}.json"),
            "subresource_uris": {
                "media": format!("{base}/Media.json"),
                "feedback": format!("{base}/Feedback.json"),
            },
        })
    }

    /// The parameters of a status callback.
    pub fn status_params(&self) -> Vec<(String, String)> {
        let mut params = vec![
            ("MessageSid".to_owned(), self.sid.clone()),
            ("SmsSid".to_owned(), self.sid.clone()),
            ("AccountSid".to_owned(), self.account_sid.clone()),
            ("MessageStatus".to_owned(), self.status.name().to_owned()),
            ("SmsStatus".to_owned(), self.status.name().to_owned()),
            ("To".to_owned(), self.to.clone()),
            ("From".to_owned(), self.from.clone().unwrap_or_default()),
            ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
        ];
        if let Some((code, _)) = self.status.error() {
            params.push(("ErrorCode".to_owned(), code.to_string()));
        }
        if let Some(service) = &self.messaging_service_sid {
            params.push(("MessagingServiceSid".to_owned(), service.clone()));
        }
        params
    }
}

/// How many SMS the text takes: 160 (153 when split) in GSM's alphabet, 70 (67) in UCS-2.
pub fn segments(body: &str) -> u64 {
    let gsm = body.chars().try_fold(0, |sum, character| {
        if GSM.contains(character) {
            Some(sum + 1)
        } else {
            GSM_EXTENDED.contains(character).then_some(sum + 2)
        }
    });
    let (length, alone, split) = match gsm {
        Some(length) => (length, 160, 153),
        None => (body.encode_utf16().count() as u64, 70, 67),
    };
    if length <= alone { 1 } else { length.div_ceil(split) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_follow_the_alphabet() {
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"€".repeat(81)), 2);
        assert_eq!(segments(&"ж".repeat(70)), 1);
        assert_eq!(segments(&"ж".repeat(71)), 2);
    }
}
