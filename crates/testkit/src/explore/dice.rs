//! Random choices that repeat themselves.

use keyward_domain::Entropy;

use crate::SeededEntropy;

/// Choices that follow from a seed.
pub(super) struct Dice(SeededEntropy);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `end`; 0 when there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        usize::try_from(u32::from_be_bytes(bytes)).map_or(0, |number| number.checked_rem(end).unwrap_or(0))
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, several: &[T]) -> Option<T> {
        several.get(self.below(several.len())).copied()
    }

    /// Takes one of several out.
    pub(super) fn take<T>(&mut self, several: &mut Vec<T>) -> Option<T> {
        let index = self.below(several.len());
        (index < several.len()).then(|| several.swap_remove(index))
    }

    pub(super) fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.0
    }
}
