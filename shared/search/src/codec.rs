//! Reading and writing of the shards' bytes: variable-length integers (LEB128) and counted strings. Reading checks everything.

/// Why bytes are no shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the shard has an unknown format")]
    Format,
    #[error("the shard does not decompress")]
    Compression,
    #[error("the shard ends too early")]
    Truncated,
    #[error("the shard contradicts itself: {0}")]
    Inconsistent(&'static str),
}

#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push((value & 0x7f) as u8);
    }

    pub(crate) fn size(&mut self, value: usize) {
        self.number(value as u64);
    }

    /// Small values of either sign are short.
    pub(crate) fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.size(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(first.into());
        }
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed::Inconsistent("a number is too long"))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Malformed> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    /// A number of things of which each takes at least a byte of what is left, so that no count makes room for what is not
    /// there.
    pub(crate) fn count(&mut self) -> Result<usize, Malformed> {
        let count = usize::try_from(self.number()?).map_err(|_| Malformed::Truncated)?;
        if count > self.rest.len() { Err(Malformed::Truncated) } else { Ok(count) }
    }

    /// A number below `bound`.
    #[inline]
    pub(crate) fn below(&mut self, bound: usize, what: &'static str) -> Result<usize, Malformed> {
        let value = usize::try_from(self.number()?).map_err(|_| Malformed::Inconsistent(what))?;
        if value < bound { Ok(value) } else { Err(Malformed::Inconsistent(what)) }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = self.count()?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| Malformed::Inconsistent("a text is not UTF-8"))
    }

    pub(crate) fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::Inconsistent("something is left over")) }
    }
}

/// Narrows what the caller has checked or bounded.
pub(crate) fn narrow(value: usize) -> Result<u16, Malformed> {
    u16::try_from(value).map_err(|_| Malformed::Inconsistent("a position is too large"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(value: u64, signed: i64, text in ".{0,20}") {
            let mut writer = Writer::default();
            writer.number(value);
            writer.signed(signed);
            writer.text(&text);
            let mut reader = Reader::new(&writer.bytes);
            prop_assert_eq!(reader.number().unwrap(), value);
            prop_assert_eq!(reader.signed().unwrap(), signed);
            prop_assert_eq!(reader.text().unwrap(), text);
            prop_assert!(reader.end().is_ok());
        }
    }
}
