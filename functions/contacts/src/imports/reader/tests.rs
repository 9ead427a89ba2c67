use testkit::MemoryObjects;

use super::*;
use crate::imports::file::delimiter_of;

const NAME: &str = "imports/x/upload";

async fn opened(objects: &MemoryObjects, bytes: &[u8]) -> Layout {
    objects.put(NAME, bytes.to_vec()).await.unwrap();
    let facts = objects.facts(NAME).await.unwrap().unwrap();
    let (encoding, _) = Encoding::of(bytes);
    Layout { tag: facts.tag, size: facts.size, encoding, delimiter: b',' }
}

fn position(offset: u64) -> Position {
    Position { offset, row: 0 }
}

/// All rows, reading `most` at a time with a reader of its own each time.
async fn resumed(bytes: &[u8], most: usize) -> Vec<Row> {
    let objects = MemoryObjects::default();
    let layout = opened(&objects, bytes).await;
    let (mut at, mut rows) = (position(Encoding::of(bytes).1), Vec::new());
    loop {
        let mut reader = RowReader::new(&objects, NAME.to_owned(), layout.clone(), at);
        let read = reader.rows(most).await.unwrap();
        at = reader.position();
        if read.is_empty() {
            return rows;
        }
        rows.extend(read);
    }
}

fn numbered(count: usize) -> String {
    let row = |number: usize| {
        format!("Zoë {number},\"a \"\"quoted\"\"\r\nline, {number}\",{}\r\n", "x".repeat(number % 97))
    };
    format!("name,note,filler\r\n{}", (0..count).map(row).collect::<String>())
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn reading_on_from_any_row_gives_every_row_once() {
    let text = numbered(9000);
    assert!(text.len() as u64 > 2 * STRETCH);
    let whole = resumed(text.as_bytes(), usize::MAX).await;
    assert_eq!(whole.len(), 9001);
    assert_eq!(whole[9000].number, 9001);
    assert_eq!(whole[5000].cells[1], "a \"quoted\"\r\nline, 4999");
    assert_eq!(resumed(text.as_bytes(), 333).await, whole);
    assert_eq!(resumed(&utf16(&text), 333).await, whole);
    assert_eq!(resumed(format!("\u{feff}{text}").as_bytes(), 1001).await, whole);
}

#[tokio::test]
async fn line_ends_and_empty_lines_make_no_rows() {
    for text in ["a,b\r\n1,2\r\n", "a,b\n1,2", "a,b\r1,2\r\r", "\n\na,b\n\n\n1,2\n\n"] {
        let rows: Vec<_> = resumed(text.as_bytes(), 1).await.into_iter().map(|row| row.cells).collect();
        assert_eq!(rows, [["a", "b"], ["1", "2"]], "{text:?}");
    }
    assert!(resumed(b"\n\r\n", 5).await.is_empty());
    assert_eq!(delimiter_of(""), b',');
}

async fn fault(bytes: &[u8]) -> (usize, FileFault) {
    let objects = MemoryObjects::default();
    let layout = opened(&objects, bytes).await;
    let mut reader = RowReader::new(&objects, NAME.to_owned(), layout, position(0));
    let mut count = 0;
    loop {
        match reader.rows(100).await {
            Ok(rows) if rows.is_empty() => panic!("the file was read to its end"),
            Ok(rows) => count += rows.len(),
            Err(ReadError::File(fault)) => return (count, fault),
            Err(ReadError::Failed(failure)) => panic!("{failure}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_text_is_named_by_row_and_byte() {
    let mut bytes = numbered(6000).into_bytes();
    let wrong = bytes.len() as u64 + 2;
    bytes.extend(b"Zo\xeb,1,2\r\nlast,1,2\r\n");
    let (count, fault) = fault(&bytes).await;
    assert_eq!((count, fault.code.as_ref()), (6001, "invalid_encoding"));
    assert_eq!((fault.row, fault.byte_offset), (Some(6002), Some(wrong)));
}

#[tokio::test]
async fn a_quote_that_is_never_closed_ends_somewhere() {
    let begins = numbered(50).len() as u64;
    let long = format!("{}\"open,1,2\r\n{}", numbered(50), "x,y,z\r\n".repeat(40_000));
    let short = format!("{}\"open,1,2\r\nx,y,z\r\n", numbered(50));
    let closed_and_long = format!("{}\"{}\",1,2\r\n", numbered(50), "x".repeat(140_000));
    for text in [long, short, closed_and_long] {
        let (count, fault) = fault(text.as_bytes()).await;
        assert_eq!((count, fault.code.as_ref(), fault.row), (51, "row_too_long", Some(52)));
        // Behind a row there may be half a line end.
        assert!(fault.byte_offset.is_some_and(|offset| (begins - 1..=begins).contains(&offset)));
    }
    assert_eq!(resumed(b"a,b\r\n\"1\",\"2\"", 1).await[1].cells, ["1", "2"]);
    assert_eq!(resumed(b"a,b\r\n1,\"2\"\"\"\n", 1).await[1].cells, ["1", "2\""]);
}

#[tokio::test]
async fn a_file_that_is_replaced_is_not_read_on() {
    let objects = MemoryObjects::default();
    let layout = opened(&objects, numbered(9000).as_bytes()).await;
    let mut reader = RowReader::new(&objects, NAME.to_owned(), layout, position(0));
    assert_eq!(reader.rows(10).await.unwrap().len(), 10);
    objects.put(NAME, numbered(8999).into_bytes()).await.unwrap();
    let fault = loop {
        match reader.rows(1000).await {
            Ok(rows) => assert!(!rows.is_empty()),
            Err(ReadError::File(fault)) => break fault,
            Err(ReadError::Failed(failure)) => panic!("{failure}"),
        }
    };
    assert_eq!(fault.code, "file_changed");
}
