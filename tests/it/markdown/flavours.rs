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
        ("import { A } from 'a'\nimport B, {\n  c,\n} from \"b\";\n\nx", "p(x)"),
        ("import A from 'a'\nand text goes on.", "p(import A from 'a'/and text goes on.)"),
        ("export const x = 1 is how\nit starts", "p(export const x = 1 is how/it starts)"),
        ("export const frontmatter = { a: 1 }; export default Y;\n\nx", "p(x)"),
    ]);
}

#[test]
fn components_in_sentences() {
    check(&[
        ("<Highlight color=\"#25c2a0\">Docusaurus green</Highlight> is good.", "p(Docusaurus green is good.)"),
        ("Made by <Person>Ann</Person>\nand others, <Icon name=\"x\" />, too.", "p(Made by Ann/and others, x, too.)"),
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
        ("<LinkCard title=\"Auth\" description=\"Learn it\" href=\"/auth/\" />", "p([Auth — Learn it](/auth/))"),
        ("<Aside type=\"tip\" title=\"Mind\">\n\nWords\n\n</Aside>", "p(Mind) p(Words)"),
    ]);
}

#[test]
fn tags_over_several_lines() {
    check(&[
        (
            "<Callout\n  type=\"info\"\n  title=\"Mind\"\n>\n  With **bold**.\n\n  More.\n</Callout>",
            "p(Mind) p(With **bold**.) p(More.)",
        ),
        ("<Tabs>\n  <Tab\n    label=\"One\"\n  >\n    - a\n    - b\n  </Tab>\n</Tabs>", "p(One) ul(i(p(a)) i(p(b)))"),
        ("<Quote\n  name=\"Ann\"\n  onClick={() => x}>\n  Words\n</Quote>", "p(Ann) p(Words)"),
        ("<video\n\tcontrols\n>\n\t<source\n\t\tsrc=\"a.mp4\"\n\t/>\n</video>\n\nb", "p([Video: a.mp4](e:a.mp4)) p(b)"),
        ("Text <T and\n> a quotation.", "p(Text <T and) q(p(a quotation.))"),
        ("<T is smaller\nthan\n\n> a quotation.", "p(<T is smaller/than) q(p(a quotation.))"),
    ]);
}

#[test]
fn markdown_within_custom_elements() {
    check(&[
        (
            "<callout-info class=\"aside\">\n\tThanks to [a](b), **c**.\n</callout-info>\n\nd",
            "p(Thanks to [a](b), **c**.) p(d)",
        ),
        ("<div className=\"x\">\n  With **bold**.\n</div>", "p(With **bold**.)"),
        ("<div style={{ padding: 1 }}>\n\t![A\n\tlamp](b.png)\n</div>", "p(![A lamp](b.png))"),
        ("<Code lang=\"md\" code={`# A\n\n[b](c)`} />\n\nAn <i class=\"x\" /> icon", "p(An icon)"),
        ("<p>well-known <b>\nc</b>", "p(well-known **/c**)"),
        ("<ann-b@a.example>\nc", "p([ann-b@a.example](b:mailto:ann-b@a.example)/c)"),
        ("<div class=\"x\">\n  <b>As</b> **written**.\n</div>", "p(**As** **written**.)"),
    ]);
}

#[test]
fn roles_of_myst_and_languages_of_code_spans() {
    check(&[
        (
            "See {ref}`the lamp <lamp>`, {numref}`fig-1` and {doc}`../a/wick`.",
            "p(See the lamp, fig-1 and [wick](../a/wick.md).)",
        ),
        ("{abbr}`HTML (a language)`, {code}`x = 1`, H{sub}`2`O, {math}`x^2`", "p(HTML (a language), `x = 1`, H₂O, x²)"),
        ("{unknown}`x` and `{ref}` and {ref} `x`", "p({unknown}`x` and `{ref}` and {ref} `x`)"),
        ("`let a = 1{:js}` and `{:a}` and `*a*{: .b}`", "p(`let a = 1` and `{:a}` and `*a*{: .b}`)"),
        (
            "a\n\n:video{controls src=\"https://a.example/b.mp4\"}\n\n:smile: b",
            "p(a) p([Video: b.mp4](https://a.example/b.mp4)) p(:smile: b)",
        ),
        (":::{prf:theorem} Of lamps\nWords\n:::", "q:Theorem:Of lamps(p(Words))"),
    ]);
}

#[test]
fn markdown_within_html() {
    check(&[
        ("<div markdown=\"1\">\nText **b** [l](/x)\n\n* a\n</div>\n\nx", "p(Text **b** [l](/x)) ul(i(p(a))) p(x)"),
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

#[test]
fn tex_between_other_delimiters() {
    check(&[
        (
            "\\begin{align}\na &= b_1 \\\\\nc * d * e\n\\end{align}",
            "code:math(\\begin{align}\na &= b_1 \\\\\nc * d * e\n\\end{align})",
        ),
        (
            "\\begin{equation*}\na\n\n- b\n\\end{equation*}\n\nx",
            "code:math(\\begin{equation*}\na\n\n- b\n\\end{equation*}) p(x)",
        ),
        ("a\n\\[ x_1 * y * z^2 \\]\nb", "p(a) code:math(x_1 * y * z^2) p(b)"),
        ("> \\[\n> # x\n> \\]\n> b", "q(code:math(# x) p(b))"),
        ("- a\n\n  \\[\n  - x\n  \\]", "ul(i(p(a) code:math(- x)))"),
        ("\\\\[\na \\\\\\\\\nb\\_1\n\\\\]", "code:math(a \\\\\nb_1)"),
        (
            "So \\(x^2 \\approx 3\\), \\(n\\), \\( \\frac{a}{b} \\), \\\\(a*b*c_1\\\\), \\[ a = b \\].",
            "p(So x² ≈ 3, $n$, $\\frac{a}{b}$, a*b*c₁, $a = b$.)",
        ),
        ("| \\(x^2\\) |\n|---|\n| **\\(\\beta\\)** |", "table-(x²; **β**)"),
        ("$$\\begin{align}\na\n\\end{align}$$", "code:math(\\begin{align}\na\n\\end{align})"),
        (
            "\\[x\\] \\[ \\] \\[1\\] \\[sic\\] \\[C++\\] \\(not this\\) \\(x86\\) \\(i.e.\\) f\\(x\\)",
            "p([x] [ ] [1] [sic] [C++] (not this) (x86) (i.e.) f(x))",
        ),
        (
            "\\(a\\) first\n\nthe \\begin{align} and \\end{align} \\\\( and \\\\)",
            "p((a) first) p(the \\begin{align} and \\end{align} \\( and \\))",
        ),
        (
            "`\\(x^2\\)`\n\n```\n\\[ x^2 \\]\n```\n\n\\[ never = closed",
            "p(`\\(x^2\\)`) code(\\[ x^2 \\]) p([ never = closed)",
        ),
    ]);
}

#[test]
fn tables_and_verse_of_pandoc() {
    check(&[
        (
            "+---+----+\n| a | b  |\n+:=:+===:+\n| 1 | *2 |\n| c | d* |\n+---+----+\n| 3 |    |\n+---+----+\n\nx",
            "table^>(a|b; 1 c|*2 d*; 3|) p(x)",
        ),
        ("> +---+\n> | a |\n> +---+", "q(code:table(+---+\n| a |\n+---+))"),
        ("> +---+---+\n> | a | b |\n> +---+---+", "q(table--(|; a|b))"),
        ("+---+  +---+\n| a |->| b |\n+---+  +---+", "code:table(+---+  +---+\n| a |->| b |\n+---+  +---+)"),
        (
            "+---+---+\n| a | b |\n+-------+\n| c   d |\n+---+---+",
            "code:table(+---+---+\n| a | b |\n+-------+\n| c   d |\n+---+---+)",
        ),
        (
            "- x\n\n  +---+---+\n  | 灯 | [b](c) |\n  +---+---+",
            "ul(i(p(x) code:table(+---+---+\n| 灯 | [b](c) |\n+---+---+)))",
        ),
        ("- x\n\n  +----+--------+\n  | 灯 | [b](c) |\n  +----+--------+", "ul(i(p(x) table--(|; 灯|[b](c))))"),
        (
            "+---+---+\n| a | b |\n+---+---+\n| c     |\n+---+---+",
            "code:table(+---+---+\n| a | b |\n+---+---+\n| c     |\n+---+---+)",
        ),
        (
            "text\n\n  Right Left\n------- ----\n     12 b\n      3 c d\n\nTable: C",
            "p(text) table--(Right|Left; 12|b; 3|c d) p(Table: C)",
        ),
        ("-----  ---\na      b\nc      d|e\n-----  ---\n\nx", "table--(|; a|b; c|d|e) p(x)"),
        ("text\nA   B\n--- ---\na   b", "p(text) table--(A|B; a|b)"),
        ("A   B\n--- ---\nlong word\na   b", "code:table(A   B\n--- ---\nlong word\na   b)"),
        (
            "> -----------\n> A      B\n> ------ ----\n> one    c\n> more\n>\n> two    d\n> -----------\n>\n> x",
            "q(table--(A|B; one more|c; two|d) p(x))",
        ),
        ("| One,\n|   two,\n|\n| three", "p(One,//\u{a0}\u{a0}two,) p(three)"),
        ("> | a\n> | b", "q(p(a//b))"),
        ("a\n\n--- ---\n\nb\n\n+ a\n\n+--\n\n| a", "p(a) hr p(b) ul(i(p(a))) p(+--) p(| a)"),
        ("```\n| a\n| b\n\n+---+\n| a |\n+---+\n```", "code(| a\n| b\n\n+---+\n| a |\n+---+)"),
    ]);
}

#[test]
fn destinations_with_spaces_and_sizes() {
    check(&[
        (
            "[[1]](#notes) a[[b c]](/d) [[E]](2020) [[F]](see it) `[[g]](/h)`",
            "p([[1]](#notes) a[[b c]](/d) [E](w:E)(2020) [F](w:F)(see it) `[[g]](/h)`)",
        ),
        (
            "![A](a.png =300x200) ![B](b.png \"T\" =x20) ![C](c.png =50%x) ![D](my lamp.png =3x)",
            "p(![A](a.png) ![B](b.png \"T\") ![C](c.png) ![D](my lamp.png))",
        ),
        (
            "[a](my file.md) [b](my (1).md#x \"T\") [c](https://a.b/c d)",
            "p([a](my file.md) [b](my (1).md#x \"T\") [c](https://a.b/c d))",
        ),
        ("[a](e.g. this) [b](y z) a](c d.md) `[e](f g.md)`", "p([a](e.g. this) [b](y z) a](c d.md) `[e](f g.md)`)"),
    ]);
}

#[test]
fn names_of_directives_icons_and_fields() {
    check(&[
        ("Press :kbd[Ctrl+C], :abbr[*HTML*]: so.", "p(Press Ctrl+C, :abbr[*HTML*]: so.)"),
        (
            "::youtube{#abc}\n\n::video[A film]{src=\"a.mp4\"}\n\n::note[Words]\n\n::note\n\n`::a[b]`",
            "p([YouTube video](https://www.youtube.com/watch?v=abc)) p([A film](a.mp4)) p(**Note:** Words) p(::note) p(`::a[b]`)",
        ),
        (
            "-   :material-clock:{ .lg } __Set__\n\n    x :fa-star: y [:octicons-x-24: Go](z)",
            "ul(i(p(**Set**) p(x y [Go](z))))",
        ),
        (
            "Due date:: 2024\n\n- a:: b\n\nx (c:: d) [e:: f] `g:: h` x y:: z",
            "p(Due date: 2024) ul(i(p(a: b))) p(x (c: d) [e: f] `g:: h` x y:: z)",
        ),
        (
            "- A\n  id:: 64f1b2c3-aa\n  collapsed:: true\n\t- B\n\t  id:: 2\n- ![p](a.png){:height 200, :width 300}\n\nid:: 3",
            "ul(i(p(A) ul(i(p(B)))) i(p(![p](a.png)))) p(id: 3)",
        ),
        (
            "- {{embed ((64f1b2c3))}} {{query (and [[x]])}} a\n- {{youtube https://youtu.be/abc}} {{title}}",
            "ul(i(p(a)) i(p([YouTube video](https://youtu.be/abc) {{title}})))",
        ),
        ("x^2^ 10^-3^ 1^st^ e^x^ H~2~O x~i~ `a^2^`", "p(x² 10⁻³ 1st e^x H₂O x_i `a^2^`)"),
        ("{漢字|かんじ} `{漢|か}` `x`{=html}", "p(漢字(かんじ) `{漢|か}` `x`)"),
        ("```{=html}\n<b>a</b>\n```\n\n``` {=latex}\nb\n```\n\n> ```{=html5}\n> <i>c</i>\n> ```", "p(**a**) q(p(*c*))"),
        ("a\n\n\\newpage\n\nb\n\\pagebreak and \\new", "p(a) p(b/\\pagebreak and \\new)"),
        (
            "```{toctree}\na\n```\n\n```{only} latex\nb\n```\n\n```{only} html\n*c*\n```\n\n:::{ifconfig} x\nd\n:::\n\ne",
            "p(*c*) p(e)",
        ),
        (
            "a\n\n% mine\n% alone\n\n{ref}`b`\n\n+++ {\"tags\": [\"c\"]}\n\n50\n% of d\n\n```\n% e\n```",
            "p(a) p(b) p(50/% of d) code(% e)",
        ),
        ("a\n\n% of b\n\n+++ c", "p(a) p(% of b) p(+++ c)"),
        (
            "```{code-cell} ipython3\n:tags: [remove-cell]\na\n```\n\n```{code-cell}\n---\ntags: [hide-input]\n---\nb\n```",
            "code(b)",
        ),
        ("```{code-block} python\n:linenos:\n:caption: C\n\na\n```", "code:python(a)"),
        ("++\"Ctrl\"++ ++ctrl+\"x\"++", "p(Ctrl Ctrl+X)"),
        ("++put in++ (++a, b++) ++i and ++j", "p(put in (++a, b++) ++i and ++j)"),
        ("a\n\n<--->\n\n<<< @/a.js{2}\n\n;--8<-- \"x\"\n\n<<< b", "p(a) p(<<< b)"),
        ("Use {{< icon star >}}it and {% hideInline answer,show %}.", "p(Use it and answer.)"),
    ]);
}

#[test]
fn statements_captions_and_hidden_content() {
    check(&[
        ("{#if x}\na\n{:else}\nb\n{/if}\n\n{@html c} {#key} {/x} {:y}", "p(a) p(b) p({#key} {/x} {:y})"),
        ("Say {\"hi *x*\"}, {'c'}{\" \"}{`d`} {\"e\": 1}", "p(Say hi *x*, c {`d`} {\"e\": 1})"),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |\n\n: My *caption* {#tbl-x .y}\n\nx\n\n: no",
            "table--(a|b; 1|2) p(My *caption*) dl(x: m(p(no)))",
        ),
        (
            "::: {.content-hidden}\na\n\n::: note\nb\n:::\n:::\n\n::: {.content-hidden when-format=\"pdf\"}\nc\n:::",
            "p(c)",
        ),
        (
            "::: {.content-visible when-profile=\"draft\"}\na\n:::\n\n::: {.content-hidden unless-profile=\"x\"}\na\n:::\n\n\
             ::: {.content-hidden when-profile=\"x\"}\nb\n:::\n\n::: {.content-visible when-format='html'}\nc\n:::\n\n\
             ::: {.content-visible when-format=\"pdf\"}\na\n:::\n\n::: {.content-hidden unless-format=\"html\"}\nd\n:::\n\n\
             ::: {.content-visible unless-format=\"html\"}\na\n:::\n\n::: content-hidden\na\n:::\n\n\
             e [a]{.content-hidden when-format=\"html\"}[f]{.content-visible when-format=\"html\"}\n\n\
             ::: {.content-visible when-meta=\"x\"}\na\n:::\n\ng\n\n:::: {.content-hidden}\na\n\n::: note\na\n:::\n\na",
            "p(b) p(c) p(d) p(e f) p(g)",
        ),
        ("::: {.hidden}\na\n:::\n\nb [a]{.hidden} c", "p(b c)"),
        (
            "a\n\n<!--LOCAL_ONLY_START-->\nx\n\n# x\n<!--LOCAL_ONLY_END-->\n\nb\n\n<!--LOCAL_ONLY_START-->\n\nx",
            "p(a) p(b)",
        ),
        // What browsers do not show.
        (
            "a\n\n<div hidden>\nx\n\n<div>x</div>\n\n- ![x](x.png)\n</div>\n\nb <span class=\"y\" hidden=\"\">x</span> c\n\n\
             <p style=\"color: red; display: none\">x</p>\n\n<section hidden=\"until-found\">d</section>",
            "p(a) p(b c) p(d)",
        ),
        (
            "`<p hidden>`\n\n<div class=\"hidden\">a</div>\n\n<img src=\"b.png\" hidden>\n\n<p hidden>c\n\n<p>The hidden d</p>\n\n\
             ```\n<p hidden>e</p>\n```",
            "p(`<p hidden>`) p(a) p(c) p(The hidden d) code(<p hidden>e</p>)",
        ),
        (
            "{{< a >}} {{< b >}} {{< c >}} {{< d >}} {{< e >}} *f*\n\n> {{< a >}} {{< b >}} {{< c >}} {{< d >}} {{< e >}} g",
            "p(*f*) q(p(g))",
        ),
        (
            "{{< gallery >}}\n  <img src=\"a.jpg\" />\n  {{< figure src=\"b.jpg\" alt=\"B\" >}}\n{{< /gallery >}}",
            "p(![](a.jpg)) p(![B](b.jpg))",
        ),
        ("{% cq %}a{% endcq %} and **b**", "q(p(a)) p(and **b**)"),
        (
            "{% timeline 2022,blue %}\n<!-- timeline 01-02 -->\nx\n<!-- endtimeline -->\n{% endtimeline %}",
            "p(**01-02**) p(x)",
        ),
        (
            "{% tabs a %}\n<!-- tab Oil@fas fa-x -->\nx\n<!-- endtab -->\n<!-- tab -->\ny\n<!-- endtab -->\n{% endtabs %}",
            "p(**Oil**) p(x) p(y)",
        ),
        (
            "{% # remark %}a {% quote A, http://a.example B %}\nx\n{% endquote %}\n\n<---> <!-- c -->\n\n<!-- tab x -->",
            "p(a) q(p(x) p(— A, [B](http://a.example)))",
        ),
        (
            "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby> <ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>",
            "p(漢(かん) 東(とう)京(きょう))",
        ),
    ]);
}

#[test]
fn tables_of_kramdown() {
    check(&[
        (
            "|---+--|\n| C++ | b |\n|:---+:-:|\n| 1 | 2 |\n|----+---|\n| 3 | |\n|====+===|\n| 5 | 6 |\n|----+---|\n\nx",
            "table<^(C++|b; 1|2; 3|; 5|6) p(x)",
        ),
        ("|---\n| a | b\n|-|-:\n| 1 | 2\n|---\n| 3\n|===\n| 4", "table->(a|b; 1|2; 3|; 4|)"),
        ("> |---|\n> | a |\n> |---|\n> | b |", "q(table-(a; b))"),
        ("| a |\n| b | c |", "table--(|; a|; b|c)"),
        ("| a|b|c\n| d | e | f |\n\ng | h", "table---(||; a|b|c; d|e|f) p(g | h)"),
        ("|---|\n| a |\n|---|", "table-(; a)"),
        ("```\n|---|\n| a |\n|===|\n```\n\n|---|\n\n|===|\n|---|", "code(|---|\n| a |\n|===|) p(|---|) table-(===)"),
    ]);
}

#[test]
fn code_and_math_stay_as_they_are() {
    check(&[
        (
            "<pre>\n==a== %%b%% \\(x^2\\) {漢|か} :kbd[x] x^2^ ^[n o]\n</pre>\n\n<pre><code>\n| a\n| b\n</code></pre>",
            "code(==a== %%b%% \\(x^2\\) {漢|か} :kbd[x] x^2^ ^[n o]) code(| a\n| b)",
        ),
        ("$a ==b== c$ and $x^{2}^$ but ==d== x^2^", "p($a ==b== c$ and $x^{2}^$ but d x²)"),
        ("- x\n\n  ~~~\n  | a\n  | b\n\n  :kbd[x]\n  ~~~", "ul(i(p(x) code(| a\n| b\n\n:kbd[x])))"),
        ("[a](../b c/d e.html?x=1#z)", "p([a](../b c/d e.html?x=1#z))"),
    ]);
}

#[test]
fn call_outs_in_the_form_of_code() {
    check(&[
        ("```{warning}\nMind the *step*.\n```\n\nz", "q:Warning:(p(Mind the *step*.)) p(z)"),
        (
            "````{tip} Outer\n:class: dropdown\n:name: x\n\na\n\n```rust\nb\n```\n````\n\n:::{note}\n:class: x\nc\n:::",
            "q:Tip:Outer(p(a) code:rust(b)) q:Note:(p(c))",
        ),
        (
            "```ad-note\ntitle: My title\ncollapse: open\n\nSome [words](/a).\n- one\n```\n\n```ad-warning\nx: y\n```",
            "q:Note:My title(p(Some [words](/a).) ul(i(p(one)))) q:Warning:(p(x: y))",
        ),
        ("> ```ad-tip\n> a\n> ```\n\n- b\n\n  ```{tip}\n  c\n  ```", "q(q:Tip:(p(a))) ul(i(p(b) q:Tip:(p(c))))"),
        ("<div markdown=\"1\">\n[a](b)\n</div>\n```md\n[a](b)\n```", "p([a](b)) code:md([a](b))"),
        ("```html\n<div>\n</div>\n```\n\n<b>a\n</b>\n```\nc\n```", "code:html(<div>\n</div>) p(**a/**) code(c)"),
        (":::{note} The ad-hoc lamp\ntitle: x\n:::", "q:Note:The ad-hoc lamp(p(title: x))"),
        ("```ad-hoc\nx\n```\n\n```{r}\nx\n```\n\n```asm\nx\n```", "code:ad-hoc(x) code:r(x) code:asm(x)"),
        ("````md\n```{note}\nx\n```\n````\n\n```{note}\nx", "code:md(```{note}\nx\n```) code:note(x)"),
        (
            "```{figure} a/lamp.png\n:alt: A lamp\n:name: fig\n\nThe *first* one.\n```\n\n:::{image} b.png\n:alt: B\n:::",
            "p(![A lamp](a/lamp.png)) p(The *first* one.) p(![B](b.png))",
        ),
        // Line ends may be mixed.
        ("a    b\n---- ----\r\n1    é\n\nx", "table--(a|b; 1|é) p(x)"),
        ("```{note}\r\n:class: é\nText\n```", "q:Note:(p(Text))"),
        ("```ad-note\r\ntitle: é\nText\n```", "q:Note:é(p(Text))"),
        (":::{figure} a.png\n:alt: A lamp\r\nText\n:::", "p(![A lamp](a.png)) p(Text)"),
    ]);
}

#[test]
fn containers_and_labels_of_myst_and_statements_of_mdbook() {
    check(&[
        (":::{note} A *title*\nx\n:::\n\n::: {.tip}\ny\n:::", "q:Note:A *title*(p(x)) q:Tip:(p(y))"),
        ("(the-label)=\n# H\n\n(a b)=\n\n(c)=x", "h1(H) p((a b)=) p((c)=x)"),
        (
            "{{#title A page}}\n\na {{#include b.md:2:3}} c, {{#if d}} e\n\n```rust\n{{#include f.rs}}\n```",
            "p(a c, {{#if d}} e) code:rust({{#include f.rs}})",
        ),
    ]);
}

#[test]
fn components_of_nuxt() {
    check(&[
        ("::note\nMind *this*.\n::\n\n::tip{to=\"/a\"}\nx\n::", "q:Note:(p(Mind *this*.)) q:Tip:(p([/a](/a)) p(x))"),
        (
            "::card-group\n  :::card\n  ---\n  icon: i-x\n  title: 'Of oil'\n  to: /oil\n  description: It *burns*.\n  ---\n  Words.\n  :::\n\n  :::card{title=\"Two\" to=\"/two\"}\n  ::::div\n  deep\n  ::::\n  :::\n::\n\nx",
            "p([Of oil](/oil) — It *burns*.) p(Words.) p([Two](/two)) p(deep) p(x)",
        ),
        (
            "::hero\n---\nlinks:\n  - label: Go\n    to: /go\n---\n#title\nThe *lamp*\n\n#description\nIts wick\n::",
            "p([Go](/go)) p(The *lamp*) p(Its wick)",
        ),
        (
            "::read-more{to=\"/a\" title=\"On wicks\"}\n::\n\n::youtube{id=\"b\"}\n::",
            "p([On wicks](/a)) p([YouTube video](https://www.youtube.com/watch?v=b))",
        ),
        (
            "- :icon{name=\"i-x\"} Oil and :fa{name=\"y\" class=\"z\"} x, `:icon{name=\"c\"}`, :a{b}, :icon",
            "ul(i(p(Oil and x, `:icon{name=\"c\"}`, :a{b}, :icon)))",
        ),
        (
            ":::note\na\n::b\n:::\n\n#tag\n\n:: c\n\n::before the rest",
            "q:Note:(p(a/::b)) p(#tag) p(:: c) p(::before the rest)",
        ),
        (
            "```\n::note\n#title\n::\n```\n\n::github{repo=\"a/b\"}\n\n#tag",
            "code(::note\n#title\n::) p([GitHub](https://github.com/a/b)) p(#tag)",
        ),
        (":::note\n---\nno key\n---\n:::", "q:Note:(hr h2(no key))"),
    ]);
}

#[test]
fn references_and_captions_of_quarto() {
    check(&[
        (
            "In @fig-a, [@tbl-b] and **@sec-c**, not a@fig-d.example, \\@fig-e, @figs or `@fig-f`.",
            "p(In fig-a, [tbl-b] and **sec-c**, not a@fig-d.example, @fig-e, @figs or `@fig-f`.)",
        ),
        (
            "x\n\n: My *caption* {#tbl-x}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTable: After {#tbl-y}",
            "p(x) p(My *caption*) table--(a|b; 1|2) p(Table: After)",
        ),
        ("x\n\n: no caption\n\n| a | b |\n|---|---|\n| 1 | 2 |", "dl(x: m(p(no caption))) table--(a|b; 1|2)"),
    ]);
}
