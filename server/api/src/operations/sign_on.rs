//! Operations of single sign-on: by way of the company's own sign-in server.

use admin::people::{self, Back, Outset, Refusal, Signed};
use admin::read_object;
use admin::signon::NoSignOn;
use axum::http::header::{HOST, LOCATION, REFERRER_POLICY, SET_COOKIE};
use identity::oidc::{self, Answer as Brought, Browser};
use ports::StoreError;
use tokio::sync::SemaphorePermit;
use tracing::info;

use super::auth::{origin, refused, remember};
use crate::call::{Answer, Call, cookie};
use crate::operation::{Access, OTHERS, Operation, Parameter, text};
use crate::problem::{Kind, Problem};
use crate::view::person::{SignOnCode, TokensView};

/// The cookie of a browser that is on its way to a sign-in server. Lax, since it must come along
/// when that server sends the browser back.
const VISIT: &str = "__Host-strowger-visit";

/// How long it is kept, in seconds: as long as a visit may take, and the code after it.
const VISIT_SECONDS: u32 = 660;

/// What a sign-in server sends a browser back with (RFC 6749 §4.1.2, RFC 9207).
const BROUGHT: [Parameter; 5] = [
    text("state", "What the exchange gave the browser."),
    text("code", "What the server gave it."),
    text("iss", "Who the server says it is."),
    text("error", "Why the server gave nothing."),
    OTHERS,
];

pub(super) fn operations() -> Vec<Operation> {
    let all = vec![
        Operation::get("/api/v1/auth/sso", "beginSignOn", begin)
            .free(Access::Door)
            .tells(
                "Go to the company's sign-in server",
                "Which one serves the domain of the mail address. A browser follows this; not \
                 found where no server does.",
            )
            .query(&[text("mail", "The person's mail address.")])
            .sends("To the sign-in server.")
            .refuses(&[Kind::NotFound]),
        Operation::get("/api/v1/auth/sso/{sso}/callback", "returnFromSignOn", back)
            .free(Access::Door)
            .tells(
                "Come back from the sign-in server",
                "The redirect address to be registered there. Not found for a browser without the \
                 cookie of its setting out.",
            )
            .query(&BROUGHT)
            .sends(
                "To the portal's page `/sign-in`, with `#code=` and a code that is good once, for \
                 a minute, in the same browser; or with `#error=` and `refused`, `quota` or \
                 `unavailable`. The company's audit trail tells why.",
            ),
        Operation::post("/api/v1/auth/sso/finish", "finishSignOn", finish)
            .free(Access::Door)
            .tells(
                "Exchange the code of a sign-on",
                "It stands for password and second factor.",
            )
            .takes::<SignOnCode>()
            .gives::<TokensView>("The tokens.")
            .refuses(&[Kind::NotSignedIn]),
    ];
    all.into_iter().map(|one| one.tag("Signing in")).collect()
}

/// A place among those who are on their way; servers that answer slowly take no more.
fn place(call: &Call) -> Result<SemaphorePermit<'_>, Problem> {
    let place = call.front.sign_ons.try_acquire();
    place.map_err(|_| Refusal::Busy.into())
}

/// Where a browser found this exchange: the portal, and the host that it asked for.
fn found_at(call: &Call) -> (&str, Option<&str>) {
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok());
    (&call.front.parts.portal, host)
}

/// An answer that sends a browser elsewhere, and does not tell the next one from where.
fn sent(url: String) -> Answer {
    Answer::elsewhere()
        .with(LOCATION, url)
        .with(REFERRER_POLICY, "no-referrer".to_owned())
}

async fn begin(call: Call) -> Result<Answer, Problem> {
    let mail = call.parameter("mail");
    let mail = mail.ok_or_else(|| Problem::parameter("mail", "must be said"))?;
    let _place = place(&call)?;
    let (office, servers) = (&call.office, &call.front.servers);
    let outset = people::set_out(office, servers, found_at(&call), mail).await;
    let Outset { url, cookie } = outset.map_err(|refusal| {
        // whoever asks for domains one after the other, or wakes servers that fail, is slowed down
        call.front.wrong_key(call.source);
        Problem::from(refusal)
    })?;
    let cookie = format!(
        "{VISIT}={cookie}; Path=/; Max-Age={VISIT_SECONDS}; Secure; HttpOnly; SameSite=Lax"
    );
    Ok(sent(url).with(SET_COOKIE, cookie))
}

/// The browser is a person's, so what is refused is shown by the portal. To a browser that did not
/// set out there is nothing here.
async fn back(call: Call) -> Result<Answer, Problem> {
    let _place = place(&call)?;
    let (portal, host) = found_at(&call);
    let brought = |name| call.parameter(name).map(str::to_owned);
    let browser = cookie(&call.headers, VISIT).and_then(|text| Browser::parse(&text));
    let (Some(browser), Ok(sso)) = (browser, call.segment("sso").parse()) else {
        call.front.wrong_key(call.source);
        return Err(Problem::not_found());
    };
    let base = people::base(&call.office, browser.tenant(), portal, host).await?;
    let answer = Brought {
        state: brought("state").unwrap_or_default(),
        code: brought("code"),
        iss: brought("iss"),
        error: brought("error"),
    };
    let back = Back {
        sso,
        browser,
        answer,
    };
    let (office, servers) = (&call.office, &call.front.servers);
    let arrived = people::arrive(office, servers, (portal, host), back).await;
    let fragment = match arrived {
        Ok(code) => format!("code={code}"),
        Err(refusal) => {
            info!(%refusal, "a sign-on was refused");
            call.front.wrong_key(call.source);
            format!("error={}", word(&refusal))
        }
    };
    Ok(sent(page(&base, &fragment)))
}

/// The portal's page, with something behind a hash, so that no server on the way writes it down.
fn page(base: &str, fragment: &str) -> String {
    format!("{}/sign-in#{fragment}", base.trim_end_matches('/'))
}

/// What the portal is told of a refusal. A stranger hears no more than that it did not work.
fn word(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Store(StoreError::Quota(_)) => "quota",
        Refusal::Server(NoSignOn::Unreachable(_) | NoSignOn::Status(_))
        | Refusal::Server(NoSignOn::Refused(oidc::Refusal::Discovery(_)))
        | Refusal::Store(_)
        | Refusal::Busy
        | Refusal::Wait(_) => "unavailable",
        Refusal::Server(NoSignOn::Refused(_))
        | Refusal::NoServer
        | Refusal::Elsewhere
        | Refusal::Wrong
        | Refusal::Link(_)
        | Refusal::Weak(_)
        | Refusal::Mail(_) => "refused",
    }
}

async fn finish(call: Call) -> Result<Answer, Problem> {
    let SignOnCode { code } = read_object(&call.json()?)?;
    let cookie = cookie(&call.headers, VISIT).unwrap_or_default();
    let origin = origin(&call);
    let signed = people::enter_by_code(&call.office, &code, &cookie, &origin).await;
    let Signed { tokens, device } = signed.map_err(|refusal| refused(&call, refusal))?;
    Ok(remember(Answer::json(&TokensView::from(tokens))?, &device))
}
