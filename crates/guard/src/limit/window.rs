//! At most the quota in any window, in a bounded number of cells.
//!
//! A cell takes requests for a fiftieth of the window from its first one on, and counts until its last one is a window
//! old. So every request counts for a window at least: there are never more than the quota in any window. And
//! none counts for more than 1.02 windows: a request is refused only if it would have been over the quota in a window
//! 2 % longer. A burst at one instant counts for exactly one window.
//!
//! At most 51 cells are alive at once, and never more than the quota.

use super::Quota;
use super::state::{FULL, Usage};

/// Cells of a window.
const CELLS: u64 = 50;

/// Past this many milliseconds after the base the offsets move to a newer base, long before they would not fit.
const FAR: u64 = 1 << 31;

/// The requests of a window.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    /// What the offsets count from.
    base: u64,
    /// When the newest cell took its first request.
    opened: u32,
    /// When it took its last one.
    last: u32,
    /// How many it took; 0 only if there is no cell at all.
    count: u32,
    /// How many the older ones took.
    older_count: u32,
    /// The older cells, oldest first.
    older: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// When it took its last request.
    last: u32,
    count: u32,
}

impl Window {
    pub(super) fn wait(&mut self, quota: Quota, cost: u64, now: u64) -> Option<u64> {
        let now = self.settle(quota, now);
        if cost > u64::from(quota.requests()) {
            return Some(quota.window_millis());
        }
        let over = (self.total() + cost).saturating_sub(u64::from(quota.requests()));
        (over > 0).then(|| self.until_gone(over, quota, now))
    }

    pub(super) fn spend(&mut self, quota: Quota, cost: u64, now: u64) {
        let now = self.settle(quota, now);
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        if self.count == 0 {
            self.base = now;
        }
        let at = self.offset(now);
        if self.count > 0 && u64::from(at - self.opened) < quota.window_millis() / CELLS {
            self.count = self.count.saturating_add(cost);
        } else {
            self.close();
            self.opened = at;
            self.count = cost;
        }
        self.last = at;
    }

    pub(super) fn usage(&mut self, quota: Quota, now: u64) -> Usage {
        let now = self.settle(quota, now);
        let (used, full) = (self.total(), u64::from(quota.requests()));
        if used == 0 {
            return Usage {
                remaining: quota.requests(),
                more_after: 0,
                reset_after: 0,
            };
        }
        Usage {
            remaining: u32::try_from(full.saturating_sub(used)).unwrap_or(u32::MAX),
            more_after: self.until_gone((used + 1).saturating_sub(full).max(1), quota, now),
            reset_after: self.until_gone(used, quota, now),
        }
    }

    pub(super) fn heat(&mut self, quota: Quota, now: u64) -> u64 {
        self.settle(quota, now);
        let full = u64::from(quota.requests());
        (self.total().min(full) * FULL).div_ceil(full)
    }

    /// At each instant counts as many as that of the two which counts more.
    pub(super) fn join(&mut self, other: &Self, quota: Quota, now: u64) {
        self.settle(quota, now);
        let mut ours = self.newest_first().peekable();
        let mut theirs = other.newest_first().peekable();
        let (mut one, mut another, mut joined) = (0, 0, 0);
        let mut cells: Vec<(u64, u64)> = Vec::new();
        // From the newest request backwards, each side's sum is what it will count until the cell at hand is over.
        while let Some(at) = ours.peek().map(|cell| cell.0).max(theirs.peek().map(|cell| cell.0)) {
            while let Some((_, count)) = ours.next_if(|cell| cell.0 == at) {
                one += count;
            }
            while let Some((_, count)) = theirs.next_if(|cell| cell.0 == at) {
                another += count;
            }
            let more = one.max(another) - joined;
            joined += more;
            if more > 0 {
                cells.push((at, more));
            }
        }
        drop((ours, theirs));
        *self = Self::default();
        // Cells of two would be too many: taken again in their order they close at the same distances as those of one.
        for (at, count) in cells.into_iter().rev() {
            self.spend(quota, count, at);
        }
        self.settle(quota, now);
    }

    /// Forgets cells that are over and gives the instant to judge at: an earlier one than that of the last request
    /// counts as that.
    fn settle(&mut self, quota: Quota, now: u64) -> u64 {
        if self.count == 0 {
            return now;
        }
        let last = self.base + u64::from(self.last);
        let now = now.max(last);
        let over = now.saturating_sub(quota.window_millis());
        if last <= over {
            *self = Self::default();
            return now;
        }
        let gone = self
            .older
            .iter()
            .take_while(|cell| self.base + u64::from(cell.last) <= over)
            .count();
        for cell in self.older.drain(..gone) {
            self.older_count = self.older_count.saturating_sub(cell.count);
        }
        now
    }

    /// The newest cell becomes an older one.
    fn close(&mut self) {
        if self.count == 0 {
            return;
        }
        if self.older.len() == self.older.capacity() {
            let most = usize::try_from(CELLS).unwrap_or(usize::MAX);
            let room = self
                .older
                .len()
                .max(4)
                .min(most.saturating_sub(self.older.len()).max(1));
            self.older.reserve_exact(room);
        }
        self.older.push(Cell {
            last: self.last,
            count: self.count,
        });
        self.older_count = self.older_count.saturating_add(self.count);
    }

    /// Counts `now` from the base, which moves up if it is too far back.
    fn offset(&mut self, now: u64) -> u32 {
        if now.saturating_sub(self.base) > FAR {
            let oldest = self
                .cells()
                .next()
                .map_or(self.opened, |cell| cell.last.min(self.opened));
            self.base += u64::from(oldest);
            self.opened -= oldest;
            self.last -= oldest;
            for cell in &mut self.older {
                cell.last -= oldest;
            }
        }
        u32::try_from(now.saturating_sub(self.base)).unwrap_or(u32::MAX)
    }

    /// Milliseconds until the `count` oldest requests are over.
    fn until_gone(&self, count: u64, quota: Quota, now: u64) -> u64 {
        let mut gone = 0;
        let over = self.cells().find(|cell| {
            gone += u64::from(cell.count);
            gone >= count
        });
        let last = over.map_or(self.last, |cell| cell.last);
        (self.base + u64::from(last) + quota.window_millis()).saturating_sub(now)
    }

    fn total(&self) -> u64 {
        u64::from(self.older_count) + u64::from(self.count)
    }

    /// All cells, oldest first.
    fn cells(&self) -> impl Iterator<Item = Cell> {
        let newest = Cell {
            last: self.last,
            count: self.count,
        };
        self.older.iter().copied().chain((self.count > 0).then_some(newest))
    }

    /// All cells with their instants, newest first.
    fn newest_first(&self) -> impl Iterator<Item = (u64, u64)> {
        let newest = (self.count > 0).then_some((self.last, self.count));
        let older = self.older.iter().rev().map(|cell| (cell.last, cell.count));
        let base = self.base;
        newest
            .into_iter()
            .chain(older)
            .map(move |(last, count)| (base + u64::from(last), u64::from(count)))
    }
}

#[cfg(test)]
impl Window {
    /// Cells that there is room for.
    pub(super) fn memory(&self) -> u64 {
        u64::try_from(self.older.capacity()).unwrap() + 1
    }
}
