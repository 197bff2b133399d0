use std::fmt::Write as _;

use super::Plan;
use super::row::Row;
use crate::clock::millis;

/// The most that the tokens' tail may grow beside the administrator.
const LARGEST_RATIO: f64 = 1.5;

/// The rows that are measured with one large realm.
pub(super) fn rows(rows: &[Row], plan: &Plan) -> String {
    let mut text = format!(
        "\n{} users, one core, {} connections, {} s a round, the median of {}; tokens beside {} connection(s) \
         of an administrator, the median of {} pairs\n\n{:<32}{:>9}{:>8}{:>8}{:>8}{:>7}  {:<18}{:>9}{:>9}{:>7}{:>10}{:>16}\n",
        plan.users,
        plan.connections,
        plan.seconds.as_secs_f64(),
        plan.rounds,
        plan.beside,
        plan.pairs,
        "admin API",
        "a second",
        "p50 ms",
        "p99 ms",
        "cpu us",
        "core",
        "target",
        "token p99",
        "beside",
        "ratio",
        "admin/s",
        "at half, ms",
    );
    for row in rows {
        let alone = &row.alone;
        let verdict = match row.scenario.target() {
            None => String::new(),
            Some(target) if alone.per_second >= target => format!("{target:.0}: met"),
            Some(target) => format!("{target:.0}: MISSED"),
        };
        let _ = write!(
            text,
            "{:<32}{:>9.0}{:>8.2}{:>8.2}{:>8.1}{:>7.2}  {verdict:<18}",
            row.scenario.name(),
            alone.per_second,
            millis(alone.p50),
            millis(alone.p99),
            alone.cpu_micros,
            alone.core_busy,
        );
        if let Some(pair) = row.pair() {
            let ratio = pair.ratio();
            let verdict = if ratio <= LARGEST_RATIO { "" } else { "  MISSED" };
            let _ = write!(
                text,
                "{:>9.2}{:>9.2}{ratio:>7.2}{:>10.0}{:>9.2} /{:>5.2}{verdict}",
                millis(pair.without),
                millis(pair.beside),
                pair.admin_per_second,
                millis(row.at_half(|half| half.without)),
                millis(row.at_half(|half| half.beside)),
            );
        }
        text.push('\n');
    }
    text
}
