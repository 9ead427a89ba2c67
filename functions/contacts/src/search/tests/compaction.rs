//! What a worker leaves behind, and what it does about damage.

use super::*;

fn another_key(sealed: &mut [u8]) {
    sealed[2] = 9;
}

#[tokio::test]
async fn what_a_newer_key_sealed_is_not_damaged() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    let good = bench.objects.lock().clone();
    bench.objects.lock().values_mut().for_each(|sealed| another_key(sealed));
    let failed = bench.refresh(&mut None).await;
    assert!(matches!(failed, Err(RefreshError::Failed(Failure::Unavailable(_)))), "{failed:?}");
    bench.installation.ambient.advance_seconds(1);
    let asked = SearchChanged::new(bench.scope.table.tenant(), bench.installation.ambient.now());
    let failed = bench.compaction().run(&asked).await;
    assert!(matches!(failed, Err(Failure::Unavailable(_))), "{failed:?}");
    assert!(bench.objects.lock().keys().eq(good.keys()), "nothing is made anew for it");
}
