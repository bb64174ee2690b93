//! Texts as Markdown, so that nothing in them is markup.

/// A text in which nothing is markup, on one line and in a table's cell too.
pub(super) fn text(plain: &str) -> String {
    let mut safe = String::with_capacity(plain.len());
    let quoted = plain.split('`').count() % 2 == 1;
    let mut code = false;
    let mut before = ' ';
    let mut letters = plain.chars().peekable();
    while let Some(c) = letters.next() {
        let inside_word =
            before.is_alphanumeric() && letters.peek().is_some_and(|next| next.is_alphanumeric());
        before = c;
        match c {
            // Our own sentences quote commands in pairs of backticks; what is between them is
            // shown as it is, and what could end a table's cell is escaped even there.
            '`' if quoted => {
                code = !code;
                safe.push('`');
            }
            '|' => safe.push_str("\\|"),
            '<' if code => safe.push('‹'),
            '>' if code => safe.push('›'),
            // Not everybody's Markdown knows that this is no link in code.
            ']' if code && letters.peek() == Some(&'(') => safe.push_str("] "),
            _ if code => safe.push(c),
            // AWS's statuses are full of these, and inside a word they mean nothing.
            '_' if inside_word => safe.push(c),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            // A mention or an address would be made a link, and people would be told.
            '@' => safe.push_str("&#64;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// A text between backticks, as many as it takes.
pub(super) fn code(plain: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in plain.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let space = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    // In code nothing can be escaped, so that brackets are replaced by their look-alikes.
    let plain = plain.replace('<', "‹").replace('>', "›").replace('|', "\\|");
    // Nor is what looks like a link one; not everybody's Markdown knows that.
    let plain = plain.replace("](", "] (");
    format!("{fence}{space}{plain}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_aws_is_markup() {
        let hostile = "<script>alert(1)</script> **bold** [x](http://y) | a `b @all #1";
        let safe = text(hostile);
        assert!(!safe.contains("<script") && !safe.contains("**bold") && !safe.contains("[x]"));
        assert!(!safe.contains(" | ") && !safe.contains('@'));
        assert_eq!(code("a`b"), "``a`b``");
        assert!(!code("<img>|").contains('<'));
    }
}
