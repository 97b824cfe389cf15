//! Tables drawn with characters, within a width.
//!
//! Columns are as wide as their widest cell if all of them fit. Otherwise they shrink, widest first, and cells are
//! wrapped. If a column would become narrower than its longest word, or too narrow to read, the table is not drawn and
//! the renderers write it as records. Nothing is padded beyond the width, so that the output is proportional to the
//! input.

use super::{text, wrap};
use crate::markup::{Alignment, Inline, Table, Text};

/// The narrowest column of wrapped text that is readable.
const MIN_WRAPPED: usize = 8;

/// The longest column name before the cells of records, in columns: it bounds the output.
const MAX_NAME: usize = 40;

/// The longest subject of a table, in columns: more is not read out.
const MAX_SUBJECT: usize = 120;

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
    let drawn = draw_cells(header, rows, alignments, limit);
    drawn.or_else(|| {
        // Paths and names in code may end a line behind these signs.
        let softened = |cells: &[String]| cells.iter().map(|cell| soften(cell)).collect::<Vec<_>>();
        let rows: Vec<_> = rows.iter().map(|row| softened(row)).collect();
        draw_cells(&softened(header), &rows, alignments, limit)
    })
}

fn draw_cells(
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

/// Returns `cell` with a possible line break behind each `/`, `.` and `_` in its code.
fn soften(cell: &str) -> String {
    let mut softened = String::with_capacity(cell.len());
    let mut in_code = false;
    for c in cell.chars() {
        in_code ^= c == '`';
        softened.push(c);
        if in_code && matches!(c, '/' | '.' | '_') {
            softened.push(wrap::BREAK);
        }
    }
    softened
}

/// Returns the header and the rows of a table, with `cell` as the text of each cell. Columns of pictures without a name
/// are left out: their links follow the table.
pub(crate) fn cells(
    table: &Table<'_>,
    mut cell: impl FnMut(&[Inline<'_>]) -> String,
) -> (Vec<String>, Vec<Vec<String>>) {
    let is_picture = |inline: &Inline<'_>| matches!(inline, Inline::Image(_));
    let is_icon = |text: &[Inline<'_>]| {
        text.iter().all(|inline| match inline {
            Inline::Text(words) => words.trim().is_empty(),
            Inline::LinkOpen(_) | Inline::LinkClose | Inline::SoftBreak | Inline::HardBreak => true,
            other => is_picture(other),
        })
    };
    let is_kept = |column: usize| {
        let mut cells = std::iter::once(&table.header).chain(&table.rows).filter_map(|row| row.get(column));
        !cells.clone().flatten().any(is_picture) || !cells.all(|text| is_icon(text))
    };
    let kept: Vec<bool> = (0..table.header.len()).map(is_kept).collect();
    let mut row = |row: &[Text<'_>]| {
        let cells = row.iter().zip(&kept).map(|(text, is_kept)| (cell(text), *is_kept));
        cells.filter(|(_, is_kept)| *is_kept).map(|(cell, _)| cell).collect()
    };
    (row(&table.header), table.rows.iter().map(|cells| row(cells)).collect())
}

/// Returns what a table shows: the names of its columns, else the first words of its rows.
pub(crate) fn subject(header: &[String], rows: &[Vec<String>]) -> String {
    let first = |row: &'_ Vec<String>| row.iter().find(|cell| !cell.is_empty()).cloned();
    let names = || header.iter().filter(|name| !name.is_empty()).cloned();
    let names: Vec<String> =
        if names().next().is_some() { names().collect() } else { rows.iter().filter_map(first).collect() };
    let mut subject = String::new();
    text::push_cut(&mut subject, &names.join(", "), MAX_SUBJECT);
    subject
}

/// Returns the cells of each row that are not empty, each after the name of its column.
pub(crate) fn records<'t>(
    header: &'t [String],
    rows: &'t [Vec<String>],
) -> impl Iterator<Item = Vec<String>> + use<'t> {
    rows.iter().enumerate().map(move |(at, row)| {
        let cells = row.iter().zip(header).filter(|(cell, _)| !cell.is_empty());
        // The first record has the whole names.
        cells.map(|(cell, name)| prefix(name, if at == 0 { usize::MAX } else { MAX_NAME }) + cell).collect()
    })
}

fn prefix(name: &str, limit: usize) -> String {
    let mut prefix = String::new();
    if !name.is_empty() {
        text::push_cut(&mut prefix, name, limit);
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
        self.out.extend(piece.chars().filter(|c| *c != wrap::BREAK));
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
