//! Moving something one place up or down among its like.

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Towards the first.
    Up,
    /// Towards the last.
    Down,
}

/// The two places that change their priorities, if there is somebody in the way.
pub(super) fn swapped(place: usize, count: usize, to: Move) -> Option<(usize, usize)> {
    let other = match to {
        Move::Up => place.checked_sub(1)?,
        Move::Down => place + 1,
    };
    (other < count).then_some((place, other))
}

#[cfg(test)]
mod tests {
    use super::{Move, swapped};

    #[test]
    fn the_ends_stay_where_they_are() {
        assert_eq!((swapped(0, 2, Move::Up), swapped(1, 2, Move::Down)), (None, None));
        assert_eq!(
            (swapped(1, 2, Move::Up), swapped(0, 2, Move::Down)),
            (Some((1, 0)), Some((0, 1)))
        );
    }
}
