//! Tables drawn with characters, within a width.
//!
//! Columns are as wide as their widest cell if all of them fit. Otherwise they shrink, widest first, and cells are
//! wrapped. If a column would become narrower than its longest word, or too narrow to read, the table is not drawn and
//! the renderers write it as records. No padding exceeds the width, so the output is proportional to the input.

use super::{text, wrap};
use crate::markup::{Alignment, Inline, Table, Text, is_wordless};

/// The narrowest column of wrapped text that is readable.
const MIN_WRAPPED: usize = 8;

/// The longest column name before the cells of records, in columns: it bounds the output.
const MAX_NAME: usize = 40;

/// The longest subject of a table, in columns: screen readers read all of it out.
const MAX_SUBJECT: usize = 120;

/// What separates two cells. ASCII exists in every font, and at one width.
const SEPARATOR: &str = " | ";

/// What separates the columns of a rule.
const CROSS: &str = "-+-";

/// Returns the table of these rows, the first of which is its header, or `None` if `limit` columns are too few.
pub(crate) fn draw(rows: &[Vec<String>], alignments: &[Alignment], limit: usize) -> Option<String> {
    if let Some(widths) = widths(rows, limit) {
        return Some(drawn(rows, &widths, alignments));
    }
    // Paths and names in code may be broken after some signs.
    let softened = |row: &Vec<String>| row.iter().map(|cell| soften(cell)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(softened).collect();
    Some(drawn(&rows, &widths(&rows, limit)?, alignments))
}

/// Returns `cell` with a possible line break after each `/`, `.` and `_` in its code.
fn soften(cell: &str) -> String {
    let mut in_code = false;
    let softened = |c: char| {
        in_code ^= c == '`';
        [Some(c), (in_code && matches!(c, '/' | '.' | '_')).then_some(wrap::BREAK)]
    };
    cell.chars().flat_map(softened).flatten().collect()
}

/// Returns the header and rows of a table, with the text that `cell` gives, without unnamed columns of pictures.
pub(crate) fn cells(table: &Table<'_>, mut cell: impl FnMut(&[Inline<'_>]) -> String) -> Vec<Vec<String>> {
    let is_picture = |inline: &Inline<'_>| matches!(inline, Inline::Image(_));
    let rows = std::iter::once(&table.header).chain(&table.rows);
    let is_kept = |column: usize| {
        let mut pieces = rows.clone().filter_map(|row| row.get(column)).flatten();
        !pieces.clone().any(is_picture) || !pieces.all(is_wordless)
    };
    let kept: Vec<bool> = (0..table.header.len()).map(is_kept).collect();
    let row = |row: &Vec<Text<'_>>| {
        let cells = row.iter().zip(&kept).map(|(text, is_kept)| (cell(text), *is_kept));
        cells.filter(|(_, is_kept)| *is_kept).map(|(cell, _)| cell).collect()
    };
    rows.map(row).collect()
}

/// Returns what a table shows: the names of its columns, else the first words of its rows.
pub(crate) fn subject(header: &[Text<'_>], rows: &[Vec<String>]) -> String {
    let names = header.iter().map(|cell| text::plain_words(cell));
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        names.extend(rows[1..].iter().filter_map(|row| row.iter().find(|cell| !cell.is_empty()).cloned()));
    }
    text::cut(&names.join(", "), MAX_SUBJECT).into_owned()
}

/// Returns the values of rows, each after its column's name; the first record, even without rows, names empty columns.
pub(crate) fn records(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let nothing = [vec![String::new(); rows[0].len()]];
    let values = if rows.len() > 1 { &rows[1..] } else { &nothing };
    let has_value = |column: usize| move |row: &Vec<String>| row.get(column).is_some_and(|cell| !cell.is_empty());
    let first_values: Vec<_> = (0..rows[0].len()).map(|column| values.iter().position(has_value(column))).collect();
    let record = |(at, row): (usize, &Vec<String>)| {
        let columns = row.iter().zip(&rows[0]).zip(&first_values);
        let cells = columns.filter_map(|((cell, name), first)| match (&**name, &**cell) {
            ("", "") => None,
            ("", cell) => Some(cell.to_owned()),
            (name, "") => (at == 0 && first.is_none()).then(|| format!("{name}:")),
            // The name is whole before the first value of its column.
            (name, cell) if *first == Some(at) => Some(format!("{name}: {cell}")),
            (name, cell) => Some(format!("{}: {cell}", text::cut(name, MAX_NAME))),
        });
        cells.collect()
    };
    values.iter().enumerate().map(record).collect()
}

/// Returns the width of each column, or `None` if the table does not fit.
fn widths(rows: &[Vec<String>], limit: usize) -> Option<Vec<usize>> {
    let count = rows[0].len();
    let available = limit.checked_sub(SEPARATOR.len() * count.saturating_sub(1))?;
    if count == 0 || available < count {
        return None;
    }
    let mut natural = vec![1; count];
    let mut least = vec![1; count];
    for (column, cell) in rows.iter().flat_map(|row| row.iter().enumerate().take(count)) {
        let width = text::width(cell);
        natural[column] = natural[column].max(width);
        if width > least[column] {
            least[column] = least[column].max(wrap::lines(cell, 1).map(text::width).max().unwrap_or(0));
        }
    }
    if natural.iter().sum::<usize>() <= available {
        return Some(natural);
    }
    let least = least.iter().zip(&natural).map(|(&least, &natural)| least.max(natural.min(MIN_WRAPPED)));
    let mut widths: Vec<usize> = least.collect();
    let mut spare = available.checked_sub(widths.iter().sum())?;
    // Columns that need the least more come first, and each takes at most an equal share of what is left.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&column| natural[column] - widths[column]);
    for (done, &column) in order.iter().enumerate() {
        let more = (natural[column] - widths[column]).min(spare / (count - done));
        widths[column] += more;
        spare -= more;
    }
    Some(widths)
}

fn drawn(rows: &[Vec<String>], widths: &[usize], alignments: &[Alignment]) -> String {
    // Every row has as many cells as there are columns.
    let mut cells = rows.iter().flatten().zip(widths.iter().cycle());
    let any_wrapped = cells.any(|(cell, &width)| text::width(cell) > width);
    let rule = widths.iter().map(|&width| "-".repeat(width)).collect::<Vec<_>>().join(CROSS);
    // Empty rows are left out: with a single column they would be blank lines.
    let is_filled = |(_, row): &(usize, &Vec<String>)| row.iter().any(|cell| !cell.is_empty());
    let mut out = String::new();
    let mut is_divided = false;
    for (at, row) in rows.iter().enumerate().filter(is_filled) {
        if is_divided {
            out.extend([&*rule, "\n"]);
        }
        push_row(&mut out, row, widths, alignments);
        if at == 0 {
            out.extend([&*rule, "\n"]);
        }
        is_divided = any_wrapped && at > 0;
    }
    out
}

fn push_row(out: &mut String, row: &[String], widths: &[usize], alignments: &[Alignment]) {
    let cells = row.iter().zip(widths);
    let cells: Vec<Vec<&str>> = cells.map(|(cell, &width)| wrap::lines(cell, width).collect()).collect();
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or_default() {
        let pieces =
            cells.iter().zip(widths).enumerate().map(|(column, (lines, &width))| {
                aligned(lines.get(line).unwrap_or(&""), width, alignments.get(column))
            });
        let line = pieces.collect::<Vec<_>>().join(SEPARATOR);
        out.extend([line.trim_end_matches(' '), "\n"]);
    }
}

fn aligned(piece: &str, width: usize, alignment: Option<&Alignment>) -> String {
    let spare = width.saturating_sub(text::width(piece));
    let left = match alignment {
        None | Some(Alignment::None | Alignment::Left) => 0,
        Some(Alignment::Center) => spare / 2,
        Some(Alignment::Right) => spare,
    };
    [&*" ".repeat(left), &piece.replace(wrap::BREAK, ""), &" ".repeat(spare - left)].concat()
}
