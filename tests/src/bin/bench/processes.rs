//! What the functions weigh: on disk, and in memory once they have worked.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use blackbox::Error;

use crate::{
    emulator::{Emulator, Function, artifact_of},
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
    for process in processes() {
        let Some((domain, peak)) = function_process(&process, emulator) else { continue };
        let highest: &mut u64 = peaks.entry(domain).or_default();
        *highest = peak.max(*highest);
    }
    peaks
}

/// The highest resident memory, in megabytes, that any living process of this function ever had.
pub fn peak_of(emulator: &Emulator, function: &str) -> Option<f64> {
    let ours = processes().filter(|process| function_of(process, emulator).as_deref() == Some(function));
    let peaks = ours.filter_map(|process| kibibytes(&process, "VmHWM:"));
    peaks.max().map(|kibibytes| megabytes(kibibytes * 1024))
}

/// What the functions of a domain hold in memory now, in MB: the mean of their processes, so that it does not matter how many there are.
pub fn resident(emulator: &Emulator, domain: &str) -> f64 {
    let sizes: Vec<u64> = processes()
        .filter_map(|process| {
            let function = function_of(&process, emulator)?;
            (artifact_of(&function) == domain).then(|| kibibytes(&process, "VmRSS:"))?
        })
        .collect();
    let number = u64::try_from(sizes.len()).unwrap_or(u64::MAX).max(1);
    megabytes(sizes.iter().sum::<u64>() * 1024 / number)
}

/// Kills the processes of a function, as a host that dies does; gives how many there were. The local AWS starts others.
pub fn kill(emulator: &Emulator, function: &str) -> usize {
    let ours = processes().filter(|process| function_of(process, emulator).as_deref() == Some(function));
    ours.filter(|process| {
        let id = process.file_name().unwrap_or_default();
        Command::new("kill").arg("-KILL").arg(id).status().is_ok_and(|status| status.success())
    })
    .count()
}

fn processes() -> impl Iterator<Item = PathBuf> {
    fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path())
}

/// The domain and the peak of a process, if it is a function of this emulator.
fn function_process(process: &Path, emulator: &Emulator) -> Option<(String, u64)> {
    let function = function_of(process, emulator)?;
    Some((artifact_of(&function).to_owned(), kibibytes(process, "VmHWM:")? * 1024))
}

/// Which function a process is, if it is one of this emulator: those run from a folder named by its port.
fn function_of(process: &Path, emulator: &Emulator) -> Option<String> {
    let port = emulator.endpoint().rsplit(':').next()?;
    let command = fs::read_to_string(process.join("cmdline")).ok()?;
    let program = command.split('\0').next()?;
    if !program.ends_with("/bootstrap") || !program.contains(&format!("/ministack-provided-code-{port}/")) {
        return None;
    }
    let environment = fs::read_to_string(process.join("environ")).ok()?;
    environment.split('\0').find_map(|variable| variable.strip_prefix("_HANDLER=")).map(str::to_owned)
}

fn kibibytes(process: &Path, field: &str) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / BYTES_OF_A_MB
}
