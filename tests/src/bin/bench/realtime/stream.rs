//! The table's stream as the dispatcher is given it, for giving it once more.

use blackbox::Error;
use serde_json::{Value, json};

use crate::emulator::Emulator;

/// Reads what is committed from its making on.
pub struct StreamReader {
    arn: String,
    iterator: String,
}

impl StreamReader {
    pub async fn open(emulator: &Emulator, table: &str) -> Result<Self, Error> {
        let streams = ask(emulator, "ListStreams", &json!({ "TableName": table })).await?;
        let arn = text(&streams, "/Streams/0/StreamArn")?;
        let described = ask(emulator, "DescribeStream", &json!({ "StreamArn": arn })).await?;
        let shard = text(&described, "/StreamDescription/Shards/0/ShardId")?;
        let question = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "LATEST" });
        let answer = ask(emulator, "GetShardIterator", &question).await?;
        let iterator = text(&answer, "/ShardIterator")?;
        Ok(Self { arn, iterator })
    }

    /// The records since the last call that belong to partitions beginning with `prefix`, each as an event source mapping passes it on.
    pub async fn read(&mut self, emulator: &Emulator, prefix: &str) -> Result<Vec<Value>, Error> {
        let answer = ask(emulator, "GetRecords", &json!({ "ShardIterator": self.iterator })).await?;
        self.iterator = text(&answer, "/NextShardIterator")?;
        let records = answer["Records"].as_array().cloned().unwrap_or_default();
        let ours = |record: &Value| {
            let partition = record["dynamodb"]["Keys"]["pk"]["S"].as_str();
            partition.is_some_and(|partition| partition.starts_with(prefix))
        };
        let passed_on = |mut record: Value| {
            record["eventSourceARN"] = json!(self.arn);
            record
        };
        Ok(records.into_iter().filter(ours).map(passed_on).collect())
    }
}

async fn ask(emulator: &Emulator, operation: &str, question: &Value) -> Result<Value, Error> {
    emulator.call("dynamodb", &format!("DynamoDBStreams_20120810.{operation}"), "1.0", question).await
}

fn text(answer: &Value, pointer: &str) -> Result<String, Error> {
    let text = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| Error::MissingField { pointer: pointer.to_owned(), body: answer.to_string() })
}
