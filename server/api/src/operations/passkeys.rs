//! Operations of passkeys: signing in with one, and one's own.

use admin::people;
use admin::read_object;
use identity::passkey::{CreationOffer, RequestOffer, Site};
use ids::PasskeyId;

use super::auth::{origin, refused, remember};
use super::me::{at, caller};
use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};
use crate::view::passkey::{NewPasskey, PasskeyName, PasskeySignIn, PasskeyView};
use crate::view::person::{Password, SecondPasskey, TokensView};

pub(super) fn operations() -> Vec<Operation> {
    let door = |one: Operation| one.tag("Signing in");
    let own = |one: Operation| one.tag("My account");
    let all = entering().into_iter().map(door);
    let all = all.chain(mine().into_iter().map(own));
    all.map(|one| one.refuses(&[Kind::NotFound])).collect()
}

fn entering() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/auth/passkey/begin", "beginPasskeySignIn", begin)
            .free(Access::Door)
            .tells(
                "Ask for a passkey",
                "For `PublicKeyCredential.parseRequestOptionsFromJSON`. Nobody says who it is: \
                 the passkey does. Not found where the portal is at no host name.",
            )
            .gives::<RequestOffer>("What the browser is to be asked."),
        Operation::post("/api/v1/auth/passkey/finish", "finishPasskeySignIn", finish)
            .free(Access::Door)
            .tells(
                "Sign in with a passkey",
                "It stands for password and second factor. Each challenge is answered once.",
            )
            .takes::<PasskeySignIn>()
            .gives::<TokensView>("The tokens.")
            .refuses(&[Kind::NotSignedIn, Kind::SignOnNeeded]),
        Operation::post(
            "/api/v1/auth/second-factor/passkey",
            "askSecondPasskey",
            ask_second,
        )
        .free(Access::Door)
        .tells(
            "Ask for a passkey as the second factor",
            "Of the person whose password was right; it is handed in at `auth/second-factor`. \
             Not found where the person has none.",
        )
        .takes::<SecondPasskey>()
        .gives::<RequestOffer>("What the browser is to be asked.")
        .refuses(&[Kind::NotSignedIn, Kind::SignOnNeeded]),
    ]
}

fn mine() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/me/passkeys", "listMyPasskeys", list)
            .free(Access::Key)
            .tells("List one's passkeys", "")
            .gives::<List<PasskeyView>>("All passkeys, the oldest first."),
        Operation::post("/api/v1/me/passkeys/begin", "beginMyPasskey", begin_new)
            .free(Access::Key)
            .tells(
                "Begin with a new passkey",
                "For `PublicKeyCredential.parseCreationOptionsFromJSON`. Not found where the \
                 portal is at no host name.",
            )
            .takes::<Password>()
            .gives::<CreationOffer>("What the browser is to be asked."),
        Operation::post("/api/v1/me/passkeys", "addMyPasskey", add)
            .free(Access::Key)
            .tells(
                "Add the passkey that was made",
                "Within five minutes of having begun. At most 20.",
            )
            .takes::<NewPasskey>()
            .gives::<PasskeyView>("The passkey."),
        Operation::patch("/api/v1/me/passkeys/{passkey}", "renameMyPasskey", rename)
            .free(Access::Key)
            .tells("Name a passkey anew", "")
            .takes::<PasskeyName>(),
        Operation::delete("/api/v1/me/passkeys/{passkey}", "removeMyPasskey", remove)
            .free(Access::Key)
            .tells("Remove a passkey", "From then on it opens nothing."),
    ]
}

/// The site that passkeys are made for. Without one there are none.
fn site(call: &Call) -> Result<&Site, Problem> {
    call.front.site.as_ref().ok_or_else(Problem::not_found)
}

fn named(call: &Call) -> Result<PasskeyId, Problem> {
    let passkey = call.segment("passkey").parse();
    passkey.map_err(|_| Problem::not_found())
}

async fn begin(call: Call) -> Result<Answer, Problem> {
    Answer::json(&people::ask_passkey(&call.office, site(&call)?))
}

async fn finish(call: Call) -> Result<Answer, Problem> {
    let PasskeySignIn { credential } = read_object(&call.json()?)?;
    let (site, origin) = (site(&call)?, origin(&call));
    let signed = people::sign_in_by_passkey(&call.office, site, &credential, &origin).await;
    let signed = signed.map_err(|refusal| refused(&call, refusal))?;
    let answer = Answer::json(&TokensView::from(signed.tokens))?;
    Ok(remember(answer, &signed.device))
}

async fn ask_second(call: Call) -> Result<Answer, Problem> {
    let SecondPasskey { challenge } = read_object(&call.json()?)?;
    let offer = people::ask_second_passkey(&call.office, site(&call)?, &challenge).await;
    Answer::json(&offer.map_err(|refusal| refused(&call, refusal))?)
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let all = people::passkeys(&call.office, caller(&call)?).await?;
    Answer::json(&List::<PasskeyView>::of(all.iter().collect(), None))
}

async fn begin_new(call: Call) -> Result<Answer, Problem> {
    let Password { password } = read_object(&call.json()?)?;
    let who = (site(&call)?, caller(&call)?);
    let (heavy, origin) = (&call.front.forge, origin(&call));
    let offer = people::offer_passkey(&call.office, heavy, who, &password, &origin).await;
    Answer::json(&offer.map_err(at("/password"))?)
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let NewPasskey { name, credential } = read_object(&call.json()?)?;
    let who = (site(&call)?, caller(&call)?);
    let added = people::add_passkey(&call.office, who, &credential, &name).await?;
    Answer::json(&PasskeyView::from(&added))
}

async fn rename(call: Call) -> Result<Answer, Problem> {
    let PasskeyName { name } = read_object(&call.json()?)?;
    people::rename_passkey(&call.office, caller(&call)?, named(&call)?, &name).await?;
    Ok(Answer::empty())
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    people::remove_passkey(&call.office, caller(&call)?, named(&call)?).await?;
    Ok(Answer::empty())
}
