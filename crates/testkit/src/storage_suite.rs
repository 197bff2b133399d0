//! The suite that every store must pass: `storage_suite!(make)` makes one test of each case.
//!
//! `make` is an async function of the calling module that returns a new, migrated store, or `None` when what it
//! needs is absent; then the case says so and passes.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "these are tests, kept in a library"
)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use keyward_domain::client::Client;
use keyward_domain::ports::{Store, Tx};
use keyward_domain::realm::Realm;
use keyward_domain::user::User;
use tokio::sync::Barrier;

use crate::builders;

pub mod changes;
pub mod clients;
pub mod codes;
pub mod grants;
pub mod jobs;
pub mod login_failures;
pub mod otps;
pub mod proofs;
pub mod realms;
pub mod refresh_tokens;
pub mod sessions;
pub mod transactions;
pub mod users;

/// How many tasks race.
pub const RACERS: usize = 32;

/// A store made for one case.
pub struct Bed {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Removes what was made for it.
    pub clean: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Makes one test of each case, in modules named as here.
#[macro_export]
macro_rules! storage_suite {
    ($make:ident) => {
        $crate::storage_suite!(@cases $make
            realms {
                kept_and_found
                a_name_is_taken_once
                updated_but_never_renamed
                deleted_with_everything_in_it
                scopes_kept_and_unique
                keys_kept_resealed_and_deleted
                hmac_keys_kept_and_resealed
            }
            clients {
                kept_and_found
                a_client_id_is_taken_once_in_a_realm
                updated_but_never_renamed
                secrets_youngest_first
                a_rotation_leaves_two_secrets
                rotations_at_the_same_time_leave_two_secrets
                a_secret_is_resealed_once
            }
            users {
                kept_and_found_in_lower_case
                a_name_is_taken_once_in_a_realm
                a_password_replaces_the_one_before
                a_password_is_rehashed_unless_it_changed
                found_by_email_unless_shared
                updated
                roles_kept_and_unique
                composites_and_assignments
            }
            otps {
                kept_and_resealed
                one_of_many_uses_a_step
            }
            sessions {
                kept_listed_and_deleted
                renewed_and_touched
                one_of_many_renews
                what_ended_is_swept
                consents_kept_replaced_and_deleted
            }
            login_failures {
                kept_and_cleared
                parallel_failures_are_all_counted
                what_is_old_is_swept
            }
            grants {
                kept_and_revoked_once
                those_of_a_user_that_live
                revoked_with_what_they_came_of
                an_access_token_is_kept_and_deleted
                what_ended_is_swept
            }
            refresh_tokens {
                rotated_once
                an_undelivered_successor_is_passed_over
                the_end_of_access_never_goes_back
                one_of_many_rotates
                a_revocation_ends_a_race
                a_grant_that_ended_does_not_move
                one_of_many_touches
            }
            codes {
                a_code_is_spent_once
                one_of_many_spends_a_code
                a_code_comes_back_with_a_rollback
                a_code_needs_no_grant_yet
            }
            proofs {
                a_jti_is_burned_until_it_ends
                one_of_many_burns_a_jti
            }
            changes {
                kept_in_order_and_swept
                every_kind_is_kept
                no_cursor_skips_the_slower_writer
                a_rollback_leaves_no_gap_in_what_readers_see
                a_reader_sees_all_writers_in_order
            }
            jobs {
                a_lease_has_one_holder
                one_of_many_takes_a_lease
                facts_are_replaced
                events_in_order_and_swept
            }
            transactions {
                a_rollback_leaves_nothing
                a_transaction_sees_its_own_work_and_nobody_else_does
                a_reader_cannot_write
                after_a_failed_statement_nothing_is_committed
                a_row_without_its_parent_is_a_conflict
                many_writers_all_succeed
            }
        );
    };
    (@cases $make:ident $($module:ident { $($case:ident)* })*) => {
        $(mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::storage_suite::run(super::$make().await, $crate::storage_suite::$module::$case).await;
                }
            )*
        })*
    };
}

/// Runs one case and cleans up after it, whether it passed or not.
pub async fn run<C, R>(bed: Option<Bed>, case: C)
where
    C: FnOnce(Arc<dyn Store>) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    let Some(bed) = bed else {
        println!("skipped: the database for this test is not there");
        return;
    };
    let outcome = tokio::spawn(case(bed.store)).await;
    bed.clean.await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// A realm with a client and a user in it.
struct World {
    realm: Realm,
    client: Client,
    user: User,
}

async fn world(store: &Arc<dyn Store>) -> World {
    let realm = builders::realm("demo");
    let client = builders::client(&realm, "backend-service");
    let user = builders::user(&realm, "alice");
    let mut tx = write(store).await;
    tx.insert_realm(&realm).await.unwrap();
    tx.insert_client(&client).await.unwrap();
    tx.insert_user(&user).await.unwrap();
    tx.commit().await.unwrap();
    World { realm, client, user }
}

async fn read(store: &Arc<dyn Store>) -> Box<dyn Tx> {
    store.read().await.unwrap()
}

async fn write(store: &Arc<dyn Store>) -> Box<dyn Tx> {
    store.write().await.unwrap()
}

/// What [`RACERS`] tasks get that start together.
async fn race<T, R>(store: &Arc<dyn Store>, run: impl Fn(Arc<dyn Store>, usize) -> R) -> Vec<T>
where
    T: Send + 'static,
    R: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(RACERS));
    let racers: Vec<_> = (0..RACERS)
        .map(|number| {
            let start = Arc::clone(&start);
            let race = run(Arc::clone(store), number);
            tokio::spawn(async move {
                start.wait().await;
                race.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for racer in racers {
        results.push(racer.await.unwrap());
    }
    results
}
