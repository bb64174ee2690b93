//! The playbooks at hand: those built in, and those of a folder.

use std::path::{Path, PathBuf};

use super::Playbook;

/// The playbooks built in, by file name.
const BUILT_IN: &[(&str, &str)] = &[
    ("stuck-environment.yaml", include_str!("../../playbooks/stuck-environment.yaml")),
    ("instances-not-reporting.yaml", include_str!("../../playbooks/instances-not-reporting.yaml")),
    ("termination-blocked.yaml", include_str!("../../playbooks/termination-blocked.yaml")),
    ("stack-invalid-state.yaml", include_str!("../../playbooks/stack-invalid-state.yaml")),
    ("update-deadlock.yaml", include_str!("../../playbooks/update-deadlock.yaml")),
    ("platform-moved.yaml", include_str!("../../playbooks/platform-moved.yaml")),
    ("capacity-and-quota.yaml", include_str!("../../playbooks/capacity-and-quota.yaml")),
    ("roles-and-permissions.yaml", include_str!("../../playbooks/roles-and-permissions.yaml")),
    ("deployment-failed.yaml", include_str!("../../playbooks/deployment-failed.yaml")),
    ("environment-gone.yaml", include_str!("../../playbooks/environment-gone.yaml")),
    ("hosted-database.yaml", include_str!("../../playbooks/hosted-database.yaml")),
    ("mail-not-delivered.yaml", include_str!("../../playbooks/mail-not-delivered.yaml")),
    ("as-found.yaml", include_str!("../../playbooks/as-found.yaml")),
    ("survey.yaml", include_str!("../../playbooks/survey.yaml")),
];

/// A playbook and where it came from.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// The file, or `built in: NAME.yaml`.
    pub origin: String,
    /// Its text, for `show` and `lint`.
    pub text: String,
    /// What it says.
    pub playbook: Playbook,
}

impl Shelved {
    /// Whether it comes with the program.
    pub fn is_built_in(&self) -> bool {
        self.origin.starts_with(BUILT_IN_ORIGIN)
    }
}

/// How the origin of a playbook that comes with the program begins.
const BUILT_IN_ORIGIN: &str = "built in: ";

/// Why a playbook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaybookError {
    /// The file or folder cannot be read.
    #[error("reading {path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text is no playbook.
    #[error("{origin}:{line}:{column}: {message}")]
    Malformed {
        /// The file.
        origin: String,
        /// The line, counted from 1; 0 where the parser names none.
        line: u64,
        /// The column, counted from 1.
        column: u64,
        /// What is wrong.
        message: String,
    },
    /// Two playbooks have the same name.
    #[error("two playbooks are named {name}: {first} and {second}")]
    Duplicate {
        /// The name.
        name: String,
        /// Where the first stands.
        first: String,
        /// Where the second stands.
        second: String,
    },
    /// No playbook has this name.
    #[error("no playbook named {name}")]
    Unknown {
        /// The name.
        name: String,
    },
}

/// Reads one playbook's text.
///
/// # Errors
/// [`PlaybookError::Malformed`] with file, line and column.
pub fn parse(origin: &str, text: &str) -> Result<Shelved, PlaybookError> {
    let playbook = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location();
        PlaybookError::Malformed {
            origin: origin.to_owned(),
            line: place.map_or(0, |place| place.line()),
            column: place.map_or(0, |place| place.column()),
            message: first_line(&error.without_snippet().to_string()),
        }
    })?;
    Ok(Shelved { origin: origin.to_owned(), text: text.to_owned(), playbook })
}

/// The parser's sentence without its picture of the file.
fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Reads one playbook from a file.
///
/// # Errors
/// [`PlaybookError::Unreadable`] or [`PlaybookError::Malformed`].
pub fn read(path: &Path) -> Result<Shelved, PlaybookError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| PlaybookError::Unreadable { path: path.to_owned(), source })?;
    parse(&path.display().to_string(), &text)
}

/// All playbooks: the built-in ones, then those of the folder, by name. One of the folder's takes
/// the place of a built-in one of the same name.
///
/// # Errors
/// As [`read`], and [`PlaybookError::Duplicate`] within the folder.
pub fn shelf(folder: Option<&Path>) -> Result<Vec<Shelved>, PlaybookError> {
    let mut shelf = Vec::new();
    for (file, text) in BUILT_IN {
        shelf.push(parse(&format!("{BUILT_IN_ORIGIN}{file}"), text)?);
    }
    if let Some(folder) = folder {
        for own in folder_playbooks(folder)? {
            shelf.retain(|one| one.playbook.name.value != own.playbook.name.value);
            shelf.push(own);
        }
    }
    Ok(shelf)
}

fn folder_playbooks(folder: &Path) -> Result<Vec<Shelved>, PlaybookError> {
    let unreadable = |source| PlaybookError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut own: Vec<Shelved> = Vec::new();
    for path in paths {
        let shelved = read(&path)?;
        let name = &shelved.playbook.name.value;
        if let Some(first) = own.iter().find(|one| &one.playbook.name.value == name) {
            return Err(PlaybookError::Duplicate {
                name: name.clone(),
                first: first.origin.clone(),
                second: shelved.origin,
            });
        }
        own.push(shelved);
    }
    Ok(own)
}

/// The playbook a person asked for: by name, else by file.
///
/// # Errors
/// [`PlaybookError::Unknown`] if there is neither; else as [`read`].
pub fn find(shelf: &[Shelved], wanted: &str) -> Result<Shelved, PlaybookError> {
    if let Some(found) = shelf.iter().find(|one| one.playbook.name.value == wanted) {
        return Ok(found.clone());
    }
    let path = Path::new(wanted);
    if path.exists() {
        return read(path);
    }
    Err(PlaybookError::Unknown { name: wanted.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_playbook_is_named_as_its_file() {
        for shelved in shelf(None).unwrap() {
            assert_eq!(shelved.origin, format!("built in: {}.yaml", shelved.playbook.name.value));
        }
    }

    #[test]
    fn every_playbook_of_the_folder_is_built_in() {
        let folder = Path::new("playbooks");
        let files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(files.len(), BUILT_IN.len(), "{files:?}");
        assert!(files.iter().all(|file| BUILT_IN.iter().any(|(name, _)| name == file)));
    }

    #[test]
    fn an_unknown_word_is_told_with_its_place() {
        let text = "format: 1\nname: x\ntitle: t\nstory: s\nstepz: []\n";
        let PlaybookError::Malformed { line, message, .. } = parse("own.yaml", text).unwrap_err()
        else {
            panic!("not malformed");
        };
        assert_eq!(line, 5);
        assert!(message.contains("stepz"), "{message}");
    }

    #[test]
    fn a_playbook_of_ones_own_takes_the_place_of_a_built_in_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = "format: 1\nname: survey\ntitle: Ours\nstory: Ours.\n";
        std::fs::write(folder.path().join("ours.yaml"), text).unwrap();
        let shelf = shelf(Some(folder.path())).unwrap();
        assert_eq!(find(&shelf, "survey").unwrap().playbook.title, "Ours");
        assert_eq!(shelf.len(), BUILT_IN.len());
    }

    #[test]
    fn two_of_ones_own_with_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["a.yaml", "b.yaml"] {
            std::fs::write(folder.path().join(file), "format: 1\nname: x\ntitle: t\nstory: s\n")
                .unwrap();
        }
        assert!(matches!(shelf(Some(folder.path())), Err(PlaybookError::Duplicate { .. })));
    }
}
