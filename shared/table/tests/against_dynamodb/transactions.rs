use table::{ItemBuilder, TableError};
use testkit::{LocalTable, tenant};

use crate::{contacts, mark, row};

#[tokio::test]
async fn all_writes_happen_or_none_and_the_first_refused_is_named() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let keys: Vec<_> = contacts(4).iter().map(|id| table.keys().contact(id)).collect();
    table.put_new(row(&keys[2], "taken")).await.unwrap();
    table.put_new(row(&keys[3], "taken too")).await.unwrap();
    let attempt = keys
        .iter()
        .fold(table.transaction(), |transaction, key| transaction.put_new(row(key, "new")))
        .commit()
        .await;
    assert!(matches!(attempt, Err(TableError::ConditionFailed { element: 2 })), "{attempt:?}");
    assert_eq!(table.get(&keys[0]).await.unwrap(), None);
    assert_eq!(mark(&table.get(&keys[2]).await.unwrap().unwrap()), "taken");
    table.transaction().put_new(row(&keys[0], "new")).put_any(row(&keys[2], "over")).commit().await.unwrap();
    assert_eq!(mark(&table.get(&keys[0]).await.unwrap().unwrap()), "new");
    assert_eq!(mark(&table.get(&keys[2]).await.unwrap().unwrap()), "over");
}

#[tokio::test]
async fn a_row_at_another_version_is_not_overwritten() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    let at = |version: i64, mark: &str| {
        ItemBuilder::new(&key).text("mark", mark).number("version", version).build()
    };
    let over = async |mark: &str, next: i64, expected: i64| {
        table.transaction().put_over_version(at(next, mark), expected).commit().await
    };
    let missing = over("none", 2, 1).await;
    assert!(matches!(missing, Err(TableError::ConditionFailed { element: 0 })), "{missing:?}");
    table.put_new(at(1, "first")).await.unwrap();
    over("second", 2, 1).await.unwrap();
    let late = over("late", 2, 1).await;
    assert!(matches!(late, Err(TableError::ConditionFailed { element: 0 })), "{late:?}");
    assert_eq!(mark(&table.get(&key).await.unwrap().unwrap()), "second");
}

#[tokio::test]
async fn of_writers_from_the_same_version_one_wins() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    table.put_new(row(&key, "start")).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (table, key) = (table.clone(), key.clone());
        tasks.spawn(async move {
            let next = ItemBuilder::new(&key).text("mark", format!("writer {writer}")).number("version", 2);
            let outcome = table.transaction().put_over_version(next.build(), 1).commit().await;
            match outcome {
                Ok(()) => Some(format!("writer {writer}")),
                Err(TableError::ConditionFailed { element: 0 }) => None,
                Err(error) => panic!("{error}"),
            }
        });
    }
    let winners: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners, [mark(&table.get(&key).await.unwrap().unwrap())]);
}

#[tokio::test]
async fn what_is_missing_or_deleted_is_not_live() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let ids = contacts(2);
    let (required, written) = (table.keys().contact(&ids[0]), table.keys().touch(&ids[1]));
    let attempt =
        async || table.transaction().put_any(row(&written, "x")).require_live(&required).commit().await;
    let missing = attempt().await;
    assert!(matches!(missing, Err(TableError::ConditionFailed { element: 1 })), "{missing:?}");
    let deleted = ItemBuilder::new(&required).text("deleted_at", "2026-01-31T08:15:00.000Z").build();
    table.put_any(deleted).await.unwrap();
    let deleted = attempt().await;
    assert!(matches!(deleted, Err(TableError::ConditionFailed { element: 1 })), "{deleted:?}");
    assert_eq!(table.get(&written).await.unwrap(), None);
    table.put_any(row(&required, "live")).await.unwrap();
    attempt().await.unwrap();
    assert_eq!(mark(&table.get(&written).await.unwrap().unwrap()), "x");
}
