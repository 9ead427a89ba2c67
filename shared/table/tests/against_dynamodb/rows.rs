use aws_sdk_dynamodb::types::AttributeValue;
use kernel::ContactId;
use table::{Direction, Item, ItemBuilder, Range, TableError, TenantTable};
use testkit::{FixedAmbient, LocalTable, tenant};

use crate::{call, contacts, mark, row, sort};

#[tokio::test]
async fn a_new_row_takes_its_key_once() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().contact(&contacts(1)[0]);
    assert_eq!(table.get(&key).await.unwrap(), None);
    table.put_new(row(&key, "first")).await.unwrap();
    let again = table.put_new(row(&key, "second")).await;
    assert!(matches!(again, Err(TableError::ConditionFailed { element: 0 })), "{again:?}");
    assert_eq!(mark(&table.get(&key).await.unwrap().unwrap()), "first");
    table.put_any(row(&key, "third")).await.unwrap();
    assert_eq!(mark(&table.get(&key).await.unwrap().unwrap()), "third");
}

#[tokio::test]
async fn what_is_deleted_is_given_back_once() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().ticket("00ff");
    table.put_new(row(&key, "ticket")).await.unwrap();
    assert_eq!(mark(&table.delete(&key).await.unwrap().unwrap()), "ticket");
    assert_eq!(table.delete(&key).await.unwrap(), None);
    assert_eq!(table.get(&key).await.unwrap(), None);
}

async fn read_all(table: &TenantTable, direction: Direction, limit: u8) -> Vec<Vec<String>> {
    let mut range = Range { partition: table.keys().contacts(), direction, limit, after: None };
    let mut pages = Vec::new();
    loop {
        let page = table.query(&range).await.unwrap();
        pages.push(page.items.iter().map(|item| sort(item).to_owned()).collect());
        match page.last {
            Some(last) => range.after = Some(last),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_in_both_directions() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let written: Vec<String> = contacts(7).iter().map(ToString::to_string).collect();
    for id in contacts(7) {
        table.put_new(row(&table.keys().contact(&id), "one of seven")).await.unwrap();
    }
    let ascending = read_all(&table, Direction::Ascending, 3).await;
    assert_eq!(ascending.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(ascending.concat(), written);
    let mut backwards = written;
    backwards.reverse();
    assert_eq!(read_all(&table, Direction::Descending, 2).await.concat(), backwards);
}

#[tokio::test]
async fn a_query_goes_on_behind_a_row_that_is_gone() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let ids = contacts(4);
    for id in &ids {
        table.put_new(row(&table.keys().contact(id), "one of four")).await.unwrap();
    }
    let mut range =
        Range { partition: table.keys().contacts(), direction: Direction::Ascending, limit: 2, after: None };
    range.after = table.query(&range).await.unwrap().last;
    assert_eq!(range.after.as_deref(), Some(ids[1].as_str()));
    table.delete(&table.keys().contact(&ids[1])).await.unwrap();
    let rest = table.query(&range).await.unwrap();
    assert_eq!(rest.items.iter().map(sort).collect::<Vec<_>>(), [ids[2].as_str(), ids[3].as_str()]);
}

#[tokio::test]
async fn many_rows_are_read_beyond_the_limit_of_one_batch() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let ids = contacts(230);
    let (there, missing) = ids.split_at(205);
    for id in there {
        local.plant(row(&table.keys().touch(id), id.as_str())).await;
    }
    let keys: Vec<_> = there.iter().chain(missing).map(|id| table.keys().touch(id)).collect();
    let found = table.get_many(&keys).await.unwrap();
    let mut marks: Vec<_> = found.iter().map(mark).collect();
    marks.sort_unstable();
    assert_eq!(marks, there.iter().map(ContactId::as_str).collect::<Vec<_>>());
    assert_eq!(local.traffic().take().len(), 3);
    assert_eq!(table.get_many(&[]).await.unwrap(), Vec::<Item>::new());
    assert!(local.traffic().take().is_empty());
}

#[tokio::test]
async fn a_raised_text_never_falls() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().touch(&contacts(1)[0]);
    let steps = [("2026-02-01", true), ("2026-01-01", false), ("2026-02-01", false), ("2026-03-01", true)];
    for (value, raised) in steps {
        assert_eq!(table.raise_text(&key, "last_touched_at", value).await.unwrap(), raised, "{value}");
    }
    let item = table.get(&key).await.unwrap().unwrap();
    assert_eq!(item["last_touched_at"].as_s().unwrap(), "2026-03-01");
}

#[tokio::test]
async fn raised_at_once_the_latest_stays() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let key = table.keys().touch(&contacts(1)[0]);
    let values: Vec<String> = (10..26).map(|day| format!("2026-01-{day}")).collect();
    let mut shuffled = values.clone();
    FixedAmbient::seeded(3).shuffle(&mut shuffled);
    let mut tasks = tokio::task::JoinSet::new();
    for value in shuffled {
        let (table, key) = (table.clone(), key.clone());
        tasks.spawn(async move { table.raise_text(&key, "last_touched_at", &value).await.unwrap() });
    }
    assert!(tasks.join_all().await.contains(&true));
    let item = table.get(&key).await.unwrap().unwrap();
    assert_eq!(item["last_touched_at"].as_s().unwrap(), values.last().unwrap());
}

#[tokio::test]
async fn no_write_under_another_tenants_key_leaves_the_process() {
    let local = LocalTable::start().await;
    let (own, longer) = (local.of(&tenant("tnt_a")), local.of(&tenant("tnt_a-b")));
    let contact = &contacts(1)[0];
    for other in [&longer, &local.of(&tenant("tnt_b"))] {
        let key = other.keys().contact(contact);
        let foreign_index = ItemBuilder::new(&own.keys().call(&call(&FixedAmbient::seeded(1))))
            .first_index(other.keys().calls_of_contact(contact), "1")
            .build();
        let outcomes = [
            own.put_new(row(&key, "x")).await,
            own.put_any(row(&key, "x")).await,
            own.put_any(foreign_index).await,
            own.raise_text(&key, "mark", "x").await.map(drop),
            own.delete(&key).await.map(drop),
            own.transaction()
                .put_new(row(&own.keys().contact(contact), "x"))
                .require_live(&key)
                .commit()
                .await,
            own.transaction().put_any(row(&key, "x")).commit().await,
            own.transaction().put_over_version(row(&key, "x"), 1).commit().await,
        ];
        for (position, outcome) in outcomes.into_iter().enumerate() {
            assert!(matches!(outcome, Err(TableError::Denied(_))), "{position}: {outcome:?}");
        }
    }
    assert!(local.traffic().take().is_empty());
    assert!(local.all_items().await.is_empty());
}

#[tokio::test]
async fn a_reader_drops_what_is_another_tenants() {
    let local = LocalTable::start().await;
    let own = local.of(&tenant("tnt_a"));
    let contact = &contacts(1)[0];
    for name in ["tnt_a-b", "tnt_b"] {
        let other = local.of(&tenant(name));
        let key = other.keys().contact(contact);
        local.plant(row(&key, name)).await;
        assert_eq!(mark(&other.get(&key).await.unwrap().unwrap()), name);
        assert_eq!(own.get(&key).await.unwrap(), None);
        assert!(own.get_many(&[key]).await.unwrap().is_empty());
        let range = Range {
            partition: other.keys().contacts(),
            direction: Direction::Ascending,
            limit: 10,
            after: None,
        };
        assert!(own.query(&range).await.unwrap().items.is_empty());
        assert_eq!(other.query(&range).await.unwrap().items.len(), 1);
    }
    assert_eq!(own.get(&own.keys().contact(contact)).await.unwrap(), None);
}

#[tokio::test]
async fn a_row_outside_every_tenant_is_nobodys() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    for partition in ["IDENTITY#tnt_a", "T#tnt_a", "T#tnt_a#NONSENSE"] {
        let key = table.keys().tenant();
        let mut item = row(&key, "outside");
        item.insert("pk".to_owned(), AttributeValue::S(partition.to_owned()));
        local.plant(item.clone()).await;
        let refused = table.put_any(item).await;
        assert!(matches!(refused, Err(TableError::Denied(_))), "{refused:?}");
        assert!(table.query_between(partition, "A", "Z").await.unwrap().is_empty());
    }
    assert_eq!(local.all_items().await.len(), 3);
}

#[tokio::test]
async fn a_stretch_holds_its_ends_and_what_lies_between() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let ids = contacts(6);
    for id in [&ids[0], &ids[1], &ids[3], &ids[4], &ids[5]] {
        table.put_new(row(&table.keys().touch(id), "there")).await.unwrap();
    }
    let between = async |first: &ContactId, last: &ContactId| {
        let items = table.query_between(&table.keys().touches(), first.as_str(), last.as_str()).await;
        items.unwrap().iter().map(|item| sort(item).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(between(&ids[1], &ids[4]).await, [ids[1].as_str(), ids[3].as_str(), ids[4].as_str()]);
    assert_eq!(between(&ids[2], &ids[2]).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stretch_beyond_one_answer_is_read_to_its_end() {
    let local = LocalTable::start().await;
    let table = local.of(&tenant("tnt_a"));
    let ids = contacts(5);
    // An answer holds 1 MB.
    let filling = "x".repeat(300_000);
    for id in &ids {
        table.put_new(row(&table.keys().touch(id), &filling)).await.unwrap();
    }
    let _ = local.traffic().take();
    let touches = table.keys().touches();
    let items = table.query_between(&touches, ids[0].as_str(), ids[4].as_str()).await.unwrap();
    assert_eq!(items.len(), 5);
    assert_eq!(local.traffic().take().len(), 2);
}
