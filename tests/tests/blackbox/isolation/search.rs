//! The search, its worker and its objects, as one tenant on another's.

use std::collections::BTreeSet;

use aws_sdk_s3::{Client, error::SdkError, primitives::ByteStream};
use kernel::{Ambient, SystemAmbient};
use serde_json::json;

use super::{leak, neighbourhood::Neighbourhood, require};
use crate::{
    aws::Account,
    eventually::eventually,
    failed::Outcome,
    world::{Tenant, World},
};

/// Everybody's contacts have one name; each tenant finds its own.
pub async fn search(matrix: &Neighbourhood) -> Outcome<u32> {
    let found = async |tenant: &Tenant| -> Outcome<BTreeSet<String>> {
        let query = json!({ "q": "ada", "limit": 50 });
        let answer = tenant.session.post("/v1/contacts/search", &query).await?.expect(200)?;
        let ids = answer.array("/items")?.iter().filter_map(|item| item["contact"]["id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    };
    let own = found(&matrix.mine).await?;
    require(own.contains(&matrix.contact), || "one's own contact is not found".to_owned())?;
    for other in &matrix.others {
        let theirs = found(&other.tenant).await?;
        require(theirs.contains(&other.contact), || "their own contact is not found".to_owned())?;
        require(own.is_disjoint(&theirs), || "another's contact is found".to_owned())?;
        let named = json!({ "q": "ada", "tenant_id": other.tenant.id });
        matrix.mine.session.post("/v1/contacts/search", &named).await?.expect(400)?;
        let request = matrix.mine.bearer(http::Method::POST, "/v1/contacts/search");
        let request = request.header("x-tenant-id", &other.tenant.id).json(&json!({ "q": "ada" }));
        let answer = request.send().await?.expect(200)?;
        require(!answer.body.to_string().contains(&other.contact), || answer.body.to_string())?;
    }
    Ok(6)
}

/// A message of one tenant makes that tenant's shards, and nobody else's.
pub async fn compact(matrix: &Neighbourhood) -> Outcome<u32> {
    let world = &matrix.world;
    let objects = Client::new(&world.aws.config);
    for other in &matrix.others {
        rebuild(world, &other.tenant).await?;
        let before = names(world, &objects, &other.tenant.id).await?;
        require(!before.is_empty(), || "no shards were written".to_owned())?;
        rebuild(world, &matrix.mine).await?;
        require(names(world, &objects, &other.tenant.id).await? == before, || {
            format!("shards of {} changed", other.tenant.id)
        })?;
    }
    Ok(2)
}

/// Has the tenant's shards made from its contacts, and waits until there are others than before.
pub async fn rebuild(world: &World, tenant: &Tenant) -> Outcome {
    let manifest = async || world.row(&format!("T#{}#SEARCH", tenant.id), "MANIFEST").await;
    let objects = |row: Option<crate::aws::Item>| row.map(|row| row["objects"].clone());
    let before = objects(manifest().await?);
    let now = SystemAmbient.now().to_string();
    let message = json!({ "tenant_id": tenant.id, "written_at": now, "rebuild": true });
    let queue = aws_sdk_sqs::Client::new(&world.aws.config);
    let send = queue.send_message().queue_url(world.output("SearchQueueUrl"));
    send.message_body(message.to_string()).send().await?;
    eventually("other shards", async || {
        let row = manifest().await?.filter(|row| !row.contains_key("leased_until"));
        let now = objects(row);
        Ok((now.is_some() && now != before).then_some(()))
    })
    .await
}

/// The names of a tenant's objects.
pub async fn names(world: &World, objects: &Client, tenant: &str) -> Outcome<BTreeSet<String>> {
    let list = objects.list_objects_v2().bucket(world.output("ObjectsBucketName"));
    let listed = list.prefix(format!("{tenant}/")).send().await?;
    Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
}

/// A role, a function that may assume it, the part of its tenant's objects that it reaches, and what it may do there.
struct ObjectRole {
    output: &'static str,
    function: &'static str,
    part: &'static str,
    reads: bool,
    writes: bool,
    deletes: bool,
}

const OBJECT_ROLES: [ObjectRole; 5] = [
    ObjectRole {
        output: "ContactsSearcherRoleArn",
        function: "contacts-search",
        part: "search",
        reads: true,
        writes: false,
        deletes: false,
    },
    ObjectRole {
        output: "ContactsCompactorRoleArn",
        function: "contacts-compact",
        part: "search",
        reads: true,
        writes: true,
        deletes: true,
    },
    ObjectRole {
        output: "RecordingsListenerRoleArn",
        function: "calls-recording-get",
        part: "recordings",
        reads: true,
        writes: false,
        deletes: false,
    },
    ObjectRole {
        output: "RecordingsRemoverRoleArn",
        function: "calls-recording-delete",
        part: "recordings",
        reads: false,
        writes: false,
        deletes: true,
    },
    ObjectRole {
        output: "RecordingsFetcherRoleArn",
        function: "calls-recording-fetch",
        part: "recordings",
        reads: false,
        writes: true,
        deletes: true,
    },
];

/// What the sessions of a tenant may do with objects under its own prefix, and under others'.
#[tokio::test]
async fn matrix_of_objects() -> Outcome {
    let world = World::open().await?;
    let owner = Client::new(&world.aws.config);
    let bucket = world.output("ObjectsBucketName");
    let own = format!("tnt_objects-{}", crate::world::random_hex(8));
    let others = [format!("{own}-b"), format!("tnt_objects-{}", crate::world::random_hex(8))];
    let parts = ["search", "recordings", "imports"];
    for (tenant, part) in others.iter().chain([&own]).flat_map(|tenant| parts.map(|part| (tenant, part))) {
        let put = owner.put_object().bucket(bucket).key(format!("{tenant}/{part}/object"));
        put.body(ByteStream::from_static(b"sealed")).send().await?;
    }
    let mut cases = 0;
    for role in &OBJECT_ROLES {
        let ObjectRole { output, part, .. } = role;
        let function = world.aws.assume(&world.role_arn(role.function), None).await?;
        let tagged = session(&function, world.output(output), Some(&own)).await?;
        let object = format!("{own}/{part}/object");
        require(get(&tagged, bucket, &object).await? == role.reads, || format!("{output} reading its own"))?;
        require(put(&tagged, bucket, &object).await? == role.writes, || format!("{output} writing its own"))?;
        let passing = format!("{own}/{part}/passing-{output}");
        let put_passing = owner.put_object().bucket(bucket).key(&passing);
        put_passing.body(ByteStream::from_static(b"sealed")).send().await?;
        let deletes = delete(&tagged, bucket, &passing).await?;
        require(deletes == role.deletes, || format!("{output} deleting its own"))?;
        let mut forbidden = vec![format!("{part}/object")];
        let elsewhere = parts.iter().filter(|other| *other != part);
        forbidden.extend(elsewhere.map(|other| format!("{own}/{other}/object")));
        forbidden.extend(others.iter().map(|other| format!("{other}/{part}/object")));
        for key in &forbidden {
            let let_through = get(&tagged, bucket, key).await?
                || put(&tagged, bucket, key).await?
                || delete(&tagged, bucket, key).await?;
            require(!let_through, || format!("{output} reaches {key}"))?;
            cases += 3;
        }
        // The function's own role reaches nothing.
        let bare = Client::new(&function.config);
        require(!get(&bare, bucket, &object).await?, || format!("the role of {} reads", role.function))?;
        cases += 4;
    }
    for (other, part) in others.iter().flat_map(|tenant| parts.map(|part| (tenant, part))) {
        let object = owner.get_object().bucket(bucket).key(format!("{other}/{part}/object")).send().await?;
        let bytes = object.body.collect().await?.into_bytes();
        require(bytes.as_ref() == b"sealed", || format!("an object of {other} changed"))?;
    }
    super::print_counts(&format!("objects: {cases} cases, 0 leaks"));
    Ok(())
}

async fn session(function: &Account, role: &str, tenant: Option<&str>) -> Outcome<Client> {
    Ok(Client::new(&function.assume(role, tenant).await?.config))
}

async fn get(client: &Client, bucket: &str, key: &str) -> Outcome<bool> {
    let_through(client.get_object().bucket(bucket).key(key).send().await)
}

async fn put(client: &Client, bucket: &str, key: &str) -> Outcome<bool> {
    let body = ByteStream::from_static(b"changed");
    let_through(client.put_object().bucket(bucket).key(key).body(body).send().await)
}

async fn delete(client: &Client, bucket: &str, key: &str) -> Outcome<bool> {
    let_through(client.delete_object().bucket(bucket).key(key).send().await)
}

fn let_through<T, E>(answer: Result<T, SdkError<E>>) -> Outcome<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 403 => Ok(false),
        Err(_) => Err(leak("neither let through nor forbidden")),
    }
}
