//! What the functions weigh: on disk, and in memory once they have worked.

use std::{collections::BTreeMap, fs, path::Path};

use blackbox::Error;

use crate::{
    emulator::{Emulator, Function},
    report::Report,
    target_folder,
};

const MEMORY_BUDGET_MB: f64 = 30.0;
const BYTES_OF_A_MB: f64 = 1e6;

pub fn measure(emulator: &Emulator, functions: &[Function], report: &mut Report) -> Result<(), Error> {
    for (domain, zipped) in zipped_sizes(functions) {
        let path = target_folder().join("lambda").join(domain).join("bootstrap");
        let unpacked = fs::metadata(&path).map_err(|source| Error::Description {
            what: path.display().to_string(),
            source: source.into(),
        })?;
        report.note(format!("artifact.{domain}.unpacked"), megabytes(unpacked.len()), "MB");
        report.note(format!("artifact.{domain}.zipped"), megabytes(zipped.into()), "MB");
    }
    let peaks = peaks(emulator);
    if peaks.is_empty() {
        return Err(Error::Description {
            what: "the functions' memory".to_owned(),
            source: "no process of the local AWS runs a function".into(),
        });
    }
    for (domain, peak) in peaks {
        report.hold(format!("memory.{domain}.peak"), megabytes(peak), "MB", MEMORY_BUDGET_MB);
    }
    Ok(())
}

/// All functions of a domain run the same artifact.
fn zipped_sizes(functions: &[Function]) -> BTreeMap<&str, u32> {
    functions.iter().map(|function| (function.domain(), function.code_size)).collect()
}

/// The highest resident memory, in bytes, that any living function process of each domain ever had (`VmHWM`).
fn peaks(emulator: &Emulator) -> BTreeMap<String, u64> {
    let mut peaks = BTreeMap::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some((domain, peak)) = function_process(&process.path(), emulator) else { continue };
        let highest: &mut u64 = peaks.entry(domain).or_default();
        *highest = peak.max(*highest);
    }
    peaks
}

/// The domain and the peak of a process, if it is a function of this emulator: those run from a folder named by its port.
fn function_process(process: &Path, emulator: &Emulator) -> Option<(String, u64)> {
    let port = emulator.endpoint().rsplit(':').next()?;
    let command = fs::read_to_string(process.join("cmdline")).ok()?;
    let program = command.split('\0').next()?;
    if !program.ends_with("/bootstrap") || !program.contains(&format!("/ministack-provided-code-{port}/")) {
        return None;
    }
    let environment = fs::read_to_string(process.join("environ")).ok()?;
    let handler = environment.split('\0').find_map(|variable| variable.strip_prefix("_HANDLER="))?;
    let status = fs::read_to_string(process.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    Some((handler.split('-').next()?.to_owned(), kibibytes * 1024))
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / BYTES_OF_A_MB
}
