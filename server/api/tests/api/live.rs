//! The living exchange, when it is there and when it is not.

use std::sync::atomic::Ordering;

use api::Kind;

use crate::http::Ask;
use crate::world::world;

#[tokio::test]
async fn an_exchange_that_cannot_tell_is_worth_another_try() {
    let world = world().await;
    let acme = &world.acme;
    world.live.away.store(true, Ordering::SeqCst);
    let one = acme.path(&format!("calls/{}", acme.call));
    let asks = [
        Ask::get(&acme.path("calls")),
        Ask::get(&acme.path("registrations")),
        Ask::get(&one),
        Ask::get(&format!("{one}/why")),
        Ask::delete(&one),
    ];
    for ask in asks {
        let reply = world.tenant(acme, ask).await.refuses(Kind::Unavailable);
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
    Ask::get("/readyz")
        .send(world.address)
        .await
        .refuses(Kind::Unavailable);
    Ask::get("/healthz").send(world.address).await.is(200);
    world
        .tenant(acme, Ask::get(&acme.path("extensions")))
        .await
        .is(200);
}

#[tokio::test]
async fn what_is_no_id_of_a_call_or_record_names_nothing() {
    let world = world().await;
    let acme = &world.acme;
    for name in [
        "x",
        "101",
        &acme.cdr.to_string(),
        &acme.call.to_string().to_uppercase(),
    ] {
        for path in [format!("calls/{name}"), format!("calls/{name}/why")] {
            world
                .tenant(acme, Ask::get(&acme.path(&path)))
                .await
                .refuses(Kind::NotFound);
        }
        let hang_up = Ask::delete(&acme.path(&format!("calls/{name}")));
        world.tenant(acme, hang_up).await.refuses(Kind::NotFound);
    }
    for name in ["x", &acme.call.to_string()] {
        for path in [format!("cdrs/{name}"), format!("cdrs/{name}/why")] {
            world
                .tenant(acme, Ask::get(&acme.path(&path)))
                .await
                .refuses(Kind::NotFound);
        }
    }
}
