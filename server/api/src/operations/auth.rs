//! Operations of the front door: signing in, going on being signed in, and mailed links.

use std::sync::Arc;

use admin::people::{self, Credential, Factor, Origin, Refusal, Signed, Step};
use admin::read_object;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use domain::Invalid;
use tracing::warn;

use crate::call::{Answer, Call, cookie};
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};
use crate::view::person::{
    ChallengeView, Forgotten, LinkedPassword, Refresh, SecondFactor, SignIn, SignedInView,
    TokensView,
};

/// The cookie of a device from which somebody has signed in. It opens nothing: it only tells its
/// owner from strangers when strangers guess. The name binds it to this host and to TLS.
const DEVICE: &str = "__Host-strowger-device";

/// How long a device is remembered by itself, in seconds: a year.
const DEVICE_LIFE: u32 = 31_536_000;

pub(super) fn operations() -> Vec<Operation> {
    let mut all = entering();
    all.extend(linked());
    let shared = |one: Operation| one.tag("Signing in");
    all.into_iter().map(shared).collect()
}

fn entering() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/auth/login", "signIn", sign_in)
            .free(Access::Door)
            .tells(
                "Sign in",
                "Answers with tokens, or with a challenge when a second factor is awaited. Wrong \
                 ones make later ones wait.",
            )
            .takes::<SignIn>()
            .gives::<SignedInView>("The tokens, or the challenge.")
            .refuses(&[Kind::NotSignedIn, Kind::SignOnNeeded]),
        Operation::post(
            "/api/v1/auth/second-factor",
            "takeSecondFactor",
            second_factor,
        )
        .free(Access::Door)
        .tells(
            "Show the second factor",
            "A code of the app, a recovery code or a passkey. Each is good once.",
        )
        .takes::<SecondFactor>()
        .gives::<TokensView>("The tokens.")
        .refuses(&[Kind::NotSignedIn, Kind::SignOnNeeded]),
        Operation::post("/api/v1/auth/refresh", "refreshTokens", refresh)
            .free(Access::Door)
            .tells(
                "Exchange a refresh token",
                "The tokens before are void. A refresh token that comes a second time was \
                 copied: then the whole login ends.",
            )
            .takes::<Refresh>()
            .gives::<TokensView>("New tokens.")
            .refuses(&[Kind::NotSignedIn]),
    ]
}

fn linked() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/auth/invitation", "acceptInvitation", invitation)
            .free(Access::Door)
            .tells("Accept an invitation", "Sets the first password.")
            .takes::<LinkedPassword>()
            .refuses(&[Kind::SignOnNeeded]),
        Operation::post("/api/v1/auth/reset-request", "requestReset", request_reset)
            .free(Access::Door)
            .tells(
                "Ask for a link to a new password",
                "The answer is the same whether somebody has this address or not.",
            )
            .takes::<Forgotten>(),
        Operation::post("/api/v1/auth/reset", "resetPassword", reset)
            .free(Access::Door)
            .tells(
                "Set a new password with a mailed link",
                "All logins of the person end. A second factor stays.",
            )
            .takes::<LinkedPassword>()
            .refuses(&[Kind::SignOnNeeded]),
    ]
}

/// Where a call comes from, for whoever counts attempts.
pub(super) fn origin(call: &Call) -> Origin {
    let text = |name| call.headers.get(name).and_then(|value| value.to_str().ok());
    Origin {
        address: call.source,
        device: cookie(&call.headers, DEVICE),
        agent: text(USER_AGENT).unwrap_or_default().to_owned(),
    }
}

/// A refusal at the front door. Its source is counted, so that it cannot go on guessing fast.
pub(super) fn refused(call: &Call, refusal: Refusal) -> Problem {
    match &refusal {
        Refusal::Wrong | Refusal::Elsewhere | Refusal::Link(_) => {
            call.front.wrong_key(call.source);
        }
        Refusal::Wait(_)
        | Refusal::NoServer
        | Refusal::Server(_)
        | Refusal::Busy
        | Refusal::Weak(_)
        | Refusal::Mail(_)
        | Refusal::Store(_) => {}
    }
    refusal.into()
}

/// An answer to somebody who is in, whose device is known from then on.
pub(super) fn remember(answer: Answer, device: &str) -> Answer {
    let cookie = format!(
        "{DEVICE}={device}; Path=/; Max-Age={DEVICE_LIFE}; Secure; HttpOnly; SameSite=Strict"
    );
    answer.with(SET_COOKIE, cookie)
}

async fn sign_in(call: Call) -> Result<Answer, Problem> {
    let body: SignIn = read_object(&call.json()?)?;
    let shown = Credential {
        mail: body.mail,
        password: body.password,
        at: body.at,
    };
    let (heavy, origin) = (&call.front.forge, origin(&call));
    let step = people::sign_in(&call.office, heavy, &shown, &origin).await;
    if let Err(Refusal::Wait(_)) = &step {
        note_slowed(&call, shown);
    }
    match step.map_err(|refusal| refused(&call, refusal))? {
        Step::In(Signed { tokens, device }) => {
            let view = SignedInView {
                tokens: Some(tokens.into()),
                second_factor: None,
            };
            Ok(remember(Answer::json(&view)?, &device))
        }
        Step::SecondFactor { challenge, expires } => Answer::json(&SignedInView {
            tokens: None,
            second_factor: Some(ChallengeView { challenge, expires }),
        }),
    }
}

/// Notes in the trail that somebody was made to wait, when the answer is out already.
fn note_slowed(call: &Call, shown: Credential) {
    // where there is no room for it, one of the next will be noted
    if let Ok(place) = Arc::clone(&call.front.mails).try_acquire_owned() {
        let office = call.office.clone();
        tokio::spawn(async move {
            if let Err(error) = people::note_slowed(&office, &shown).await {
                warn!(%error, "slowed attempts to sign in were not noted");
            }
            drop(place);
        });
    }
}

async fn second_factor(call: Call) -> Result<Answer, Problem> {
    let body: SecondFactor = read_object(&call.json()?)?;
    let passkey = body.passkey.map(Box::new);
    let factor = match (body.totp, body.recovery_code, passkey) {
        (Some(code), None, None) => Factor::Totp(code),
        (None, Some(code), None) => Factor::RecoveryCode(code),
        (None, None, Some(answer)) => match call.front.site.clone() {
            Some(site) => Factor::Passkey(site, answer),
            None => return Err(refused(&call, Refusal::Wrong)),
        },
        _ => {
            let rule = "must be said, or recovery_code or passkey in its place";
            return Err(Invalid::new("/totp", rule).into());
        }
    };
    let origin = origin(&call);
    let signed = people::second_factor(&call.office, &body.challenge, &factor, &origin).await;
    let Signed { tokens, device } = signed.map_err(|refusal| refused(&call, refusal))?;
    Ok(remember(Answer::json(&TokensView::from(tokens))?, &device))
}

async fn refresh(call: Call) -> Result<Answer, Problem> {
    let body: Refresh = read_object(&call.json()?)?;
    let renewed = people::refresh(&call.office, &body.refresh_token).await;
    let tokens = renewed.map_err(|refusal| refused(&call, refusal))?;
    Answer::json(&TokensView::from(tokens))
}

async fn invitation(call: Call) -> Result<Answer, Problem> {
    let body: LinkedPassword = read_object(&call.json()?)?;
    let (office, heavy) = (&call.office, &call.front.forge);
    let set = people::accept_invitation(office, heavy, &body.code, &body.password).await;
    set.map_err(|refusal| refused(&call, refusal))?;
    Ok(Answer::empty())
}

async fn reset(call: Call) -> Result<Answer, Problem> {
    let body: LinkedPassword = read_object(&call.json()?)?;
    let (office, heavy) = (&call.office, &call.front.forge);
    let set = people::reset_password(office, heavy, &body.code, &body.password).await;
    set.map_err(|refusal| refused(&call, refusal))?;
    Ok(Answer::empty())
}

/// Answers before anybody is looked for, so that neither words nor time tell who is known here.
async fn request_reset(call: Call) -> Result<Answer, Problem> {
    let body: Forgotten = read_object(&call.json()?)?;
    let room = Arc::clone(&call.front.mails);
    let Ok(place) = room.try_acquire_owned() else {
        return Err(Refusal::Busy.into());
    };
    // whoever asks often is slowed down, whatever is asked for
    call.front.wrong_key(call.source);
    tokio::spawn(async move {
        let post = call.post();
        let sent = people::request_reset(&call.office, post, &body.mail, body.at.as_deref());
        if let Err(refusal) = sent.await {
            warn!(%refusal, "a link to a new password was not sent");
        }
        drop(place);
    });
    Ok(Answer::empty())
}
