//! Operations on the own account of whoever is signed in. To an API key there is none.

use admin::people::{self, Refusal};
use admin::{own_forwards, read_object};
use domain::{Forwards, Invalid};
use ids::UserId;
use ports::StoreError;
use tenancy::Principal;

use super::auth::origin;
use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};
use crate::view::own_forwards::OwnForwardsView;
use crate::view::person::{Code, CodesView, LoginView, MeView, NewPassword, OfferView, Password};

pub(super) fn operations() -> Vec<Operation> {
    let mut all = account();
    all.extend(factors());
    all.extend(telephone());
    let shared = |one: Operation| one.tag("My account").refuses(&[Kind::NotFound]);
    all.into_iter().map(shared).collect()
}

fn account() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/me", "getMe", me)
            .free(Access::Key)
            .tells("Show one's own account", "For people who are signed in.")
            .gives::<MeView>("The account."),
        Operation::post("/api/v1/auth/logout", "signOut", sign_out)
            .free(Access::Key)
            .tells(
                "Sign out",
                "Ends the login whose access token is presented.",
            ),
        Operation::get("/api/v1/me/logins", "listMyLogins", logins)
            .free(Access::Key)
            .tells("List where one is signed in", "")
            .gives::<List<LoginView>>("All logins, the oldest first."),
        Operation::delete("/api/v1/me/logins", "endMyOtherLogins", end_others)
            .free(Access::Key)
            .tells("End all logins but the present one", ""),
        Operation::delete("/api/v1/me/logins/{login}", "endMyLogin", end)
            .free(Access::Key)
            .tells("End one login", ""),
        Operation::post("/api/v1/me/password", "changeMyPassword", password)
            .free(Access::Key)
            .tells("Set a new password", "All other logins end.")
            .takes::<NewPassword>(),
    ]
}

fn factors() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/me/totp", "beginMyTotp", begin_totp)
            .free(Access::Key)
            .tells(
                "Begin with an authenticator app",
                "Nothing changes until the app has shown its first code.",
            )
            .takes::<Password>()
            .gives::<OfferView>("The secret, shown once."),
        Operation::post("/api/v1/me/totp/confirm", "confirmMyTotp", confirm_totp)
            .free(Access::Key)
            .tells(
                "Show the first code of the app",
                "From then on a code is asked for at each sign-in.",
            )
            .takes::<Code>()
            .gives::<CodesView>("Recovery codes, shown once."),
        Operation::post("/api/v1/me/totp/remove", "removeMyTotp", remove_totp)
            .free(Access::Key)
            .tells("Remove the app and the recovery codes", "")
            .takes::<Password>(),
        Operation::post("/api/v1/me/recovery-codes", "renewMyCodes", renew_codes)
            .free(Access::Key)
            .tells("Make new recovery codes", "The former ones are void.")
            .takes::<Password>()
            .gives::<CodesView>("Recovery codes, shown once."),
    ]
}

fn telephone() -> Vec<Operation> {
    let needs = "For people of a company who have an extension.";
    vec![
        Operation::get("/api/v1/me/forwards", "getMyForwards", forwards)
            .free(Access::Key)
            .tells("Show where calls of one's own extension go on to", needs)
            .gives::<OwnForwardsView>("The extension, and its forwards."),
        Operation::put("/api/v1/me/forwards", "setMyForwards", set_forwards)
            .free(Access::Key)
            .tells(
                "Say where calls of one's own extension go on to",
                "For people of a company who have an extension. What is left out is taken away.",
            )
            .takes::<Forwards>()
            .gives::<OwnForwardsView>("The extension, and its forwards.")
            .refuses(&[Kind::Invalid]),
    ]
}

pub(super) fn caller(call: &Call) -> Result<UserId, Problem> {
    let user = call.caller.as_ref().and_then(Principal::user);
    user.ok_or_else(Problem::not_found)
}

/// What is wrong with a field that must prove something.
pub(super) fn at(field: &str) -> impl Fn(Refusal) -> Problem {
    move |refusal| match refusal {
        Refusal::Wrong => Invalid::new(field, "is not right").into(),
        Refusal::Wait(_)
        | Refusal::Busy
        | Refusal::Link(_)
        | Refusal::Weak(_)
        | Refusal::Elsewhere
        | Refusal::NoServer
        | Refusal::Server(_)
        | Refusal::Mail(_)
        | Refusal::Store(_) => refusal.into(),
    }
}

async fn me(call: Call) -> Result<Answer, Problem> {
    let me = people::me(&call.office, caller(&call)?).await?;
    Answer::json(&MeView::from(me))
}

async fn sign_out(call: Call) -> Result<Answer, Problem> {
    let (user, login) = (caller(&call)?, call.login().ok_or_else(Problem::not_found)?);
    people::sign_out(&call.office, user, login).await?;
    Ok(Answer::empty())
}

async fn logins(call: Call) -> Result<Answer, Problem> {
    let all = people::logins(&call.office, caller(&call)?).await?;
    let current = call.login();
    let shown = all.into_iter().map(|one| LoginView::of(one, current));
    Answer::json(&List::<LoginView>::of(shown.collect(), None))
}

async fn end(call: Call) -> Result<Answer, Problem> {
    let user = caller(&call)?;
    let login = call.segment("login").parse();
    let login = login.map_err(|_| Problem::not_found())?;
    people::end_login(&call.office, user, login).await?;
    Ok(Answer::empty())
}

async fn end_others(call: Call) -> Result<Answer, Problem> {
    people::end_other_logins(&call.office, caller(&call)?, call.login()).await?;
    Ok(Answer::empty())
}

async fn password(call: Call) -> Result<Answer, Problem> {
    let body: NewPassword = read_object(&call.json()?)?;
    let who = (caller(&call)?, call.login());
    let (heavy, both) = (&call.front.forge, (body.old.as_str(), body.new.as_str()));
    let changed = people::change_password(&call.office, heavy, who, both, &origin(&call)).await;
    changed.map_err(|refusal| {
        if let Refusal::Weak(weak) = refusal {
            return Invalid::new("/new", weak.to_string()).into();
        }
        at("/old")(refusal)
    })?;
    Ok(Answer::empty())
}

async fn forwards(call: Call) -> Result<Answer, Problem> {
    let principal = call.caller.as_ref().ok_or_else(Problem::not_found)?;
    let extension = own_forwards::extension(&call.office, principal).await?;
    Answer::json(&OwnForwardsView::from(extension.spec))
}

async fn set_forwards(call: Call) -> Result<Answer, Problem> {
    let said: Forwards = read_object(&call.json()?)?;
    let principal = call.caller.as_ref().ok_or_else(Problem::not_found)?;
    let set = own_forwards::set(&call.office, principal, &said).await;
    let extension = set.map_err(|error| {
        if let StoreError::Invalid(Invalid { field, rule }) = error {
            // of the body, not of the document that it becomes a part of
            let own = field.strip_prefix("/forwards").unwrap_or(&field);
            return Invalid::new(own, rule).into();
        }
        Problem::from(error)
    })?;
    Answer::json(&OwnForwardsView::from(extension.spec))
}

async fn begin_totp(call: Call) -> Result<Answer, Problem> {
    let Password { password } = read_object(&call.json()?)?;
    let user = caller(&call)?;
    let (heavy, origin) = (&call.front.forge, origin(&call));
    let offer = people::offer_authenticator(&call.office, heavy, user, &password, &origin).await;
    let offer = offer.map_err(at("/password"))?;
    Answer::json(&OfferView::from(offer))?.remembered_as(&OfferView::BARE)
}

async fn confirm_totp(call: Call) -> Result<Answer, Problem> {
    let Code { code } = read_object(&call.json()?)?;
    let user = caller(&call)?;
    let codes = people::confirm_authenticator(&call.office, user, &code, &origin(&call)).await;
    shown(codes.map_err(at("/code"))?.into())
}

async fn remove_totp(call: Call) -> Result<Answer, Problem> {
    let Password { password } = read_object(&call.json()?)?;
    let user = caller(&call)?;
    let (heavy, origin) = (&call.front.forge, origin(&call));
    let gone = people::remove_authenticator(&call.office, heavy, user, &password, &origin).await;
    gone.map_err(at("/password"))?;
    Ok(Answer::empty())
}

async fn renew_codes(call: Call) -> Result<Answer, Problem> {
    let Password { password } = read_object(&call.json()?)?;
    let user = caller(&call)?;
    let (heavy, origin) = (&call.front.forge, origin(&call));
    let codes = people::renew_codes(&call.office, heavy, user, &password, &origin).await;
    shown(codes.map_err(at("/password"))?.into())
}

/// Codes in the answer, and none of them in what a repeated request is told.
fn shown(codes: CodesView) -> Result<Answer, Problem> {
    let bare = CodesView { codes: Vec::new() };
    Answer::json(&codes)?.remembered_as(&bare)
}
