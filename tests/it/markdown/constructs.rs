//! The constructs of Markdown and gemtext: the source on the left, the tree in a short notation on the right.
//!
//! Blocks are separated by spaces: `p(…)` paragraph, `h2(…)` heading, `q(…)` quotation,
//! `q:Note:title(…)` call-out, `ul(i(…) …)` and `ol3(…)` lists with items, `i[x](…)` a task, `dl(term: m(…))`,
//! `code:rust(…)`, `table<^>(…)`, `hr`. Within text `/` is a soft break, `//` a hard one, `*…*` emphasis,
//! `**…**` strong, `~…~` struck out, `` `…` `` code, `[label](destination)` a link with a letter for its kind,
//! `![alt](source "title")` a picture, `^1` a note.

use std::borrow::Cow;
use std::fmt::Write as _;

use lamplit::markup::markdown::{MarkdownOptions, parse};
use lamplit::markup::{Alignment, Block, Document, Inline, LinkKind, MAX_DEPTH, Mark, gemtext, plain_words};

fn standard(source: &str) -> Document<'_> {
    parse(source, &MarkdownOptions::STANDARD)
}

fn shown(document: &Document<'_>) -> String {
    let mut out = String::new();
    show_blocks(&mut out, &document.blocks, document);
    for note in &document.footnotes {
        let _ = write!(out, " note:{}(", note.label);
        show_blocks(&mut out, &note.blocks, document);
        out.push(')');
    }
    out.trim_start().to_owned()
}

fn show_blocks(out: &mut String, blocks: &[Block<'_>], document: &Document<'_>) {
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        show_block(out, block, document);
    }
}

fn show_block(out: &mut String, block: &Block<'_>, document: &Document<'_>) {
    match block {
        Block::Heading { level, text } => {
            let _ = write!(out, "h{level}(");
            show_text(out, text, document);
        }
        Block::Paragraph(text) => {
            out.push_str("p(");
            show_text(out, text, document);
        }
        Block::Quote { alert, blocks } => {
            out.push('q');
            if let Some(alert) = alert {
                let _ = write!(out, ":{}:", alert.kind);
                show_text(out, &alert.title, document);
            }
            out.push('(');
            show_blocks(out, blocks, document);
        }
        Block::List(list) => {
            match list.start {
                Some(start) => drop(write!(out, "ol{start}(")),
                None => out.push_str("ul("),
            }
            for (index, item) in list.items.iter().enumerate() {
                out.push_str(if index > 0 { " i" } else { "i" });
                out.push_str(item.task.map_or("", |done| if done { "[x]" } else { "[ ]" }));
                out.push('(');
                show_blocks(out, &item.blocks, document);
                out.push(')');
            }
        }
        Block::Definitions(definitions) => {
            out.push_str("dl(");
            for definition in definitions {
                show_text(out, &definition.term, document);
                out.push(':');
                for meaning in &definition.meanings {
                    out.push_str(" m(");
                    show_blocks(out, meaning, document);
                    out.push(')');
                }
            }
        }
        Block::Code(code) => {
            out.push_str("code");
            if !code.language.is_empty() {
                let _ = write!(out, ":{}", code.language);
            }
            let _ = write!(out, "({}", code.text);
        }
        Block::Table(table) => {
            out.push_str("table");
            for alignment in &table.alignments {
                out.push(match alignment {
                    Alignment::None => '-',
                    Alignment::Left => '<',
                    Alignment::Center => '^',
                    Alignment::Right => '>',
                });
            }
            out.push('(');
            for (index, row) in std::iter::once(&table.header).chain(&table.rows).enumerate() {
                out.push_str(if index > 0 { "; " } else { "" });
                for (index, cell) in row.iter().enumerate() {
                    out.push_str(if index > 0 { "|" } else { "" });
                    show_text(out, cell, document);
                }
            }
        }
        Block::Rule => return out.push_str("hr"),
    }
    out.push(')');
}

fn show_text(out: &mut String, text: &[Inline<'_>], document: &Document<'_>) {
    let mut open = Vec::new();
    for inline in text {
        match inline {
            Inline::Text(words) => out.push_str(words),
            Inline::Code(words) => drop(write!(out, "`{words}`")),
            Inline::SoftBreak => out.push('/'),
            Inline::HardBreak => out.push_str("//"),
            Inline::Open(mark) | Inline::Close(mark) => out.push_str(match mark {
                Mark::Emphasis => "*",
                Mark::Strong => "**",
                Mark::Strike => "~",
            }),
            Inline::LinkOpen(id) => {
                open.push(*id);
                out.push('[');
            }
            Inline::LinkClose => {
                let link = &document.links[open.pop().expect("an open link").0 as usize];
                let kind = match link.kind {
                    LinkKind::Labelled => "",
                    LinkKind::Bare => "b:",
                    LinkKind::Wiki => "w:",
                    LinkKind::WikiLabelled => "wl:",
                    LinkKind::Embed => "e:",
                };
                let _ = write!(out, "]({kind}{}", link.destination);
                if !link.title.is_empty() {
                    let _ = write!(out, " \"{}\"", link.title);
                }
                out.push(')');
            }
            Inline::Image(image) => {
                let _ = write!(out, "![{}]({}", image.alt, image.source);
                if !image.title.is_empty() {
                    let _ = write!(out, " \"{}\"", image.title);
                }
                out.push(')');
            }
            Inline::FootnoteRef(number) => drop(write!(out, "^{number}")),
        }
    }
    assert!(open.is_empty(), "a link is never closed in {text:?}");
}

pub(super) fn check(rows: &[(&str, &str)]) {
    check_with(standard, rows);
}

fn check_with(parse: fn(&str) -> Document<'_>, rows: &[(&str, &str)]) {
    let failures: Vec<String> = rows
        .iter()
        .filter_map(|(source, expected)| {
            let found = shown(&parse(source));
            (found != *expected).then(|| format!("{source:?}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn headings() {
    check(&[
        ("# A *b* `c`", "h1(A *b* `c`)"),
        ("###### Six", "h6(Six)"),
        ("Setext\n===", "h1(Setext)"),
        ("## With id {#the-id}", "h2(With id)"),
        ("## {#only-id}", ""),
        ("## A set {a}", "h2(A set {a})"),
        ("#\n\n##  \n\n# ![](a.png)", "h1(![](a.png))"),
        ("#hashtag", "p(#hashtag)"),
    ]);
}

#[test]
fn running_text() {
    check(&[
        ("one\ntwo  \nthree\\\nfour", "p(one/two//three//four)"),
        ("*a* **b** ***c*** ~~d~~", "p(*a* **b** ***c*** ~d~)"),
        ("a<br>\nb", "p(a//b)"),
        ("[a](b 'two\n lines')", "p([a](b \"two lines\"))"),
        ("snake_case a*b", "p(snake_case a*b)"),
        ("`` a`b `` `c`", "p(`a`b` `c`)"),
        ("&amp; &eacute; \\* \\[", "p(& é * [)"),
        ("\"quotes\" -- and...", "p(\"quotes\" -- and...)"),
        ("$a_b$ and $c*d*e$", "p($a_b$ and $c*d*e$)"),
        ("$$\nx^2\n$$", "code:math(x^2)"),
        ("see $$x^2$$ here", "p(see x² here)"),
        ("# H $$x$$", "h1(H $x$)"),
        ("costs $5 or $6", "p(costs $5 or $6)"),
    ]);
}

#[test]
fn links() {
    check(&[
        ("[a](b)", "p([a](b))"),
        ("[a](b \"t\")", "p([a](b \"t\"))"),
        ("[a *b*][r] [r][] [r]\n\n[r]: c 'd'", "p([a *b*](c \"d\") [r](c \"d\") [r](c \"d\"))"),
        ("[nowhere][x] [ ] [y]", "p([nowhere][x] [ ] [y])"),
        ("[](b)", "p([](b))"),
        ("<https://a.b/c>", "p([https://a.b/c](b:https://a.b/c))"),
        ("<a@b.example>", "p([a@b.example](b:mailto:a@b.example))"),
        ("see https://a.b/c_d_e, ok", "p(see [https://a.b/c_d_e](b:https://a.b/c_d_e), ok)"),
        ("https://a.b/?x=1&amp;y=2", "p([https://a.b/?x=1&y=2](b:https://a.b/?x=1&y=2))"),
        ("*https://a.b*", "p(*[https://a.b](b:https://a.b)*)"),
        ("[https://a.b](https://c.d)", "p([https://a.b](https://c.d))"),
        ("`https://a.b`", "p(`https://a.b`)"),
        ("[[Page]] [[Page|label]]", "p([Page](w:Page) [label](wl:Page))"),
        ("[[two\r\nlines]]", "p([two lines](w:two lines))"),
        (
            "[[//host/page]] ![[//host/page]]",
            "p([//host/page](w:https://host/page) [//host/page](w:https://host/page))",
        ),
        ("![[Page]] ![[pic.png]] ![[pic.png|300]]", "p([Page](w:Page) ![](pic.png) ![](pic.png))"),
    ]);
}

#[test]
fn bare_addresses() {
    check(&[
        (
            "see https://a.example/b now (https://a.b/c) [https://a.b/c] \"https://a.b\" HTTPS://A.example",
            "p(see [https://a.example/b](b:https://a.example/b) now ([https://a.b/c](b:https://a.b/c)) [[https://a.b/c](b:https://a.b/c)] \"[https://a.b](b:https://a.b)\" [HTTPS://A.example](b:HTTPS://A.example))",
        ),
        (
            "http://a.b gemini://c.d gopher://a:70/1/x spartan://a titan://b finger://c ftp://d",
            "p([http://a.b](b:http://a.b) [gemini://c.d](b:gemini://c.d) [gopher://a:70/1/x](b:gopher://a:70/1/x) [spartan://a](b:spartan://a) [titan://b](b:titan://b) [finger://c](b:finger://c) [ftp://d](b:ftp://d))",
        ),
        (
            "mailto:a@b.example. (https://a.b/c_(d)) https://a.b/c_(d), and http://[::1]:8000/x",
            "p([mailto:a@b.example](b:mailto:a@b.example). ([https://a.b/c_(d)](b:https://a.b/c_(d))) [https://a.b/c_(d)](b:https://a.b/c_(d)), and [http://[::1]:8000/x](b:http://[::1]:8000/x))",
        ),
        (
            "https://a.b/c? https://a.b/c?d=e&f=g... https://a.b/é。次 https://a.b、https://c.d ähttps://a.b",
            "p([https://a.b/c](b:https://a.b/c)? [https://a.b/c?d=e&f=g](b:https://a.b/c?d=e&f=g)... [https://a.b/é](b:https://a.b/é)。次 [https://a.b](b:https://a.b)、[https://c.d](b:https://c.d) ä[https://a.b](b:https://a.b))",
        ),
        (
            "time: 12:30, std::fmt xhttp://a.b https:// alone javascript://a mailto: https://",
            "p(time: 12:30, std::fmt xhttp://a.b https:// alone javascript://a mailto: https://)",
        ),
    ]);
}

#[test]
fn tags_and_attributes_of_html() {
    check(&[
        ("a<b>c</b>d <img src='a>b'/> <!-- <b> -->x <?php x ?> <!y>z", "p(a**c**d ![](a>b) x z)"),
        ("<!doctype html>\n\n<!-- open\n\nx", ""),
        ("1 < 2 > 0 <3 <a href=\"never closed>", "p(1 < 2 > 0 <3 <a href=\"never closed>)"),
        ("<p>1 < 2 > 0 <3 <a href=\"never closed></p>", "p(1 < 2 > 0 <3 <a href=\"never closed>)"),
        ("<p><a <b>x</b> <Foo.Bar x={1} />y < </p>", "p(<a **x**) p(y <)"),
        (
            "<a HREF = 'x y' >a</a> <a title='href=1' href=x/y>b</a> <a href=x/>c</a> <a disabled href='a&amp;b'>d</a> <a data-href='x' disabled>e</a>",
            "p([a](x y) [b](x/y \"href=1\") [c](x) [d](a&b) e)",
        ),
    ]);
}

#[test]
fn raised_and_lowered_text_and_character_references() {
    check(&[
        (
            "x<sup>-10</sup> x<sub>-10</sub> a<sup>(4+5)=9</sup> a<sub>(4+5)=9</sub> x<sup>2nd</sup> y<sub>th</sub>",
            "p(x⁻¹⁰ x₋₁₀ a⁽⁴⁺⁵⁾⁼⁹ a₍₄₊₅₎₌₉ x^2nd y_th)",
        ),
        (
            "4<sup>th</sup> 1<sup>er</sup> 1<sup>n</sup> a<sup>th</sup> b<sup>TM</sup> 2<sup>®</sup>",
            "p(4th 1er 1^n a^th b™ 2®)",
        ),
        ("<p>a &amp; b &lt;p&gt; &#233;&#xE9;&eacute; &hellip;&mdash;</p>", "p(a & b <p> ééé …—)"),
        ("<p>&nonsense; & &; &#; AT&T &amp;lt; é&é &</p>", "p(&nonsense; & &; &#; AT&T &lt; é&é &)"),
    ]);
}

#[test]
fn pictures() {
    check(&[
        ("![alt *text*](a.png \"t\")", "p(![alt text](a.png \"t\"))"),
        ("in ![](a.png) line", "p(in ![](a.png) line)"),
        ("[![alt](a.png)](b)", "p([![alt](a.png)](b))"),
        ("![a [l](m) b](c.png)", "p(![a l b](c.png)[](m))"),
        ("![a ![b *c*](d.png)](e.png)", "p(![a b c](e.png)![b c](d.png))"),
        ("[![a [l](m)](c.png) t](d)", "p([![a l](c.png)[](m) t](d))"),
        ("<figure><img src=a.png><figcaption>The *words*</figcaption></figure>", "p(![](a.png \"The *words*\"))"),
        ("<figure>\n<img src='a.png' alt='x'>\n<figcaption>Words</figcaption>\n</figure>", "p(![x](a.png)) p(Words)"),
        ("<figure>\n\n![x](a.png)\n\n<figcaption>x</figcaption>\n</figure>", "p(![x](a.png))"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("- a\n- b", "ul(i(p(a)) i(p(b)))"),
        ("- a\n\n- b", "ul(i(p(a)) i(p(b)))"),
        ("3. a\n4. b", "ol3(i(p(a)) i(p(b)))"),
        ("- a\n  - b\n    - c\n- d", "ul(i(p(a) ul(i(p(b) ul(i(p(c)))))) i(p(d)))"),
        ("- [ ] a\n- [x] b\n\n  c", "ul(i[ ](p(a)) i[x](p(b) p(c)))"),
        ("- a\n\n  ```sh\n  b\n  ```\n\n  > c", "ul(i(p(a) code:sh(b) q(p(c))))"),
        ("-\n- a", "ul(i() i(p(a)))"),
        ("Term\n: one\n: two", "dl(Term: m(p(one)) m(p(two)))"),
    ]);
}

#[test]
fn quotations_and_callouts() {
    check(&[
        ("> a\n> b\n>\n> c", "q(p(a/b) p(c))"),
        ("> a\n>> b", "q(p(a) q(p(b)))"),
        (">", ""),
        ("> [!NOTE]\n> text", "q:Note:(p(text))"),
        ("> [!warning]\n> text", "q:Warning:(p(text))"),
        ("> [!tip] A *title*\n> text\n> more", "q:Tip:A *title*(p(text/more))"),
        ("> [!faq]- Folded\n>\n> text", "q:Faq:Folded(p(text))"),
        ("> [!info]+\n> text", "q:Info:(p(text))"),
        ("> [!quote|right] T", "q:Quote:T()"),
        ("> [!](x) no", "q(p([!](x) no))"),
        ("> [!no", "q(p([!no))"),
        ("> text [!note] x", "q(p(text [!note] x))"),
    ]);
}

#[test]
fn code() {
    check(&[
        ("```rust,ignore\na\n\nb\n```", "code:rust(a\n\nb)"),
        ("~~~ {.rust .x}\na\n~~~", "code:rust(a)"),
        ("```rust{1,3}\n```", "code:rust()"),
        ("```title=x\na\n```", "code(a)"),
        ("```\r\na\r\nb\r\n```\r\n", "code(a\nb)"),
        ("    a\n\n      b\n", "code(a\n\n  b)"),
        ("> ```\n> a\n> b\n> ```", "q(code(a\nb))"),
        ("````\n```\n````", "code(```)"),
        ("```\nnever closed", "code(never closed)"),
    ]);
}

#[test]
fn tables() {
    check(&[
        ("| a | b | c |\n|:--|:-:|--:|\n| *d* | `e\\|f` |\n| 1 | 2 | 3 | 4 |", "table<^>(a|b|c; *d*|`e|f`|; 1|2|3)"),
        ("a|b\n-|-\n[x](y)|<br>https://a.b", "table--(a|b; [x](y)|[https://a.b](b:https://a.b))"),
        ("a|b\n-|-\nc<br>d|<p>e</p>f", "table--(a|b; c//d|e/f)"),
    ]);
}

#[test]
fn footnotes() {
    check(&[
        ("a[^x] b[^y] c[^x]\n\n[^y]: Y\n[^x]: X", "p(a^1 b^2 c^1) note:x(p(X)) note:y(p(Y))"),
        ("[^z]: Z\n\na[^x]\n\n[^x]: X[^y]\n[^y]: Y", "p(a^1) note:x(p(X^2)) note:y(p(Y)) note:z(p(Z))"),
        ("a[^nowhere]", "p(a[^nowhere])"),
        ("a[^A]\n\n[^a]: both\n\n    more", "p(a^1) note:A(p(both) p(more))"),
        ("- a[^x]\n\n  [^x]: X", "ul(i(p(a^1))) note:x(p(X))"),
    ]);
}

#[test]
fn html_in_running_text() {
    check(&[
        ("a <b>b</b> <i>c</i> <del>d</del>", "p(a **b** *c* ~d~)"),
        ("Option<T> and <path> &lt;x>", "p(Option<T> and <path> <x>)"),
        ("Vec<Box<Foo>> and <u64> <error>", "p(Vec<Box<Foo>> and <u64> <error>)"),
        ("a<br>b<br/>c", "p(a//b//c)"),
        ("<a href=\"x&amp;y\" title=t>a **b**</a> c", "p([a **b**](x&y \"t\") c)"),
        ("<a name=here></a>b", "p(b)"),
        ("<a href=x>[a](y)</a>", "p([a](x)[](y))"),
        ("[<a href=x>a</a>](y)", "p([a](y)[](x))"),
        ("<img src=a.png alt='b &amp; c'>", "p(![b & c](a.png))"),
        ("<code>a</code> <kbd>b</kbd>", "p(`a` `b`)"),
        ("x<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup>", "p(x² H₂O 1st)"),
        ("a <!-- b --> c", "p(a c)"),
        ("a <!-- b -->`c` d <!-- e -->*f* g", "p(a `c` d *f* g)"),
        ("a <b>b *c</b> d*", "p(a **b *c d***)"),
        ("*a <b>b* c", "p(*a **b*** c)"),
        ("<span class=x>a</span> <u>b</u>", "p(a b)"),
        ("the <script> element", "p(the  element)"),
        ("a <script>b</script> c", "p(a c)"),
        ("a <Note>b</Note> c <Foo/>", "p(a b c)"),
        ("say <q>hi</q>", "p(say “hi”)"),
    ]);
}

#[test]
fn html_blocks() {
    check(&[
        ("<p>a &mdash; b</p>\n<p>c\n  d</p>", "p(a — b) p(c/d)"),
        ("<div>\n\n*a*\n\n</div>", "p(*a*)"),
        ("<h2>a <em>b</em></h2>", "h2(a *b*)"),
        ("<ul>\n<li>a</li>\n<li>b\n<ol start=3><li>c</ol>\n</ul>", "ul(i(p(a)) i(p(b) ol3(i(p(c)))))"),
        ("<ul>\n<li>\n\n*a*\n\n</li>\n<li>\n\nb\n\n</li>\n</ul>\n\nc", "ul(i(p(*a*)) i(p(b))) p(c)"),
        ("<blockquote>a</blockquote>", "q(p(a))"),
        ("<pre><code class=\"language-rust\">\na &lt;b>\n\n c</code></pre>", "code:rust(a <b>\n\n c)"),
        ("<hr>", "hr"),
        ("<table><tr><th>a</th><th>b</th></tr>\n<tr><td>c</td><td>d</td></tr></table>", "table--(a|b; c|d)"),
        (
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td></td>\n\
             </tr>\n</tbody>\n</table>",
            "table--(a|b; c|)",
        ),
        ("<details>\n<summary>a</summary>\n\nb\n\n</details>", "p(a) p(b)"),
        ("<!-- a\n\nb -->\n\nc", "p(c)"),
        ("<script>\na\n\nb\n</script>\n\nc", "p(c)"),
        ("<style>a</style>b", "p(b)"),
        (
            "<iframe src=\"https://www.youtube.com/embed/x\">no</iframe>",
            "p([YouTube video](e:https://www.youtube.com/watch?v=x))",
        ),
        ("<video controls>\n<source src=a/b.mp4>\n</video>", "p([Video: b.mp4](e:a/b.mp4))"),
        ("<audio src=b.ogg></audio>", "p([Audio: b.ogg](e:b.ogg))"),
        (
            "<video src=a.mp4><source src=b.webm>No <a href=c.mp4>video</a>.</video>",
            "p([Video: a.mp4](e:a.mp4)/[Video: b.webm](e:b.webm)/No [video](c.mp4).)",
        ),
        ("See <video src=a.mp4>not *here*</video> too.", "p(See [Video: a.mp4](e:a.mp4)/not *here* too.)"),
        ("<T>\nb", "p(<T>/b)"),
        ("<p><your\nname></p>", "p(<your/name>)"),
        ("<Callout type=x>\n\n*a*\n\n</Callout>", "p(*a*)"),
        ("> <div>\n> a\n> </div>", "q(p(a))"),
        ("- <b>a\n- c", "ul(i(p(**a**)) i(p(c)))"),
        ("<a href=x>\n\n![](a.png)\n\n</a>", "p([](x)) p(![](a.png))"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "p(a) p(b)"),
        ("<p align=center>\n  <img src=a.png>\n</p>", "p(![](a.png))"),
    ]);
}

#[test]
fn smart_punctuation_is_a_choice() {
    let smart = MarkdownOptions { smart_punctuation: true, ..MarkdownOptions::STANDARD };
    assert_eq!(shown(&parse("\"a\" -- b... it's", &smart)), "p(“a” – b… it’s)");
}

#[test]
fn line_ends_are_a_choice() {
    let verse = MarkdownOptions { line_breaks: true, ..MarkdownOptions::STANDARD };
    for (source, expected) in [
        ("a\nb\n\nc", "p(a//b) p(c)"),
        ("a  \nb", "p(a//b)"),
        ("> a\n> *b\n> c*", "q(p(a//*b//c*))"),
        ("- a\n  b", "ul(i(p(a//b)))"),
        ("```\na\nb\n```", "code(a\nb)"),
    ] {
        assert_eq!(shown(&parse(source, &verse)), expected, "{source:?}");
    }
}

#[test]
fn plain_essays_are_borrowed() {
    let source = "# A\n\nwords [b](c) and `d` snake_case\n\n- e\n\n```f\ng\nh\n```\n\n<p>i <b>j</b></p>\n";
    let document = standard(source);
    for link in &document.links {
        assert!(matches!(link.destination, Cow::Borrowed(_)));
    }
    for block in &document.blocks {
        if let Block::Heading { text, .. } | Block::Paragraph(text) = block {
            for inline in text {
                if let Inline::Text(words) | Inline::Code(words) = inline {
                    assert!(matches!(words, Cow::Borrowed(_)), "{words}");
                }
            }
        }
        if let Block::Code(code) = block {
            assert!(matches!((&code.language, &code.text), (Cow::Borrowed(_), Cow::Borrowed(_))));
        }
    }
}

#[test]
fn depth_is_bounded_and_no_word_is_lost() {
    fn deepest(blocks: &[Block<'_>]) -> usize {
        let inner = |blocks: &Vec<Block<'_>>| 1 + deepest(blocks);
        blocks
            .iter()
            .map(|block| match block {
                Block::Quote { blocks, .. } => inner(blocks),
                Block::List(list) => list.items.iter().map(|item| inner(&item.blocks)).max().unwrap_or(1),
                Block::Definitions(definitions) => {
                    definitions.iter().flat_map(|one| &one.meanings).map(inner).max().unwrap_or(1)
                }
                _ => 0,
            })
            .max()
            .unwrap_or(0)
    }
    for (unit, text) in
        [("> ", "word"), ("- ", "word"), ("1. > ", "word"), ("<blockquote>", "word"), ("<ul><li>", "word")]
    {
        let source = unit.repeat(10_000) + text;
        let document = standard(&source);
        assert!(deepest(&document.blocks) <= MAX_DEPTH, "{unit}");
        assert!(shown(&document).contains(text), "{unit}");
    }
}

#[test]
fn template_tags() {
    check(&[
        ("{{< figure src=\"a b.png\" alt=\"x [y]\" >}}", "p(![x [y]](a%20b.png))"),
        ("{{< figure src=\"a.png\" caption=\"C \\ d\" >}}", "p(![](a.png \"C \\ d\"))"),
        ("{{< figure src=a.png alt=x caption=\"A *b*\" >}}\ntext", "p(![x](a.png)) p(A *b*) p(text)"),
        ("{{< figure src=a.png alt=x link=b >}}", "p([![x](a.png)](b))"),
        (
            "{{< highlight rust \"linenos=1\" >}}\nlet a = \"{{< b >}}\";\n{{< /highlight >}}\nc",
            "code:rust(let a = \"{{< b >}}\";) p(c)",
        ),
        ("{% highlight sh linenos %}a{% endhighlight %}", "code:sh(a)"),
        ("{{% code-rust \"name\" %}}\na\n{{% /code-rust %}}", "code:rust(a)"),
        ("{{< high sh >}}\n$ a\n{{< /high >}}", "code:sh($ a)"),
        ("- x\n\n  {% highlight md %}\n  ```\n  {% endhighlight %}", "ul(i(p(x) code:md(```)))"),
        ("[a]({{< ref \"x y.md#z\" >}}) [b]({{% relref \"c\" %}})", "p([a](x%20y.md#z) [b](c))"),
        ("[a]({% link _posts/b.md %}) [c]({% post_url 2020-01-02-d %})", "p([a](_posts/b.md) [c](2020-01-02-d.md))"),
        ("[a]({{ site.baseurl }}/b) ![]({{ site.url }}/c.png)", "p([a](/b) ![](/c.png))"),
        ("{{ youtube(id=\"x_y\") }}", "p([YouTube video](https://www.youtube.com/watch?v=x_y))"),
        (
            "{{< vimeo 12 >}} {% gist a/b %}",
            "p([Vimeo video](https://vimeo.com/12) [Gist](https://gist.github.com/a/b))",
        ),
        ("{% include youtube.html id=\"x\" %}", "p([YouTube video](https://www.youtube.com/watch?v=x))"),
        ("{{% notice tip %}}\n*inner*\n{{% /notice %}}", "q:Tip:(p(*inner*))"),
        ("{% raw %}{{ site.url }}{% endraw %}", "p({{ site.url }})"),
        ("a {% comment %} b {% endcomment %}c", "p(a c)"),
        ("`{{< a >}}` {{< b >}}\n\n    {% c %}", "p(`{{< a >}}`) code({% c %})"),
        ("{{ x }} {% {{<", "p({{ x }} {% {{<)"),
        ("{{< highlight >}}never closed", "p(never closed)"),
        (
            "{% highlight rust %}{% endhighlight %}a {%- if x -%} b {{ }} {{ {% %} {%",
            "code:rust() p(a {%- if x -%} b {{ }} {{ {% %} {%)",
        ),
        ("a {{< a\n\nb >}} c", "p(a {{< a) p(b >}} c)"),
        ("a {{< a {{< b >}} c", "p(a {{< a c)"),
        (
            "{{ youtube(id=\"x\", width = 3) }} {{ youtube(a=, id=1) }}",
            "p([YouTube video](https://www.youtube.com/watch?v=x) [YouTube video](https://www.youtube.com/watch?v=1))",
        ),
        (
            "{{< figure src=\"a b\" alt='c' >}} {{< figure \"a b\" c >}} {{< figure \"never closed >}} {{< figure = >}}",
            "p(![c](a%20b) ![c](a%20b) ![closed](\"never))",
        ),
        ("a %%hidden [x](y)%% b `%%c%%`\n\n%%\nd\n\ne\n%%\n\nf", "p(a b `%%c%%`) p(f)"),
        ("![a](b.png)\n{: .wide}\n\n*c*{: .d}", "p(![a](b.png)) p(*c*)"),
        ("a\n\n{::comment}\n{{< b >}}\n{:/comment}\n\nc", "p(a) p(c)"),
    ]);
}

#[test]
fn offsets_count_in_the_source_behind_template_tags() {
    let source = "{{< a >}} [b](c) {{< ref \"d\" >}} ![](e) {{< f >}} https://g.example";
    let document = standard(source);
    let at = |wanted: &str| source.find(wanted).expect("a part of the source");
    let links: Vec<usize> = document.links.iter().map(|link| link.offset).collect();
    assert_eq!(links, [at("[b]"), at("https")]);
    let notices: Vec<usize> = document.notices.iter().map(|notice| notice.offset).collect();
    assert_eq!(notices, [at("{{< a"), at("{{< f")]);
    let Block::Paragraph(text) = &document.blocks[0] else { panic!("a paragraph") };
    let image = text.iter().find_map(|inline| match inline {
        Inline::Image(image) => Some(image.offset),
        _ => None,
    });
    assert_eq!(image, Some(at("![](e)")));
}

#[test]
fn containers_fenced_with_colons() {
    check(&[
        (":::note\nx\n:::\ny", "q:Note:(p(x)) p(y)"),
        ("a\n:::info[Edit of *today*]\nx\n:::\n", "p(a) q:Info:Edit of *today*(p(x))"),
        ("::: tip Mind the gap\n- x\n- y\n\n:::\n", "q:Tip:Mind the gap(ul(i(p(x)) i(p(y))))"),
        ("::: {.callout-warning title=\"Hot\"}\n\nx\n\n:::", "q:Warning:Hot(p(x))"),
        (":::faq[Why?]\nx\n:::", "q:Faq:Why?(p(x))"),
        (":::columns\nx\n:::\ny", "p(x) p(y)"),
        ("::::note\nx\n\n:::tip\ny\n:::\n::::", "q:Note:(p(x) q:Tip:(p(y)))"),
        ("- a\n\n  :::note\n  x\n  :::\n- b", "ul(i(p(a) q:Note:(p(x))) i(p(b)))"),
        ("> :::note\n> x\n> :::\n> y", "q(q:Note:(p(x)) p(y))"),
        (":::note\n{{< ref \"x.md\" >}}\n:::", "q:Note:(p(x.md))"),
        ("```\n:::note\nx\n:::\n```", "code(:::note\nx\n:::)"),
        (":::note\nx", "p(:::note/x)"),
        ("  > ::: tip Mind the *gap*\n> x\n> :::::\t", "q(q:Tip:Mind the *gap*(p(x)))"),
        (
            ":::danger[Stop]{#stop .x}\nx\n:::\n::: {.callout-note title=\"A title\" collapse=true}\ny\n:::",
            "q:Danger:Stop(p(x)) q:Note:A title(p(y))",
        ),
        ("::: warning :::::\nx\n:::\n\n::: {#id}\ny\n:::\n\n:::1\nz\n:::", "q:Warning:(p(x)) p(y) p(:::1/z/:::)"),
        ("std::: x\n\na :::note\n\n::note", "p(std::: x) p(a :::note) p(::note)"),
    ]);
}

#[test]
fn template_tags_may_stay() {
    let keep = MarkdownOptions { dialects: false, ..MarkdownOptions::STANDARD };
    assert_eq!(shown(&parse("{{% a %}} b", &keep)), "p({{% a %}} b)");
}

#[test]
fn title_is_the_first_heading_of_level_1_outside_of_containers() {
    for (source, expected) in [
        ("# A *b* `c`\n\ntext", Some("A b c")),
        ("text\n\n# [A](b)[^1]\n\n[^1]: c", Some("A")),
        ("## A\n\n# B\n\n# C", Some("B")),
        ("## A", None),
        ("> # A", None),
        ("", None),
    ] {
        assert_eq!(standard(source).title().as_deref(), expected, "{source:?}");
    }
}

#[test]
fn plain_words_are_one_line_without_marks() {
    for (source, expected) in [
        ("One  *two*\nthree\\\nfour.", "One two three four."),
        ("![alt](p.png) [one](x) `two`", "alt one two"),
        ("![](p.png)", ""),
    ] {
        let document = standard(source);
        let Some(Block::Paragraph(text)) = document.blocks.first() else { panic!("{source:?}") };
        assert_eq!(plain_words(text), expected, "{source:?}");
    }
}

#[test]
fn pictures_in_any_container_are_found_in_order() {
    let source = "# ![a](1.png)\n\n> ![b](2.png)\n\n* x\n  * [![c](3.png)](/)\n\n\
                  | ![d](4.png) |\n|---|\n| ![e](5.png) |\n\nNote[^1].\n\n[^1]: ![f](6.png)\n\n\
                  `![g](7.png)`\n";
    let document = standard(source);
    let alts: Vec<&str> = document.pictures().map(|image| &*image.alt).collect();
    assert_eq!(alts, ["a", "b", "c", "d", "e", "f"]);
}

#[test]
fn gemtext_lines() {
    check_with(
        gemtext::parse,
        &[
            ("# One\n##Two\n### Three\n#### Four\n#\n", "h1(One) h2(Two) h3(Three) h3(# Four)"),
            ("one\ntwo\n\n\nthree", "p(one//two) p(three)"),
            ("* one\n*two\n* three\n* \n* four", "ul(i(p(one))) p(*two) ul(i(p(three)) i(p(four)))"),
            (">one\n> two\n>\n> three", "q(p(one//two) p(three))"),
            ("```sh\n=> a\n\n* b\n```ignored\nc", "code:sh(=> a\n\n* b) p(c)"),
            ("```\r\na\r\nb\r\n```\r\n", "code(a\nb)"),
            ("```\nnever closed\n", "code(never closed)"),
            ("```\n```\n", "code()"),
            ("=>\n=> \n", ""),
            ("", ""),
            (
                "before\n=> gemini://a.example/  A label\n=>b.gmi\n=>\tc\tC\nafter",
                "p(before) p([A label](gemini://a.example/)) p([b.gmi](b:b.gmi)) p([C](c)) p(after)",
            ),
        ],
    );
    let document = gemtext::parse("before\n=> a  A label\n=>b.gmi\n");
    assert_eq!(document.links.iter().map(|link| link.offset).collect::<Vec<_>>(), [7, 21]);
}
