//! Lists from the memory of the search, which is as it is committed.

use std::collections::HashSet;

use kernel::{Caller, ContactId, Failure};
use search::{Filter, Listed, Order, Selection};

use super::{Asked, Found};
use crate::{
    listing::Span,
    search::{SearchApp, access_of, find_all},
    store::ContactStore,
};

/// So many contacts are looked at for one page, at most, where it matters when they were touched.
const LOOKED_AT: usize = 400;
/// Of how many of them that is looked up in one batch.
const AT_ONCE: usize = 100;

/// Those that pass the filter and that the caller may see.
pub(super) async fn select(app: &SearchApp, caller: &Caller, filter: &Filter) -> Result<Selection, Failure> {
    let scope = app.data().open(&caller.tenant).await;
    app.with_index(&scope, caller, |index, visible| {
        index.select(filter, |facts| visible.sees(&access_of(facts)))
    })
    .await
}

/// Those that pass the filter, in this order.
pub(super) async fn filtered(
    app: &SearchApp,
    asked: Asked<'_>,
    filter: &Filter,
    order: Order,
) -> Result<Found, Failure> {
    let scope = app.data().open(&asked.caller.tenant).await;
    let after = asked.after.as_deref().map(place_of).transpose()?;
    let touched = asked.listing.touched_within();
    let is_narrowed = touched.is_all() || filter.among.is_some();
    let most = if is_narrowed { asked.wanted() } else { LOOKED_AT };
    let listed = app
        .with_index(&scope, asked.caller, |index, visible| {
            let after = after.as_ref().map(|(at, id)| (*at, id));
            index.list(filter, order, after, most, |facts| visible.sees(&access_of(facts)))
        })
        .await?;
    let store = ContactStore::open(&scope).await?;
    let (ids, next) = if is_narrowed {
        choose(listed, asked.wanted(), most, |_| true)
    } else {
        let chosen = touched_among(&store, &listed, touched, asked.wanted()).await?;
        choose(listed, asked.wanted(), most, |id| chosen.contains(id))
    };
    let mut contacts = asked.admitted(&scope, find_all(&store, &ids).await?).await?;
    contacts.retain(|(_, time)| touched.is_all() || time.is_some_and(|time| touched.holds(time)));
    Ok(Found { contacts, next })
}

/// The first `wanted` of those `listed` that were touched within the span, and maybe more.
async fn touched_among(
    store: &ContactStore<'_>,
    listed: &[Listed],
    span: Span,
    wanted: usize,
) -> Result<HashSet<ContactId>, Failure> {
    let mut touched = HashSet::with_capacity(wanted);
    for some in listed.chunks(AT_ONCE) {
        let times = store.touches_of(some.iter().map(|one| &one.id)).await?;
        touched.extend(times.into_iter().filter(|(_, time)| span.holds(*time)).map(|(id, _)| id));
        if touched.len() >= wanted {
            break;
        }
    }
    Ok(touched)
}

/// The first `wanted` of those `listed` that are `admitted`, and the place behind which the next page goes on; `None` where there is
/// nothing behind, for then fewer than `most` are listed.
fn choose(
    listed: Vec<Listed>,
    wanted: usize,
    most: usize,
    admitted: impl Fn(&ContactId) -> bool,
) -> (Vec<ContactId>, Option<String>) {
    let text_of = |one: &Listed| format!("{}\n{}", one.at, one.id);
    let end = listed.last().filter(|_| listed.len() >= most).map(text_of);
    let mut ids = Vec::with_capacity(wanted);
    for one in listed {
        if admitted(&one.id) {
            let place = text_of(&one);
            ids.push(one.id);
            if ids.len() == wanted {
                return (ids, Some(place));
            }
        }
    }
    (ids, end)
}

/// What [`choose`] wrote into a cursor.
fn place_of(text: &str) -> Result<(i64, ContactId), Failure> {
    let place = text.split_once('\n').and_then(|(at, id)| Some((at.parse().ok()?, ContactId::parse(id)?)));
    place.ok_or_else(|| Failure::internal("a sealed cursor does not read as it was written"))
}

#[cfg(test)]
mod tests {
    use testkit::FixedAmbient;

    use super::*;

    #[test]
    fn a_page_ends_where_it_is_full_and_goes_on_behind_what_was_looked_at() {
        let ambient = FixedAmbient::seeded(1);
        let listed: Vec<_> =
            (0..6).map(|at| Listed { id: ContactId::generate(&ambient), version: 1, at }).collect();
        let places = |chosen: (Vec<ContactId>, Option<String>)| {
            let place = |id: &ContactId| listed.iter().position(|one| one.id == *id).unwrap();
            let next = chosen.1.map(|text| place(&place_of(&text).unwrap().1));
            (chosen.0.iter().map(place).collect::<Vec<_>>(), next)
        };
        let odd = |id: &ContactId| listed.iter().position(|one| one.id == *id).unwrap() % 2 == 1;
        assert_eq!(places(choose(listed.clone(), 2, 6, odd)), (vec![1, 3], Some(3)));
        assert_eq!(
            places(choose(listed.clone(), 4, 6, odd)),
            (vec![1, 3, 5], Some(5)),
            "there may be more behind"
        );
        assert_eq!(places(choose(listed.clone(), 4, 7, odd)), (vec![1, 3, 5], None));
        assert_eq!(
            places(choose(listed.clone(), 2, 6, |_| false)),
            (vec![], Some(5)),
            "thin, and not at its end"
        );
        assert_eq!(places(choose(listed.clone(), 6, 6, |_| true)), ((0..6).collect(), Some(5)));
        assert_eq!(places(choose(Vec::new(), 2, 6, odd)), (vec![], None));
    }
}
