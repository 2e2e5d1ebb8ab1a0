//! What Cargo says about the workspace: its crates and what each imports.

use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// A crate of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// The folder directly under the root: the layer.
    pub(crate) layer: String,
    /// Folder of the crate from the root, such as `core/call`.
    pub(crate) folder: String,
    pub(crate) imports: Vec<Import>,
}

/// One line under a `dependencies` table.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) name: String,
    /// A crate of this workspace rather than of a registry.
    pub(crate) local: bool,
    /// Only for tests and benches.
    pub(crate) dev: bool,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Asks Cargo for the crates of the workspace at `root`; reads manifests only, needs no network.
///
/// # Errors
/// When Cargo cannot be run, refuses the manifests, or answers something unreadable.
pub(crate) fn read(root: &Path) -> Result<Vec<Crate>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata cannot be run: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    parse(&output.stdout)
}

fn parse(json: &[u8]) -> Result<Vec<Crate>, String> {
    let metadata: Metadata =
        serde_json::from_slice(json).map_err(|e| format!("cargo metadata: {e}"))?;
    let mut crates = Vec::new();
    for package in metadata.packages {
        let folder = package
            .manifest_path
            .strip_prefix(&metadata.workspace_root)
            .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
            .map(|rest| rest.trim_start_matches('/'))
            .ok_or_else(|| format!("{} lies outside the workspace", package.manifest_path))?;
        let (layer, _) = folder.split_once('/').unwrap_or((folder, ""));
        crates.push(Crate {
            layer: layer.to_owned(),
            folder: folder.to_owned(),
            name: package.name,
            imports: package.dependencies.into_iter().map(import).collect(),
        });
    }
    crates.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(crates)
}

fn import(dependency: Dependency) -> Import {
    Import {
        local: dependency.path.is_some(),
        dev: dependency.kind.as_deref() == Some("dev"),
        name: dependency.name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_layer_is_the_folder_and_the_kind_of_each_import_is_kept() {
        let json = br#"{"workspace_root": "/somewhere", "packages": [{
            "name": "call", "manifest_path": "/somewhere/core/call/Cargo.toml",
            "dependencies": [
                {"name": "ids", "kind": null, "path": "/somewhere/base/ids"},
                {"name": "insta", "kind": "dev", "path": null}]}]}"#;
        let crates = parse(json).unwrap();
        assert_eq!(crates[0].layer, "core");
        assert_eq!(crates[0].folder, "core/call");
        assert!(crates[0].imports[0].local && !crates[0].imports[0].dev);
        assert!(!crates[0].imports[1].local && crates[0].imports[1].dev);
    }
}
