//! Digests that say whether something has to be done again. Times of modification say nothing after a clone, a
//! copy or a relink, so contents are compared.

use crate::failure::{Failure, Result};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Collects named contents; equal names and contents in equal order give equal digests.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Adds one part. Lengths go in as well, so that no two different sequences of parts run together alike.
    pub fn part(&mut self, name: &str, content: &[u8]) {
        for bytes in [name.as_bytes(), content] {
            self.0.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            self.0.update(bytes);
        }
    }

    /// Adds a file under its path relative to `root`.
    pub fn file(&mut self, root: &Path, file: &Path) -> Result<()> {
        let content = fs::read(file).map_err(|error| Failure::at(file, &error))?;
        self.part(&file.strip_prefix(root).unwrap_or(file).to_string_lossy(), &content);
        Ok(())
    }

    pub fn finish(self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// The digest of one file.
pub fn of_file(file: &Path) -> Result<String> {
    let mut digest = Digest::default();
    digest.part("", &fs::read(file).map_err(|error| Failure::at(file, &error))?);
    Ok(digest.finish())
}

/// The files directly in `folder` whose name ends in `suffix`, in the order of their names.
pub fn files_in(folder: &Path, suffix: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::at(folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| Failure::at(folder, &error))?.path();
        if path.is_file() && path.to_string_lossy().ends_with(suffix) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[(&str, &str)]) -> String {
        let mut digest = Digest::default();
        for (name, content) in parts {
            digest.part(name, content.as_bytes());
        }
        digest.finish()
    }

    #[test]
    fn contents_and_names_count_and_boundaries_do_too() {
        let digest = of(&[("a", "1"), ("b", "2")]);
        assert_eq!(digest.len(), 64);
        assert_eq!(digest, of(&[("a", "1"), ("b", "2")]));
        for other in
            [of(&[("a", "1b"), ("", "2")]), of(&[("a", "1"), ("b", "3")]), of(&[("b", "2"), ("a", "1")])]
        {
            assert_ne!(digest, other);
        }
    }
}
