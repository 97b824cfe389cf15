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
        ("{{#if x}}y{{/if}} {{\"z\"}} {{@html x}}", "p({{#if x}}y{{/if}} {{\"z\"}} {{@html x}})"),
        ("a {{ x }} and {{ .Title }} or {{ user.name }}", "p(a {{ x }} and {{ .Title }} or {{ user.name }})"),
        ("the {% for %} tag, an {% if %}", "p(the {% for %} tag, an {% if %})"),
        ("a[^none] and [^x]", "p(a[^none] and [^x])"),
        ("a == b == c, a==b==c, x ==, === y", "p(a == b == c, a==b==c, x ==, === y)"),
        (
            "~a~b, 5 ~6~, ~/x and ~/y, a^b c^d, 2^10, 2^10 and 3^4",
            "p(~a~b, 5 ~6~, ~/x and ~/y, a^b c^d, 2^10, 2^10 and 3^4)",
        ),
        (
            "a :b[c] 12:30[a] Note:[x] :( :zap: std::x a::b f :: Int",
            "p(a :b[c] 12:30[a] Note:[x] :( :zap: std::x a::b f :: Int)",
        ),
        (
            ":see[1] http://x.example/:id[a] 4~5~6 {`a`} \\d+\\(\\w\\) [a](see the other.) [b](Part 2.1)",
            "p(:see[1] [http://x.example/:id[a]](b:http://x.example/:id[a]) 4~5~6 {`a`} \\d+(\\w) [a](see the other.) [b](Part 2.1))",
        ),
        ("[x](see the others) a (x =300x200) {note} {a|b}", "p([x](see the others) a (x =300x200) {note} {a|b})"),
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
        ("![](talk.mp4) ![A talk](talk.webm)", "p([File: talk.mp4](e:talk.mp4) [A talk](e:talk.webm))"),
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
            "h2(Tabs) h2(N) h3(R) h2(O – rest)",
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
        (
            "[comment]: <> (a,)\n[comment]: <> (b)\n\nc\n[//]: # (d)\n\n[^_^]: # \"e\"\n\n[f]: # (g)\n\n`[//]: # (h)`",
            "p(c) p(`[//]: # (h)`)",
        ),
        ("a %%not for you%% b\n\n%%\na\n\nb\n%%\nc", "p(a b) p(c)"),
        ("> %%x%%\n\na %%b\n\nc%% d", "p(a %%b) p(c%% d)"),
        (
            "100%% sure, 50%% not\n\n%%% a %%%\n\na \\%%b%%\n\nnever %%closed",
            "p(100%% sure, 50%% not) p(%%% a %%%) p(a %%b%%) p(never %%closed)",
        ),
        (
            "%% never closed\n\nIt rose 50%% in May.\n\nIt fell by 5%%\n\nb %%c%% d",
            "p(%% never closed) p(It rose 50%% in May.) p(It fell by 5%%) p(b d)",
        ),
        ("%%\na 50%% b\n\nc 5%%\n\nd\n%%\ne\n\n%%f\n\ng%%\nh", "p(e) p(h)"),
        ("a %%p. 5%% b %%c\np. 6%% d %%e\np. 7%%\n\n%%\np. 8%%\n\nf", "p(a b e/p. 7%%) p(f)"),
        ("%% a\n\n```mermaid\n%% b\n```\n\n%%\nc", "p(c)"),
        ("%% a\n\n```mermaid\n%% b\n```\n\nc `%%`", "p(%% a) code:mermaid(%% b) p(c `%%`)"),
        (
            "![a](b.png)\n{: .wide}\n\n![a](b.png){: .wide title=\"x\"} c *a*{:.b} **c**{:#d}",
            "p(![a](b.png)) p(![a](b.png) c *a* **c**)",
        ),
        ("a {: .b} c {:} so {:-} he said (x){: y} {: never", "p(a {: .b} c {:} so {:-} he said (x){: y} {: never)"),
        ("a\n{::comment}\nb\n\nc\n{:/comment}\nd {::comment}a{:/} %%b%%\n\n{::comment}a", "p(a) p(d) p({::comment}a)"),
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
        (
            "<table><tr><td>a\n\n<table><tr><td>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>",
            "p(a) table--(|; b|c; d|e)",
        ),
        ("<table><tr><td><img src=a></td></tr><tr><td>b</td></tr></table>", "p(![](a)) p(b)"),
        (
            "<table><tr><td><img src=a></td><td>b</td></tr><tr><td></td><td>c</td></tr></table>",
            "table--(|; ![](a)|b; |c)",
        ),
        ("|---+---|\n| 1 | 2 |\n\n| a | b\n| c | d", "table--(|; 1|2) table--(|; a|b; c|d)"),
        ("| a | b\n| c", "p(| a | b/| c)"),
    ]);
}

#[test]
fn display_math_has_its_own_lines() {
    check(&[
        ("Let $$n$$ be. Then $$n/2$$.", "p(Let $n$ be. Then $n/2$.)"),
        ("1. First\n2. $$m$$ is odd.", "ol1(i(p(First)) i(p($m$ is odd.)))"),
        ("A sum:\n\n$$\nQ^n\n=\n1 & 1 \\\\\n$$\n\nand", "p(A sum:) code:math(Q^n\n=\n1 & 1 \\\\) p(and)"),
        ("$$\na \\\\\n\nb\n- c\n* d\n# e\n$$", "code:math(a \\\\\n\nb\n- c\n* d\n# e)"),
        ("In $$ x \\\\ y $$ goes. The price is $$ and $$.", "p(In $$ x \\\\ y $$ goes. The price is $$ and $$.)"),
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
        ("{{< button href=\"https://a.example\" >}}The shop{{< /button >}}", "p([The shop](https://a.example))"),
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
        ("{% asset_img wick.jpg A wick, don't trim it %}", "p(![A wick, don't trim it](wick.jpg))"),
        ("{% asset_img left wick.jpg 500 50% A wick %}", "p(![A wick](wick.jpg))"),
        ("{% img /i/tower.png The tower https://a.example %}", "p([![The tower](/i/tower.png)](https://a.example))"),
        ("{% asset_img \"two words.jpg\" \"Two words\" %}", "p(![Two words](two%20words.jpg))"),
        ("{% post_link rain The rain essay %}", "p([The rain essay](wl:rain))"),
        ("{% asset_link oil.pdf The oil manual %} x", "p([The oil manual](oil.pdf) x)"),
        ("{% link The shop https://a.example %} x", "p([The shop](https://a.example) x)"),
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
        (
            "a{% if jekyll.environment == \"development\" %}no{% endif %}b{% if jekyll.environment == 'production' %}c\
             {% else %}no{% if x %}no{% else %}no{% endif %}{% endif %}d{% unless site.env != \"dev\" %}no{% endunless %}\
             {% if jekyll.environment != \"production\" %}no{% if x %}no{% else %}no{% endif %}no{% else %}e{% endif %}\
             {% if false %}no{% endif %}{% if true %}f{% endif %}{% if site.show_drafts %}no{% endif %}\
             {% if x and jekyll.environment == \"development\" %}no{% endif %}{% if eleventy.env.runMode == \"serve\" %}no\
             {% elsif x %}g{% endif %}{% if x or false %}h{% endif %}",
            "p(abcdefgh)",
        ),
        (
            "a\n\n{%- if false -%}\n\nno\n\n- no\n\n{%- endif -%}\n\nb `{% if false %}c{% endif %}`",
            "p(a) p(b `{% if false %}c{% endif %}`)",
        ),
        ("{#a comment}#}", "p({#a comment}#})"),
    ]);
}

#[test]
fn bodies_of_mkdocs() {
    check(&[
        ("!!! note\n    a\n\n    !!! tip \"x\"\n        b\n\n    c\n\nd", "q:Note:(p(a) q:Tip:x(p(b)) p(c)) p(d)"),
        (
            "!!! note\n    Mind the step.\n\n    And the *second* one.\n\n??? warning \"Hot glass\"\n    Do not touch.",
            "q:Note:(p(Mind the step.) p(And the *second* one.)) q:Warning:Hot glass(p(Do not touch.))",
        ),
        (
            "!!! danger \"\"\n    No title.\n\n!!! note \"A \\\"q\\\" title\"\n    x",
            "q:Danger:(p(No title.)) q:Note:A \"q\" title(p(x))",
        ),
        (
            "- a:\n\n    === \":material-apple: Oil\"\n\n        b\n\n    === \":octicons-x-16: Gas\"\n\n        c\n\n    d\n\n=== \"Air\"\n\n=== \"None\"",
            "ul(i(p(a:) p(**Oil**) p(b) p(**Gas**) p(c) p(d))) p(**Air**) p(**None**)",
        ),
        (
            "=== \"Oil\"\n\n    Oil **burns**.\n\n=== \"Gas\"\n\n    Gas hisses.\n\nend",
            "p(**Oil**) p(Oil **burns**.) p(**Gas**) p(Gas hisses.) p(end)",
        ),
        ("!!! note\n\n    ```\n    !!! x\n      y\n    ```\n\nz", "q:Note:(code(!!! x\n  y)) p(z)"),
        ("- a\n\n    !!! tip\n        b\n\n- c", "ul(i(p(a) q:Tip:(p(b))) i(p(c)))"),
        ("```\n!!! note\n    x\n```", "code(!!! note\n    x)"),
        ("!!! note inline end \"T\"\n	x", "q:Note:T(p(x))"),
        (
            "/// note | Mind\nA block.\n///\n\n/// details | S\nb\n///\n\n/// html | div.x\nq\n///\n\n/// caption\ncap\n///",
            "q:Note:Mind(p(A block.)) p(**S**) p(b) p(q) p(cap)",
        ),
        ("/// x\n\n///", "p(/// x) p(///)"),
        (
            "Press ++ctrl+alt+del++ or ++enter++, i++ + j++, a++b++, C++ and C++.",
            "p(Press Ctrl+Alt+Del or Enter, i++ + j++, a++b++, C++ and C++.)",
        ),
        (
            "The W3C says HTML.\n\n*[HTML]: Hyper Text\n*[W3C]: A consortium\n\nEnd.",
            "p(The W3C says HTML.) ul(i(p(HTML: Hyper Text)) i(p(W3C: A consortium))) p(End.)",
        ),
        ("*[a]: b* c", "p(*[a]: b* c)"),
        ("```\n*[a]: b\n```", "code(*[a]: b)"),
        ("[TOC]\n\n[[toc]]\n\n[[_TOC_]]\n\n--8<-- \"a.md\"\n\n[toc]: x\n\nthe [TOC] stays", "p(the [TOC](x) stays)"),
    ]);
}

#[test]
fn chunks_and_fences_of_quarto() {
    check(&[
        (
            "```{r setup, include=FALSE}\nx\n```\n\n```{r}\n#| echo: false\nx\n```\n\n```{r, echo=TRUE}\ny\n```",
            "code:r(y)",
        ),
        (
            "```{python}\n#| label: fig\n#| echo: true\nprint(1)\n```\n\n```{.python}\n#| echo: false\n```\n\n```{ojs}\n//| echo: FALSE\nx\n```",
            "code:python(print(1)) code:python(#| echo: false)",
        ),
        ("```{r echo = F}\nx\n```\n\n```python\n#| echo: false\n```", "code:python(#| echo: false)"),
        (
            ":::: {.columns}\n::: {.column width=\"50%\"}\nLeft\n:::\n::: {.column}\nRight\n:::\n::::",
            "p(Left) p(Right)",
        ),
        (
            "::: {.callout-tip}\n## Title\n\nBody.\n:::\n\n::: {.panel-tabset}\n## R\n\nx\n:::",
            "q:Tip:(h2(Title) p(Body.)) h2(R) p(x)",
        ),
        (
            "a {{< meta title >}}{{< var x >}} b {{< pagebreak >}}\n\n{{< video https://www.youtube.com/embed/abc >}}",
            "p(a b) p([YouTube video](https://www.youtube.com/watch?v=abc))",
        ),
        ("![Elephant](e.png){#fig-e width=50%} [text]{.mark} [t]{style=\"x\"}", "p(![Elephant](e.png) text t)"),
        (
            "$$\nx = 1\n$$ {#eq-1}\n\n$$y$$ {#eq-2}\n\nSee @fig-e and [@k84; @a p. 3], inline `r nrow(x)`.",
            "code:math(x = 1) code:math(y) p(See fig-e and [@k84; @a p. 3], inline `r nrow(x)`.)",
        ),
    ]);
}

#[test]
fn attributes_in_jsx_form() {
    check(&[
        (
            "<img src={require(\"./a.png\").default} alt=\"A\" /> <img src={`/b.png`} alt={\"B\"} width={3}/>",
            "p(![A](./a.png) ![B](/b.png))",
        ),
        (
            "<a href={\"https://a.example\"}>x</a> <a href={url}>y</a> <a {...props} href=\"/z\" onClick={() => a > b}>z</a>",
            "p([x](https://a.example) y [z](/z))",
        ),
        (
            "<Tabs values={[{label: \"m\", value: '{'}]}>\n  <TabItem value=\"mac\" label=\"macOS\">\n\n    Use **brew**.\n\n  </TabItem>\n</Tabs>\n\nAfter.",
            "p(macOS) p(Use **brew**.) p(After.)",
        ),
        (
            "import h from \"../h.png\"\n\nexport const m = {\n  a: 1,\n\n  b: 2\n}\n\n<Image src={h} alt=\"H\" /> <Image src={h.src} alt=\"I\" /> <Image src={other} alt=\"J\" />",
            "p(![H](../h.png) ![I](../h.png))",
        ),
        ("<>\nfrag\n</>\n\n<Foo.Bar a=\"b\">t</Foo.Bar>", "p(frag) p(t)"),
        ("<Steps>\n1. a\n2. b\n</Steps>", "ol1(i(p(a)) i(p(b)))"),
        (
            "<YouTube id=\"abc\" /> <Vimeo id={12} /> <lite-youtube videoid=\"x\" playlabel=\"Play\"></lite-youtube>",
            "p([YouTube video](https://www.youtube.com/watch?v=abc)) p([Vimeo video](https://vimeo.com/12)) p([Play](https://www.youtube.com/watch?v=x))",
        ),
        (
            "<Card title=\"T\" href=\"/x\" icon={<I/>} /> <RouterLink to=\"/y\">Y *y*</RouterLink> <Badge text=\"beta\" type=\"tip\"/>",
            "p([T](/x)) p([Y *y*](/y)) p(beta)",
        ),
        (
            "`<a href={b}>` and\n\n```jsx\n<a href={b}>\n```\n\na < b {c} <d e={f",
            "p(`<a href={b}>` and) code:jsx(<a href={b}>) p(a < b {c} <d e={f)",
        ),
        ("export const x = 1 is how\nit starts", "p(export const x = 1 is how/it starts)"),
        ("a{\" \"}\nb {' '}c {/* d */}", "p(a/b  c)"),
        ("<Admonition type=\"tip\" title=\"Mind\">\n  b\n</Admonition>", "p(Mind) p(b)"),
        (
            "<Cc>\n  <template #t>\n    **a**\n  </template>\n</Cc>\n\n<template>b</template> c <template v-slot:d>e</template>",
            "p(**a**) p(c e)",
        ),
        ("<a @click=\"f(a > b)\" href=\"/x\">y</a>", "p([y](/x))"),
        (
            "- <p>[x](/x) <Badge text=\"b\" /> **c**</p>\n- d\n\n<p>\n**e**<br />\n</p>\n\n\
             <details>\n<summary>`f`</summary>\n\ng\n\n</details>\n\n<ul>\n  <li>**h**</li>\n</ul>",
            "ul(i(p([x](/x) b **c**)) i(p(d))) p(**e**) p(`f`) p(g) ul(i(p(**h**)))",
        ),
    ]);
}

#[test]
fn filters_of_templates() {
    check(&[
        (
            "[x]({{ \"/a/b.html\" | relative_url }}) [y]({{ '/c' | prepend: site.baseurl }}) ![p]({{ \"/p.png\" | absolute_url }})",
            "p([x](/a/b.html) [y](/c) ![p](/p.png))",
        ),
        (
            "<a href=\"{{ '/d' | absolute_url }}\">z</a> <img src=\"{{ '/q.png' | relative_url }}\" alt=\"Q\">",
            "p([z](/d) ![Q](/q.png))",
        ),
        (
            "[v]({{ site.data.x }}) [w]({{ page.url | relative_url }}) ![u]({{site.baseurl}}/u.png) [t]({{ \"/t\" | url }}) [s]({{ \"x.md\" | relref }})",
            "p([v]() [w]() ![u](/u.png) [t](/t) [s](x.md))",
        ),
        ("[n]({{ get_url(path=\"@/a.md\") }}) [o]({{ url_for(\"/o\") }})", "p([n](@/a.md) [o](/o))"),
        (
            "`{{ \"/x\" | relative_url }}` {{ \"now\" | date: \"%Y\" }} {{ \"a\" }} {{ 'a' | append: 'b' }}",
            "p(`{{ \"/x\" | relative_url }}` {{ \"now\" | date: \"%Y\" }} {{ \"a\" }} {{ 'a' | append: 'b' }})",
        ),
        ("[a]({{ \"/x\" | relative_url | escape }})", "p([a](/x))"),
        ("{% include figure image_path=\"/a.png\" alt=\"A\" caption=\"C\" %}", "p(![A](/a.png)) p(C)"),
        ("{% if x %}a{% elsif y %}b{% endif %}{% assign z = 1 %}{{ page.date | date: \"%Y\" }}", "p(ab)"),
    ]);
}

#[test]
fn shortcodes_of_themes() {
    check(&[
        (
            "{{< details \"Sum\" >}}\nc\n{{< /details >}}\n\n{{< tabs \"x\" >}}{{< tab \"MacOS\" >}}\nm\n{{< /tab >}}{{< /tabs >}}",
            "p(Sum) p(c) p(MacOS) p(m)",
        ),
        (
            "{{< mermaid >}}\ngraph\n{{< /mermaid >}}\n\n{{< instagram Bx >}} {{< asciinema id=\"7\" title=\"T\" >}} {{< iframe src=\"https://x.example/y\" >}}",
            "code:mermaid(graph) p([Instagram post](https://www.instagram.com/p/Bx) [T](https://asciinema.org/a/7) [Embedded page: x.example](https://x.example/y))",
        ),
        ("{{< tabpane text=true >}}\n{{% tab \"Oil\" %}}a{{% /tab %}}\n{{< /tabpane >}}", "p(Oil) p(a)"),
        ("{{< button href=\"/x\" text=\"Go\" >}} {{< hint info >}}\nh\n{{< /hint >}}", "p([Go](/x)) q:Info:(p(h))"),
        ("{{< callout text=\"Words here\" >}}\n\n{{< param \"x\" >}}", "p(**Note:** Words here)"),
        (
            "{% note info T %}\nb\n{% endnote %}\n\n{% note %}\nc\n{% endnote %}\n\n{% cq %}q{% endcq %}",
            "q:Info:T(p(b)) q:Note:(p(c)) q(p(q))",
        ),
        (
            "{% codeblock A title lang:js https://u.example U %}\nx\n{% endcodeblock %}\n\n{% codeblock %}\ny\n{% endcodeblock %}",
            "code:js(x) code(y)",
        ),
        (
            "{% button https://a.example, Text, icon %} {% btn /x, T %} {% pdf ./a.pdf %} {% iframe https://x.example/y 10 20 %}",
            "p([Text](https://a.example) [T](/x) [File: a.pdf](./a.pdf) [Embedded page: x.example](https://x.example/y))",
        ),
        (
            "{% hideToggle T %}h{% endhideToggle %} {% dplayer \"url=a.mp4\" %} {% bilibili BV1 %}",
            "p(T) p(h [Video: a.mp4](a.mp4) [Bilibili video](https://www.bilibili.com/video/BV1))",
        ),
    ]);
}

#[test]
fn verse_keeps_its_lines() {
    check(&[
        ("Roses\nare red.\n{.verse}\n\na\nb", "p(Roses//are red.) p(a/b)"),
        ("a\nb\n\nc\nd\n{: .poem}\n\n{:.x}\ne\nf", "p(a/b) p(c//d) p(e/f)"),
        ("::: verse\nOne\ntwo,\n\nthree\nfour.\n:::", "p(One//two,) p(three//four.)"),
        ("{{< verse >}}\nOne\ntwo\n{{< /verse >}}\n\nx\ny", "p(One//two) p(x/y)"),
        ("{{% poem %}}\nOne\n\n  two\nthree\n{{% /poem %}}", "p(One) p(two//three)"),
        ("> a\n> b\n{.verse}", "q(p(a//b))"),
        ("::: {.verse}\na\nb\n:::", "p(a//b)"),
        ("a\n{.verses}\nb", "p(a) p(b)"),
    ]);
}

#[test]
fn tex_in_prose() {
    check(&[
        (
            "So $x^2 \\approx 3\\alpha$ and $\\pi \\le 4$ but $n$, $a_b$, $x^n$.",
            "p(So x² ≈ 3α and π ≤ 4 but $n$, $a_b$, $x^n$.)",
        ),
        (
            "$10^{-3}$ $H_2O$ $a_{12}$ $\\frac{a}{b}$ $\\alpha_i$ $\\unknown$ $\\sum x$ $\\Delta t$",
            "p(10⁻³ H₂O a₁₂ $\\frac{a}{b}$ $\\alpha_i$ $\\unknown$ ∑ x Δ t)",
        ),
        (
            "$a \\times b \\cdot c \\pm 2$ $\\infty$ $50\\%$ $x \\to y$ $\\{a\\}$",
            "p(a × b · c ± 2 ∞ 50% x → y $\\{a\\}$)",
        ),
        ("Let $$n^2$$ be, $$\\frac{1}{2}$$ is.", "p(Let n² be, $\\frac{1}{2}$ is.)"),
        ("$x\\,y$ $^2$ $2^{10}$ $90^\\circ$", "p(x y ² 2¹⁰ 90°)"),
        ("`$x^2$` and ![a $x^2$](b.png)", "p(`$x^2$` and ![a x^2](b.png))"),
        ("$x ^ 2$ $\\ne$ $\\neq 1$", "p($x ^ 2$ ≠ ≠ 1)"),
        ("| $x^2$ |\n|---|\n| $\\beta$ |", "table-(x²; β)"),
    ]);
}

#[test]
fn attributes_of_kramdown_beside_blocks() {
    check(&[
        (
            "{:refdef: .a}\n\n- a\n- {:.item} b\n\nH {: #d}\n---\n\nx {::nomarkdown}<b>y</b>{:/nomarkdown} z\n\n{::options parse=\"true\" /}",
            "ul(i(p(a)) i(p(b))) h2(H) p(x **y** z)",
        ),
        (
            "{:.wide}\nPara.\n\n> q\n{: .note}\n\n```ruby\nx\n```\n{: .n}\n\n# H2 {: .c }",
            "p(Para.) q(p(q)) code:ruby(x) h1(H2)",
        ),
        ("a\n>\nb\n\n> q\n>\n\n>\n> b", "p(a) p(b) q(p(q)) q(p(b))"),
        (
            "![alt|100](x.png) ![alt|100x200](y.png) ![100](z.png) ![|50](w.png) ![a|b](v.png) ![x](u.png)",
            "p(![alt](x.png) ![alt](y.png) ![](z.png) ![](w.png) ![a|b](v.png) ![x](u.png))",
        ),
        ("~~テスト。~~です a~~“b”~~c 灯~~“b”~~灯", "p(~テスト。~です a~“b”~c 灯~“b”~灯)"),
        ("<img data-src=\"lazy.png\" alt=\"L\">", "p(![L](lazy.png))"),
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
