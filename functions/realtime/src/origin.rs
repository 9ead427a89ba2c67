//! Which web pages may open a socket.

/// Origins as browsers send them: `https://app.example.com`. `http://localhost:*` and `http://127.0.0.1:*` stand for any port of a
/// developer's own machine; there are no other wildcards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// From a list separated by commas.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        Self(list.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned).collect())
    }

    /// Whether a socket may open. What is no browser sends no origin, and holds a ticket all the same.
    #[must_use]
    pub fn admit(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        self.0.iter().any(|allowed| match allowed.strip_suffix(":*") {
            Some(host @ ("http://localhost" | "http://127.0.0.1")) => {
                let port = origin.strip_prefix(host).and_then(|rest| rest.strip_prefix(':'));
                port.is_some_and(|port| port.parse::<u16>().is_ok())
            }
            _ => origin == allowed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_from_elsewhere_are_kept_out() {
        let origins = Origins::parse("https://app.example.com, http://localhost:*,https://*");
        for origin in [None, Some("https://app.example.com"), Some("http://localhost:5173")] {
            assert!(origins.admit(origin), "{origin:?}");
        }
        for origin in [
            "https://app.example.com.evil.example",
            "https://evil.example",
            "http://app.example.com",
            "http://localhost",
            "http://localhost:5173.evil.example",
            "http://localhost:evil",
            "http://127.0.0.1:5173",
            "null",
            "",
        ] {
            assert!(!origins.admit(Some(origin)), "{origin}");
        }
        assert!(!Origins::default().admit(Some("https://app.example.com")));
        assert!(!Origins::parse("https://example.com:*").admit(Some("https://example.com:8443")));
    }
}
