//! The rows of a file, read from the object store a stretch at a time, from anywhere that is behind a row.

use kernel::Failure;
use objects::Objects;
use serde::{Deserialize, Serialize};

use super::{
    file::Encoding,
    import::{FileFault, Position},
};

/// So many bytes are asked of the store at a time.
pub const STRETCH: u64 = 256 * 1024;
/// As text, in bytes. A quote that is never closed makes one row of the rest of a file, so there has to be an end.
const LONGEST_ROW: usize = 128 * 1024;

/// How a file has to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Of the object; another tag is another file.
    pub tag: String,
    pub size: u64,
    pub encoding: Encoding,
    pub delimiter: u8,
}

/// One row, its cells as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The header is 1; empty lines are not counted.
    pub number: u32,
    pub cells: Vec<String>,
}

#[derive(Debug)]
pub enum ReadError {
    /// The file cannot be used, however often it is read.
    File(FileFault),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for ReadError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Holds some stretches of the file at most.
pub struct RowReader<'a> {
    objects: &'a dyn Objects,
    name: String,
    layout: Layout,
    position: Position,
    /// Up to where bytes have been read.
    read: u64,
    /// Bytes of a character that is not whole yet.
    raw: Vec<u8>,
    /// What has been read and not been given out.
    text: String,
    /// Where the file stops being text.
    broken: Option<u64>,
    /// What is wrong with the row behind `position`.
    endless: Option<FileFault>,
}

impl<'a> RowReader<'a> {
    pub fn new(objects: &'a dyn Objects, name: String, layout: Layout, position: Position) -> Self {
        let (read, raw, text) = (position.offset, Vec::new(), String::new());
        Self { objects, name, layout, position, read, raw, text, broken: None, endless: None }
    }

    /// Behind the last row that was given out.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The next `most` rows; fewer at the end of the file, and before a place where it cannot be read.
    pub async fn rows(&mut self, most: usize) -> Result<Vec<Row>, ReadError> {
        let mut rows = Vec::new();
        loop {
            self.take(&mut rows, most);
            if rows.len() == most || (self.is_read() && self.text.is_empty() && self.endless.is_none()) {
                return Ok(rows);
            }
            match self.fault() {
                Some(fault) if rows.is_empty() => return Err(ReadError::File(fault)),
                Some(_) => return Ok(rows),
                None => self.fetch().await?,
            }
        }
    }

    fn is_read(&self) -> bool {
        self.read == self.layout.size && self.broken.is_none()
    }

    fn fault(&self) -> Option<FileFault> {
        let row = self.position.row + 1;
        if let Some(offset) = self.broken {
            let message = "The file is neither UTF-8 nor UTF-16 with a byte order mark. Save it as UTF-8.";
            return Some(FileFault::new("invalid_encoding", message).at_row(row).at_byte(offset));
        }
        self.endless.clone().or_else(|| (self.text.len() > LONGEST_ROW).then(|| self.too_long()))
    }

    fn too_long(&self) -> FileFault {
        let message = "The row does not end. A quote may have been opened and not been closed.";
        FileFault::new("row_too_long", message).at_row(self.position.row + 1).at_byte(self.position.offset)
    }

    /// Takes out of the text what is whole of it. What ends with the text may go on in the next stretch.
    fn take(&mut self, rows: &mut Vec<Row>, most: usize) {
        let (all, end) = (self.is_read(), self.text.len());
        let mut reader = self.reader_of(&self.text);
        let (mut record, mut taken, mut endless) = (csv::StringRecord::new(), 0, false);
        let mut number = self.position.row;
        while rows.len() < most {
            if !reader.read_record(&mut record).unwrap_or(false) {
                if all {
                    taken = end;
                }
                break;
            }
            let behind = usize::try_from(reader.position().byte()).unwrap_or(end);
            if behind == end && !all {
                break;
            }
            if behind - taken > LONGEST_ROW || (behind == end && self.is_unclosed(&self.text[taken..])) {
                endless = true;
                break;
            }
            number += 1;
            rows.push(Row { number, cells: record.iter().map(str::to_owned).collect() });
            taken = behind;
        }
        let rest = self.text.split_off(taken);
        self.position.offset += self.layout.encoding.bytes_of(&self.text);
        self.position.row = number;
        self.text = rest;
        self.endless = endless.then(|| self.too_long());
    }

    fn reader_of<'t>(&self, text: &'t str) -> csv::Reader<&'t [u8]> {
        let mut builder = csv::ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(self.layout.delimiter)
            .from_reader(text.as_bytes())
    }

    /// Whether the last row of a file ends within quotes: then whatever came behind it would be part of it.
    fn is_unclosed(&self, last: &str) -> bool {
        let with_another = format!("{last}\nx");
        self.reader_of(&with_another).records().count() < 2
    }

    async fn fetch(&mut self) -> Result<(), ReadError> {
        let length = STRETCH.min(self.layout.size - self.read);
        let bytes = self.objects.get_range(&self.name, &self.layout.tag, self.read, length).await?;
        let bytes = bytes.filter(|bytes| bytes.len() as u64 == length).ok_or_else(|| {
            let message = "The file was replaced or removed while it was read.";
            ReadError::File(FileFault::new("file_changed", message).at_row(self.position.row + 1))
        })?;
        let begins = self.read - self.raw.len() as u64;
        self.read += length;
        self.raw.extend(bytes);
        let last = self.read == self.layout.size;
        let (text, used) = match self.layout.encoding.decode(&self.raw, last) {
            Ok(decoded) => decoded,
            Err(wrong) => {
                self.broken = Some(begins + wrong as u64);
                self.layout.encoding.decode(&self.raw[..wrong], true).unwrap_or_default()
            }
        };
        self.text.push_str(&text);
        self.raw.drain(..used);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
