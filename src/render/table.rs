//! Tables drawn with characters, to a width that is never exceeded.
//!
//! Columns are as wide as their widest cell if all of them fit; otherwise they shrink, widest first, and
//! cells are wrapped. A table that cannot be drawn so (a column would get narrower than its longest word,
//! or too narrow to read) is not drawn: the renderers print it as records then. Because nothing is ever
//! padded beyond the limit, the output stays in proportion to the input.

use super::{columns, wrap};
use crate::markup::Alignment;

/// The narrowest column that wrapped text can be read in.
const MIN_WRAPPED: usize = 8;

/// The longest name that is repeated in front of the cells of a record; without a limit, rows times the
/// length of the header could be enormous.
const MAX_NAME: usize = 40;

/// What the lines of a table are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    between: &'static str,
    rule: &'static str,
    cross: &'static str,
}

impl Lines {
    pub(crate) const ASCII: Self = Self { between: " | ", rule: "-", cross: "-+-" };
    pub(crate) const BOX: Self = Self { between: " │ ", rule: "─", cross: "─┼─" };
}

/// The columns between two cells.
const BETWEEN: usize = 3;

/// The drawn table, each line with its end; none if it does not fit into `limit` columns.
pub(crate) fn layout(
    header: &[String],
    rows: &[Vec<String>],
    alignments: &[Alignment],
    limit: usize,
    lines: Lines,
) -> Option<String> {
    let widths = widths(header, rows, limit)?;
    let wrapped = header.iter().chain(rows.iter().flatten()).zip(widths.iter().cycle());
    // Cells are counted row by row; a row always has as many cells as there are columns.
    let any_wrapped = wrapped.into_iter().any(|(cell, &width)| columns::width(cell) > width);
    let mut drawing = Drawing { out: String::new(), widths, alignments, lines };
    if header.iter().any(|cell| !cell.is_empty()) {
        drawing.row(header);
        drawing.rule();
    }
    // A row without a word would be a blank line where there is one column, and says nothing where there are more.
    for (at, row) in rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).enumerate() {
        if any_wrapped && at > 0 {
            drawing.rule();
        }
        drawing.row(row);
    }
    Some(drawing.out)
}

/// What stands in front of the cells of a record, as in `Year: `; empty for columns without a name.
pub(crate) fn names(header: &[String]) -> Vec<String> {
    let name = |cell: &String| {
        let mut name = String::new();
        if !cell.is_empty() {
            columns::push_cut(&mut name, cell, MAX_NAME);
            name.push_str(": ");
        }
        name
    };
    header.iter().map(name).collect()
}

/// The names of all columns in one line, for a table that is not drawn.
pub(crate) fn column_names(header: &[String]) -> String {
    let names: Vec<&str> = header.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    names.join(", ")
}

/// How wide each column gets.
fn widths(header: &[String], rows: &[Vec<String>], limit: usize) -> Option<Vec<usize>> {
    let count = header.len();
    let available = limit.checked_sub(BETWEEN * count.saturating_sub(1))?;
    if count == 0 || available < count {
        return None;
    }
    let mut natural = vec![1; count];
    let mut least = vec![1; count];
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        for (column, cell) in row.iter().enumerate().take(count) {
            let width = columns::width(cell);
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
    // Widen the narrowest wishes first: each open column may take an equal share of what is left.
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
    lines: Lines,
}

impl Drawing<'_> {
    fn row(&mut self, cells: &[String]) {
        let pieces: Vec<Vec<&str>> =
            cells.iter().zip(&self.widths).map(|(cell, &width)| wrap::split(cell, width)).collect();
        let height = pieces.iter().map(Vec::len).max().unwrap_or(1).max(1);
        for line in 0..height {
            for column in 0..self.widths.len() {
                if column > 0 {
                    self.out.push_str(self.lines.between);
                }
                let piece = pieces.get(column).and_then(|lines| lines.get(line)).copied().unwrap_or("");
                self.cell(piece, column);
            }
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
        }
    }

    fn cell(&mut self, piece: &str, column: usize) {
        let spare = self.widths[column].saturating_sub(columns::width(piece));
        let left = match self.alignments.get(column).copied().unwrap_or_default() {
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
                self.out.push_str(self.lines.cross);
            }
            for _ in 0..width {
                self.out.push_str(self.lines.rule);
            }
        }
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&[&str]], alignments: &[Alignment], limit: usize, expected: Option<&str>) {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        let drawn = layout(&rows[0], &rows[1..], alignments, limit, Lines::ASCII);
        assert_eq!(drawn.as_deref(), expected);
    }

    #[test]
    fn a_table_is_padded_by_what_is_seen() {
        use Alignment::{Center, Left, Right};
        let table: &[&[&str]] = &[&["Film", "Year"], &["東京物語", "1953"], &["M", "31"]];
        let expected = "\
Film     | Year
---------+-----
東京物語 | 1953
M        |   31
";
        check(table, &[Left, Right], 80, Some(expected));
        check(&[&["abc", "x"], &["b", ""]], &[Center, Left], 80, Some("abc | x\n----+--\n b  |\n"));
        check(&[&["", ""], &["a", "b"]], &[Left, Left], 80, Some("a | b\n"));
    }

    #[test]
    fn rows_without_a_word_are_left_out() {
        check(&[&["a"], &[""], &["b"], &[""]], &[], 80, Some("a\n-\nb\n"));
        check(&[&["a", "b"], &["", ""], &["", "c"]], &[], 80, Some("a | b\n--+--\n  | c\n"));
        check(&[&[""], &[""]], &[], 80, Some(""));
    }

    #[test]
    fn a_wide_table_is_wrapped_or_given_up() {
        let table: &[&[&str]] =
            &[&["Name", "What it says"], &["a", "one two three four five"], &["b", "six"]];
        let expected = "\
Name | What it says
-----+--------------
a    | one two three
     | four five
-----+--------------
b    | six
";
        check(table, &[], 20, Some(expected));
        check(table, &[], 10, None);
        check(&[&["a", "b"], &["x", "https://example.org/very/long/address"]], &[], 20, None);
    }

    #[test]
    fn no_line_is_wider_than_the_limit() {
        let row: Vec<String> = (1..6).map(|n| "word ".repeat(n * 3).trim().to_owned()).collect();
        for limit in 20..120 {
            if let Some(drawn) = layout(&row, std::slice::from_ref(&row), &[], limit, Lines::BOX) {
                assert!(drawn.lines().all(|line| columns::width(line) <= limit), "{limit}\n{drawn}");
            }
        }
    }
}
