//! Figures: who sees them, and what they are.

use api::Kind;

use crate::http::Ask;
use crate::world::world;

#[tokio::test]
async fn figures_of_the_exchange_and_of_the_binary_are_one_text() {
    let world = world().await;
    let reply = Ask::get("/metrics").send(world.address).await.is(200);
    let expected = "# TYPE strowger_calls gauge\nstrowger_calls 1\nstrowger_uptime_seconds 5\n";
    assert!(reply.text().starts_with(expected), "{}", reply.text());
    assert!(reply.text().contains("\nstrowger_api_running "));
    let prometheus = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(reply.header("content-type"), Some(prometheus));
}

#[tokio::test]
async fn figures_are_for_operators_and_for_whoever_is_on_the_machine_itself() {
    let world = world().await;
    world.operator(Ask::get("/metrics")).await.is(200);
    world
        .tenant(&world.acme, Ask::get("/metrics"))
        .await
        .refuses(Kind::NotFound);
    let wrong = Ask::get("/metrics").key("stw_wrong");
    wrong
        .send(world.address)
        .await
        .refuses(Kind::Unauthenticated);
    let relayed = [
        ("X-Forwarded-For", "198.51.100.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=198.51.100.1"),
        ("Via", "1.1 front"),
    ];
    for (name, value) in relayed {
        let ask = Ask::get("/metrics").with(name, value);
        ask.clone()
            .send(world.address)
            .await
            .refuses(Kind::Unauthenticated);
        world.operator(ask).await.is(200);
    }
}

#[tokio::test]
async fn every_answer_is_counted_under_the_name_of_its_operation() {
    let world = world().await;
    world
        .tenant(&world.acme, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
    world
        .tenant(&world.acme, Ask::get("/api/v1/tenants"))
        .await
        .is(404);
    world
        .tenant(&world.acme, Ask::get("/nowhere"))
        .await
        .is(404);
    world
        .tenant(&world.acme, Ask::post("/healthz"))
        .await
        .is(405);
    let seen = world.seen.lock().unwrap();
    let seen: Vec<_> = seen.iter().map(|one| (one.operation, one.status)).collect();
    assert_eq!(
        seen,
        [("whoAmI", 200), ("listTenants", 404), ("", 404), ("", 405)]
    );
}
