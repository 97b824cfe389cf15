//! [`Translations`]: which essays are one text in several languages.

use std::collections::HashMap;
use std::sync::Arc;

use super::{CapsulePath, Essay};

/// The groups of essays that are translations of each other, each found by any of its members.
#[derive(Debug, Clone, Default)]
pub(super) struct Translations {
    by_base: HashMap<CapsulePath, Arc<[u32]>>,
}

impl Translations {
    /// Essays belong together by the key that their authors give them, else by the names of their files; `placed`
    /// says where a file is placed by its name.
    pub(super) fn of<'e>(
        essays: &'e [Arc<Essay>],
        placed: impl Fn(&'e Essay) -> Option<&'e CapsulePath>,
    ) -> Self {
        let by_key = |essay: &'e Essay| essay.metadata.translation.as_deref();
        let mut keyed: HashMap<&str, Vec<u32>> = HashMap::new();
        let mut named: HashMap<&CapsulePath, Vec<u32>> = HashMap::new();
        for (index, essay) in (0..).zip(essays) {
            match (by_key(essay), &essay.variant) {
                (Some(key), _) => keyed.entry(key).or_default().push(index),
                (None, Some(variant)) => named.entry(&variant.of).or_default().push(index),
                (None, None) => {}
            }
        }
        if !named.is_empty() {
            let bare = |essay: &Essay| essay.variant.is_none() && essay.metadata.translation.is_none();
            for (index, essay) in (0..).zip(essays).filter(|(_, essay)| bare(essay)) {
                if let Some(group) = placed(essay).and_then(|place| named.get_mut(place)) {
                    group.push(index);
                }
            }
        }
        let mut by_base = HashMap::new();
        for mut group in keyed.into_values().chain(named.into_values()).filter(|group| group.len() > 1) {
            group.sort_by_key(|&index| &essays[index as usize].base);
            let group: Arc<[u32]> = group.into();
            for &index in &*group {
                by_base.insert(essays[index as usize].base.clone(), Arc::clone(&group));
            }
        }
        Self { by_base }
    }

    /// The indices of the essay at `base` and of its translations; none if it has none.
    pub(super) fn of_base(&self, base: &CapsulePath) -> &[u32] {
        self.by_base.get(base).map_or(&[], |group| group)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_base.is_empty()
    }
}
