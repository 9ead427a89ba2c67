//! Another tenant's imports and files, and a colleague's.

use aws_sdk_s3::{Client, error::SdkError, primitives::ByteStream};
use blackbox::{get_file, put_file, read_import, upload_import};
use kernel::SystemAmbient;
use provision::new_password;
use serde_json::json;

use super::{leak, neighbourhood::Neighbourhood, require};
use crate::{
    failed::Outcome,
    imports::{counts, import, over, start},
    world::{Tenant, World},
};

const FILE: &str = "First,Last,Mail,Mobile,Tags\nAda,Lovelace,ada@customer.example,nonsense,\nAlan,,alan@customer.example,,\n";

/// A stranger with an import that is over. Of its own, so that the neighbours stay as they are.
async fn stranger(world: &World) -> Outcome<(Tenant, String)> {
    let tenant = world.tenant().await?;
    let done = import(&tenant, FILE.as_bytes(), "skip").await?;
    Ok((tenant, done["id"].as_str().unwrap_or_default().to_owned()))
}

/// The address of an upload leads to one's own file, however it is bent.
pub async fn create(matrix: &Neighbourhood) -> Outcome<u32> {
    let announced = json!({ "size_bytes": 4 });
    let answer = matrix.mine.session.post("/v1/imports", &announced).await?.expect(201)?;
    let url = answer.text("/upload_url")?;
    for other in &matrix.others {
        let bent = url.replacen(&matrix.mine.id, &other.tenant.id, 1);
        require(put_file(&bent, b"1234").await? == 403, || "a file was put with a stranger".to_owned())?;
        let mut named = announced.clone();
        named["tenant_id"] = json!(other.tenant.id);
        matrix.mine.session.post("/v1/imports", &named).await?.expect(400)?;
    }
    Ok(4)
}

pub async fn start_foreign(matrix: &Neighbourhood) -> Outcome<u32> {
    let (tenant, _) = stranger(&matrix.world).await?;
    let id = upload_import(&tenant.session, FILE.as_bytes()).await?;
    let before = tenant.contacts().await?.len();
    start(&matrix.mine, &id, &crate::imports::mapping(), "create").await?.expect(404)?;
    require(tenant.contacts().await?.len() == before, || "a stranger's import was started".to_owned())?;
    require(read_import(&tenant.session, &id).await?["status"] == json!("awaiting_upload"), || id.clone())?;
    // A colleague's neither, unless an admin looks.
    let (email, password) =
        (format!("other@{}.example", tenant.id.replace('_', "-")), new_password(&SystemAmbient));
    matrix.world.user(&tenant.tenant_id, &email, &password).await?;
    let colleague = matrix.world.api.sign_in(&email, &password).await?;
    colleague.get(&format!("/v1/imports/{id}")).await?.expect(404)?;
    let body = json!({ "mapping": crate::imports::mapping() });
    colleague.post(&format!("/v1/imports/{id}/start"), &body).await?.expect(404)?;
    Ok(3)
}

pub async fn get(matrix: &Neighbourhood) -> Outcome<u32> {
    let (tenant, id) = stranger(&matrix.world).await?;
    matrix.mine.session.get(&format!("/v1/imports/{id}")).await?.expect(404)?;
    let own = import(&matrix.mine, FILE.as_bytes(), "skip").await?;
    let url = own["report_url"].as_str().unwrap_or_default();
    require(get_file(url).await?.is_some(), || "one's own report is not there".to_owned())?;
    let own_id = own["id"].as_str().unwrap_or_default();
    for bent in [url.replacen(&matrix.mine.id, &tenant.id, 1), url.replacen(own_id, &id, 1)] {
        let bent = bent.replacen(own_id, &id, 1);
        require(get_file(&bent).await?.is_none(), || "a stranger's report".to_owned())?;
    }
    Ok(3)
}

/// A message of one tenant that names another's import writes nothing, with either.
pub async fn work(matrix: &Neighbourhood) -> Outcome<u32> {
    let (tenant, _) = stranger(&matrix.world).await?;
    let id = upload_import(&tenant.session, FILE.as_bytes()).await?;
    let before = (tenant.contacts().await?.len(), matrix.mine.contacts().await?.len());
    let queue = aws_sdk_sqs::Client::new(&matrix.world.aws.config);
    let body = json!({ "tenant_id": matrix.mine.id, "import_id": id });
    let send = queue.send_message().queue_url(matrix.world.output("ImportQueueUrl"));
    send.message_body(body.to_string()).send().await?;
    // By then the message has been worked on.
    let own = import(&matrix.mine, b"First,Last,Mail,Mobile,Tags\nOnly,One,,,\n", "create").await?;
    require(counts(&own) == [1, 0, 0, 0], || own.to_string())?;
    let after = (tenant.contacts().await?.len(), matrix.mine.contacts().await?.len());
    require(after == (before.0, before.1 + 1), || format!("{before:?} {after:?}"))?;
    start(&tenant, &id, &crate::imports::mapping(), "create").await?.expect(202)?;
    over(&tenant, &id).await?;
    Ok(2)
}

/// What the sessions of a tenant may do with files under its own prefix, and under others'.
#[tokio::test]
async fn matrix_of_files() -> Outcome {
    let world = World::open().await?;
    let owner = Client::new(&world.aws.config);
    let bucket = world.output("ImportsBucketName");
    let own = format!("tnt_files-{}", crate::world::random_hex(8));
    let others = [format!("{own}-b"), format!("tnt_files-{}", crate::world::random_hex(8))];
    let names = ["imports/x/upload", "imports/x/parts/000000", "imports/x/report.csv", "search/shard"];
    let lay = async || -> Outcome {
        for tenant in others.iter().chain([&own]) {
            for name in names {
                let put = owner.put_object().bucket(bucket).key(format!("{tenant}/{name}"));
                put.body(ByteStream::from_static(b"theirs")).send().await?;
            }
        }
        Ok(())
    };
    lay().await?;
    let mut cases = 0;
    for (role, function, gets, puts, deletes) in [
        (
            "ImportsAnnouncerRoleArn",
            "imports-create",
            [false, false, false],
            [true, false, false],
            [false; 3],
        ),
        ("ImportsStarterRoleArn", "imports-start", [true, false, false], [false; 3], [false; 3]),
        ("ImportsReaderRoleArn", "imports-get", [false, false, true], [false; 3], [false; 3]),
        ("ContactsImporterRoleArn", "contacts-import", [true; 3], [false, true, true], [true; 3]),
    ] {
        let function = world.aws.assume(&world.role_arn(function), None).await?;
        let tagged = Client::new(&function.assume(world.output(role), Some(&own)).await?.config);
        for (position, name) in names.into_iter().enumerate() {
            for tenant in others.iter().chain([&own]) {
                let key = format!("{tenant}/{name}");
                let may =
                    |rights: [bool; 3]| *tenant == own && rights.get(position).copied().unwrap_or(false);
                let got = allowed(tagged.get_object().bucket(bucket).key(&key).send().await)?;
                let body = ByteStream::from_static(b"changed");
                let put = allowed(tagged.put_object().bucket(bucket).key(&key).body(body).send().await)?;
                let deleted = allowed(tagged.delete_object().bucket(bucket).key(&key).send().await)?;
                let expected = (may(gets), may(puts), may(deletes));
                require((got, put, deleted) == expected, || {
                    format!("{role} on {key}: {got} {put} {deleted}")
                })?;
                cases += 3;
            }
        }
        // The function's own role reaches nothing.
        let bare = Client::new(&function.config);
        let got = allowed(bare.get_object().bucket(bucket).key(format!("{own}/{}", names[0])).send().await)?;
        require(!got, || "the function's role reads a file".to_owned())?;
        cases += 1;
        lay().await?;
    }
    super::print_counts(&format!("files: {cases} cases, 0 leaks"));
    Ok(())
}

fn allowed<T, E>(answer: Result<T, SdkError<E>>) -> Outcome<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 403 => Ok(false),
        Err(_) => Err(leak("neither let through nor forbidden")),
    }
}
