//! Records by sid that remember the order in which they came.

use std::collections::{BTreeMap, HashMap};

pub trait Record {
    fn sid(&self) -> &str;
}

pub struct Shelf<T> {
    rows: BTreeMap<u64, T>,
    places: HashMap<String, u64>,
    next: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), next: 0 }
    }
}

impl<T: Record> Shelf<T> {
    pub fn put(&mut self, row: T) {
        self.places.insert(row.sid().to_owned(), self.next);
        self.rows.insert(self.next, row);
        self.next += 1;
    }

    pub fn get(&self, sid: &str) -> Option<&T> {
        self.rows.get(self.places.get(sid)?)
    }

    pub fn get_mut(&mut self, sid: &str) -> Option<&mut T> {
        self.rows.get_mut(self.places.get(sid)?)
    }

    pub fn remove(&mut self, sid: &str) -> Option<T> {
        self.rows.remove(&self.places.remove(sid)?)
    }

    pub fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.rows.values().rev()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut()
    }
}
