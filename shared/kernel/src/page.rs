//! Pages of lists.

use serde::Serialize;

/// How many items a page may hold: 1 to 200, 50 unless told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    pub const MAXIMUM: u8 = 200;
    /// As much as a page may hold.
    pub const MOST: Self = Self(Self::MAXIMUM);

    /// `None` outside 1 to 200 or where the text is no whole number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|limit| (1..=Self::MAXIMUM).contains(limit)).map(Self)
    }

    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// One page of a list and where the next begins; `next_cursor` is `None` on the last.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_outside_the_range_are_refused() {
        for text in ["0", "201", "-1", "1.5", "", "ten", "4294967297"] {
            assert_eq!(Limit::parse(text), None, "{text}");
        }
        assert_eq!(Limit::parse("200").map(Limit::get), Some(200));
        assert_eq!(Limit::default().get(), 50);
    }
}
