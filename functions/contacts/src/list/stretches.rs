//! Lists that some partition of the table has in order.

use kernel::Failure;
use search::Selection;
use table::Position;
use tenancy::TenantScope;

use super::{Asked, Found};
use crate::store::{ContactStore, read_touch};

/// Stretches that are read for one page, at most, where most of what they hold is not the caller's to see, or not what was asked for.
/// The page is shorter then than it was asked to be, and goes on at its cursor.
const STRETCHES: usize = 4;
/// Touches of such a stretch of which only a selection counts.
const TOUCHES: u8 = 200;

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
        let accesses = page.contacts.iter().map(|(contact, _)| &contact.access);
        let visible = scope.table.visible(asked.caller, accesses).await?;
        contacts.extend(page.contacts.into_iter().filter(|(contact, _)| visible.sees(&contact.access)));
        if contacts.len() >= wanted || stretch.after.is_none() {
            break;
        }
    }
    Ok(Found { contacts, next: stretch.after.as_ref().map(text_of) })
}

/// Those of the selection in the order of touching.
pub(super) async fn touched(
    scope: &TenantScope,
    asked: Asked<'_>,
    selection: &Selection,
) -> Result<Found, Failure> {
    let wanted = asked.wanted();
    let mut stretch = asked.listing.stretch(scope.table.keys(), TOUCHES);
    stretch.after = asked.after.as_deref().map(position_of);
    let mut touches = Vec::with_capacity(wanted);
    'page: for _ in 0..STRETCHES {
        let (items, last) = scope.table.stretch(&stretch).await?;
        stretch.after = last;
        for item in items {
            if selection.contains(&read_touch(&item)?.0) {
                let position = stretch.order.position_of(&item);
                touches.push(item);
                if touches.len() == wanted {
                    stretch.after = position;
                    break 'page;
                }
            }
        }
        if stretch.after.is_none() {
            break;
        }
    }
    let mut contacts = ContactStore::open(scope).await?.touched(&touches).await?;
    // The contacts have the last word on who sees them.
    let visible =
        scope.table.visible(asked.caller, contacts.iter().map(|(contact, _)| &contact.access)).await?;
    contacts.retain(|(contact, _)| visible.sees(&contact.access));
    Ok(Found { contacts, next: stretch.after.as_ref().map(text_of) })
}

fn position_of(text: &str) -> Position {
    Position(text.split('\n').map(str::to_owned).collect())
}

fn text_of(position: &Position) -> String {
    position.0.join("\n")
}

#[cfg(test)]
mod tests;
