//! One run at a time on one environment.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::error::JournalError;
use super::file::private;
use crate::world::Scope;

/// Held while a run works on an environment; the system gives it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct EnvironmentLock {
    _file: File,
}

impl EnvironmentLock {
    /// Takes the lock of an environment for a session.
    ///
    /// # Errors
    /// [`JournalError::Locked`] if another run holds it.
    pub(super) fn take(folder: &Path, scope: &Scope, session: &str) -> Result<Self, JournalError> {
        let path = folder.join(file_name(scope));
        let fail = |error| JournalError::of_file("locking", &path, error);
        let mut options = private();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(JournalError::Locked { holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
        // Only told to whoever comes second, so that a failure to write it changes nothing.
        let _ = file.set_len(0).and_then(|()| file.write_all(session.as_bytes()));
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Account, region and environment id; no letters in them that a file name must not have.
fn file_name(scope: &Scope) -> String {
    let account = scope.account.as_ref().map_or("unknown", |account| account.as_str());
    let name = format!("{account}-{}-{}.lock", scope.region, scope.environment);
    name.replace(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)), "_")
}
