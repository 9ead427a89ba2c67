//! The report of what was not imported: a CSV file, a line for each fault, and for each duplicate that was left out.

/// Of a cell and of a column's name, in characters.
const LONGEST: usize = 200;
/// The mark lets spreadsheets read the rest as UTF-8.
const HEAD: &str = "\u{feff}row,column,value,code,message\r\n";

/// One thing wrong with one row, or why it was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The header is 1.
    pub row: u32,
    /// As the header names it, cut where it is long; empty where it is about the row as a whole.
    pub column: String,
    /// The cell as it stands in the file, cut where it is long.
    pub value: String,
    pub code: &'static str,
    pub message: String,
}

impl RowFault {
    pub fn of_row(row: u32, code: &'static str, message: impl Into<String>) -> Self {
        Self { row, column: String::new(), value: String::new(), code, message: message.into() }
    }

    pub fn in_column(self, header: &str, cell: &str) -> Self {
        let cut = |text: &str| text.chars().take(LONGEST).collect();
        Self { column: cut(header), value: cut(cell), ..self }
    }
}

pub fn head() -> Vec<u8> {
    HEAD.as_bytes().to_vec()
}

/// The lines of these faults, every cell in quotes.
pub fn lines(faults: &[RowFault]) -> Vec<u8> {
    let mut builder = csv::WriterBuilder::new();
    builder.terminator(csv::Terminator::CRLF).quote_style(csv::QuoteStyle::Always);
    let mut writer = builder.from_writer(Vec::new());
    for fault in faults {
        let row = fault.row.to_string();
        let (column, value) = (inert(&fault.column), inert(&fault.value));
        let line = [row.as_str(), &column, &value, fault.code, &fault.message];
        // Writing into memory does not fail.
        let _ = writer.write_record(line);
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"): in what came from outside, an apostrophe stands before
/// each character that a formula begins with, at the beginning and behind whatever a spreadsheet may take for the end of a cell.
/// Which separator it goes by its settings say, not the file; quotes and spaces that it drops begin nothing.
fn inert(cell: &str) -> String {
    let mut inert = String::with_capacity(cell.len());
    let mut begins = true;
    for character in cell.chars() {
        let control = matches!(character, '\t' | '\r' | '\n');
        if begins && (control || matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) {
            inert.push('\'');
        }
        inert.push(character);
        let dropped = matches!(character, '"' | '\'') || character.is_whitespace();
        begins = control || matches!(character, ',' | ';') || (begins && dropped);
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_report_is_a_formula() {
        let values =
            ["=1+1", "+14155550132", "-2", "@SUM(A1)", "\tx", "\rx", "plain, with \"quotes\"", "a=1"];
        let faults: Vec<_> = values
            .iter()
            .map(|value| RowFault::of_row(7, "invalid_phone", "No.").in_column("=cmd|'x'!A0", value))
            .collect();
        let bytes = lines(&faults);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), values.len());
        for (record, value) in records.iter().zip(values) {
            assert_eq!((&record[0], &record[1]), ("7", "'=cmd|'x'!A0"));
            let expected = if value.starts_with(['p', 'a']) { value.to_owned() } else { format!("'{value}") };
            assert_eq!(record[2], expected);
        }
    }

    /// The report's separator is a comma; a spreadsheet that goes by another finds other cells in it.
    #[test]
    fn no_part_of_a_cell_is_a_formula_whatever_separates_cells() {
        for (value, expected) in [
            ("x;=cmd|'/c calc'!A0;", "x;'=cmd|'/c calc'!A0;"),
            ("x,@SUM(A1)", "x,'@SUM(A1)"),
            ("x\t=1", "x\t'=1"),
            ("x\r\n-1", "x\r'\n'-1"),
            ("x;\"=1+1\"", "x;\"'=1+1\""),
            ("x; +1", "x; '+1"),
            ("a-b@c;d=e", "a-b@c;d=e"),
        ] {
            assert_eq!(inert(value), expected);
        }
        let fault = RowFault::of_row(2, "invalid_email", "No.").in_column("Mail", "x;=1");
        assert_eq!(lines(&[fault]), b"\"2\",\"Mail\",\"x;'=1\",\"invalid_email\",\"No.\"\r\n");
    }

    #[test]
    fn long_cells_and_long_names_are_cut() {
        let fault = RowFault::of_row(2, "too_long", "").in_column(&"ü".repeat(1000), &"é".repeat(1000));
        assert_eq!((fault.column.chars().count(), fault.value.chars().count()), (LONGEST, LONGEST));
    }
}
