//! Tables drawn with characters, within a width.
//!
//! Columns are as wide as their widest cell if all of them fit. Otherwise they shrink, widest first, and cells are
//! wrapped. If a column would become narrower than its longest word, or too narrow to read, the table is not drawn and
//! the renderers write it as records. Nothing is padded beyond the width, so that the output is proportional to the
//! input.

use super::{text, wrap};
use crate::markup::{Alignment, Inline, Table};

/// The narrowest column of wrapped text that is readable.
const MIN_WRAPPED: usize = 8;

/// The longest column name that is repeated before the cells of records, in columns; without a limit, the output could
/// grow to rows times the length of the header.
const MAX_NAME: usize = 40;

/// What separates two cells. ASCII exists in every font, and at one width.
const SEPARATOR: &str = " | ";

/// What separates the columns of a rule.
const CROSS: &str = "-+-";

/// Returns the drawn table, or `None` if it does not fit into `limit` columns.
pub(crate) fn draw(
    header: &[String],
    rows: &[Vec<String>],
    alignments: &[Alignment],
    limit: usize,
) -> Option<String> {
    let widths = widths(header, rows, limit)?;
    let wrapped = header.iter().chain(rows.iter().flatten()).zip(widths.iter().cycle());
    // Every row has as many cells as there are columns.
    let any_wrapped = wrapped.into_iter().any(|(cell, &width)| text::width(cell) > width);
    let mut drawing = Drawing { out: String::new(), widths, alignments };
    if header.iter().any(|cell| !cell.is_empty()) {
        drawing.row(header);
        drawing.rule();
    }
    // Empty rows are left out: with a single column they would be blank lines.
    for (at, row) in rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).enumerate() {
        if any_wrapped && at > 0 {
            drawing.rule();
        }
        drawing.row(row);
    }
    Some(drawing.out)
}

/// Returns the header and the rows of a table, with `cell` as the text of each cell.
pub(crate) fn cells(
    table: &Table<'_>,
    mut cell: impl FnMut(&[Inline<'_>]) -> String,
) -> (Vec<String>, Vec<Vec<String>>) {
    let header = table.header.iter().map(|text| cell(text)).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
    (header, rows)
}

/// Returns the names of all columns in one line, for a table that is written as records. It contains what the records
/// do not: the name of the first column, and names that are cut.
pub(crate) fn column_names(header: &[String]) -> String {
    let names: Vec<&str> = header.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    names.join(", ")
}

/// Returns the cells of each row that are not empty, by column, each after the name of its column (except the first).
pub(crate) fn records<'t>(
    header: &[String],
    rows: &'t [Vec<String>],
) -> impl Iterator<Item = Vec<(usize, String)>> + use<'t> {
    let names: Vec<String> = header.iter().enumerate().map(|(column, name)| prefix(column, name)).collect();
    rows.iter().map(move |row| {
        let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let named = |column: usize, cell| format!("{}{cell}", names.get(column).map_or("", String::as_str));
        cells.map(|(column, cell)| (column, named(column, cell))).collect()
    })
}

fn prefix(column: usize, name: &str) -> String {
    let mut prefix = String::new();
    if column > 0 && !name.is_empty() {
        text::push_cut(&mut prefix, name, MAX_NAME);
        prefix.push_str(": ");
    }
    prefix
}

/// Returns the width of each column, or `None` if the table does not fit.
fn widths(header: &[String], rows: &[Vec<String>], limit: usize) -> Option<Vec<usize>> {
    let count = header.len();
    let available = limit.checked_sub(SEPARATOR.len() * count.saturating_sub(1))?;
    if count == 0 || available < count {
        return None;
    }
    let mut natural = vec![1; count];
    let mut least = vec![1; count];
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        for (column, cell) in row.iter().enumerate().take(count) {
            let width = text::width(cell);
            natural[column] = natural[column].max(width);
            if width > least[column] {
                least[column] = least[column].max(wrap::widest_piece(cell));
            }
        }
    }
    if natural.iter().sum::<usize>() <= available {
        return Some(natural);
    }
    let least: Vec<usize> =
        least.iter().zip(&natural).map(|(&least, &natural)| least.max(natural.min(MIN_WRAPPED))).collect();
    let mut spare = available.checked_sub(least.iter().sum())?;
    // Columns that need the least more come first, and each takes at most an equal share of what is left.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&column| natural[column] - least[column]);
    let mut widths = least;
    for (done, &column) in order.iter().enumerate() {
        let more = (natural[column] - widths[column]).min(spare / (count - done));
        widths[column] += more;
        spare -= more;
    }
    Some(widths)
}

struct Drawing<'t> {
    out: String,
    widths: Vec<usize>,
    alignments: &'t [Alignment],
}

impl Drawing<'_> {
    fn row(&mut self, cells: &[String]) {
        let pieces: Vec<Vec<&str>> =
            cells.iter().zip(&self.widths).map(|(cell, &width)| wrap::split(cell, width)).collect();
        let height = pieces.iter().map(Vec::len).max().unwrap_or(1).max(1);
        for line in 0..height {
            for column in 0..self.widths.len() {
                if column > 0 {
                    self.out.push_str(SEPARATOR);
                }
                let piece = pieces.get(column).and_then(|lines| lines.get(line)).copied().unwrap_or("");
                self.cell(piece, column);
            }
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
        }
    }

    fn cell(&mut self, piece: &str, column: usize) {
        let spare = self.widths[column].saturating_sub(text::width(piece));
        let left = match self.alignments.get(column).copied().unwrap_or(Alignment::None) {
            Alignment::None | Alignment::Left => 0,
            Alignment::Center => spare / 2,
            Alignment::Right => spare,
        };
        self.out.extend(std::iter::repeat_n(' ', left));
        self.out.push_str(piece);
        self.out.extend(std::iter::repeat_n(' ', spare - left));
    }

    fn rule(&mut self) {
        for (column, &width) in self.widths.iter().enumerate() {
            if column > 0 {
                self.out.push_str(CROSS);
            }
            self.out.extend(std::iter::repeat_n('-', width));
        }
        self.out.push('\n');
    }
}
