//! The folder of a session: its journal, and the snapshots that belong to it.
//!
//! `<state>/sessions/<id>/journal.jsonl` beside `before.json`, `after.json` and so on; folders
//! are for their owner alone. `<state>/locks/` holds one file for each environment.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Fault, JournalError};
use super::event::{Event, Header, Look, Moment, SessionEvent};
use super::file::{Journal, JournalFile, Reading};
use super::history::History;
use super::lock::EnvironmentLock;
use super::record::{Record, hex_digest};
use crate::world::{Scope, Snapshot};

const JOURNAL: &str = "journal.jsonl";

/// The sessions kept on this machine.
#[derive(Clone, Debug)]
pub struct Sessions {
    state: PathBuf,
}

/// A session that is being worked on; it holds its environment's lock.
#[derive(Debug)]
pub struct Session {
    id: String,
    folder: PathBuf,
    journal: JournalFile,
    _lock: EnvironmentLock,
}

/// A session as it can be read, whether or not another run is at work on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its name.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its records.
    pub records: Vec<Record>,
    /// What they add up to.
    pub history: History,
    /// How many bytes of a half-written last line follow.
    pub torn: u64,
}

/// One line of the listing.
#[derive(Debug)]
pub struct Listed {
    /// The session's name.
    pub id: String,
    /// What it holds, or why that cannot be told.
    pub kept: Result<Kept, JournalError>,
}

impl Sessions {
    /// The sessions of a state folder, which need not be there yet.
    pub fn of(state: &Path) -> Self {
        Self { state: state.to_owned() }
    }

    /// Opens a new session and takes its environment's lock.
    ///
    /// # Errors
    /// A [`JournalError`] if another run holds the lock or the folder cannot be written.
    pub fn create(&self, at: Timestamp, header: Header) -> Result<Session, JournalError> {
        let locks = self.folder("locks")?;
        let sessions = self.folder("sessions")?;
        let (id, folder) = new_folder(&sessions, at, &header.scope)?;
        let opened = EnvironmentLock::take(&locks, &header.scope, &id).and_then(|lock| {
            let journal = JournalFile::create(&folder.join(JOURNAL), at, header)?;
            Ok(Session { id, folder: folder.clone(), journal, _lock: lock })
        });
        if opened.is_err() {
            // Nothing was done in it: leave no empty folder for the listing to stumble over.
            let _ = fs::remove_dir_all(&folder);
        } else {
            sync_folder(&sessions);
        }
        opened
    }

    /// Opens a session to go on with it, takes its environment's lock and mends a torn line.
    ///
    /// # Errors
    /// A [`JournalError`] if there is none, it was altered, or another run holds the lock.
    pub fn open(&self, id: &str, at: Timestamp) -> Result<Session, JournalError> {
        let Kept { id, folder, history, .. } = self.read(id)?;
        let locks = self.folder("locks")?;
        let lock = EnvironmentLock::take(&locks, &history.header.scope, &id)?;
        // Read again under the lock: the run that held it may have gone on writing.
        let journal = JournalFile::open(&folder.join(JOURNAL), at)?;
        Ok(Session { id, folder, journal, _lock: lock })
    }

    /// Reads a session without changing it.
    ///
    /// # Errors
    /// A [`JournalError`] if there is none, or its journal was altered.
    pub fn read(&self, id: &str) -> Result<Kept, JournalError> {
        let id = self.full_id(id)?;
        let folder = self.state.join("sessions").join(&id);
        let Reading { records, history, torn, .. } = Reading::of(&folder.join(JOURNAL))?;
        Ok(Kept { id, folder, records, history, torn })
    }

    /// Reads a session that may have been altered, as far as its journal is whole, and says what
    /// is wrong with it: to be told, never to be acted on.
    ///
    /// # Errors
    /// A [`JournalError`] if there is none, or not even its first record can be relied on.
    pub fn salvage(&self, id: &str) -> Result<(Kept, Option<JournalError>), JournalError> {
        let id = self.full_id(id)?;
        let folder = self.state.join("sessions").join(&id);
        let (reading, fault) = Reading::salvaged(&folder.join(JOURNAL))?;
        let Reading { records, history, torn, .. } = reading;
        let kept = Kept { id, folder, records, history, torn };
        let fault = fault.or_else(|| kept.verify_files().err());
        Ok((kept, fault))
    }

    /// All sessions, the newest first. Those that died before their first record are left out.
    ///
    /// # Errors
    /// A [`JournalError`] if the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, JournalError> {
        let listed = self.ids()?.into_iter().rev().map(|id| {
            let kept = self.read(&id);
            Listed { id, kept }
        });
        let never_begun = |listed: &Listed| {
            matches!(&listed.kept, Err(JournalError::Broken { fault: Fault::Empty, .. }))
        };
        Ok(listed.filter(|listed| !never_begun(listed)).collect())
    }

    /// The name of the latest session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] if there is none.
    pub fn latest(&self) -> Result<String, JournalError> {
        let listed = self.list()?.into_iter().next();
        listed.map(|listed| listed.id).ok_or(JournalError::NoSession)
    }

    /// The name of the latest session that is unfinished, or of the latest if all are finished.
    ///
    /// A session that cannot be read counts as unfinished: it must not be passed over in silence.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] if there is none.
    pub fn latest_unfinished(&self) -> Result<String, JournalError> {
        let listed = self.list()?;
        let unfinished = |listed: &&Listed| {
            listed.kept.as_ref().map_or(true, |kept| kept.history.is_unfinished())
        };
        let chosen = listed.iter().find(unfinished).or(listed.first());
        chosen.map(|listed| listed.id.clone()).ok_or(JournalError::NoSession)
    }

    /// A session's whole name from it or from an unambiguous beginning or end of it.
    fn full_id(&self, given: &str) -> Result<String, JournalError> {
        let ids = self.ids()?;
        let missing = || JournalError::NoSuchSession { id: given.to_owned() };
        if ids.iter().any(|id| id == given) {
            return Ok(given.to_owned());
        }
        let fits =
            |id: &&String| !given.is_empty() && (id.starts_with(given) || id.ends_with(given));
        let mut fitting = ids.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(id), None) => Ok(id.clone()),
            (None, _) | (Some(_), Some(_)) => Err(missing()),
        }
    }

    /// Names of all session folders, oldest first.
    fn ids(&self) -> Result<Vec<String>, JournalError> {
        let folder = self.state.join("sessions");
        let fail = |error| JournalError::of_file("reading", &folder, error);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fail(error)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fail)?;
            if entry.path().join(JOURNAL).exists() {
                ids.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        ids.sort();
        Ok(ids)
    }

    fn folder(&self, name: &str) -> Result<PathBuf, JournalError> {
        let folder = self.state.join(name);
        private_folder(true)
            .create(&folder)
            .map_err(|error| JournalError::of_file("creating", &folder, error))?;
        Ok(folder)
    }
}

impl Session {
    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a snapshot in the folder and records that, with what it led to.
    ///
    /// # Errors
    /// A [`JournalError`] if it cannot be written.
    pub fn keep_snapshot(
        &mut self,
        at: Timestamp,
        moment: Moment,
        snapshot: &Snapshot,
        verdict: &str,
        codes: Vec<String>,
    ) -> Result<(), JournalError> {
        let name = match moment {
            Moment::Before => "before",
            Moment::Between => "between",
            Moment::After => "after",
        };
        let earlier = self.history().looks.iter().filter(|look| look.moment == moment).count();
        let file = match earlier {
            0 => format!("{name}.json"),
            earlier => format!("{name}-{}.json", earlier + 1),
        };
        let digest = self.keep(&file, snapshot)?;
        let look = Look { moment, file, digest, verdict: verdict.to_owned(), codes };
        self.append(at, Event::Session(Box::new(SessionEvent::Looked(look))))?;
        Ok(())
    }

    /// Writes a file beside the journal, whole or not at all, and returns its SHA-256.
    ///
    /// # Errors
    /// A [`JournalError`] if it cannot be written.
    pub fn keep<T: Serialize>(&self, name: &str, content: &T) -> Result<String, JournalError> {
        let path = self.folder.join(name);
        let fail = |error| JournalError::of_file("writing", &path, error);
        let text = serde_json::to_vec(content).map_err(|error| fail(error.into()))?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(fail)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        file.persist(&path).map_err(|error| fail(error.error))?;
        sync_folder(&self.folder);
        Ok(hex_digest(&text))
    }
}

impl Journal for Session {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        self.journal.append(at, event)
    }

    fn history(&self) -> &History {
        self.journal.history()
    }
}

impl Kept {
    /// Reads the last snapshot of a moment, if one was kept.
    ///
    /// # Errors
    /// A [`JournalError`] if it is gone or not what it was.
    pub fn snapshot(&self, moment: Moment) -> Result<Option<Snapshot>, JournalError> {
        self.history.look(moment).map(|look| self.read_look(look)).transpose()
    }

    /// Reads the last snapshot of a moment whether or not it is what it was; none if it cannot be
    /// read at all.
    pub fn snapshot_as_it_is(&self, moment: Moment) -> Option<Snapshot> {
        let look = self.history.look(moment)?;
        let text = fs::read(self.folder.join(&look.file)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Reads the snapshot that a look kept.
    ///
    /// # Errors
    /// A [`JournalError`] if it is gone or not what it was.
    pub fn read_look<T: DeserializeOwned>(&self, look: &Look) -> Result<T, JournalError> {
        let path = self.folder.join(&look.file);
        let fail = |error| JournalError::of_file("reading", &path, error);
        let text = fs::read(&path).map_err(fail)?;
        if hex_digest(&text) != look.digest {
            let fault = Fault::Kept(look.file.clone());
            return Err(JournalError::Broken { path, line: 1, fault });
        }
        serde_json::from_slice(&text).map_err(|error| fail(error.into()))
    }

    /// Checks the files that the journal vouches for; the journal itself was checked by reading.
    ///
    /// # Errors
    /// A [`JournalError`] that names the record of the first file that is not what it was.
    pub fn verify_files(&self) -> Result<(), JournalError> {
        for record in &self.records {
            let Event::Session(event) = &record.event else { continue };
            let SessionEvent::Looked(look) = event.as_ref() else { continue };
            let text = fs::read(self.folder.join(&look.file)).unwrap_or_default();
            if hex_digest(&text) != look.digest {
                let path = self.folder.join(JOURNAL);
                let fault = Fault::Kept(look.file.clone());
                return Err(JournalError::Broken { path, line: record.sequence, fault });
            }
        }
        Ok(())
    }
}

/// Makes a folder with a new name that sorts by time: `20261123-184500-shop-prod-1f3a`.
fn new_folder(
    sessions: &Path,
    at: Timestamp,
    scope: &Scope,
) -> Result<(String, PathBuf), JournalError> {
    // Two sessions of one second differ by the end of their names; sixteen tries are far more
    // than two processes can use up.
    const TRIES: u32 = 16;
    let time = at.strftime("%Y%m%d-%H%M%S").to_string();
    let name: String =
        scope.name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let mut last = None;
    for attempt in 0..TRIES {
        let seed = format!("{}-{}-{attempt}", at.as_nanosecond(), std::process::id());
        let id = format!("{time}-{name}-{}", &hex_digest(seed.as_bytes())[..4]);
        let folder = sessions.join(&id);
        match private_folder(false).create(&folder) {
            Ok(()) => return Ok((id, folder)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                last = Some(JournalError::of_file("creating", &folder, error));
            }
            Err(error) => return Err(JournalError::of_file("creating", &folder, error)),
        }
    }
    Err(last.expect("the loop runs at least once"))
}

/// How folders are made that only their owner may enter.
fn private_folder(recursive: bool) -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(recursive);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes a folder's new entries durable, on systems where folders can be synced.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
