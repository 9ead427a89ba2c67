//! Lists that some partition of the table has in order.

use kernel::Failure;
use search::Selection;
use table::{Item, Position, Stretch};
use tenancy::TenantScope;

use super::{Asked, Found};
use crate::{
    listing::Listing,
    store::{ContactStore, read_touch},
};

/// Stretches that are read for one page, at most, where most of what they hold is not the caller's to see, or not what was asked for.
/// The page is shorter then than it was asked to be, and goes on at its cursor.
const STRETCHES: usize = 4;
/// Touches of such a stretch.
const TOUCHES: u8 = 200;
/// The touches of a span are read to its end where they are in no more stretches than these.
const STRETCHES_OF_FEW: usize = 2;

/// How far a list by touch looks, of which only a selection counts.
pub(super) struct Reach {
    /// Of a selection no larger every touch is looked up by its key, in one batch, and no page is thin.
    few: usize,
    /// Of a larger one the touches are met in their order, stretches of so many at a time.
    stretch: u8,
}

impl Default for Reach {
    fn default() -> Self {
        Self { few: 100, stretch: TOUCHES }
    }
}

/// A stretch of the table.
pub(super) async fn in_order(scope: &TenantScope, asked: Asked<'_>) -> Result<Found, Failure> {
    let wanted = asked.wanted();
    let store = ContactStore::open(scope).await?;
    let mut stretch = asked.listing.stretch(scope.table.keys(), asked.limit.get());
    stretch.after = asked.after.as_deref().map(position_of);
    let mut contacts = Vec::with_capacity(wanted);
    for _ in 0..STRETCHES {
        stretch.limit = u8::try_from(wanted - contacts.len()).unwrap_or(asked.limit.get());
        let page = store.page(&stretch, asked.listing.rows()).await?;
        stretch.after = page.last;
        contacts.extend(asked.admitted(scope, page.contacts).await?);
        if contacts.len() >= wanted || stretch.after.is_none() {
            break;
        }
    }
    Ok(Found { contacts, next: stretch.after.as_ref().map(text_of) })
}

/// Those of the selection in the order of touching.
pub(super) async fn selected(
    scope: &TenantScope,
    asked: Asked<'_>,
    selection: &Selection,
    reach: &Reach,
) -> Result<Found, Failure> {
    let store = ContactStore::open(scope).await?;
    let mut stretch = asked.listing.touches(scope.table.keys(), reach.stretch);
    stretch.after = asked.after.as_deref().map(position_of);
    let (touches, next) = if selection.len() <= reach.few {
        stretch.limit = asked.limit.get();
        let ids: Vec<_> = selection.ids().collect();
        stretch.out_of(store.touch_rows(&ids).await?)
    } else {
        selected_on_the_way(scope, stretch, selection, asked.wanted()).await?
    };
    let contacts = asked.admitted(scope, store.touched(&touches).await?).await?;
    Ok(Found { contacts, next: next.as_ref().map(text_of) })
}

/// The first `wanted` of the selection that are met on the stretch and the next ones.
async fn selected_on_the_way(
    scope: &TenantScope,
    mut stretch: Stretch,
    selection: &Selection,
    wanted: usize,
) -> Result<(Vec<Item>, Option<Position>), Failure> {
    let mut touches = Vec::with_capacity(wanted);
    for _ in 0..STRETCHES {
        let (items, last) = scope.table.stretch(&stretch).await?;
        for item in items {
            if selection.contains(&read_touch(&item)?.0) {
                let position = stretch.order.position_of(&item);
                touches.push(item);
                if touches.len() == wanted {
                    return Ok((touches, position));
                }
            }
        }
        stretch.after = last;
        if stretch.after.is_none() {
            break;
        }
    }
    Ok((touches, stretch.after))
}

/// Whom the list may hold by its span of touches, as of a moment ago; `None` where it has none, or where that would be many.
pub(super) async fn few_touched(
    scope: &TenantScope,
    listing: &Listing,
) -> Result<Option<Selection>, Failure> {
    if listing.touched_within().is_all() {
        return Ok(None);
    }
    let mut stretch = listing.touches(scope.table.keys(), TOUCHES);
    let mut touched = Vec::new();
    for _ in 0..STRETCHES_OF_FEW {
        let (items, last) = scope.table.stretch(&stretch).await?;
        for item in items {
            touched.push(read_touch(&item)?.0);
        }
        stretch.after = last;
        if stretch.after.is_none() {
            return Ok(Some(touched.iter().collect()));
        }
    }
    Ok(None)
}

fn position_of(text: &str) -> Position {
    Position(text.split('\n').map(str::to_owned).collect())
}

fn text_of(position: &Position) -> String {
    position.0.join("\n")
}

#[cfg(test)]
mod tests;
