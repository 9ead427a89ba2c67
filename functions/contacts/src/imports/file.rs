//! From bytes to text: which encoding a file has, and what separates its columns.

use serde::{Deserialize, Serialize};

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// By the mark at a file's beginning, and how many bytes that takes: UTF-8 where there is none.
    pub fn of(first: &[u8]) -> (Self, u64) {
        match first {
            [0xef, 0xbb, 0xbf, ..] => (Self::Utf8, 3),
            [0xff, 0xfe, ..] => (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Self::Utf16Be, 2),
            _ => (Self::Utf8, 0),
        }
    }

    /// The text, and from how many of the bytes: all, but for a character that is cut off by their end, where they are not the
    /// file's `last`. Else the position of the first byte that is of no text; a NUL is of none.
    pub fn decode(self, bytes: &[u8], last: bool) -> Result<(String, usize), usize> {
        match self {
            Self::Utf8 => decode_utf8(bytes, last),
            Self::Utf16Le => decode_utf16(bytes, last, u16::from_le_bytes),
            Self::Utf16Be => decode_utf16(bytes, last, u16::from_be_bytes),
        }
    }

    /// How many bytes of the file the text takes.
    pub fn bytes_of(self, text: &str) -> u64 {
        let bytes = match self {
            Self::Utf8 => text.len(),
            Self::Utf16Le | Self::Utf16Be => text.chars().map(char::len_utf16).sum::<usize>() * 2,
        };
        bytes as u64
    }
}

fn decode_utf8(bytes: &[u8], last: bool) -> Result<(String, usize), usize> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (whole, _) = bytes.split_at(error.valid_up_to());
            let cut_off = error.error_len().is_none() && !last;
            let text = std::str::from_utf8(whole).unwrap_or_default();
            if !cut_off {
                return Err(text.find('\0').unwrap_or(whole.len()));
            }
            text
        }
    };
    text.find('\0').map_or_else(|| Ok((text.to_owned(), text.len())), Err)
}

fn decode_utf16(bytes: &[u8], last: bool, unit: fn([u8; 2]) -> u16) -> Result<(String, usize), usize> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let (mut text, mut used) = (String::with_capacity(bytes.len()), 0);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) if character != '\0' => {
                text.push(character);
                used += 2 * character.len_utf16();
            }
            // The first half of a pair may wait for its second.
            Err(_) if !last && used + 2 >= bytes.len() & !1 => break,
            Ok(_) | Err(_) => return Err(used),
        }
    }
    if last && used < bytes.len() { Err(used) } else { Ok((text, used)) }
}

/// What separates columns: of comma, semicolon and tab the one that stands in the first row most often, outside quotes.
pub fn delimiter_of(beginning: &str) -> u8 {
    let (mut quoted, mut begun, mut counts) = (false, false, [0; DELIMITERS.len()]);
    for byte in beginning.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && begun => break,
            _ if !quoted => {
                let known = DELIMITERS.iter().position(|delimiter| *delimiter == byte);
                if let Some(position) = known {
                    counts[position] += 1;
                }
            }
            _ => {}
        }
        begun |= !byte.is_ascii_whitespace();
    }
    let candidates = DELIMITERS.into_iter().zip(counts).rev();
    // The last of equals wins, and that is the comma.
    candidates.max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn text_comes_out_however_it_is_cut() {
        let text = "Zoë,+49 30,王小明,😀\r\n";
        let encoded = [
            (Encoding::Utf8, text.as_bytes().to_vec()),
            (Encoding::Utf16Le, utf16(text, u16::to_le_bytes)),
            (Encoding::Utf16Be, utf16(text, u16::to_be_bytes)),
        ];
        for (encoding, bytes) in encoded {
            assert_eq!(encoding.bytes_of(text), bytes.len() as u64);
            for cut in 0..=bytes.len() {
                let (mut first, used) = encoding.decode(&bytes[..cut], false).unwrap();
                assert!(used <= cut && cut - used < 4, "{encoding:?} at {cut}");
                let (rest, _) = encoding.decode(&bytes[used..], true).unwrap();
                first.push_str(&rest);
                assert_eq!(first, text, "{encoding:?} at {cut}");
            }
        }
    }

    #[test]
    fn the_byte_that_is_no_text_is_named() {
        assert_eq!(Encoding::Utf8.decode(b"Zo\xeb,1", false), Err(2));
        assert_eq!(Encoding::Utf8.decode(b"Zo\xc3", true), Err(2));
        assert_eq!(Encoding::Utf8.decode(b"PK\x03\x04\0", true), Err(4));
        assert_eq!(Encoding::Utf16Le.decode(b"Z\0o\0\0\xdc,\0", false), Err(4));
        assert_eq!(Encoding::Utf16Be.decode(b"\0Z\0", true), Err(2));
    }

    #[test]
    fn the_first_row_tells_the_delimiter() {
        for (row, delimiter) in [
            ("first,last,email\n", b','),
            ("first;last;\"a,b,c,d\"\n1;2;3", b';'),
            ("first\tlast, or not\temail\n", b'\t'),
            ("email\nada@example.com;x", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(row), delimiter, "{row}");
        }
    }
}
