//! Lists: the page envelope of the 2010 API, and filters by date.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::{
    api_error::{ApiError, ApiResult},
    form::Form,
    shelf::Record,
};

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 1_000;

/// Cuts the page out of `rows` (newest first) and wraps it. `path` is the list's own, ending in `.json`.
pub fn envelope<T: Record>(
    path: &str,
    query: &Form,
    key: &str,
    rows: &[&T],
    view: impl Fn(&T) -> Value,
) -> ApiResult<Value> {
    let number = |name: &str| query.text(name).map(str::parse::<usize>).transpose();
    let bad = |_| ApiError::refused(20001, "Page and PageSize are whole numbers");
    let size = number("PageSize").map_err(bad)?.unwrap_or(DEFAULT_SIZE).clamp(1, LARGEST_SIZE);
    let page = number("Page").map_err(bad)?.unwrap_or(0);
    let start = start_of(query.text("PageToken"), rows, page.saturating_mul(size), size);
    let items: Vec<_> = rows.iter().skip(start).take(size).collect();
    let uri = |page: usize, token: Option<String>| Value::from(page_uri(path, query, size, page, token));
    let more = start + items.len() < rows.len();
    let next = items.last().filter(|_| more).map(|row| format!("PA{}", row.sid()));
    let previous = items.first().filter(|_| page > 0).map(|row| format!("PB{}", row.sid()));
    let mut envelope = Map::new();
    let offset = page * size;
    envelope.insert(key.to_owned(), items.iter().map(|row| view(row)).collect());
    envelope.insert("page".to_owned(), page.into());
    envelope.insert("page_size".to_owned(), size.into());
    envelope.insert("start".to_owned(), offset.into());
    envelope.insert("end".to_owned(), (offset + items.len().saturating_sub(1)).into());
    envelope.insert("uri".to_owned(), uri(page, query.owned("PageToken")));
    envelope.insert("first_page_uri".to_owned(), uri(0, None));
    envelope.insert("next_page_uri".to_owned(), next.map_or(Value::Null, |token| uri(page + 1, Some(token))));
    let previous_uri = previous.map_or(Value::Null, |token| uri(page - 1, Some(token)));
    envelope.insert("previous_page_uri".to_owned(), previous_uri);
    Ok(Value::Object(envelope))
}

/// A token names the row after (PA) or before (PB) which the page lies, so that rows which come in meanwhile
/// neither repeat nor hide others.
fn start_of<T: Record>(token: Option<&str>, rows: &[&T], offset: usize, size: usize) -> usize {
    let place = |sid: &str| rows.iter().position(|row| row.sid() == sid);
    match token.and_then(|token| token.split_at_checked(2)) {
        Some(("PA", sid)) => place(sid).map_or(offset, |place| place + 1),
        Some(("PB", sid)) => place(sid).map_or(offset, |place| place.saturating_sub(size)),
        _ => offset,
    }
}

fn page_uri(path: &str, query: &Form, size: usize, page: usize, token: Option<String>) -> String {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    let kept = |name: &str| !matches!(name, "Page" | "PageSize" | "PageToken");
    serializer.extend_pairs(query.pairs().iter().filter(|(name, _)| kept(name)));
    serializer.append_pair("PageSize", &size.to_string()).append_pair("Page", &page.to_string());
    if let Some(token) = token {
        serializer.append_pair("PageToken", &token);
    }
    format!("{path}?{}", serializer.finish())
}

/// `StartTime=`, `StartTime<=` and `StartTime>=`: a day, or a moment for the last two.
#[derive(Debug, Default)]
pub struct DateFilter {
    on: Option<Date>,
    not_after: Option<Timestamp>,
    not_before: Option<Timestamp>,
}

impl DateFilter {
    pub fn parse(query: &Form, name: &str) -> ApiResult<Self> {
        let bound =
            |suffix: &str| query.text(&format!("{name}{suffix}")).map(|text| moment(name, text)).transpose();
        Ok(Self {
            on: bound("")?.map(|at| at.to_zoned(TimeZone::UTC).date()),
            not_after: bound("<")?,
            not_before: bound(">")?,
        })
    }

    pub fn accepts(&self, at: Option<Timestamp>) -> bool {
        let Some(at) = at else {
            return self.on.is_none() && self.not_after.is_none() && self.not_before.is_none();
        };
        self.on.is_none_or(|day| at.to_zoned(TimeZone::UTC).date() == day)
            && self.not_after.is_none_or(|latest| at <= latest)
            && self.not_before.is_none_or(|earliest| at >= earliest)
    }
}

fn moment(name: &str, text: &str) -> ApiResult<Timestamp> {
    let refused = || ApiError::refused(20001, format!("{name} is not a date: {text}"));
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| refused())?;
    day.to_zoned(TimeZone::UTC).map(|at| at.timestamp()).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(String);

    impl Record for Row {
        fn sid(&self) -> &str {
            &self.0
        }
    }

    fn page_of(query: &str, rows: &[Row]) -> Value {
        let rows: Vec<_> = rows.iter().collect();
        let query = Form::parse(query.as_bytes());
        envelope("/Rows.json", &query, "rows", &rows, |row| row.0.clone().into()).expect("a page")
    }

    #[test]
    fn pages_follow_each_other_even_when_rows_come_in_between() {
        let mut rows: Vec<_> = ["e", "d", "c", "b", "a"].map(|sid| Row(sid.to_owned())).into();
        let first = page_of("To=%2B1&PageSize=2", &rows);
        assert_eq!(first["rows"], serde_json::json!(["e", "d"]));
        assert_eq!(first["next_page_uri"], "/Rows.json?To=%2B1&PageSize=2&Page=1&PageToken=PAd");
        assert_eq!(first["previous_page_uri"], Value::Null);
        rows.insert(0, Row("f".to_owned()));
        let second = page_of("To=%2B1&PageSize=2&Page=1&PageToken=PAd", &rows);
        assert_eq!(second["rows"], serde_json::json!(["c", "b"]));
        assert_eq!((&second["start"], &second["end"]), (&2.into(), &3.into()));
        let back = page_of("To=%2B1&PageSize=2&Page=0&PageToken=PBc", &rows);
        assert_eq!(back["rows"], serde_json::json!(["e", "d"]));
    }

    #[test]
    fn dates_filter_by_day_and_by_moment() {
        let at = Some("2026-01-02T10:00:00Z".parse().expect("a timestamp"));
        let accepts = |query: &str| {
            DateFilter::parse(&Form::parse(query.as_bytes()), "StartTime").expect("dates").accepts(at)
        };
        assert!(accepts("") && accepts("StartTime=2026-01-02") && accepts("StartTime%3E=2026-01-02"));
        assert!(!accepts("StartTime=2026-01-03") && !accepts("StartTime%3C=2026-01-02T09:00:00Z"));
        assert!(DateFilter::parse(&Form::parse(b"StartTime=soon"), "StartTime").is_err());
    }
}
