//! TeX in running text as Unicode, where that is simple.

use super::source::collapsed;
use super::typography::{lowered, raised};

/// The commands with a sign of their own.
const SIGNS: &str = "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν \
    xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π \
    Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω approx ≈ sim ∼ simeq ≃ equiv ≡ ne ≠ neq ≠ le ≤ leq ≤ ge ≥ geq ≥ ll ≪ gg ≫ \
    times × cdot · div ÷ pm ± mp ∓ ast ∗ circ ∘ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ in ∈ notin ∉ subset ⊂ \
    subseteq ⊆ cup ∪ cap ∩ emptyset ∅ forall ∀ exists ∃ neg ¬ land ∧ lor ∨ wedge ∧ vee ∨ to → rightarrow → leftarrow ← \
    Rightarrow ⇒ Leftarrow ⇐ iff ⇔ mapsto ↦ propto ∝ perp ⊥ parallel ∥ angle ∠ degree ° prime ′ hbar ℏ ell ℓ Re ℜ Im ℑ \
    aleph ℵ dots … ldots … cdots ⋯ quad \u{2003} langle ⟨ rangle ⟩ oplus ⊕ otimes ⊗ mid ∣ % % # # & & $ $ _ _ , \u{2009}";

/// Returns `tex` as Unicode, or `None` if it needs no change or more than signs, Greek letters and raised or lowered
/// digits.
pub(super) fn unicode(tex: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = tex.trim();
    if !rest.contains(['\\', '^', '_']) {
        return None;
    }
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
                let (name, behind) = rest.split_at_checked(letters.max(1))?;
                let mut signs = SIGNS.split(' ').filter(|sign| !sign.is_empty());
                while signs.next()? != name {
                    signs.next();
                }
                out.push_str(signs.next()?);
                rest = behind;
            }
            '^' if rest.starts_with("\\circ") => {
                out.push('°');
                rest = &rest["\\circ".len()..];
            }
            '^' | '_' => {
                let (group, behind) = match rest.strip_prefix('{') {
                    Some(inner) => inner.split_once('}')?,
                    None => rest.split_at_checked(rest.chars().next()?.len_utf8())?,
                };
                let shifted = if c == '^' { raised(group, false) } else { lowered(group) };
                // Without digits and signs only, a mark is left.
                out.push_str(Some(&*shifted).filter(|text| {
                    !text.starts_with(['^', '_', ' ']) && *text != group && !text.is_empty()
                })?);
                rest = behind;
            }
            '{' | '}' | '&' | '~' | '%' | '#' => return None,
            _ => out.push(c),
        }
    }
    Some(collapsed(&out))
}
