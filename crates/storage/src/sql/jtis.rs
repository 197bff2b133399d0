//! The `jti`s of proofs and assertions that were here.

use keyward_domain::ports::Seen;
use keyward_domain::{Fault, Timestamp};

use crate::conn::Conn;
use crate::param::params;
use crate::statement::Sql;

static REMEMBER: Sql = Sql::new(
    "insert into remembered_jtis (hash, expires_at) values ($1, $3)
     on conflict (hash) do update set expires_at = excluded.expires_at
     where remembered_jtis.expires_at <= $2",
);

/// Burns a `jti` until `until` (RFC 7523 §3). One that has ended by `now` counts as new, swept or not.
pub(crate) async fn remember(conn: &mut Conn, jti: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<Seen, Fault> {
    match conn.execute(&REMEMBER, params![jti, now, until]).await? {
        0 => Ok(Seen::Again),
        _ => Ok(Seen::Fresh),
    }
}
