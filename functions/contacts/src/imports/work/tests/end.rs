//! Two workers at the end of one import.

use super::*;

/// An import with a fault to report, all of whose rows have been gone through.
async fn at_its_end(scene: &Scene) -> Import {
    let file = format!("{HEADER}Ada,,ada@gamma.example,,\nBad,,nonsense,,\n");
    let started = scene.started(file.as_bytes(), MAPPING, "skip").await.unwrap();
    let checked = scene.work().check(started).await.unwrap();
    let (noted, going_on) = scene.work().go_on(checked, scene.installation.ambient.now()).await.unwrap();
    assert!(going_on && noted.report_parts == 1);
    noted
}

#[tokio::test]
async fn who_comes_second_to_the_end_leaves_the_report_as_it_is() {
    let scene = Scene::open().await;
    let noted = at_its_end(&scene).await;
    let (done, _) = scene.work().go_on(noted.clone(), scene.long_after()).await.unwrap();
    let report = scene.report(&done);
    assert_eq!((done.status, report.len()), (Status::Completed, 1));
    let behind_header = Position { offset: HEADER.len() as u64, row: 1 };
    // One has only the end left to note, the other finds the file gone.
    for second in [noted.clone(), Import { position: behind_header, ..noted }] {
        let outcome = scene.work().go_on(second, scene.long_after()).await;
        assert!(matches!(outcome, Err(Failure::Stale)));
    }
    assert_eq!(scene.report(&done), report);
    assert_eq!(scene.files.lock().keys().collect::<Vec<_>>(), [&done.report()]);
    assert_eq!(store::find(&scene.scope, &done.id).await.unwrap().unwrap(), done);
}

#[tokio::test]
async fn no_report_is_made_of_less_than_all_its_parts() {
    let scene = Scene::open().await;
    let noted = at_its_end(&scene).await;
    let part = scene.files.lock().remove(&noted.report_part(0)).unwrap();
    let outcome = scene.work().go_on(noted.clone(), scene.long_after()).await;
    assert!(matches!(outcome, Err(Failure::Unavailable(_))));
    assert!(scene.report(&noted).is_empty());
    scene.files.put(&noted.report_part(0), part).await.unwrap();
    let (done, _) = scene.work().go_on(noted, scene.long_after()).await.unwrap();
    assert_eq!((done.status, scene.report(&done).len()), (Status::Completed, 1));
}

#[test]
fn the_search_is_told_of_the_end_and_now_and_then_before() {
    for (before, after, going_on, told) in [
        (0, 9_750, true, false),
        (20_000, 25_250, true, true),
        (25_250, 49_999, true, false),
        (90_000, 99_000, false, true),
        (99_000, 99_000, false, true),
        (0, 0, false, false),
    ] {
        assert_eq!(is_told(before, after, going_on), told, "{before} to {after}");
    }
}
