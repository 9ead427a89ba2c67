//! Path and query strings as some gateways hand them on: with characters that no URI may hold.

use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What may stand nowhere in a query (RFC 3986, section 3.4).
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// What may stand nowhere in a path (section 3.3).
const PATH: &AsciiSet = &QUERY.add(b'?');

/// Percent-encodes what RFC 3986 does not allow in the path and the query, so that turning the event into a request cannot
/// fail. What was a valid URI stays as it is, to the letter: signatures are computed over it.
pub(crate) fn with_valid_uri(mut event: LambdaRequest) -> LambdaRequest {
    let LambdaRequest::ApiGatewayV2(request) = &mut event else { return event };
    request.raw_query_string =
        request.raw_query_string.take().map(|query| utf8_percent_encode(&query, QUERY).to_string());
    request.raw_path = request.raw_path.take().map(|path| utf8_percent_encode(&path, PATH).to_string());
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(path: &str, query: &str) -> LambdaRequest {
        let mut event: serde_json::Value =
            serde_json::from_str(include_str!("../../../events/contacts-list.json")).unwrap();
        event["rawPath"] = path.into();
        event["rawQueryString"] = query.into();
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn characters_that_no_uri_holds_reach_the_route_instead_of_a_panic() {
        for text in ["limit=<", "limit=\"", "limit=a b", "limit={}|\\^`", "limit=\u{e4}\u{0}#x"] {
            let request = lambda_http::Request::from(with_valid_uri(event("/v1/contacts", text)));
            let value = request.uri().query().unwrap();
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(value).unwrap();
            assert_eq!(format!("limit={}", pairs[0].1), text);
        }
        let request = lambda_http::Request::from(with_valid_uri(event("/v1/contacts/<?>", "")));
        assert_eq!(request.uri().path(), "/v1/contacts/%3C%3F%3E");
    }

    #[test]
    fn a_valid_uri_stays_to_the_letter() {
        let query = "call_id=call_1&x=%3c%20+~!$'()*,;:@/?";
        let request = lambda_http::Request::from(with_valid_uri(event("/v1/contacts", query)));
        assert_eq!(request.uri().query(), Some(query));
    }
}
