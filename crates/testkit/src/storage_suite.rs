//! The suite that every store must pass: `storage_suite!(make)` makes one test of each case.
//!
//! `make` is an async function of the calling module that returns a new, migrated store, or `None` when what it
//! needs is absent; then the case says so and passes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
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
pub mod client_sessions;
pub mod clients;
pub mod codes;
pub mod documents;
pub mod events;
pub mod grants;
pub mod groups;
pub mod jobs;
pub mod login_failures;
pub mod otps;
pub mod proofs;
pub mod realms;
pub mod refresh_tokens;
pub mod removals;
pub mod revocations;
pub mod roles;
pub mod sessions;
pub mod transactions;
pub mod user_events;
pub mod user_pages;
pub mod user_queries;
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
                updated_and_renamed
                deleted_with_everything_in_it
                scopes_kept_and_unique
                scopes_updated_renamed_and_deleted
                keys_kept_resealed_and_deleted
                hmac_keys_kept_resealed_and_deleted
            }
            clients {
                kept_and_found
                a_client_id_is_taken_once_in_a_realm
                updated_and_renamed
                secrets_youngest_first
                a_rotation_leaves_two_secrets
                rotations_at_the_same_time_leave_two_secrets
                a_secret_is_resealed_once
                a_secret_is_removed
            }
            users {
                kept_and_found_in_lower_case
                a_name_is_taken_once_in_a_realm
                a_password_replaces_the_one_before
                a_password_is_rehashed_unless_it_changed
                a_password_that_stands_is_not_replaced_meanwhile
                found_by_email_unless_shared
                updated
                whoever_writes_back_waits
                credentials_labelled_and_removed
                federated_identities_kept_and_removed
            }
            user_pages {
                everybody_is_on_one_page_whoever_comes_and_goes
                another_realm_of_the_same_identifier_is_paged_anew
            }
            user_queries {
                as_a_plain_filter_finds_them
                a_huge_query_is_answered
                they_follow_updates
                many_found_are_in_order
            }
            roles {
                kept_and_unique
                updated_and_renamed
                composites_and_assignments
                holders_in_pages
                scope_mappings_kept_and_removed
                deleted_wherever_it_was_given
            }
            groups {
                kept_updated_and_moved
                a_name_is_taken_once_under_its_parent
                one_of_many_takes_a_name
                deleted_with_all_below
                roles_and_members
                members_in_pages
                many_join_at_the_same_time
            }
            documents {
                kept_updated_and_deleted
                of_no_other_realm_or_kind
                one_of_many_takes_a_name
            }
            removals {
                a_client_with_what_is_its_own
                a_user_with_everything_of_theirs
                one_of_many_takes_away
                one_of_many_deletes
                no_grant_outlives_its_user
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
            client_sessions {
                listed_and_counted_by_kind
                an_offline_grant_outlives_its_session
                deleted_by_user_and_realm
            }
            login_failures {
                kept_and_cleared
                those_of_users_are_cleared
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
            revocations {
                grants_of_a_session
                grants_of_a_user
                grants_of_a_realm
                one_of_many_revokes_each
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
            events {
                in_both_directions_and_pages
                by_name_time_and_members
                deleted_by_name
            }
            user_events {
                the_same_once
                in_both_directions_and_pages
                by_what_a_query_names
                removed
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
