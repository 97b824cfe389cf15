//! Constructs of dialects that `CommonMark` does not have, and text that must not be taken for one of them, in the notation
//! of [`super::constructs`].

use super::constructs::check;

#[test]
fn colons_without_white_space_define_nothing() {
    check(&[
        ("came along.\n:)", "p(came along./:))"),
        ("Lovely.\n\n:zap: :blue_heart: soon", "p(Lovely.) p(:zap: :blue_heart: soon)"),
        ("lit it\n:tada: and glad.", "p(lit it/:tada: and glad.)"),
        ("one\ntwo\n:rocket: three", "p(one/two/:rocket: three)"),
        ("See `lamp\n: wick` more.", "p(See `lamp : wick` more.)"),
        ("> `lamp\n> :wick` more", "q(p(`lamp :wick` more))"),
        ("chat\n:D said\n:) said", "p(chat/:D said/:) said)"),
        ("see http\n://a.example/b", "p(see http/://a.example/b)"),
        (":wq\n\n:quote", "p(:wq) p(:quote)"),
        ("- a\n  :)\n- b", "ul(i(p(a/:))) i(p(b)))"),
        ("a\n:", "p(a/:)"),
        ("a\n:::b", "p(a/:::b)"),
        ("`a`\n    :x", "p(`a`/:x)"),
        ("a\n\n    :code", "p(a) code(:code)"),
        ("Term\n: With a blank", "dl(Term: m(p(With a blank)))"),
        ("Term\n\n:\tWith a tab", "dl(Term: m(p(With a tab)))"),
        (": no term", "p(: no term)"),
        ("# H\n: no term", "h1(H) p(: no term)"),
    ]);
}

#[test]
fn signs_in_prose_stay() {
    check(&[
        ("a {{ x }} and {{ .Title }} or {{ user.name }}", "p(a {{ x }} and {{ .Title }} or {{ user.name }})"),
        ("the {% for %} tag, an {% if %}", "p(the {% for %} tag, an {% if %})"),
        ("a[^none] and [^x]", "p(a[^none] and [^x])"),
        ("a == b == c, a==b==c, x ==, === y", "p(a == b == c, a==b==c, x ==, === y)"),
        ("x^2^ H~2~O ~a~b", "p(x^2^ H~2~O ~a~b)"),
        ("100%% and 5 %% 3", "p(100%% and 5 %% 3)"),
        ("{a}, {not this}, f{x}, {1, 2} and {}", "p({a}, {not this}, f{x}, {1, 2} and {})"),
        ("Pines {.green} and {#x}", "p(Pines {.green} and {#x})"),
        ("costs $5, $6 or US$ 7$", "p(costs $5, $6 or US$ 7$)"),
        ("//host/a and www.a.example, a@b.example", "p(//host/a and www.a.example, a@b.example)"),
        ("#tag and #1\n\n##", "p(#tag and #1)"),
        ("a ^b c, ^_^, 2 ^10", "p(a ^b c, ^_^, 2 ^10)"),
        ("^[a-z]+$ and [^abc]", "p(^[a-z]+$ and [^abc])"),
        ("+++\na\n+++", "p(+++/a/+++)"),
        ("a < b > c, x <y, Vec<u8>, <T>", "p(a < b > c, x <y, Vec<u8>, <T>)"),
        ("Use <server-name> or <pool-index> here.", "p(Use <server-name> or <pool-index> here.)"),
        ("import this from that\nexport it", "p(import this from that/export it)"),
        ("import os\n\nexport PATH=x", "p(import os) p(export PATH=x)"),
        ("!!! wow\n\nno", "p(!!! wow) p(no)"),
        ("| a | b", "p(| a | b)"),
        ("|x|", "p(|x|)"),
        ("std::vec :: and ::: x", "p(std::vec :: and ::: x)"),
    ]);
}

#[test]
fn emphasis_beside_letters_of_east_asia() {
    check(&[
        ("**灯台守，**夜", "p(**灯台守，**夜)"),
        ("光は**消えた。**朝", "p(光は**消えた。**朝)"),
        ("她说**“亮”**了", "p(她说**“亮”**了)"),
        ("* **油：**与其说", "ul(i(p(**油：**与其说)))"),
        ("*（例）*です", "p(*（例）*です)"),
        ("집은 **등불(lamp)**이라. **\"불\"**이라고", "p(집은 **등불(lamp)**이라. **\"불\"**이라고)"),
        ("叫做**“灯”**，后来**灯亮了。**天", "p(叫做**“灯”**，后来**灯亮了。**天)"),
        ("**灯**。*油*，和`**灯，**夜`", "p(**灯**。*油*，和`**灯，**夜`)"),
        ("***灯，***夜", "p(***灯，***夜)"),
        ("2 * 3（灯）* 4", "p(2 * 3（灯）* 4)"),
        ("\\*灯，\\*夜", "p(*灯，*夜)"),
        ("a*“b”*c", "p(a*“b”*c)"),
    ]);
}

#[test]
fn marks_notes_and_names_of_obsidian() {
    check(&[
        (
            "A ==bright== star^[Seen from *here*.] rose. ^a1b2c3",
            "p(A bright star^1 rose.) note:inline-0(p(Seen from *here*.))",
        ),
        ("==a b==, 中==文==字 `==c==` ==d\n\ne==", "p(a b, 中文字 `==c==` ==d) p(e==)"),
        ("a^[one [l](m)] b^[two]", "p(a^1 b^2) note:inline-0(p(one [l](m))) note:inline-1(p(two))"),
        ("`^[a b]` \\^[c d]", "p(`^[a b]` ^[c d])"),
        ("- a ^b1\n- c ^d1\n\n^e1", "ul(i(p(a)) i(p(c)))"),
        ("> quoted\n^q1", "q(p(quoted))"),
        (
            "[[#Later]] [[#Later|on]] [[#^id]] [[Oil#^b1]] [[Oil#Use]]",
            "p(Later on id [Oil](w:Oil#^b1) [Oil > Use](w:Oil#Use))",
        ),
        (
            "| a |\n|---|\n| [[Lamp\\|the lamp]] ![[l.png\\|100]] ![[l.png\\|dusk\\|20]] |",
            "table-(a; [the lamp](wl:Lamp) ![](l.png) ![dusk](l.png))",
        ),
        (
            "![[song.mp3|A song]] ![[clip.webm]] ![[p.pdf#page=3]]",
            "p([A song](wl:song.mp3) [clip.webm](w:clip.webm) [p.pdf](w:p.pdf#page=3))",
        ),
        (
            "![[a.png|The lamp|200]] ![[a.png|100x200]] ![[Oil#^b1]]",
            "p(![The lamp](a.png) ![](a.png) [Oil](w:Oil#^b1))",
        ),
    ]);
}

#[test]
fn attributes_and_contents_of_kramdown_and_pandoc() {
    check(&[
        ("* TOC\n{:toc}\n\n## N", "h2(N)"),
        ("# C\n{:.no_toc}\n\n1. This list\n{:toc}\n\nx", "h1(C) p(x)"),
        ("- a\n- b\n{:toc}", "ul(i(p(a)) i(p(b)))"),
        ("- TOC\n{:toc .x #y}\ntext", "p(text)"),
        (
            "## Tabs {.tabset}\n\n## N {#n .wide}\n\n### R {# id}\n\n## O {#o} – rest",
            "h2(Tabs) h2(N) h3(R) h2(O  – rest)",
        ),
        ("A paragraph.\n{.lead}\n\n- one\n- two\n{.slider}", "p(A paragraph.) ul(i(p(one)) i(p(two)))"),
        ("![A](l.png){width=300} and [b](c){target=\"_blank\" .btn}", "p(![A](l.png) and [b](c))"),
        ("[small]{.smallcaps} but {not this}.", "p(small but {not this}.)"),
        ("`a`{.b} `c{.d}`", "p(`a` `c{.d}`)"),
        ("## A set {a, b}\n\n## f {x}", "h2(A set {a, b}) h2(f {x})"),
        ("```rust {.x}\n{.y}\n```", "code:rust({.y})"),
    ]);
}

#[test]
fn comments_and_attributes() {
    check(&[
        ("a %%not for you%% b\n\n%%\na\n\nb\n%%\nc", "p(a  b) p(c)"),
        ("> %%x%%\n\na %%b\n\nc%% d", "p(a %%b) p(c%% d)"),
        (
            "100%% sure, 50%% not\n\n%%% a %%%\n\na \\%%b%%\n\nnever %%closed",
            "p(100%% sure, 50%% not) p(%%% a %%%) p(a %%b%%) p(never %%closed)",
        ),
        (
            "![a](b.png)\n{: .wide}\n\n![a](b.png){: .wide title=\"x\"} c *a*{:.b} **c**{:#d}",
            "p(![a](b.png)) p(![a](b.png) c *a* **c**)",
        ),
        (
            "a {: .b} c {:} so {:-} he said (x){: y} {: never",
            "p(a {: .b} c {:} so {:-} he said (x){: y} {: never)",
        ),
        (
            "a\n{::comment}\nb\n\nc\n{:/comment}\nd {::comment}a{:/} %%b%%\n\n{::comment}a",
            "p(a) p(d) p({::comment}a)",
        ),
    ]);
}

#[test]
fn tables_without_headers_and_of_html() {
    check(&[
        ("| `.` | any |\n| `^` | start |", "table--(|; `.`|any; `^`|start)"),
        ("> | a | b |\n> | c | d |", "q(table--(|; a|b; c|d))"),
        ("| a | b |\n|---+---|\n| 1 | 2 |", "table--(a|b; 1|2)"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", "table--(a|b; 1|2; 3|4)"),
        ("```\n| a |\n| b |\n```", "code(| a |\n| b |)"),
        ("- x\n\n  | a | b |\n  | c | d |", "ul(i(p(x) table--(|; a|b; c|d)))"),
        ("text\n| a |\n| b |", "p(text/| a |/| b |)"),
        (
            "<table><tr><th>S</th><th>W</th></tr><tr><td>r <b>x</b></td><td>1</td></tr></table>",
            "table--(S|W; r **x**|1)",
        ),
        (
            "<table>\n<caption>C</caption>\n<tr><td>a<td>b\n<tr><td><p>c</p></td></tr></table>\n\nx",
            "p(C) table--(|; a|b; c|) p(x)",
        ),
        ("<table><tr><td colspan=2>a</td></tr><tr><td>b</td><td>c</td></tr></table>", "p(a//b | c)"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "p(a | b)"),
        ("<table><tr><td><img src=a></td></tr><tr><td>b</td></tr></table>", "p(![](a)) p(b)"),
    ]);
}

#[test]
fn display_math_has_its_own_lines() {
    check(&[
        ("Let $$n$$ be. Then $$n/2$$.", "p(Let $n$ be. Then $n/2$.)"),
        ("1. First\n2. $$m$$ is odd.", "ol1(i(p(First)) i(p($m$ is odd.)))"),
        ("A sum:\n\n$$\nQ^n\n=\n1 & 1 \\\\\n$$\n\nand", "p(A sum:) code:math(Q^n\n=\n1 & 1 \\\\) p(and)"),
        ("$$\na \\\\\n\nb\n- c\n* d\n# e\n$$", "code:math(a \\\\\n\nb\n- c\n* d\n# e)"),
        (
            "In $$ x \\\\ y $$ goes. The price is $$ and $$.",
            "p(In $$ x \\\\ y $$ goes. The price is $$ and $$.)",
        ),
        ("text\n$$x = 1\n- y$$\nmore", "p(text) code:math(x = 1\n- y) p(more)"),
        ("> $$\n> # a\n> $$", "q(code:math(# a))"),
        ("- a\n\n  $$\n  - b\n  $$", "ul(i(p(a) code:math(- b)))"),
        ("$$x$$", "code:math(x)"),
        ("```\n$$\n```\n\n$$ 5", "code($$) p($$ 5)"),
    ]);
}

#[test]
fn shortcodes_keep_words_and_addresses() {
    check(&[
        (
            "{{< code-toggle config=\"x\" />}}\n\n## C\n\n{{< code-toggle file=w >}}\nl = 3\n{{< /code-toggle >}}",
            "h2(C) code(l = 3)",
        ),
        ("{{< highlight a >}}\n\nb\n\n{{< highlight c >}}\nd\n{{< /highlight >}}", "p(b) code:c(d)"),
        (
            "{{% note \"Mind the step\" %}}\nThe **stile**.\n{{% /note %}}\n\n{{< warning >}}\nNo dogs.\n{{< /warning >}}\n\nx",
            "q:Note:Mind the step(p(The **stile**.)) q:Warning:(p(No dogs.)) p(x)",
        ),
        (
            "{{% notice tip \"T\" %}}x{{% /notice %}} {{< callout type=\"info\" >}}\n- y\n{{< /callout >}}",
            "q:Tip:T(p(x)) q:Info:(ul(i(p(y))))",
        ),
        ("- a\n\n  {{< tip >}}\n  b\n  {{< /tip >}}\n- c", "ul(i(p(a) q:Tip:(p(b))) i(p(c)))"),
        (
            "{{< book title=\"The Lamp\" author=\"A. K.\" url=\"https://a.example\" notes=\"Slow.\" >}}",
            "p([The Lamp](https://a.example) — A. K. — Slow.)",
        ),
        (
            "{{< video src=\"v.mp4\" caption=\"It moves\" >}} {{< audio src=\"a.mp3\" >}}",
            "p([It moves](v.mp4) [Audio: a.mp3](a.mp3))",
        ),
        ("{{< quote author=\"A. Keeper\" >}}\nSteady.\n{{< /quote >}}", "q(p(Steady.) p(— A. Keeper))"),
        (
            "{{< button href=\"https://a.example\" >}}The shop{{< /button >}}",
            "p([The shop](https://a.example))",
        ),
        (
            "{{< figure src=\"l.png\" alt=\"A lamp\" attr=\"M\" attrlink=\"https://a.example\" >}}",
            "p(![A lamp](l.png)) p([M](https://a.example))",
        ),
        ("{{< card color=\"red\" width=\"300\" >}}", ""),
        ("Press {{< key \"Enter\" >}} now", "p(Press Enter now)"),
        (
            "Write {{</* ref \"x\" */>}} or {{%/* note */%}}; `{{</* b */>}}`.",
            "p(Write {{< ref \"x\" >}} or {{% note %}}; `{{< b >}}`.)",
        ),
        (
            "<div class=\"w\">\n{{< youtube a1 >}}\n</div>\n\n<div>{% include figure.html src=\"x.png\" caption=\"C\" %}</div>",
            "p([YouTube video](https://www.youtube.com/watch?v=a1)) p(![](x.png \"C\"))",
        ),
    ]);
}

#[test]
fn tags_of_hexo() {
    check(&[
        ("{% asset_img wick.jpg \"A wick in oil\" %}", "p(![A wick in oil](wick.jpg))"),
        ("{% img left /i/tower.png 300 200 \"The tower\" %}", "p(![The tower](/i/tower.png))"),
        (
            "{% figure https://i.example/p.jpg A-film https://f.example/1 %}",
            "p([![A-film](https://i.example/p.jpg)](https://f.example/1))",
        ),
        (
            "{% blockquote A Keeper, The Log https://a.example/log The third watch %}\nSteady.\n{% endblockquote %}\n\nx",
            "q(p(Steady.) p(— A Keeper, The Log, [The third watch](https://a.example/log))) p(x)",
        ),
        ("{% blockquote %}\nx\n{% endblockquote %}", "q(p(x))"),
        (
            "{% blockquote A Keeper https://a.example %}\nx\n{% endblockquote %}",
            "q(p(x) p(— [A Keeper](https://a.example)))",
        ),
        (
            "{% post_link rain \"the rain essay\" %}, {% post_link slow-rain %}",
            "p([the rain essay](wl:rain), [Slow rain](wl:slow-rain))",
        ),
        (
            "{% link The-shop https://a.example %}, {% asset_link wick.jpg Picture %}",
            "p([The-shop](https://a.example), [Picture](wick.jpg))",
        ),
        ("{% pullquote left %}\nx\n{% endpullquote %}", "q(p(x))"),
        ("{% codeblock lang:rust %}\na\n{% endcodeblock %}", "code:rust(a)"),
    ]);
}

#[test]
fn statements_and_components_of_mdx() {
    check(&[
        (
            "import Tabs from '@t/Tabs';\nimport l from './l.png';\n\nexport const M = ({c}) => (\n  <b>{c}</b>\n);\n\n{/* truncate */}\n\nOpening.\n\nimport Late from 'late'",
            "p(Opening.)",
        ),
        ("<Callout type=\"info\">\n  With **bold** words.\n</Callout>", "p(With **bold** words.)"),
        ("<LinkCard title=\"The shop\" href=\"https://a.example\" />", "p([The shop](https://a.example))"),
        ("import l from './l.png'\n\n<img src={l} alt=\"A lamp\" />", "p(![A lamp](./l.png))"),
        (
            "a <Image src=\"./l.png\" alt=\"A\" /> <my-film src=\"a/b.mp4\"></my-film>",
            "p(a ![A](./l.png) [File: b.mp4](a/b.mp4))",
        ),
        ("<my-demo title=\"A demo\" height=\"310px\">\n  <template><b>x</b></template>\n</my-demo>", ""),
        ("An <my-icon name=\"lamp\"></my-icon> icon.", "p(An icon.)"),
        ("import {\n  a,\n} from \"x\"\n\nb", "p(b)"),
        ("export default function X() {\n  return 1;\n}\n\nb", "p(b)"),
        ("export default X;\n\nb", "p(export default X;) p(b)"),
    ]);
}

#[test]
fn loops_and_comments_of_templates() {
    check(&[
        (
            "<ul>\n    {% for post in site.posts %}\n    <li>\n      <a href=\"{{ post.url }}\">{{ post.title }}</a>\n    </li>\n    {% endfor %}\n</ul>\n\nx",
            "p(x)",
        ),
        (
            "{% for p in c.posts %}- [{{ p.t }}]({{ p.url }})\n{% endfor %}\n\nMade with {{ eleventy.generator }}, see [the code]({{ links.code }}). {# a comment #}{% macro x() %}hidden{% endmacro %}",
            "p(Made with , see [the code]().)",
        ),
        ("##After\n\n> A quotation.", "h2(After) q(p(A quotation.))"),
        ("{% if a %}b{% endif %}", "p(b)"),
        ("{#a comment}#}", "p({#a comment}#})"),
    ]);
}

#[test]
fn callouts_of_mkdocs() {
    check(&[
        ("!!! note \"Mind\"\n    One.\n\n    - two\n\nx", "q:Note:Mind(p(One.) ul(i(p(two)))) p(x)"),
        ("!!! warning\n    One.", "q:Warning:(p(One.))"),
        ("??? tip \"T\"\n    One.", "q:Tip:T(p(One.))"),
        ("???+ danger highlight \"D\"\n    One.\nx", "q:Danger:D(p(One.)) p(x)"),
        ("!!! note", "p(!!! note)"),
    ]);
}

#[test]
fn media_keep_their_words() {
    check(&[
        (
            "<object data=\"o.pdf\">Words, <a href=\"o.txt\">as text</a>.</object>",
            "p([Embedded page: o.pdf](e:o.pdf)/Words, [as text](o.txt).)",
        ),
        ("<audio controls><source src=\"a.ogg\">Words.</audio>", "p([Audio: a.ogg](e:a.ogg)/Words.)"),
        (
            "<video src=\"v.mp4\"><p>Words: <a href=\"v.txt\">transcript</a>.</p></video>",
            "p([Video: v.mp4](e:v.mp4)) p(Words: [transcript](v.txt).)",
        ),
        ("<video src=\"v.mp4\">Your browser does not support video.</video>", "p([Video: v.mp4](e:v.mp4))"),
        (
            "<iframe src=\"https://www.youtube.com/embed/8YP?rel=0\"></iframe>",
            "p([YouTube video](e:https://www.youtube.com/watch?v=8YP))",
        ),
        ("<iframe src=\"//player.vimeo.com/video/12\"></iframe>", "p([Vimeo video](e:https://vimeo.com/12))"),
        (
            "<iframe src=\"//player.example/v\"></iframe>",
            "p([Embedded page: player.example](e:https://player.example/v))",
        ),
        (
            "![A lamp](l.png)\n*The keeper.*\n\n![](l.png)\nAgain.\n\nThe ![s](l.png) nods.",
            "p(![A lamp](l.png)) p(*The keeper.*) p(![](l.png)) p(Again.) p(The ![s](l.png) nods.)",
        ),
        ("text\n![a](b.png)\n![c](d.png)\nmore", "p(text) p(![a](b.png)/![c](d.png)) p(more)"),
        ("<ul>\n<li>one\n\n## N\n\nPines.\n\nFirs.", "ul(i(p(one))) h2(N) p(Pines.) p(Firs.)"),
    ]);
}

#[test]
fn addresses() {
    check(&[
        (
            "[map](//a.example/m) ![p](//a.example/p.png) <a href=\"//b\">b</a>",
            "p([map](https://a.example/m) ![p](https://a.example/p.png) [b](https://b))",
        ),
        (
            "[t](tel:+1) [v](vnd.youtube://a) [m](mailto:a@b) [g](geo:1,2)",
            "p([t](tel:+1) [v](vnd.youtube://a) [m](mailto:a@b) [g](geo:1,2))",
        ),
        (
            "Bare: mail@l.example and www.l.example; <k@l.example>",
            "p(Bare: mail@l.example and www.l.example; [k@l.example](b:mailto:k@l.example))",
        ),
        (
            "a[^1]\n\n[^1]: at o@l.example; see https://l.example/x_(y).",
            "p(a^1) note:1(p(at o@l.example; see [https://l.example/x_(y)](b:https://l.example/x_(y)).))",
        ),
        (
            "A.[^one] See [the shop][l].\n\n[^one]: As [it][c] says.\n[c]: https://a.example/c\n[l]: https://a.example/l",
            "p(A.^1 See [the shop](https://a.example/l).) note:one(p(As [it](https://a.example/c) says.))",
        ),
    ]);
}
