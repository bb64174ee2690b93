//! Reading what a person types, so that the terminal is always left as it was.

use std::io::{self, BufRead, Write};

use dialoguer::Select;
use dialoguer::theme::ColorfulTheme;
use tokio::sync::oneshot;

use crate::operator::OperatorError;

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<T> {
    /// An answer.
    Answered(T),
    /// Ctrl-C, or the end of the input.
    Left,
}

/// Asks for a line.
///
/// The line is read as the terminal gives it: it echoes and edits by itself, so that there is no
/// mode to restore whatever ends the program, and `TERM=dumb` serves as well.
pub(super) async fn line(prompt: &str) -> Result<Asked<String>, OperatorError> {
    let prompt = prompt.to_owned();
    interruptible(move || {
        let mut out = anstream::stderr();
        write!(out, "{prompt}")?;
        out.flush()?;
        let mut typed = String::new();
        let read = io::stdin().lock().read_line(&mut typed)?;
        Ok((read > 0).then_some(typed))
    })
    .await
}

/// Lets a person choose one of several, by arrow keys, or by number where the cursor can't move.
///
/// # Errors
/// An [`OperatorError`] if the terminal cannot be used.
pub async fn choose(
    question: &str,
    items: Vec<String>,
    movable: bool,
) -> Result<Asked<usize>, OperatorError> {
    if movable {
        let question = question.to_owned();
        return interruptible(move || {
            // dialoguer hides the cursor and does not show it again when it is interrupted.
            let _cursor = Cursor;
            let theme = ColorfulTheme::default();
            let select = Select::with_theme(&theme).with_prompt(question).items(&items).default(0);
            match select.interact_opt() {
                Ok(chosen) => Ok(chosen),
                Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
                    Ok(None)
                }
                Err(dialoguer::Error::IO(error)) => Err(error),
            }
        })
        .await;
    }
    let numbered = (1..).zip(&items).map(|(number, item)| format!("  {number}  {item}\n"));
    let text = format!("{question}\n{}Number: ", numbered.collect::<String>());
    loop {
        match line(&text).await? {
            Asked::Left => return Ok(Asked::Left),
            Asked::Answered(typed) => {
                let number = typed.trim().parse::<usize>().ok();
                let index = number.and_then(|number| number.checked_sub(1));
                if let Some(index) = index.filter(|index| *index < items.len()) {
                    return Ok(Asked::Answered(index));
                }
            }
        }
    }
}

/// Lets a person edit a text in the editor of their choice (`VISUAL`, else `EDITOR`); `None` if
/// the editor was left without saving.
///
/// # Errors
/// An [`OperatorError`] if there is no editor or it cannot be run.
pub fn edit(text: &str) -> Result<Option<String>, OperatorError> {
    let mut editor = dialoguer::Editor::new();
    editor.extension(".md").require_save(true);
    editor.edit(text).map_err(|dialoguer::Error::IO(error)| OperatorError::Terminal(error))
}

/// Runs something that waits for a person; Ctrl-C ends it.
///
/// It has a thread of its own and not one of the runtime's, which would not end before the person
/// has typed something.
async fn interruptible<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<Option<T>> + Send + 'static,
) -> Result<Asked<T>, OperatorError> {
    let (sender, receiver) = oneshot::channel();
    let interrupted = tokio::signal::ctrl_c();
    let reader = std::thread::Builder::new().name("prompt".to_owned());
    reader
        .spawn(move || {
            // Nobody listens any more after Ctrl-C.
            let _ = sender.send(read());
        })
        .map_err(OperatorError::Terminal)?;
    let answer = tokio::select! {
        biased;
        _ = interrupted => Ok(None),
        answer = receiver => answer.unwrap_or(Ok(None)),
    };
    if let Some(answer) = answer.map_err(OperatorError::Terminal)? {
        return Ok(Asked::Answered(answer));
    }
    // The terminal has echoed `^C` or nothing at all: begin a new line.
    let _ = writeln!(anstream::stderr());
    Ok(Asked::Left)
}

/// Shows the cursor again, however a prompt ends.
struct Cursor;

impl Drop for Cursor {
    fn drop(&mut self) {
        let _ = console::Term::stderr().show_cursor();
    }
}
