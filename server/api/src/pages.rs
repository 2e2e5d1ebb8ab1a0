//! The front door's pages: files of `web/door`, served as they are. They ask the public API like
//! everybody else, and need no key to be read.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_FRAME_OPTIONS};
use axum::routing::get;

use crate::call::Answer;
use crate::front::Front;
use crate::gate::Passage;

/// Nothing comes from elsewhere, nothing is sent elsewhere, and no other page shows these in a
/// frame (Content Security Policy Level 3). Pictures in texts are logos and codes for apps.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const WORDS: &str = "application/json";

/// The one page, which shows what its path says.
const PAGE: &str = include_str!("../../../web/door/door.html");

/// Paths that people come to. Mailed links and sign-in servers lead to the first three.
const PATHS: [&str; 4] = ["/sign-in", "/invitation", "/reset", "/account"];

/// What the page is made of: path, media type, text.
const PARTS: [(&str, &str, &str); 10] = [
    (
        "/door/door.css",
        CSS,
        include_str!("../../../web/door/door.css"),
    ),
    (
        "/door/door.js",
        SCRIPT,
        include_str!("../../../web/door/door.js"),
    ),
    (
        "/door/api.js",
        SCRIPT,
        include_str!("../../../web/door/api.js"),
    ),
    (
        "/door/view.js",
        SCRIPT,
        include_str!("../../../web/door/view.js"),
    ),
    (
        "/door/words.js",
        SCRIPT,
        include_str!("../../../web/door/words.js"),
    ),
    (
        "/door/sign_in.js",
        SCRIPT,
        include_str!("../../../web/door/sign_in.js"),
    ),
    (
        "/door/links.js",
        SCRIPT,
        include_str!("../../../web/door/links.js"),
    ),
    (
        "/door/account.js",
        SCRIPT,
        include_str!("../../../web/door/account.js"),
    ),
    (
        "/door/words/en.json",
        WORDS,
        include_str!("../../../web/door/words/en.json"),
    ),
    (
        "/door/words/de.json",
        WORDS,
        include_str!("../../../web/door/words/de.json"),
    ),
];

/// Adds the pages to the routes.
pub(crate) fn with_pages(mut router: Router, front: &Arc<Front>) -> Router {
    let pages = PATHS.map(|path| (path, HTML, PAGE));
    for (path, media_type, text) in pages.into_iter().chain(PARTS) {
        router = router.route(path, page(front, move || shown(media_type, text)));
    }
    let first = || Answer::elsewhere().with(LOCATION, PATHS[0].to_owned());
    router.route("/", page(front, first))
}

fn page(
    front: &Arc<Front>,
    answer: impl Fn() -> Answer + Clone + Send + Sync + 'static,
) -> axum::routing::MethodRouter {
    let front = Arc::clone(front);
    get(move || async move { Passage::begin(front).finish("page", Ok(answer())) })
}

fn shown(media_type: &'static str, text: &'static str) -> Answer {
    Answer::text(media_type, text)
        .with(CONTENT_SECURITY_POLICY, POLICY.to_owned())
        .with(X_FRAME_OPTIONS, "DENY".to_owned())
        .with(REFERRER_POLICY, "no-referrer".to_owned())
}
