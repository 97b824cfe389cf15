//! Tables: preformatted where they fit, one record per row where they do not.

use super::blocks::open_fence;
use super::inline::Breaks;
use super::options::TableStyle;
use super::page::{Page, push_code};
use crate::markup::{Inline, Table, Text};
use crate::render::lines;
use crate::render::table::{self, Lines};
use crate::render::words::plain;

impl Page<'_> {
    pub(super) fn table(&mut self, table: &Table<'_>) {
        let header: Vec<String> = table.header.iter().map(|cell| self.cell(cell)).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let alt = alternative(&table.header);
        let lines = match self.options.table_style {
            TableStyle::Ascii => Lines::ASCII,
            TableStyle::Box => Lines::BOX,
        };
        match table::layout(&header, &rows, &table.alignments, self.options.table_width, lines) {
            Some(drawn) => self.outside(|out| {
                open_fence(out, &alt);
                push_code(out, drawn.trim_end_matches('\n'));
                out.push_str("```\n");
            }),
            None => self.records(&header, &rows),
        }
    }

    fn cell(&mut self, text: &[Inline<'_>]) -> String {
        let from = self.out.len();
        self.inline(text, Breaks::Space);
        let raw = self.out.split_off(from);
        if raw.contains("  ") || raw.contains('\t') || raw.trim().len() != raw.len() {
            let mut cell = String::with_capacity(raw.len());
            lines::push_one_line(&mut cell, &raw);
            return cell;
        }
        raw
    }

    /// A table too wide to be drawn: its header as a line, then the first cell of each row as a list item and
    /// the others named by header. The line keeps what no row would say: the name of the first column, and
    /// names that are too long to be repeated.
    fn records(&mut self, header: &[String], rows: &[Vec<String>]) {
        self.settle_lead();
        let names = table::names(header);
        let columns = table::column_names(header);
        if !columns.is_empty() {
            self.open_line();
            self.out.push_str(&columns);
            self.close_line();
        }
        for row in rows {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                if column == 0 {
                    self.lead.push_str(if self.quotes > 0 { "- " } else { "* " });
                }
                self.open_line();
                if column > 0 {
                    self.out.push_str(names.get(column).map_or("", String::as_str));
                }
                self.out.push_str(cell);
                self.close_line();
            }
        }
    }
}

/// What stands for a table for readers who cannot see it.
fn alternative(header: &[Text<'_>]) -> String {
    let names: Vec<String> = header.iter().map(|cell| plain(cell)).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { "table".to_owned() } else { format!("table: {}", names.join(", ")) }
}
