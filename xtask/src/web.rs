//! The page: its packages, its build, and what serves it beside the local AWS.

use crate::digest::Digest;
use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::process::run_logged;
use crate::service::Service;
use crate::tools::npm_install;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const BUILD_LIMIT: Duration = Duration::from_mins(10);
/// The npm workspace, relative to the repository.
pub const FOLDER: &str = "web";
/// What the page is made of, relative to the repository: the types come from the description of the API.
const SOURCES: [&str; 6] = [
    "infra/openapi.yaml",
    "web/package-lock.json",
    "web/tsconfig.base.json",
    "web/packages",
    "web/app",
    "xtask/src/web.rs",
];
/// Made from the sources.
const MADE: [&str; 4] = ["node_modules", "dist", "generated.ts", "test"];

/// Installs the packages and builds the page, each only where something has changed. Gives a note for the terminal.
pub fn build(layout: &Layout) -> Result<String> {
    npm_install(layout, FOLDER)?;
    let wanted = digest(&layout.root)?;
    let stamp = layout.tools.join("web.sha256");
    let stands = layout.web().join("app/dist/index.html").exists();
    if stands && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok("unchanged".to_owned());
    }
    for script in ["generate", "build"] {
        run_logged(&mut npm(layout, script), BUILD_LIMIT, &layout.log("web-build"))?;
    }
    fs::write(&stamp, wanted).map_err(|error| Failure::at(&stamp, &error))?;
    Ok("new".to_owned())
}

/// A script of the workspace's package.json.
pub fn npm(layout: &Layout, script: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(layout.web()).args(["run", "--silent", script]);
    command
}

/// The process that serves the page and leads its requests to the deployed API: one origin for the browser.
pub fn service(layout: &Layout) -> Result<Service> {
    let outputs = outputs(&layout.outputs_file())?;
    let told = [("SEP_API_URL", "ApiUrl"), ("SEP_SOCKET_URL", "SocketUrl")];
    let environment = told.map(|(name, output)| (name, outputs.get(output).cloned().unwrap_or_default()));
    Ok(Service::web(layout, environment.into()))
}

/// What the deployment has written; nothing before the first one.
fn outputs(file: &Path) -> Result<BTreeMap<String, String>> {
    if !file.exists() {
        return Ok(BTreeMap::new());
    }
    let text = fs::read_to_string(file).map_err(|error| Failure::at(file, &error))?;
    serde_json::from_str(&text).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

fn digest(root: &Path) -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root.join(source), &mut files)?;
    }
    let mut digest = Digest::default();
    for file in files {
        digest.file(root, &file)?;
    }
    Ok(digest.finish())
}

/// The files at and below `path` in the order of their names, without those that are made from them.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made)) {
        return Ok(());
    }
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let fault = |error| Failure::at(path, &error);
    let entries = fs::read_dir(path).map_err(fault)?.collect::<std::io::Result<Vec<_>>>().map_err(fault)?;
    let mut below: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    below.sort();
    below.iter().try_for_each(|path| collect(path, files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_no_source() {
        let root = std::env::temp_dir().join(format!("xtask-web-{}", std::process::id()));
        for (file, text) in [
            ("app/src/main.tsx", "page"),
            ("app/dist/index.html", "made"),
            ("app/node_modules/x/index.js", "foreign"),
            ("api/generated.ts", "made"),
        ] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let mut files = Vec::new();
        collect(&root, &mut files).unwrap();
        assert_eq!(files, [root.join("app/src/main.tsx")]);
        fs::remove_dir_all(&root).unwrap();
    }
}
