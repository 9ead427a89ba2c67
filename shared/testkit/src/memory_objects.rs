//! Objects in memory.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use objects::{ObjectError, ObjectFacts, Objects};

/// One tenant's.
#[derive(Default)]
pub struct MemoryObjects(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryObjects {
    /// All of them, by their names.
    pub fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.lock().get(name).cloned()
    }
}

fn facts_of(bytes: &[u8]) -> ObjectFacts {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    ObjectFacts { size: bytes.len() as u64, tag: format!("{:x}", hasher.finish()) }
}

#[async_trait]
impl Objects for MemoryObjects {
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        Ok(self.read(name))
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        self.lock().insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        self.lock().remove(name);
        Ok(())
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>, ObjectError> {
        Ok(self.lock().keys().filter(|name| name.starts_with(prefix)).cloned().collect())
    }

    async fn facts(&self, name: &str) -> Result<Option<ObjectFacts>, ObjectError> {
        Ok(self.read(name).map(|bytes| facts_of(&bytes)))
    }

    async fn get_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, ObjectError> {
        let Some(bytes) = self.read(name).filter(|bytes| facts_of(bytes).tag == tag) else {
            return Ok(None);
        };
        let within = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
        Ok(Some(bytes[within(from)..within(from + length)].to_vec()))
    }

    async fn join(&self, mut head: Vec<u8>, names: &[String], into: &str) -> Result<(), ObjectError> {
        for name in names {
            head.extend(self.read(name).ok_or_else(|| ObjectError::of("an object to be joined is missing"))?);
        }
        self.put(into, head).await
    }
}
