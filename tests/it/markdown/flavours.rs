//! Neighbours of the constructs in [`super::dialects`]: the same dialects as other authors write them.

use super::constructs::check;

#[test]
fn statements_of_mdx_share_a_block() {
    check(&[
        (
            "import A from 'a';\nimport './b.css'\nexport const year = 2018\nexport const meta = {\n  a: 1\n}\n\nx",
            "p(x)",
        ),
        ("import A from 'a'\n// a remark\nimport {\n  B,\n  C,\n} from 'b'\n\nx", "p(x)"),
        ("import A from 'a'\nand text goes on.", "p(import A from 'a'/and text goes on.)"),
        ("export const x = 1 is how\nit starts", "p(export const x = 1 is how/it starts)"),
        ("export const frontmatter = { a: 1 }; export default Y;\n\nx", "p(x)"),
    ]);
}

#[test]
fn components_in_sentences() {
    check(&[
        (
            "<Highlight color=\"#25c2a0\">Docusaurus green</Highlight> is good.",
            "p(Docusaurus green is good.)",
        ),
        (
            "Made by <Person>Ann</Person>\nand others, <Icon name=\"x\" />, too.",
            "p(Made by Ann/and others, x, too.)",
        ),
        (
            "<Link to=\"/docs/x\">the docs</Link> and <Link href=\"https://a.example\">it</Link>.",
            "p([the docs](/docs/x) and [it](https://a.example).)",
        ),
        ("<Spoiler>hidden</Spoiler>\n\nx", "p(hidden) p(x)"),
        ("<Foo\n  bar=\"x\"\n  baz={{\n    a: 1,\n  }}\n/>\n\nAfter.", "p(After.)"),
        (
            "<Tweet id=\"123\" />\n\n<YouTube youTubeId=\"abc\" />",
            "p([Post on Twitter](https://twitter.com/i/status/123)) p([YouTube video](https://www.youtube.com/watch?v=abc))",
        ),
        (
            "<LinkCard title=\"Auth\" description=\"Learn it\" href=\"/auth/\" />",
            "p([Auth — Learn it](/auth/))",
        ),
        ("<Aside type=\"tip\" title=\"Mind\">\n\nWords\n\n</Aside>", "p(Mind) p(Words)"),
    ]);
}

#[test]
fn markdown_within_html() {
    check(&[
        (
            "<div markdown=\"1\">\nText **b** [l](/x)\n\n* a\n</div>\n\nx",
            "p(Text **b** [l](/x)) ul(i(p(a))) p(x)",
        ),
        (
            "<figure markdown=\"span\">\n  ![T](a.png){ width=\"300\" }\n  <figcaption>Cap</figcaption>\n</figure>",
            "p(![T](a.png)) p(Cap)",
        ),
        ("<details markdown=\"1\"><summary>S</summary>\n\nb *c*\n</details>", "p(S) p(b *c*)"),
        ("<div class=\"grid cards\" markdown>\n\n- a\n\n</div>", "ul(i(p(a)))"),
        ("<div>a *b*</div>\n\n`<div markdown=\"1\">`", "p(a *b*) p(`<div markdown=\"1\">`)"),
        ("The markdown> sign and <b class=\" markdown\">x</b>", "p(The markdown> sign and **x**)"),
    ]);
}

#[test]
fn containers_of_quarto_without_a_class() {
    check(&[
        ("::: {#fig-e layout-ncol=2}\n\n![S](s.png){#fig-s}\n\nFamous\n:::", "p(![S](s.png)) p(Famous)"),
        ("::: callout-warning\nx\n:::\n\n:::{.incremental}\n- a\n:::", "q:Warning:(p(x)) ul(i(p(a)))"),
        ("::: {.callout-tip collapse=\"true\" title=\"T w\"}\nx\n:::", "q:Tip:T w(p(x))"),
        (":::note{title=\"T\"}\nx\n:::", "q:Note:T(p(x))"),
    ]);
}

#[test]
fn changes_in_critic_markup() {
    check(&[
        (
            "Text {--out--}, {++in++}, {~~a ~>b~~} and {==this==}{>>a *note*<<}.",
            "p(Text ~out~, in, ~a ~b and this^1.) note:inline-0(p(a *note*))",
        ),
        ("{==\n\nBlocks.\n\n==}", "p(Blocks.)"),
        ("`{++a++}` {++never {-- closed", "p(`{++a++}` {++never {-- closed)"),
        ("```\n{++a++} {~~b~>c~~}\n```\n\n{~~no arrow~~}", "code({++a++} {~~b~>c~~}) p({~no arrow~})"),
        ("a ==b and ++ctrl+c++", "p(a ==b and Ctrl+C)"),
    ]);
}

#[test]
fn attributes_behind_other_elements() {
    check(&[
        (":quote[Words of one.]{#one} (:abbr[A b]{.c}) x:[y]{.z}", "p(Words of one. (A b) x:y)"),
        (
            "[margin]{.aside}[^a] and [text]{.c #id}, [d]{.e}\n\n[^a]: Foot.\n\n[d]: /d",
            "p(margin^1 and text, [d](/d)) note:a(p(Foot.))",
        ),
        ("[x](/y){:target=\"_blank\"}{:rel=\"nofollow\"} z", "p([x](/y) z)"),
        ("- :icon:{ .lg .middle } __Set up__", "ul(i(p(:icon: **Set up**)))"),
        (
            "![](a.png){fig-alt=\"What it *shows*\" width=3} ![Cap](b.png){fig-alt=\"other\"}",
            "p(![What it *shows*](a.png) ![Cap](b.png))",
        ),
        (
            "![](a.png){fig-alt=\"Long words that go on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and\non and on and on and on and on and on\"}",
            "p(![Long words that go on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on](a.png))",
        ),
        ("{::nomarkdown}\n<div>raw</div>\n{:/}\n\nx", "p(raw) p(x)"),
        ("a {b\nc=\"d\"} e", "p(a {b/c=\"d\"} e)"),
    ]);
}

#[test]
fn scripts_of_ejs() {
    check(&[
        ("Made <%= title %>by <%- include('x') %>me<%# remark %>.", "p(Made by me.)"),
        (
            "`<%= x %>` and\n\n```erb\n<%= y %>\n```\n\na <% b and 5 <%- never",
            "p(`<%= x %>` and) code:erb(<%= y %>) p(a <% b and 5 <%- never)",
        ),
    ]);
}
