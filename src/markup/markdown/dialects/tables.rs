//! Rewrites tables of kramdown and of Pandoc as those that the parser knows.

use unicode_width::UnicodeWidthChar;

use super::blocks::{Line, PREFIX, Rewriter, content};

/// The most lines of the header of a drawn table.
const MAX_HEADER: usize = 10;

impl<'s> Rewriter<'s, '_> {
    /// Rewrites the table of kramdown that starts at `line`: it may lack a header, and has rules anywhere.
    pub(super) fn table(&mut self, line: Line<'s>) {
        let is_divider = |row: &str| row.contains(['-', '=']) && row.bytes().all(|byte| b"|-+:= ".contains(&byte));
        let bars = |row: &str| row.matches('|').count() - row.matches("\\|").count();
        let cells = |row: &str| bars(row) - usize::from(row.ends_with('|') && !row.ends_with("\\|"));
        let rows = self.source[line.at..].split('\n').take_while(|row| content(row).starts_with('|'));
        let rows: Vec<&str> = rows.collect();
        let mut texts = rows.iter().map(|row| content(row)).enumerate().filter(|(_, row)| !is_divider(row));
        let columns = texts.clone().map(|(_, row)| cells(row)).max().unwrap_or(0);
        let closed = |(_, row): (usize, &str)| row.len() > 2 && row.ends_with('|');
        let alike = |(_, row)| cells(row) > 1 && cells(row) == cells(content(rows[0]));
        let is_table = texts.clone().count() < rows.len() || texts.clone().all(closed) || texts.clone().all(alike);
        let is_table = is_table && rows.len() > 1 && !self.code.in_code(line.start);
        let Some((first, _)) = texts.next().filter(|_| is_table) else { return };
        let is_named = rows.get(first + 1).is_some_and(|row| is_divider(content(row)));
        let has_header = is_named && (first == 0 || texts.next().is_some());
        let mut at = line.at;
        for (index, row) in rows.iter().enumerate() {
            let start = at + row.len() - row.trim_start_matches(PREFIX).len();
            let end = start + content(row).len();
            if index == first && !has_header {
                let [names, rule] = ["|   ", "|---"].map(|cell| cell.repeat(columns));
                self.edits.insert(start, format!("{names}|\n{0}{rule}|\n{0}", line.prefix()));
            } else if has_header && index == first + 1 {
                self.edits.replace(start..end, content(row).replace('+', "|"));
            } else if is_divider(content(row)) {
                self.edits.replace(at..self.source.len().min(at + row.len() + 1), "");
            }
            at += row.len() + 1;
        }
    }

    /// Rewrites a Pandoc table drawn with `+---+` or dashes, as code if cells are unclear; returns `false` if none.
    pub(super) fn drawn_table(&mut self, line: Line<'s>) -> bool {
        let is_grid = line.content.starts_with('+');
        let may_start = if is_grid { line.starts_block() } else { line.content.contains(" -") };
        let is_part = line.at < self.drawn;
        if is_part || line.content.len() < 3 || !is_rule(line.content) || !may_start || self.code.in_code(line.start) {
            return false;
        }
        let above = self.source[..line.at].split_inclusive('\n').rev().take(MAX_HEADER);
        let above: Vec<&str> = above.take_while(|row| !content(row).is_empty()).collect();
        // Between lines of dashes, empty ones separate the rows.
        let has_gaps = !is_grid && !line.after().is_empty() && above.last().is_none_or(|top| is_rule(content(top)));
        let header = if has_gaps { above.len() } else { above.len().min(1) };
        let start = line.at - above[..header].iter().map(|row| row.len()).sum::<usize>();
        let mut below = self.source[line.end..].split('\n');
        // Before a line feed may stand a carriage return.
        let rule_end = line.end + below.next().map_or(0, str::len);
        let (mut end, mut is_closed) = (rule_end, false);
        for row in below {
            if content(row).is_empty() && !has_gaps || is_closed && !is_grid {
                break;
            }
            end += 1 + row.len();
            is_closed = is_rule(content(row));
        }
        let has_rows = end > rule_end && (is_closed || !is_grid && !has_gaps);
        if has_rows {
            let prefix = line.prefix();
            let drawn = &self.source[start..end];
            self.drawn = end;
            let rows = markdown(drawn, line, header);
            let rows = rows.unwrap_or_else(|| format!("{prefix}```table\n{drawn}\n{prefix}```"));
            self.edits.replace(start..end, format!("{prefix}\n{rows}"));
        }
        has_rows
    }

    /// Turns the caption beside a table of Pandoc, `: Words {#id}`, into a paragraph. Returns `false` if there is none.
    pub(super) fn caption(&mut self, line: Line<'s>) -> bool {
        let table = line.before().find(|row| !row.is_empty()).unwrap_or_default();
        let mut below = self.source[line.end..].lines().map(content).filter(|row| !row.is_empty());
        let precedes = line.content.contains("{#") && below.next().is_some_and(|row| row.starts_with(['|', '+']));
        let follows = table.starts_with(['|', '+']) || table.ends_with("--");
        let is_caption = line.content.starts_with(": ") && (follows || precedes);
        if is_caption && !self.code.in_code(line.start) {
            self.edits.remove(line.start..line.start + 2);
        }
        is_caption
    }
}

fn is_rule(row: &str) -> bool {
    !row.is_empty() && row.trim_matches(['+', '-', '=', ':', ' ']).is_empty()
}

/// Returns a drawn table as one of Markdown, or `None` if a line is not divided as the rule `line`, number `first`, is.
fn markdown(drawn: &str, line: Line<'_>, first: usize) -> Option<String> {
    let (prefix, is_grid) = (line.prefix(), line.content.starts_with('+'));
    let quoted = prefix.rfind('>').map_or(0, |mark| mark + 1);
    let ends = ['+', '|'];
    let inner = |row| if is_grid { content(row).strip_prefix(ends)?.strip_suffix(ends) } else { row.get(quoted..) };
    let lines = drawn.lines().map(inner).collect::<Option<Vec<&str>>>()?;
    let header = if is_grid { lines.iter().position(|row| row.contains('=') && is_rule(row)) } else { Some(first) };
    let rule = lines[header.unwrap_or(first)];
    let [corner, bar] = if is_grid { ends } else { [' ', ' '] };
    let divides = |at: &usize| is_grid || at + quoted >= prefix.len() && rule[at + 1..].starts_with('-');
    let marks: Vec<usize> = rule.match_indices(corner).map(|(at, _)| at).filter(divides).collect();
    // Without gaps, each line below the header is a row.
    let has_gaps = is_grid || lines.iter().any(|row| row.trim().is_empty());
    let (mut rows, mut is_open) = (vec![Vec::new()], false);
    for (index, text) in lines.iter().enumerate() {
        if text.trim().is_empty() || is_rule(text) {
            // Boxes alone, beside or in each other are no table.
            if is_grid && divided(text, &marks, corner).is_none_or(|rules| rules.len() < 2 || text.contains(' ')) {
                return None;
            }
            is_open = false;
            if header == Some(index) && rows.len() == 2 {
                rows.remove(0);
            }
            continue;
        }
        let cells = divided(text, &marks, bar)?;
        if !is_open {
            rows.push(Vec::new());
        }
        let row = rows.last_mut()?;
        row.resize(cells.len().max(row.len()), String::new());
        for (cell, more) in row.iter_mut().zip(cells) {
            let gap = if cell.is_empty() || more.trim().is_empty() { "" } else { " " };
            cell.extend([gap, &more.trim().replace("\\|", "|").replace('|', "\\|")]);
        }
        is_open = has_gaps || index < first;
    }
    rows[0].resize(marks.len() + 1, String::new());
    rows.insert(1, divided(rule, &marks, corner)?.iter().map(|rule| rule.replace('=', "-")).collect());
    Some(rows.iter().map(|row| format!("{prefix}| {} |", row.join(" | "))).collect::<Vec<_>>().join("\n"))
}

/// Divides a line at `marks`, in columns of the page, or returns `None` if another character than `sign` is there.
fn divided<'r>(row: &'r str, marks: &[usize], sign: char) -> Option<Vec<&'r str>> {
    let (mut cells, mut from, mut column) = (Vec::new(), 0, 0);
    for (at, c) in row.char_indices() {
        if marks.get(cells.len()).is_some_and(|mark| column >= *mark) {
            cells.push(Some(&row[from..at]).filter(|_| c == sign)?);
            from = at + 1;
        }
        column += c.width().unwrap_or(0);
    }
    cells.push(&row[from..]);
    Some(cells)
}
