//! What the text around an offset tells of code, beside what the parser tells.

use super::super::super::MarkdownOptions;
use super::*;

#[test]
fn the_text_around_an_offset_tells_what_the_parser_would() {
    let parts = "```,~~~,````rs|,|,||,a,`x`,<b>,<div>,<!--,-->,<script>,</script>,<pre>,- ,1. ,> ,    ,\t,$,[^1]: ,\
                 - a||    `,[a][`b`],||[`b`]: /";
    let parts: Vec<String> = parts.split(',').map(|part| part.replace('|', "\n")).collect();
    for number in 0..parts.len().pow(3) {
        let chosen = (0..3).map(|place| &*parts[number / parts.len().pow(place) % parts.len()]);
        let source: String = chosen.chain(["\nb` c\n\nc"]).collect();
        let ranges = Ranges::new(&source, MarkdownOptions::STANDARD.for_parser());
        let places = source.match_indices(['a', 'b', 'c', 'x', '-', '>']).map(|(at, _)| at);
        let kinds: Vec<_> = places.map(|at| (at, ranges.kind_by_text(at))).collect();
        ranges.parsed();
        for (at, kind) in kinds {
            assert!(kind.is_none_or(|kind| kind == ranges.kind(at)), "{at} of {source:?}");
        }
    }
}
