//! Template tags of themes and plugins, which have few names in common, in the notation of [`super::constructs`].

use super::constructs::check;

#[test]
fn one_closing_tag_of_zola_ends_any_tag() {
    check(&[
        (
            "{% alert(type=\"warning\", icon=\"x\") %}\nBody **words**\n{% end %}\n\n{% quote(author=\"V\") %}\nA quote\n{% end %}",
            "q:Warning:(p(Body **words**)) q(p(A quote) p(— V))",
        ),
        ("{% detail(title=\"T\") %}\n{% aside() %}\nx\n{% end %}\n{% end %}\n\ny", "p(T) q:Aside:(p(x)) p(y)"),
        ("{% mermaid() %}\ngraph\n{% end %}", "code:mermaid(graph)"),
        (
            "Write {{/* youtube(id=\"x\") */}} or {%/* a() */%}b{%/* end */%}.",
            "p(Write {{ youtube(id=\"x\") }} or {% a() %}b{% end %}.)",
        ),
        ("```\n{{/* f(x) */}}\n```\n\n`{{/* a comment */}}`", "code({{/* f(x) */}}) p(`{{/* a comment */}}`)"),
        ("{{ link(text=\"T\", url=\"https://a.example\") }}", "p([T](https://a.example))"),
        ("{{ resize_image(path=\"a.jpg\", width=40) }}", "p(![](a.jpg))"),
        ("{{ note(header=\"H\", body=\"Body words\") }}", "p(**Note:** H Body words)"),
    ]);
}

#[test]
fn pictures_are_known_by_their_files() {
    check(&[
        ("{% include image.html img=\"/i/x.jpg\" title=\"T\" caption=\"C\" %}", "p(![](/i/x.jpg \"T — C\"))"),
        ("{% include image.html url=\"/i/x.jpg\" description=\"My cat, Bob\" %}", "p(![](/i/x.jpg \"My cat, Bob\"))"),
        ("{% include post-image.html image=\"x.png\" alt=\"A\" %}", "p(![A](x.png))"),
        ("{% include lightbox src=\"x.png\" data=\"g\" title=\"T\" %}", "p(![](x.png \"T\"))"),
        ("{{< imgproc \"x.jpg\" \"600x\" >}}\nCaption words\n{{< /imgproc >}}", "p(![](x.jpg)) p(Caption words)"),
        ("{{< imgcap title=\"T\" src=\"/d.png\" >}} {{< img-wide \"c.png\" >}}", "p(![](/d.png \"T\") ![](c.png))"),
        ("{% maincolumn 'b.png' 'Cap two' %}", "p(![Cap two](b.png))"),
        ("{% respimg src=\"x.png\", alt=\"A\" %}", "p(![A](x.png))"),
        (
            "{{< figure src=\"a.jpg\" caption=\"By [Jo](https://a.example)\" >}}",
            "p(![](a.jpg)) p(By [Jo](https://a.example))",
        ),
        (
            "{{< figure src=\"a.png\" title=\"An elephant\" caption=\"Some cap\" alt=\"E\" >}}",
            "p(![E](a.png)) p(An elephant — Some cap)",
        ),
        ("{{< card title=\"T\" image=\"a.png\" link=\"/y\" >}}", "p([![](a.png \"T\")](/y))"),
        (
            "{{< gallery caption=\"Its `a` and [score](/s) &mdash; so\" >}}\n\n{{< img src=\"a.png\" alt=\"Didn&rsquo;t\" >}}",
            "p(Its `a` and [score](/s) — so) p(![Didn’t](a.png))",
        ),
        ("{% fullimage /u/i.jpg, some words, title %}", "p(![some words](/u/i.jpg))"),
    ]);
}

#[test]
fn media_have_many_names() {
    check(&[
        (
            "{% include video id=\"Xs\" provider=\"youtube\" %}",
            "p([YouTube video](https://www.youtube.com/watch?v=Xs))",
        ),
        ("{% include video id=\"21\" provider=\"vimeo\" %}", "p([Vimeo video](https://vimeo.com/21))"),
        ("{% include youtubePlayer.html id=\"abc\" %}", "p([YouTube video](https://www.youtube.com/watch?v=abc))"),
        ("{% include youtube.html video=\"abc\" %}", "p([YouTube video](https://www.youtube.com/watch?v=abc))"),
        ("{{< youtubeLite id=\"Sg\" label=\"A demo\" >}}", "p([A demo](https://www.youtube.com/watch?v=Sg))"),
        ("{{< video https://www.youtube.com/embed/abc >}}", "p([YouTube video](https://www.youtube.com/watch?v=abc))"),
        (
            "{% youtube https://www.youtube.com/watch?v=abc %}",
            "p([YouTube video](https://www.youtube.com/watch?v=abc))",
        ),
        (
            "{{< github repo=\"a/b\" >}} {% ghcard a/b %}",
            "p([GitHub](https://github.com/a/b) [GitHub](https://github.com/a/b))",
        ),
        ("{{< codepen id=\"abc\" user=\"foo\" >}}", "p([CodePen](https://codepen.io/foo/pen/abc))"),
        ("{{< spotify track 2C3d >}}", "p([Spotify](https://open.spotify.com/track/2C3d))"),
        ("{% mastodon \"https://x.example/@a/1\" %}", "p([Post on Mastodon: 1](https://x.example/@a/1))"),
        ("{% codepen \"https://codepen.io/x/pen/y\" %}", "p([CodePen](https://codepen.io/x/pen/y))"),
        ("{{< mp3 \"y.mp3\" >}}", "p([Audio: y.mp3](y.mp3))"),
        (
            "{% aplayer \"Caffeine\" \"Jeff Williams\" \"caffeine.mp3\" \"picture.jpg\" %}",
            "p([Caffeine](caffeine.mp3) — Jeff Williams)",
        ),
        ("{{ video(sources=[\"a.mp4\"]) }}", "p([Video: a.mp4](a.mp4))"),
    ]);
}

#[test]
fn words_and_addresses_of_unknown_tags() {
    check(&[
        ("{{< link \"https://b.example\" \"B site\" >}}", "p([B site](https://b.example))"),
        ("See {{< ext \"c\" \"https://c.example\" >}}.", "p(See [c](https://c.example).)"),
        ("{% link Title words, https://x.example, https://x.example/l.png %}", "p([Title words](https://x.example))"),
        ("{% site Name, url=https://x.example, shot=s %}", "p([Name](https://x.example))"),
        ("{% btn https://www.a.example, text & icon, tags fa-fw %}", "p([text & icon](https://www.a.example))"),
        ("{% btn https://a.example/?b=c, T %}", "p([T](https://a.example/?b=c))"),
        (
            "{{< timelineItem header=\"Head\" subheader=\"Sub\" >}}\nLorem\n{{< /timelineItem >}}",
            "p(Head — Sub) p(Lorem)",
        ),
        ("{{< card link=\"/\" title=\"No Icon\" subtitle=\"Sub words\" >}}", "p([No Icon](/) — Sub words)"),
        ("A {% sidenote 'one' 'Side **words**' %} b", "p(A Side **words** b)"),
        ("{% newthought 'New thought' %} begins", "p(New thought begins)"),
        ("{% from \"m.njk\" import x %}{% set x = \"a b\" %}{% when \"a b\" %}x", "p(x)"),
        ("{% label primary @text %} in {% label @other words %}.", "p(text in other words.)"),
        (
            "{% span red::under words %} {% u words %} {% kbd Ctrl %} {% p red, coloured words %}",
            "p(under words words Ctrl coloured words)",
        ),
        ("{% checkbox checked, words in a box %}", "p(words in a box)"),
        ("Use {{< param version >}} and {{% param \"x.y\" %}} now", "p(Use and now)"),
        ("{{< emoji \":smile:\" >}} a", "p(:smile: a)"),
        (
            "{{< button href=\"https://a.example\" target=\"_self\" >}}\nCall to action\n{{< /button >}}",
            "p([Call to action](https://a.example))",
        ),
        ("{% css %}a{b:c}{% endcss %}{% js %}let a{% endjs %}x", "p(x)"),
        ("{% quote \"Author\", \"Source\" %}\nwords\n{% endquote %}", "q(p(words) p(— Author, Source))"),
    ]);
}

#[test]
fn titles_of_call_outs_and_folds() {
    check(&[
        ("{{< alert \"circle-info\" >}}\nDo follow.\n{{< /alert >}}", "q:Note:(p(Do follow.))"),
        ("{{< admonition warning \"Mind\" true >}}\nx\n{{< /admonition >}}", "q:Warning:Mind(p(x))"),
        ("{% note default no-icon Mind the step %}\nx\n{% endnote %}", "q:Note:Mind the step(p(x))"),
        ("{% note info Mind the step %}\nx\n{% endnote %}", "q:Info:Mind the step(p(x))"),
        ("{% details Click Me %}\nin\n{% enddetails %}", "p(Click Me) p(in)"),
        ("{% folding cyan open, title words %}\nin\n{% endfolding %}", "p(title words) p(in)"),
        ("{% hideToggle Butterfly install %}\nin\n{% endhideToggle %}", "p(Butterfly install) p(in)"),
        ("{% tabs log %}\n\n{% tab log php %}\nx\n{% endtab %}\n\n{% endtabs %}", "p(php) p(x)"),
        ("{% plantuml %}\na -> b\n{% endplantuml %}", "code:plantuml(a -> b)"),
        ("{% math %}\nx_1 * y = 1 * z\n{% endmath %}", "code:math(x_1 * y = 1 * z)"),
        ("so {{< math >}}$x_1$ {{< /math >}}is", "p(so x₁ is)"),
        (
            "{{< mastodon status=\"https://m.example/@a/1\" >}}\n\n{{< lamp homepage=\"https://m.example\" >}}",
            "p([Post on Mastodon: 1](https://m.example/@a/1)) p([https://m.example](https://m.example))",
        ),
        ("so {{< katex >}}\\frac{x_1}{2}{{< /katex >}} is", "p(so $\\frac{x_1}{2}$ is)"),
    ]);
}
