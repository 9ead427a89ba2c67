//! The report of what could not be imported: a CSV file, a line for each fault.

/// Of a cell, in characters.
const LONGEST_VALUE: usize = 200;
/// The mark lets spreadsheets read the rest as UTF-8.
const HEAD: &str = "\u{feff}row,column,value,code,message\r\n";

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The header is 1.
    pub row: u32,
    /// Empty where it is about the row as a whole.
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
        Self { column: header.to_owned(), value: cell.chars().take(LONGEST_VALUE).collect(), ..self }
    }
}

pub fn head() -> Vec<u8> {
    HEAD.as_bytes().to_vec()
}

/// The lines of these faults.
pub fn lines(faults: &[RowFault]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for fault in faults {
        let row = fault.row.to_string();
        let (column, value) = (inert(&fault.column), inert(&fault.value));
        let line = [row.as_str(), &column, &value, fault.code, &fault.message];
        // Writing into memory does not fail.
        let _ = writer.write_record(line);
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"): what came from outside and begins like one gets an
/// apostrophe before it.
fn inert(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
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

    #[test]
    fn long_cells_are_cut() {
        let fault = RowFault::of_row(2, "too_long", "").in_column("Title", &"é".repeat(1000));
        assert_eq!(fault.value.chars().count(), LONGEST_VALUE);
    }
}
