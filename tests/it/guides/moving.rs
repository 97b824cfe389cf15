//! What the guides for moving in say of each program's folder.

use lamplit::site::{Lookup, Medium, Site};
use testkit::capsule::{path, site};

use crate::feeds::page;

/// Asserts what readers of Gemini get at addresses: `-> address` for a redirect, `no page`, or words that the page
/// has; after `not ` words that it has not.
fn check(site: &Site, expected: &[(&str, &str)]) {
    for (at, says) in expected {
        let got = match site.lookup(&path(at), Medium::Gemini) {
            Lookup::Moved(to) => format!("-> {to}"),
            Lookup::Missing => "no page".to_owned(),
            Lookup::File(..) => "a file".to_owned(),
            _ => page(site, at, Medium::Gemini).unwrap_or_else(|| panic!("{at} is no page")).1,
        };
        let fits = match says.strip_prefix("not ") {
            Some(words) => !got.contains(words),
            None if says.starts_with("-> ") => got == *says,
            None => got.contains(says),
        };
        assert!(fits, "{at}: expected `{says}` in:\n{got}");
    }
}

#[test]
fn hugo() {
    let site = site(&[
        ("_index.md", "---\ntitle: Evenings\n---\nEssays, written late.\n"),
        ("posts/_index.md", "---\ntitle: Posts\n---\nAll of them.\n"),
        (
            "posts/lamps/index.md",
            "+++\ntitle = \"On lamps\"\ndate = 2024-05-01T20:00:00+02:00\ntags = [\"Light\"]\ncategories = [\"Home\"]\n\
             aliases = [\"/old/lamps/\"]\n+++\nShort.\n\n<!--more-->\n\n\
             {{< figure src=\"lamp.png\" alt=\"A lamp\" caption=\"Mine\" >}}\n\n\
             [one]({{< ref \"/posts/rain.md\" >}}), [two](/posts/rain/), {{< youtube abc >}} {{< own >}}\n",
        ),
        ("posts/lamps/lamp.png", ""),
        (
            "posts/rain.md",
            "---\ntitle: Rain\ndate: 2024-04-01\nslug: on-rain\nurl: /2024/rain/\n---\n\
             {{% notice %}}\nMind the *puddles*.\n{{% /notice %}}\n\n\
             {{< highlight go >}}\nfmt.Println(1)\n{{< /highlight >}}\n\n[about]({{< relref \"lamps\" >}})\n",
        ),
        ("posts/2024-03-01-fog.md", "---\ntitle: Fog\n---\nFog.\n"),
        ("posts/later.md", "---\ntitle: Later\npublishDate: 2090-01-01\n---\nLater.\n"),
        ("posts/over.md", "---\ntitle: Over\nexpiryDate: 2020-01-01\n---\nOver.\n"),
        ("posts/draft.md", "---\ntitle: Draft\ndraft: true\n---\nDraft.\n"),
        ("posts/rain.fr.md", "---\ntitle: Pluie\ndate: 2024-04-02\n---\nIl pleut.\n"),
    ]);
    check(
        &site,
        &[
            ("/", "# Evenings\n\nEssays, written late.\n"),
            ("/", "=> /posts/lamps.gmi 2024-05-01 On lamps\n=> /posts/on-rain.gmi 2024-04-01 Rain\n"),
            ("/", "not Later"),
            ("/", "not Over"),
            ("/", "not Draft"),
            ("/posts/", "# Posts\n\nAll of them.\n"),
            ("/posts/lamps/", "-> /posts/lamps.gmi"),
            ("/old/lamps/", "-> /posts/lamps.gmi"),
            ("/2024/rain/", "-> /posts/on-rain.gmi"),
            ("/posts/rain/", "-> /posts/on-rain.gmi"),
            ("/2024/03/01/fog/", "-> /posts/2024-03-01-fog.gmi"),
            ("/posts/lamps/lamp.png", "a file"),
            ("/posts/later", "no page"),
            ("/posts/lamps.gmi", "=> /posts/lamps/lamp.png A lamp"),
            ("/posts/lamps.gmi", "Mine"),
            ("/posts/lamps.gmi", "=> /posts/on-rain.gmi one\n"),
            ("/posts/lamps.gmi", "=> https://www.youtube.com/watch?v=abc YouTube video\n"),
            ("/posts/lamps.gmi", "not own"),
            ("/posts/lamps.gmi", "=> /tags/home/ Tag: Home\n=> /tags/light/ Tag: Light\n"),
            ("/posts/on-rain.gmi", "Mind the puddles."),
            ("/posts/on-rain.gmi", "```go\nfmt.Println(1)\n```"),
            ("/posts/on-rain.gmi", "=> /posts/lamps.gmi about\n"),
            ("/posts/on-rain.gmi", "Pluie"),
            ("/atom.xml", ">Short.</summary>"),
        ],
    );
}

#[test]
fn zola() {
    let site = site(&[
        ("_index.md", "+++\ntitle = \"Evenings\"\nsort_by = \"date\"\n+++\n"),
        ("essays/_index.md", "+++\ntitle = \"Essays\"\ntransparent = true\n+++\n"),
        (
            "essays/2024-03-01-fog.md",
            "+++\ntitle = \"Fog\"\naliases = [\"fog.html\"]\n[taxonomies]\ntags = [\"Weather\"]\nauthors = [\"Ada\"]\n\
             [extra]\nimage = \"fog.png\"\n+++\nSee [rain](@/essays/rain/index.md).\n\n<!-- more -->\n\n\
             {{ youtube(id=\"abc\") }}\n\n{% quote(author=\"x\") %}\nWords of another.\n{% end %}\n\n\
             {{ own(a=1) }}\n",
        ),
        ("essays/fog.png", ""),
        (
            "essays/rain/index.md",
            "+++\ntitle = \"Rain\"\ndate = 2024-04-01\npath = \"rain\"\n+++\n![drops](drops.png)\n",
        ),
        ("essays/rain/drops.png", ""),
        ("essays/hidden.md", "+++\ntitle = \"Hidden\"\nrender = false\n+++\n"),
    ]);
    check(
        &site,
        &[
            ("/", "=> /essays/rain.gmi 2024-04-01 Rain\n=> /essays/2024-03-01-fog.gmi 2024-03-01 Fog\n"),
            ("/", "not Hidden"),
            ("/rain/", "-> /essays/rain.gmi"),
            ("/fog.html", "-> /essays/2024-03-01-fog.gmi"),
            ("/essays/fog/", "-> /essays/2024-03-01-fog.gmi"),
            ("/essays/2024-03-01-fog.gmi", "=> /essays/fog.png Fog [image]\n"),
            ("/essays/2024-03-01-fog.gmi", "=> /essays/rain.gmi rain\n"),
            ("/essays/2024-03-01-fog.gmi", "Words of another."),
            ("/essays/2024-03-01-fog.gmi", "not own"),
            ("/essays/2024-03-01-fog.gmi", "Weather"),
            ("/essays/rain.gmi", "=> /essays/rain/drops.png drops"),
            ("/atom.xml", "<name>Ada</name>"),
        ],
    );
}

#[test]
fn jekyll() {
    let site = site(&[
        ("index.md", "---\nlayout: home\ntitle: Evenings\n---\n"),
        ("about.md", "---\nlayout: page\ntitle: About\npermalink: /about/\n---\nMe.\n"),
        (
            "_posts/2024-05-01-on-lamps.md",
            "---\nlayout: post\ntags: light evening\ncategory: essays\nredirect_from: /lamps/\n---\n# On lamps\n\n\
             [rain]({% post_url 2024-04-01-rain %}), [file]({% link _posts/2024-04-01-rain.md %}), \
             [address]({{ site.baseurl }}/2024/04/01/rain.html), {% include youtube.html id=\"abc\" %}\n\n\
             ![lamp]({{ site.baseurl }}/assets/lamp.png)\n{: .wide}\n\n\
             {% highlight ruby %}\nputs 1\n{% endhighlight %}\n\n{% raw %}{{ kept }}{% endraw %}{% comment %}gone{% endcomment %}\n",
        ),
        (
            "_posts/2024-04-01-rain.md",
            "---\ntitle: Rain\n---\n{% if page.x %}\nWet.\n{% endif %}\n\nBy {{ page.author }}.\n",
        ),
        ("_posts/2024-02-01-no.md", "---\ntitle: Secret\npublished: false\n---\n"),
        ("_drafts/idea.md", "# Idea\n"),
        ("assets/lamp.png", ""),
    ]);
    check(
        &site,
        &[
            ("/", "=> /_posts/2024-05-01-on-lamps.gmi 2024-05-01 On lamps\n"),
            ("/", "not Secret"),
            ("/", "not Idea"),
            ("/2024/05/01/on-lamps.html", "-> /_posts/2024-05-01-on-lamps.gmi"),
            ("/essays/2024/05/01/on-lamps.html", "-> /_posts/2024-05-01-on-lamps.gmi"),
            ("/lamps/", "-> /_posts/2024-05-01-on-lamps.gmi"),
            ("/about/", "-> /about.gmi"),
            ("/_posts/2024-05-01-on-lamps.gmi", "=> /_posts/2024-04-01-rain.gmi rain\n"),
            ("/_posts/2024-05-01-on-lamps.gmi", "not => /2024/04"),
            ("/_posts/2024-05-01-on-lamps.gmi", "=> /assets/lamp.png lamp [image]\n"),
            ("/_posts/2024-05-01-on-lamps.gmi", "=> https://www.youtube.com/watch?v=abc YouTube video\n"),
            ("/_posts/2024-05-01-on-lamps.gmi", "```ruby\nputs 1\n```"),
            ("/_posts/2024-05-01-on-lamps.gmi", "{{ kept }}"),
            ("/_posts/2024-05-01-on-lamps.gmi", "not gone"),
            ("/_posts/2024-05-01-on-lamps.gmi", "not wide"),
            (
                "/_posts/2024-05-01-on-lamps.gmi",
                "Tag: light\n=> /tags/evening/ Tag: evening\n=> /tags/essays/ Tag: essays\n",
            ),
            ("/_posts/2024-04-01-rain.gmi", "Wet.\n\nBy .\n"),
        ],
    );
}

#[test]
fn obsidian() {
    let site = site(&[
        (
            "Essays/On lamps.md",
            "---\naliases: [Lamps, Lights]\ntags: [light]\ndate: 2024-05-01\ncover: \"[[cover.png]]\"\n---\n\
             See [[Rain]], [[Rain|the rain]], [[rain#Later]], [[Secret]].\n\n![[lamp.png|A lamp on a shelf]]\n\n\
             ![[Essays/Pictures/door.png|A door]]\n\n![[Rain]]\n\n> [!tip] Mind\n> The gap. %%secret%%\n\n- [ ] open\n- [x] done\n",
        ),
        ("Essays/Rain.md", "---\npublish: true\n---\nRain falls. Back to [[Lamps]].\n\n## Later\n\nMore.\n"),
        ("Essays/Pictures/door.png", ""),
        ("Daily/2024-03-01.md", "A day.\n"),
        ("Secret.md", "---\npublish: false\n---\nSecret.\n"),
        ("Attachments/lamp.png", ""),
        ("Attachments/cover.png", ""),
        ("Attachments/door.png", ""),
    ]);
    check(
        &site,
        &[
            ("/", "=> /Essays/On%20lamps.gmi 2024-05-01 On lamps\n"),
            ("/", "=> /Daily/2024-03-01.gmi 2024-03-01 "),
            ("/", "not Secret"),
            ("/Essays/On lamps.gmi", "=> /Attachments/cover.png On lamps [image]\n"),
            ("/Essays/On lamps.gmi", "See Rain, the rain, rain > Later, [[Secret]].\n\n=> /Essays/Rain.gmi Rain\n"),
            ("/Essays/On lamps.gmi", "=> /Attachments/lamp.png A lamp on a shelf [image]\n"),
            ("/Essays/On lamps.gmi", "=> /Essays/Pictures/door.png A door [image]\n"),
            ("/Essays/On lamps.gmi", "=> /Essays/Rain.gmi Rain\n\n> Tip: Mind\n"),
            ("/Essays/On lamps.gmi", "* [ ] open\n* [x] done\n"),
            ("/Essays/On lamps.gmi", "not secret"),
            ("/Essays/Rain.gmi", "=> /Essays/On%20lamps.gmi Lamps\n"),
        ],
    );
}

/// Obsidian names a picture by its file alone where no other has that name.
#[test]
fn picture_is_found_by_its_name_unless_several_have_it() {
    let site = site(&[
        (
            "notes/a.md",
            "![one](lamp.png) ![two](door.png) ![three](x/door.png) ![four](/lamp.png) ![five](./lamp.png)\n",
        ),
        ("pictures/Lamp.png", ""),
        ("x/door.png", ""),
        ("y/door.png", ""),
    ]);
    check(
        &site,
        &[
            ("/notes/a.gmi", "=> /pictures/Lamp.png one [image]\n"),
            ("/notes/a.gmi", "=> door.png two [image]\n"),
            ("/notes/a.gmi", "=> /x/door.png three [image]\n"),
            ("/notes/a.gmi", "=> /lamp.png four [image]\n"),
            ("/notes/a.gmi", "=> ./lamp.png five [image]\n"),
        ],
    );
}
