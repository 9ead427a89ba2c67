//! What DynamoDB answers when it is busy or says no.

use kernel::Failure;
use serde_json::json;
use table::TableError;
use testkit::{Answer, LocalTable, tenant};

use crate::{contacts, mark, row};

#[tokio::test]
async fn a_canceled_transaction_says_why() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    let cancel = async |codes: &[&str]| {
        local.traffic().answer_next(Answer::canceled_transaction(codes));
        table.transaction().put_any(row(&key, "x")).commit().await.unwrap_err()
    };
    for code in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
        let throttled = cancel(&[code, "None"]).await;
        assert!(matches!(throttled, TableError::Throttled(_)), "{throttled:?}");
    }
    // Trying again would not help: the condition decides.
    let both = cancel(&["TransactionConflict", "ConditionalCheckFailed"]).await;
    assert!(matches!(both, TableError::ConditionFailed { element: 1 }), "{both:?}");
    let other = cancel(&["ValidationError", "None"]).await;
    assert!(matches!(other, TableError::Other(_)), "{other:?}");
    assert!(local.all_items().await.is_empty());
}

#[tokio::test]
async fn a_transaction_waits_for_others_to_pass_but_not_for_ever() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    let in_the_way = |times: usize| {
        for _ in 0..times {
            local.traffic().answer_next(Answer::canceled_transaction(&["None", "TransactionConflict"]));
        }
    };
    in_the_way(3);
    table.transaction().put_new(row(&key, "written")).commit().await.unwrap();
    assert_eq!(local.traffic().take().len(), 4);
    assert_eq!(mark(&table.get(&key).await.unwrap().unwrap()), "written");

    in_the_way(4);
    let error = table.transaction().put_any(row(&key, "late")).commit().await.unwrap_err();
    assert!(matches!(error, TableError::Conflict(_)), "{error:?}");
    assert!(matches!(Failure::from(error), Failure::Unavailable(_)));
    assert_eq!(mark(&table.get(&key).await.unwrap().unwrap()), "written");
}

#[tokio::test]
async fn trouble_of_the_table_is_worth_another_try_and_a_refusal_is_not() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    let failing = async |exception: &str| {
        local.traffic().answer_next(Answer::exception("GetItem", exception));
        table.get(&key).await.unwrap_err()
    };
    for busy in ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"] {
        let error = failing(busy).await;
        assert!(matches!(error, TableError::Throttled(_)), "{error:?}");
        assert!(matches!(Failure::from(error), Failure::Unavailable(_)));
    }
    let denied = failing("AccessDeniedException").await;
    assert!(matches!(denied, TableError::Denied(_)), "{denied:?}");
    assert!(matches!(Failure::from(denied), Failure::Internal(_)));

    local.traffic().answer_next(Answer::exception("PutItem", "TransactionConflictException"));
    let conflict = table.put_new(row(&key, "x")).await.unwrap_err();
    assert!(matches!(conflict, TableError::Conflict(_)), "{conflict:?}");
    assert!(matches!(Failure::from(conflict), Failure::Unavailable(_)));
}

#[tokio::test]
async fn what_a_batch_leaves_over_is_asked_for_again() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().touch(&contacts(1)[0]);
    table.put_new(row(&key, "there")).await.unwrap();
    let name = LocalTable::NAME;
    let left =
        json!({"Keys": [{"pk": {"S": key.partition()}, "sk": {"S": key.sort()}}], "ConsistentRead": true});
    let unfinished =
        || Answer::success("BatchGetItem", json!({"Responses": {}, "UnprocessedKeys": {name: left}}));
    local.traffic().answer_next(unfinished());
    let found = table.get_many(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(found.iter().map(mark).collect::<Vec<_>>(), ["there"]);
    for _ in 0..4 {
        local.traffic().answer_next(unfinished());
    }
    let error = table.get_many(&[key]).await.unwrap_err();
    assert!(matches!(error, TableError::Throttled(_)), "{error:?}");
}

#[tokio::test]
async fn many_are_removed_by_few_calls_and_what_is_left_over_is_asked_for_again() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let keys: Vec<_> = contacts(60).iter().map(|contact| table.keys().touch(contact)).collect();
    let kept = table.keys().touch(&contacts(61)[60]);
    for key in keys.iter().chain([&kept]) {
        table.put_new(row(key, "there")).await.unwrap();
    }
    drop(local.traffic().take());
    table.delete_many(&keys[..59]).await.unwrap();
    assert_eq!(local.traffic().take().len(), 3);
    assert_eq!(local.all_items().await.len(), 2);
    let last = &keys[59];
    let left = json!([{"DeleteRequest": {"Key": {"pk": {"S": last.partition()}, "sk": {"S": last.sort()}}}}]);
    let unfinished =
        || Answer::success("BatchWriteItem", json!({"UnprocessedItems": {LocalTable::NAME: left}}));
    local.traffic().answer_next(unfinished());
    table.delete_many(std::slice::from_ref(last)).await.unwrap();
    assert!(table.get(last).await.unwrap().is_none());
    for _ in 0..4 {
        local.traffic().answer_next(unfinished());
    }
    let error = table.delete_many(&[kept]).await.unwrap_err();
    assert!(matches!(error, TableError::Throttled(_)), "{error:?}");
    let foreign = local.of(&tenant("tnt_b")).keys().touch(&contacts(1)[0]);
    let error = table.delete_many(&[foreign]).await.unwrap_err();
    assert!(matches!(error, TableError::Denied(_)), "{error:?}");
}
