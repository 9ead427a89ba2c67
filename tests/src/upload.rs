//! Putting a file where an import has its own.

use std::time::Duration;

use reqwest::header::CONTENT_LENGTH;
use serde_json::{Value, json};

use crate::{api::Session, error::Error};

const TIMEOUT: Duration = Duration::from_mins(1);

fn unanswered(path: &str) -> impl FnOnce(reqwest::Error) -> Error + use<'_> {
    move |source| Error::NoAnswer { method: http::Method::PUT, path: path.to_owned(), source: source.into() }
}

fn client(path: &str) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder().timeout(TIMEOUT).build().map_err(unanswered(path))
}

/// Announces a file of these bytes and puts it; gives the import's id.
pub async fn upload_import(session: &Session, file: &[u8]) -> Result<String, Error> {
    let announced = session.post("/v1/imports", &json!({ "size_bytes": file.len() })).await?.expect(201)?;
    let status = put_file(announced.text("/upload_url")?, file).await?;
    if status != 200 {
        return Err(Error::UnexpectedStatus {
            method: http::Method::PUT,
            path: "upload_url".to_owned(),
            expected: 200,
            actual: status,
            body: String::new(),
        });
    }
    Ok(announced.text("/id")?.to_owned())
}

/// Puts a file to a signed address; the status that the object store answers.
pub async fn put_file(url: &str, file: &[u8]) -> Result<u16, Error> {
    let put = client("upload_url")?.put(url).header(CONTENT_LENGTH, file.len()).body(file.to_vec());
    Ok(put.send().await.map_err(unanswered("upload_url"))?.status().as_u16())
}

/// What stands at a signed address; `None` where that gives nothing.
pub async fn get_file(url: &str) -> Result<Option<Vec<u8>>, Error> {
    let answer = client("report_url")?.get(url).send().await.map_err(unanswered("report_url"))?;
    if !answer.status().is_success() {
        return Ok(None);
    }
    Ok(Some(answer.bytes().await.map_err(unanswered("report_url"))?.to_vec()))
}

/// The import as it stands.
pub async fn read_import(session: &Session, id: &str) -> Result<Value, Error> {
    Ok(session.get(&format!("/v1/imports/{id}")).await?.expect(200)?.body)
}
