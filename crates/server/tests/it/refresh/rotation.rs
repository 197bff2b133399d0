//! Rotation (RFC 9700 §4.14.2, standards RT-4 to RT-6): tabs, lost answers and thieves.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use keyward_domain::client::RefreshRotation;
use keyward_domain::event::What;
use serde_json::Value;

use super::{ENDED, REUSED, at, front, given, is_reuse, jti, next, refresh_of, tokens, tokens_of, web};
use crate::support::Place;
use crate::support::jwt::claims;
use crate::support::person::spa;
use crate::support::tokens::text;

#[tokio::test]
async fn twenty_tabs_refresh_at_once_and_none_is_logged_out() {
    for place in Place::both().await {
        let server = at(place).await;
        let first = tokens(&server).await;
        let token = refresh_of(&first);
        let answers = join_all((0..20).map(|_| server.refresh("front", token))).await;
        let bodies: Vec<Value> = answers.iter().map(given).collect();
        for body in &bodies {
            assert_eq!(refresh_of(body), refresh_of(&bodies[0]));
            assert_eq!(jti(body), jti(&bodies[0]));
            assert!(server.is_good(body).await);
        }
        let next = next(&server, &bodies[0]).await;
        assert!(server.is_good(&next).await);
        assert_eq!(server.grant(&next).await.sequence, 2);
        server.finish().await;
    }
}

#[tokio::test]
async fn parallel_refreshes_without_rotation_are_all_answered() {
    for place in Place::both().await {
        let server = at(place).await;
        let client = server.create("web", web(RefreshRotation::Never)).await;
        let first = tokens_of(&server, &client, &[]).await;
        // Long enough that the use of the token must be noted.
        server.wait(100).await;
        let token = refresh_of(&first);
        let answers = join_all((0..20).map(|_| server.refresh_as(&client, token))).await;
        for answer in &answers {
            assert!(server.is_good(&given(answer)).await);
        }
        let seen: BTreeSet<String> = answers.iter().map(|answer| jti(&given(answer))).collect();
        assert_eq!(seen.len(), 20);
        server.finish().await;
    }
}

#[tokio::test]
async fn nothing_survives_a_logout_in_the_middle_of_refreshes() {
    for place in Place::both().await {
        let server = at(place).await;
        let other = server.second_node().await;
        for _ in 0..5 {
            let first = tokens(&server).await;
            let token = refresh_of(&first);
            let refreshes = join_all((0..12).map(|number| {
                let node = if number % 2 == 0 { &*server } else { &other };
                node.refresh("front", token)
            }));
            let (answers, ended) = tokio::join!(refreshes, other.log_out(token));
            assert_eq!(ended.status, 204);
            server.follow().await;
            for answer in answers {
                if answer.status == 200 {
                    let tokens = answer.json();
                    assert!(!server.is_good(&tokens).await);
                    server.refresh_refused("front", refresh_of(&tokens), ENDED).await;
                } else {
                    answer.assert_error(400, "invalid_grant", ENDED);
                }
            }
            assert!(!server.is_good(&first).await);
        }
        drop(other);
        server.finish().await;
    }
}

#[tokio::test]
async fn two_nodes_give_the_same_successor() {
    for place in Place::both().await {
        let server = at(place).await;
        let other = server.second_node().await;
        let first = tokens(&server).await;
        let token = refresh_of(&first);
        let answers = join_all((0..32).map(|number| {
            let node = if number % 2 == 0 { &*server } else { &other };
            node.refresh("front", token)
        }))
        .await;
        let bodies: Vec<Value> = answers.iter().map(given).collect();
        assert!(bodies.iter().all(|body| refresh_of(body) == refresh_of(&bodies[0])));
        let second = given(&other.refresh("front", refresh_of(&bodies[0])).await);
        // One live branch: the one before is dead, and its use ends everything.
        server.refresh_refused("front", token, REUSED).await;
        other.refresh_refused("front", refresh_of(&second), ENDED).await;
        drop(other);
        server.finish().await;
    }
}

#[tokio::test]
async fn an_answer_that_is_asked_for_again_is_the_same() {
    let server = front().await;
    let first = tokens(&server).await;
    let second = next(&server, &first).await;
    for _ in 0..2 {
        server.wait(10).await;
        let again = next(&server, &first).await;
        assert_eq!(refresh_of(&again), refresh_of(&second));
        assert_eq!(jti(&again), jti(&second));
        assert!(server.is_good(&again).await);
    }
    // Near the end of the time for it the time begins anew: the same token, issued a little later.
    server.wait(10).await;
    let late = next(&server, &first).await;
    assert_eq!(claims(refresh_of(&late))["jti"], claims(refresh_of(&second))["jti"]);
    assert_eq!(jti(&late), jti(&second));
    next(&server, &second).await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again_ten_minutes_later() {
    let server = front().await;
    let first = tokens(&server).await;
    let lost = next(&server, &first).await;
    assert!(server.is_good(&lost).await);
    server.wait(200).await;
    assert!(server.is_good(&lost).await);
    server.wait(400).await;
    let answer = next(&server, &first).await;
    assert_ne!(refresh_of(&answer), refresh_of(&lost));
    assert!(server.is_good(&answer).await);
    // Whoever caught the lost answer has nothing, and betrays itself.
    server.refresh_refused("front", refresh_of(&lost), REUSED).await;
    server.refresh_refused("front", refresh_of(&answer), ENDED).await;
    assert!(!server.is_good(&answer).await);
}

#[tokio::test]
async fn the_access_token_of_a_lost_answer_dies_with_it() {
    let server = front().await;
    let other = server.second_node().await;
    let first = tokens(&server).await;
    let lost = next(&server, &first).await;
    server.wait(31).await;
    assert!(server.is_good(&lost).await);
    let answer = next(&server, &first).await;
    assert!(!server.is_good(&lost).await);
    assert!(server.is_good(&answer).await);
    other.follow().await;
    other.userinfo_refused(text(&lost, "access_token")).await;
    assert_eq!(other.userinfo(text(&answer, "access_token")).await.status, 200);
}

#[tokio::test]
async fn a_stolen_token_used_after_its_successor_kills_the_family() {
    let server = front().await;
    let other = server.second_node().await;
    let first = tokens(&server).await;
    let second = next(&server, &first).await;
    let third = next(&server, &second).await;
    assert!(server.is_good(&third).await);
    server.refresh_refused("front", refresh_of(&first), REUSED).await;
    for tokens in [&first, &second, &third] {
        assert!(!server.is_good(tokens).await);
        server.refresh_refused("front", refresh_of(tokens), ENDED).await;
    }
    other.follow().await;
    other.userinfo_refused(text(&third, "access_token")).await;
    assert_eq!(server.seen.whats().iter().filter(|what| is_reuse(what)).count(), 1);
    // Another login of the same person is another family.
    assert!(server.is_good(&tokens(&server).await).await);
}

#[tokio::test]
async fn another_client_gets_nothing_and_ends_nothing() {
    let server = front().await;
    server.create("thief", spa()).await;
    let web = server.create("web", web(RefreshRotation::ByClientType)).await;
    let first = tokens(&server).await;
    let second = next(&server, &first).await;
    let text = "Invalid refresh token. Token client and authorized client don't match";
    for token in [refresh_of(&first), refresh_of(&second)] {
        server.refresh_refused("thief", token, text).await;
        let answer = server.refresh_as(&web, token).await;
        answer.assert_error(400, "invalid_grant", text);
    }
    assert!(server.is_good(&second).await);
    next(&server, &second).await;
}

#[tokio::test]
async fn many_repeats_become_one_event() {
    let server = front().await;
    let first = tokens(&server).await;
    let token = refresh_of(&first);
    for _ in 0..70 {
        assert_eq!(server.refresh("front", token).await.status, 200);
    }
    let told: Vec<u32> = server
        .seen
        .whats()
        .into_iter()
        .filter_map(|what| match what {
            What::RefreshTokenRepeated { count, .. } => Some(count),
            _ => None,
        })
        .collect();
    assert_eq!(told, [64]);
}
