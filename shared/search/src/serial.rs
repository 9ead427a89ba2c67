//! Shards as bytes: `format (1) | length of what follows unpacked (4, little endian) | zstd frame`. Inside, column by column, so that
//! like stands beside like. What is read is checked throughout: any bytes give a shard or an error.

use kernel::{TeamId, UserId, access::Visibility};

use crate::{
    codec::{Malformed, Reader, Writer, narrow},
    entry::{MAX_PHONE, contact_of, made_at},
    shard::{Phones, Rows, Shard},
    vocabulary::Vocabulary,
};

/// One more with every change of the layout, or of the terms that a text has: what is of another format is made anew.
pub(crate) const FORMAT: u8 = 2;
/// Unpacked; a full shard has about 0.5 MB.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const LEVEL: i32 = 9;
const VISIBILITIES: [Visibility; 3] = [Visibility::Owner, Visibility::Team, Visibility::Tenant];

impl Shard {
    /// The shard packed. Holds personal data: whoever stores it seals it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Malformed> {
        let mut writer = Writer::default();
        self.rows.write(&mut writer);
        self.phones.write(&mut writer, self.len());
        self.vocabulary.write(&mut writer);
        pack(&writer.bytes)
    }

    /// Reads what [`Shard::to_bytes`] wrote.
    pub fn from_bytes(packed: &[u8]) -> Result<Self, Malformed> {
        let bytes = unpack(packed)?;
        let mut reader = Reader::new(&bytes);
        let rows = Rows::read(&mut reader)?;
        let phones = Phones::read(&mut reader, rows.ids.len())?;
        let vocabulary = Vocabulary::read(&mut reader, rows.ids.len())?;
        reader.end()?;
        Ok(Self { rows, vocabulary, phones })
    }
}

pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    if bytes.len() > MAX_BYTES {
        return Err(Malformed::Inconsistent("the shard is too large"));
    }
    let length = u32::try_from(bytes.len()).map_err(|_| Malformed::Compression)?;
    let mut packed = vec![FORMAT];
    packed.extend_from_slice(&length.to_le_bytes());
    packed.extend(zstd::bulk::compress(bytes, LEVEL).map_err(|_| Malformed::Compression)?);
    Ok(packed)
}

pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (format, packed) = packed.split_first().ok_or(Malformed::Truncated)?;
    if *format != FORMAT {
        return Err(Malformed::Format);
    }
    let (length, frame) = packed.split_first_chunk::<4>().ok_or(Malformed::Truncated)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > MAX_BYTES {
        return Err(Malformed::Inconsistent("the shard is too large"));
    }
    let bytes = zstd::bulk::decompress(frame, length).map_err(|_| Malformed::Compression)?;
    if bytes.len() == length { Ok(bytes) } else { Err(Malformed::Truncated) }
}

impl Rows {
    fn write(&self, writer: &mut Writer) {
        writer.size(self.ids.len());
        for id in &self.ids {
            writer.bytes.extend_from_slice(&id.to_be_bytes());
        }
        for version in &self.versions {
            writer.number(*version);
        }
        for (id, created) in self.ids.iter().zip(&self.created) {
            writer.signed(created.saturating_sub(made_at(*id)));
        }
        for (created, updated) in self.created.iter().zip(&self.updated) {
            writer.signed(updated.saturating_sub(*created));
        }
        for visibility in &self.visibilities {
            writer.size(VISIBILITIES.iter().position(|known| known == visibility).unwrap_or(0));
        }
        self.write_tables(writer);
        for position in self.owner.iter().chain(&self.team_set).chain(&self.company) {
            writer.number((*position).into());
        }
        for position in 0..self.ids.len() {
            writer.size(self.tags_of(position).len());
        }
        for tag in &self.tag {
            writer.number((*tag).into());
        }
    }

    fn write_tables(&self, writer: &mut Writer) {
        writer.size(self.owners.len());
        for owner in &self.owners {
            writer.text(owner.as_str());
        }
        writer.size(self.team_sets.len());
        for set in &self.team_sets {
            writer.size(set.len());
            for team in set {
                writer.text(team.as_str());
            }
        }
        for texts in [&self.companies, &self.tags] {
            writer.size(texts.len());
            for text in texts {
                writer.text(text);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let count = usize::from(narrow(reader.count()?)?);
        let mut rows = Self { ids: ids(reader, count)?, ..Self::default() };
        rows.versions = column(count, || reader.number())?;
        let mut id = rows.ids.iter();
        rows.created =
            column(count, || Ok(reader.signed()?.saturating_add(id.next().map_or(0, |id| made_at(*id)))))?;
        let mut created = rows.created.iter();
        rows.updated =
            column(count, || Ok(reader.signed()?.saturating_add(created.next().copied().unwrap_or(0))))?;
        rows.visibilities =
            column(count, || Ok(VISIBILITIES[reader.below(VISIBILITIES.len(), "an unknown visibility")?]))?;
        rows.read_tables(reader)?;
        let mut positions = |bound: usize| column(count, || narrow(reader.below(bound, "no such value")?));
        rows.owner = positions(rows.owners.len())?;
        rows.team_set = positions(rows.team_sets.len())?;
        rows.company = positions(rows.companies.len() + 1)?;
        rows.tag_starts = vec![0];
        let mut total = 0;
        for _ in 0..count {
            total += reader.below(rows.tags.len() + 1, "too many tags")?;
            rows.tag_starts.push(u32::try_from(total).map_err(|_| Malformed::Inconsistent("too many tags"))?);
        }
        for _ in 0..total {
            rows.tag.push(narrow(reader.below(rows.tags.len(), "no such tag")?)?);
        }
        rows.tag.shrink_to_fit();
        Ok(rows)
    }

    fn read_tables(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let user = |text: &str| UserId::parse(text).ok_or(Malformed::Inconsistent("no user id"));
        let team = |text: &str| TeamId::parse(text).ok_or(Malformed::Inconsistent("no team id"));
        self.owners = table(reader, |reader| user(reader.text()?))?;
        self.team_sets = table(reader, |reader| table(reader, |reader| team(reader.text()?)))?;
        self.companies = table(reader, |reader| Ok(reader.text()?.to_owned()))?;
        self.tags = table(reader, |reader| Ok(reader.text()?.to_owned()))?;
        Ok(())
    }
}

/// Ids in ascending order, each of which a contact can have.
fn ids(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u128>, Malformed> {
    let mut ids: Vec<u128> = Vec::with_capacity(count);
    let bytes = reader.bytes(count * 16)?;
    for id in bytes.chunks_exact(16) {
        let id = id.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        if ids.last().is_some_and(|last| *last >= id) {
            return Err(Malformed::Inconsistent("ids are not in order"));
        }
        ids.push(id);
    }
    // Every number is an id as the text of ids has it, but for those beyond the calendar: the last is the largest.
    match ids.last() {
        Some(last) if contact_of(*last).is_none() => Err(Malformed::Inconsistent("no contact id")),
        _ => Ok(ids),
    }
}

fn column<T>(count: usize, mut next: impl FnMut() -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        values.push(next()?);
    }
    Ok(values)
}

fn table<T>(
    reader: &mut Reader<'_>,
    mut next: impl FnMut(&mut Reader<'_>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let count = reader.count()?;
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(next(reader)?);
    }
    values.shrink_to_fit();
    Ok(values)
}

impl Phones {
    /// Counts, then the digits two to a byte.
    fn write(&self, writer: &mut Writer, documents: usize) {
        let mut counts = vec![0_usize; documents];
        for document in &self.documents {
            counts[usize::from(*document)] += 1;
        }
        for count in counts {
            writer.size(count);
        }
        for index in 0..self.starts.len() {
            writer.size(self.number(index).len());
        }
        for index in 0..self.starts.len() {
            for pair in self.number(index).chunks(2) {
                let value = |digit: &u8| digit.wrapping_sub(b'0') & 0xf;
                writer.bytes.push(value(&pair[0]) << 4 | pair.get(1).map_or(0xf, value));
            }
        }
    }

    fn read(reader: &mut Reader<'_>, documents: usize) -> Result<Self, Malformed> {
        let mut owners = Vec::with_capacity(documents);
        for document in 0..documents {
            for _ in 0..reader.below(1000, "too many phones")? {
                owners.push(narrow(document)?);
            }
        }
        let mut lengths = Vec::with_capacity(owners.len());
        for _ in 0..owners.len() {
            lengths.push(reader.below(MAX_PHONE + 1, "a phone is too long")?);
        }
        let mut phones = Self {
            digits: Vec::with_capacity(lengths.iter().sum::<usize>() + lengths.len()),
            starts: Vec::with_capacity(lengths.len()),
            documents: Vec::with_capacity(lengths.len()),
        };
        for (document, length) in owners.into_iter().zip(lengths) {
            let packed = reader.bytes(length.div_ceil(2))?;
            let mut digits = [0; MAX_PHONE + 2];
            for (pair, byte) in digits.chunks_exact_mut(2).zip(packed) {
                pair.copy_from_slice(&[b'0' + (byte >> 4), b'0' + (byte & 0xf)]);
            }
            if !digits[..length].iter().all(u8::is_ascii_digit) {
                return Err(Malformed::Inconsistent("a phone is no number"));
            }
            phones.push(document, &digits[..length]);
        }
        Ok(phones)
    }
}
