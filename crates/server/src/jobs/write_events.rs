//! Writes the events that wait for the database.

use keyward_domain::Fault;

use crate::app::App;

/// Writes the events of realms that this node has told of since. What cannot be written waits for the next tick.
pub async fn tick(app: &App) -> Result<(), Fault> {
    app.user_events.write(app.store()).await
}
