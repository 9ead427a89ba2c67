//! What holds an import up and passes.

use testkit::Answer;

use super::*;

#[tokio::test]
async fn what_holds_an_import_up_is_tried_again_soon_and_what_was_done_stays() {
    let scene = Scene::open().await;
    let started = scene.started(numbered(300).as_bytes(), MAPPING, "skip").await.unwrap();
    let checked = scene.work().check(started).await.unwrap();
    let at_once = scene.installation.ambient.now();
    let (noted, _) = scene.work().go_on(checked, at_once).await.unwrap();
    let traffic = scene.installation.table.traffic();
    traffic.answer_next(Answer::canceled_transaction(&["ThrottlingError"]));
    let step = ImportStep::new(scene.scope.table.tenant(), noted.id.clone());
    let outcome = scene.work().go_on(noted, scene.long_after()).await.map(|(_, going_on)| going_on);
    let (again, seconds) = following(step, outcome).unwrap().expect("another try");
    assert!((1..60).contains(&seconds), "{seconds}");

    let found = store::find(&scene.scope, &again.import_id).await.unwrap().unwrap();
    assert_eq!((found.status, found.counts), (Status::Running, counts(250, 0, 0, 0)));
    let (done, going_on) = scene.work().go_on(found, scene.long_after()).await.unwrap();
    assert_eq!((done.counts, going_on), (counts(300, 0, 0, 0), false));
    assert!(following(again.clone(), Ok(going_on)).unwrap().is_none());

    // What goes on failing is the queue's to park.
    let unavailable = || Err(Failure::Unavailable("the table is throttled".into()));
    let (mut step, mut tries) = (again, 1);
    while let Ok(next) = following(step.clone(), unavailable()) {
        step = next.expect("another try").0;
        tries += 1;
        assert!(tries < 10, "it is tried for ever");
    }
    assert!(matches!(following(step, unavailable()), Err(Failure::Unavailable(_))));
}

#[tokio::test]
async fn a_step_is_followed_by_another_where_there_is_more_to_do() {
    let scene = Scene::open().await;
    let id = ImportId::generate(&*scene.installation.ambient);
    let step = ImportStep::new(scene.scope.table.tenant(), id);
    let (failed, _) = step.clone().again().unwrap();
    assert_eq!(
        following(failed.clone(), Ok(true)).unwrap(),
        Some((step, 0)),
        "what failed before is forgotten"
    );
    assert_eq!(following(failed, Err(Failure::Stale)).unwrap(), None, "somebody else goes on with it");
}
