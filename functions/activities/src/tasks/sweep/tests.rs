use std::collections::BTreeSet;

use kernel::TaskId;
use table::{ItemBuilder, reminder_item};
use testkit::{TestInstallation, tenant};

use super::*;

#[tokio::test]
async fn what_is_due_is_found_in_all_shards_of_all_tenants_and_nothing_else() {
    let installation = TestInstallation::start().await;
    let ambient = &*installation.ambient;
    let now = ambient.now();
    let mut wanted = BTreeSet::new();
    for name in ["tnt_a", "tnt_b"] {
        let table = installation.table.of(&tenant(name));
        for number in 0..30_i64 {
            let task = TaskId::generate(ambient);
            let at = now.plus_seconds(10 * number - 60);
            table.put_any(reminder_item(table.keys(), &task, at)).await.unwrap();
            if at <= now.plus_seconds(AHEAD_SECONDS) {
                wanted.insert((name.to_owned(), task.to_string(), at));
            }
        }
        // A row of another kind that a session of this tenant has put there.
        let key = table.keys().task(&TaskId::generate(ambient));
        let row = ItemBuilder::new(&key).first_index("DUE#0".to_owned(), &format!("{now}#nonsense"));
        installation.table.plant(row.build()).await;
    }
    let sweeper = installation.table.of(&tenant(PLATFORM_TENANT));
    let mut found = BTreeSet::new();
    for shard in 0..REMINDER_SHARDS {
        let until = now.plus_seconds(AHEAD_SECONDS);
        let (due, last) = sweeper.due_reminders(shard, until, None).await.unwrap();
        assert!(last.is_none() && due.is_sorted_by_key(|reminder| reminder.remind_at));
        found
            .extend(due.into_iter().map(|reminder| {
                (reminder.tenant.to_string(), reminder.task.to_string(), reminder.remind_at)
            }));
    }
    assert_eq!(found, wanted);
}

#[test]
fn a_message_waits_until_its_second_and_not_less() {
    let ambient = testkit::FixedAmbient::seeded(1);
    let now = ambient.now();
    let wait = |milliseconds| {
        let reminder = DueReminder {
            tenant: testkit::claim("tnt_a"),
            task: TaskId::generate(&ambient),
            remind_at: now.plus_milliseconds(milliseconds),
        };
        message(reminder, now).1
    };
    assert_eq!([-60_000, 0, 1, 1000, 74_001].map(wait), [0, 0, 1, 1, 75]);
}
