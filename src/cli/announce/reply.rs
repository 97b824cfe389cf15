//! What an aggregator means by its reply.

use crate::problem::Problem;

/// Nothing if the reply with this header says that the feed was taken; else what became of it.
pub(super) fn refusal(head: &str) -> Option<Problem> {
    let (status, meta) = head.split_at_checked(2).unwrap_or((head, ""));
    let meta = meta.trim();
    let said = if meta.is_empty() { String::new() } else { format!(": {meta}") };
    // Gemini, section "Status codes".
    let (what, hint) = match status {
        _ if !status.bytes().all(|byte| byte.is_ascii_digit()) || status.len() != 2 => {
            (format!("the reply `{head}` is not one of Gemini"), "look at the address in a client")
        }
        "44" => {
            (format!("it was told too much just now, and wants {meta} seconds of peace"), "try again then")
        }
        "51" | "52" => (
            format!("there is nothing at this address{said}"),
            "look for the submit address on the page of the aggregator",
        ),
        "53" => (format!("this server is not the one of that name{said}"), "check the host in the address"),
        _ => match &status[..1] {
            "2" => return None,
            "1" => (
                format!("it asks for something else{said}"),
                "follow the aggregator's own words in a client: it does not take a feed in this way",
            ),
            "3" => (
                format!("it leads on to `{meta}`, which was not asked for"),
                "look there: either the feed is taken, or that is the address to announce to",
            ),
            "4" => (format!("it cannot take the feed now{said}"), "try again later"),
            "5" => (
                format!("it does not take the feed{said}"),
                "look at the feed, and at what the aggregator wants",
            ),
            "6" => (
                format!("it wants to know who asks, by a certificate{said}"),
                "announce from a client that has one, such as Lagrange",
            ),
            _ => (format!("the reply `{head}` is not one of Gemini"), "look at the address in a client"),
        },
    };
    Some(Problem::error(what).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn replies_are_put_into_words() {
        for (head, says) in [
            ("10 Your feed?", "it asks for something else: Your feed?"),
            ("11 Password", "does not take a feed in this way"),
            ("30 /~antenna/", "it leads on to `/~antenna/`, which was not asked for"),
            ("31 gemini://new.example/submit", "that is the address to announce to"),
            ("40 Busy", "it cannot take the feed now: Busy"),
            ("44 30", "wants 30 seconds of peace"),
            ("50", "it does not take the feed\n"),
            ("51 Not found", "there is nothing at this address: Not found"),
            ("53 Proxy request refused", "not the one of that name"),
            ("59 Not a feed", "it does not take the feed: Not a feed"),
            ("60 Who are you?", "by a certificate: Who are you?"),
            ("70 What?", "not one of Gemini"),
            ("2", "not one of Gemini"),
            ("é0 x", "not one of Gemini"),
            ("HTTP/1.1 400", "not one of Gemini"),
            ("", "not one of Gemini"),
        ] {
            let problem = refusal(head).unwrap_or_else(|| panic!("`{head}` refuses"));
            assert!(problem.to_string().contains(says), "{head}: {problem}");
        }
        for head in ["20 text/gemini", "20", "29 whatever"] {
            assert_eq!(refusal(head), None, "{head}");
        }
    }
}
