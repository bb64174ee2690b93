//! Facts that a person adds to a session, kept beside its journal and through every later report.

use std::path::Path;

use crate::cli::commands::capture::write_whole;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;
use crate::operator::edit;

/// The file: a list of texts, so that one may have lines.
const FILE: &str = "notes.json";

/// What the editor shows above the notes.
const HEAD: &str = "\
# Facts for the post-mortem, one a paragraph; an empty line ends it. Lines that begin with # are
# left out. Who was hurt, who was told, what it cost, what CloudTrail cannot know.
";

/// The notes kept so far, with new ones added and kept too.
pub(super) fn with(folder: &Path, new: &[String]) -> Result<Vec<String>, Failure> {
    let path = folder.join(FILE);
    let wrong = |error: &dyn std::error::Error| {
        Failure::new(Exit::NotFound, format!("cannot read {}", path.display())).because(error)
    };
    let mut notes: Vec<String> = match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| wrong(&error))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(wrong(&error)),
    };
    if !new.is_empty() {
        notes.extend(new.iter().cloned());
        keep(folder, &notes)?;
    }
    Ok(notes)
}

/// The notes as a person leaves them in the editor; as they were if nothing was saved.
pub(super) fn edited(
    folder: &Path,
    notes: &[String],
    settings: &Settings,
) -> Result<Vec<String>, Failure> {
    if !settings.interactive {
        return Err(Failure::new(Exit::Usage, "--edit needs a terminal")
            .hinted("--note TEXT adds a fact without one"));
    }
    let text = edit(&shown(notes)).map_err(|error| {
        Failure::new(Exit::Usage, "the editor could not be run")
            .because(&error)
            .hinted("VISUAL or EDITOR names it")
    })?;
    let Some(text) = text else { return Ok(notes.to_vec()) };
    let notes = read(&text);
    keep(folder, &notes)?;
    Ok(notes)
}

fn keep(folder: &Path, notes: &[String]) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(notes)
        .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
    write_whole(&folder.join(FILE), &text)
}

/// The notes as the editor shows them.
fn shown(notes: &[String]) -> String {
    format!("{HEAD}\n{}\n", notes.join("\n\n"))
}

/// The notes of an edited text, a paragraph each.
fn read(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let paragraphs = lines.split(|line| line.trim().is_empty());
    paragraphs
        .map(|lines| lines.join(" ").trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        let notes = ["Paid out 12 vouchers.".to_owned(), "The phone was off.".to_owned()];
        assert_eq!(read(&shown(&notes)), notes);
        assert_eq!(read(&shown(&[])), Vec::<String>::new());
        assert_eq!(read("one\nand more\n\n\n# left out\ntwo"), ["one and more", "two"]);
    }

    #[test]
    fn notes_are_kept_through_later_reports() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(with(folder.path(), &["first".to_owned()]).unwrap(), ["first"]);
        assert_eq!(with(folder.path(), &["second".to_owned()]).unwrap(), ["first", "second"]);
        assert_eq!(with(folder.path(), &[]).unwrap(), ["first", "second"]);
    }
}
