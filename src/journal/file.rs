//! The file: appended to and never changed, each record on disk before anything relies on it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::{Fault, JournalError};
use super::event::{Event, Header, SessionEvent, StepEvent};
use super::history::History;
use super::record::Record;

/// Where records go.
pub trait Journal {
    /// Records an event; when this returns, it is on disk.
    ///
    /// # Errors
    /// A [`JournalError`] if it is not; then nothing may be done that relies on it.
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError>;

    /// What the records add up to.
    fn history(&self) -> &History;
}

/// All that a journal holds, as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Its records.
    pub records: Vec<Record>,
    /// What they add up to.
    pub history: History,
    /// How many bytes of a half-written last line follow.
    pub torn: u64,
    /// How many bytes the whole records have.
    whole: u64,
    /// Whether the last record lacks only its newline.
    unended: bool,
    /// The last record's number and hash.
    last: (u64, String),
}

/// A journal in a file.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
    length: u64,
    last: (u64, String),
    history: History,
    closed: bool,
}

/// The number of a line that cannot be relied on, and why.
type BadRecord = (u64, Fault);

impl Reading {
    /// Reads a journal without changing it.
    ///
    /// # Errors
    /// A [`JournalError`] that names the first bad line if it was altered.
    pub fn of(path: &Path) -> Result<Self, JournalError> {
        let bytes =
            std::fs::read(path).map_err(|error| JournalError::of_file("reading", path, error))?;
        Self::of_bytes(&bytes).map_err(broken(path))
    }

    /// Reads an altered journal without changing it, as far as it is whole, and says what is
    /// wrong with it. Nothing may be done by what it says; it may be told.
    ///
    /// # Errors
    /// A [`JournalError`] if not even its first record can be relied on.
    pub fn salvaged(path: &Path) -> Result<(Self, Option<JournalError>), JournalError> {
        let bytes =
            std::fs::read(path).map_err(|error| JournalError::of_file("reading", path, error))?;
        let (reading, fault) = Self::as_far_as_whole(&bytes).map_err(broken(path))?;
        Ok((reading, fault.map(broken(path))))
    }

    /// Reads a journal's bytes; the error is the first bad line's number and fault.
    ///
    /// What follows the last newline is a record that was not finished when the program died. It
    /// announced nothing yet, so it is left out, unless its hash says that it is whole.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self, (u64, Fault)> {
        let (reading, fault) = Self::as_far_as_whole(bytes)?;
        fault.map_or(Ok(reading), Err)
    }

    /// Reads a journal's bytes as far as its records are whole and follow each other, and says
    /// where and why it stopped.
    ///
    /// # Errors
    /// The fault of the first record, if not even that can be relied on.
    pub(super) fn as_far_as_whole(bytes: &[u8]) -> Result<(Self, Option<BadRecord>), BadRecord> {
        let ended = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |index| index + 1);
        let mut records = Vec::new();
        let mut history = None;
        let mut last = None;
        let mut fault = None;
        for (number, line) in (1u64..).zip(bytes[..ended].split_inclusive(|byte| *byte == b'\n')) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let read = Record::read(line)
                .and_then(|record| chain(&mut history, last.as_ref(), &record).map(|()| record));
            match read {
                Ok(record) => {
                    last = Some((record.sequence, record.hash.clone()));
                    records.push(record);
                }
                Err(wrong) => {
                    fault = Some((number, wrong));
                    break;
                }
            }
        }
        let tail = if fault.is_none() { &bytes[ended..] } else { &[] };
        let mut reading = Tail { whole: ended, torn: tail.len(), unended: false };
        if let Ok(record) = Record::read(tail)
            && chain(&mut history, last.as_ref(), &record).is_ok()
        {
            last = Some((record.sequence, record.hash.clone()));
            records.push(record);
            reading = Tail { whole: bytes.len(), torn: 0, unended: true };
        }
        let Some((history, last)) = history.zip(last) else {
            return Err(fault.unwrap_or((1, Fault::Empty)));
        };
        let Tail { whole, torn, unended } = reading;
        let (torn, whole) = (torn as u64, whole as u64);
        Ok((Self { records, history, torn, whole, unended, last }, fault))
    }
}

/// The error for a journal whose line has a fault.
fn broken(path: &Path) -> impl Fn((u64, Fault)) -> JournalError {
    move |(line, fault)| JournalError::Broken { path: path.to_owned(), line, fault }
}

struct Tail {
    whole: usize,
    torn: usize,
    unended: bool,
}

/// Checks that a record follows, and takes it into the history.
fn chain(
    history: &mut Option<History>,
    last: Option<&(u64, String)>,
    record: &Record,
) -> Result<(), Fault> {
    if !record.follows(last) {
        return Err(Fault::Unchained);
    }
    match history {
        None => *history = Some(History::opened_by(record)?),
        Some(history) => history.take(record)?,
    }
    Ok(())
}

impl JournalFile {
    /// Begins a journal; its first record holds the header.
    ///
    /// # Errors
    /// A [`JournalError`] if the file is there already or cannot be written.
    pub fn create(path: &Path, at: Timestamp, header: Header) -> Result<Self, JournalError> {
        let fail = |error| JournalError::of_file("creating", path, error);
        let mut file = private().write(true).create_new(true).open(path).map_err(fail)?;
        let event = Event::Session(Box::new(SessionEvent::Opened(header.clone())));
        let (record, line) = Record::next(None, at, event);
        let length = write_line(&mut file, &line)
            .and_then(|length| file.sync_all().map(|()| length))
            .map_err(|error| JournalError::of_file("writing", path, error))?;
        let history = History::new(at, header);
        let last = (record.sequence, record.hash);
        Ok(Self { file, path: path.to_owned(), length, last, history, closed: false })
    }

    /// Opens a journal to go on with it; a torn last line is cut off, which is recorded.
    ///
    /// # Errors
    /// A [`JournalError`] if it was altered or cannot be written.
    pub fn open(path: &Path, at: Timestamp) -> Result<Self, JournalError> {
        let fail = |error| JournalError::of_file("opening", path, error);
        let mut file = private().read(true).write(true).open(path).map_err(fail)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| JournalError::of_file("reading", path, error))?;
        let reading = Reading::of_bytes(&bytes).map_err(broken(path))?;
        let Reading { records: _, history, torn, whole, unended, last } = reading;
        let path = path.to_owned();
        let mut journal = Self { file, path, length: whole, last, history, closed: false };
        journal.mend(torn, unended, at)?;
        Ok(journal)
    }

    fn mend(&mut self, torn: u64, unended: bool, at: Timestamp) -> Result<(), JournalError> {
        let mended = (|| {
            if torn > 0 {
                self.file.set_len(self.length)?;
            }
            self.file.seek(SeekFrom::Start(self.length))?;
            if unended {
                self.file.write_all(b"\n")?;
                self.length += 1;
            }
            self.file.sync_all()
        })();
        mended.map_err(|error| JournalError::of_file("mending", &self.path, error))?;
        if torn > 0 {
            let event = SessionEvent::Repaired { dropped: torn };
            self.append(at, Event::Session(Box::new(event)))?;
        }
        Ok(())
    }

    /// Puts the file back to where its last whole record ends, after a write that failed.
    fn cut_back(&mut self) {
        // If even this fails, the torn line is cut off when the journal is opened again.
        let _ = self.file.set_len(self.length);
        self.closed = true;
    }
}

impl Journal for JournalFile {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        if self.closed {
            return Err(JournalError::Closed);
        }
        self.history.allows(&event).map_err(refusal)?;
        let durable = must_be_durable(&event);
        let (record, line) = Record::next(Some(&self.last), at, event);
        let written = write_line(&mut self.file, &line).and_then(|length| {
            if durable { self.file.sync_data().map(|()| length) } else { Ok(length) }
        });
        match written {
            Ok(length) => self.length += length,
            Err(error) => {
                self.cut_back();
                return Err(JournalError::of_file("writing", &self.path, error));
            }
        }
        self.last = (record.sequence, record.hash.clone());
        self.history.take(&record).map_err(refusal)?;
        Ok(record)
    }

    fn history(&self) -> &History {
        &self.history
    }
}

/// A journal that is kept nowhere: for a dry run, which leaves nothing to go on with.
#[derive(Clone, Debug)]
pub struct MemoryJournal {
    records: Vec<Record>,
    history: History,
}

impl MemoryJournal {
    /// Begins one.
    pub fn new(at: Timestamp, header: Header) -> Self {
        let event = Event::Session(Box::new(SessionEvent::Opened(header.clone())));
        let (record, _) = Record::next(None, at, event);
        Self { records: vec![record], history: History::new(at, header) }
    }

    /// Goes on with a session in memory alone, for a rehearsal of which nothing is left.
    pub fn going_on(history: History) -> Self {
        Self { records: Vec::new(), history }
    }

    /// The records that were written here.
    pub fn records(&self) -> &[Record] {
        &self.records
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        self.history.allows(&event).map_err(refusal)?;
        let last = self.records.last().map(|record| (record.sequence, record.hash.clone()));
        let (record, _) = Record::next(last.as_ref(), at, event);
        self.history.take(&record).map_err(refusal)?;
        self.records.push(record.clone());
        Ok(record)
    }

    fn history(&self) -> &History {
        &self.history
    }
}

/// A fault of a record that is about to be written: a bug of the caller.
fn refusal(fault: Fault) -> JournalError {
    match fault {
        Fault::Illegal(illegal) => JournalError::Illegal(illegal),
        Fault::UnknownStep(step) => JournalError::UnknownStep(step),
        Fault::Unreadable(_)
        | Fault::Altered
        | Fault::Unchained
        | Fault::NotAnOpening
        | Fault::Empty
        | Fault::Newer(_)
        | Fault::Kept(_) => JournalError::Closed,
    }
}

/// Whether something relies on an event being on disk. What AWS said while it was watched can be
/// read again; all else decides what happens next.
fn must_be_durable(event: &Event) -> bool {
    match event {
        Event::Session(_) => true,
        Event::Step { event, .. } => {
            !matches!(event.as_ref(), StepEvent::Happened(_) | StepEvent::Asked)
        }
    }
}

fn write_line(file: &mut File, line: &str) -> std::io::Result<u64> {
    let line = format!("{line}\n");
    file.write_all(line.as_bytes())?;
    Ok(line.len() as u64)
}

/// How files are opened that only their owner may read.
pub(super) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has file modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
impl JournalFile {
    /// Lets it write elsewhere, to a device that is full.
    pub(super) fn redirect(&mut self, file: File) {
        self.file = file;
    }
}
