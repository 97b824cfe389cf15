//! [`Counter`]: how often each of many names occurs, within bounded memory.

use std::collections::HashMap;

/// Names beyond this length are counted by their beginning. Most protocols allow 1024 bytes.
const MAX_NAME: usize = 1024;

/// Counts names. When there are too many of them the rarest are forgotten, so that a flood of names that occur once
/// costs nothing but them.
#[derive(Debug)]
pub(super) struct Counter {
    counts: HashMap<String, u64>,
    room: usize,
    /// Whether any were forgotten.
    pub(super) forgot: bool,
}

impl Counter {
    /// A counter of `room` names at most, which must be two at least.
    pub(super) fn new(room: usize) -> Self {
        Self { counts: HashMap::new(), room, forgot: false }
    }

    pub(super) fn add(&mut self, name: &str) {
        let end = (0..=MAX_NAME).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        let name = if name.len() > MAX_NAME { &name[..end] } else { name };
        if let Some(count) = self.counts.get_mut(name) {
            *count += 1;
            return;
        }
        if self.counts.len() >= self.room {
            self.forget();
        }
        self.counts.insert(name.to_owned(), 1);
    }

    /// Forgets the rarest half.
    fn forget(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        let middle = counts.len() / 2;
        let (_, &mut typical, _) = counts.select_nth_unstable(middle);
        self.counts.retain(|_, count| *count > typical);
        self.forgot = true;
    }

    /// The most frequent ones, at most `number` of them; in the order of their names where they are even.
    pub(super) fn top(self, number: usize) -> Vec<(String, u64)> {
        let mut names: Vec<(String, u64)> = self.counts.into_iter().collect();
        names.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        names.truncate(number);
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_frequent_survives_a_flood_of_what_is_not() {
        let mut counter = Counter::new(100);
        for number in 0..10_000 {
            counter.add(&format!("/{number}"));
            counter.add(if number % 2 == 0 { "/often" } else { "/now and then" });
            counter.add("/often");
            assert!(counter.counts.len() <= 100);
        }
        assert!(counter.forgot);
        let expected = [("/often".to_owned(), 15_000), ("/now and then".to_owned(), 5_000)];
        assert_eq!(counter.top(2), expected);

        let mut even = Counter::new(2);
        for name in ["b", "a", &"é".repeat(MAX_NAME)] {
            even.add(name);
        }
        assert!(even.top(9).iter().all(|(name, _)| name.len() <= MAX_NAME));
    }
}
