//! Operations on people beside their documents: inviting, a new password, ending logins.

use admin::documents;
use admin::people;
use domain::{KindName, Permission, Resource, User, Verb};
use tenancy::Actor;

use super::documents::door::{Door, OfAccount, OfReseller, OfTenant};
use crate::call::{Answer, Call};
use crate::giving;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::view::person::SentView;

/// Whoever changes people also invites them and sends them links.
const CHANGE: Permission = Permission::of_kind(KindName::User, Verb::Change);

pub(super) fn operations() -> Vec<Operation> {
    [
        through::<OfTenant>(),
        through::<OfAccount>(),
        through::<OfReseller>(),
    ]
    .concat()
}

fn through<D: Door>() -> Vec<Operation> {
    let path = |verb: &str| format!("{}/users/{{user}}/{verb}", D::BASE);
    let name = |verb: &str| format!("{verb}{}User", D::LABEL);
    let told = |text: &str| format!("{}{text}", D::FOR);
    let operations = [
        Operation::post(path("invite"), name("invite"), invite::<D>)
            .needs(CHANGE)
            .tells(
                "Invite a person by mail",
                told(
                    "The mail has a link with which the person sets the first password, good for \
                     seven days. Earlier ones stay good until one is used. Where no mail server \
                     is set, the link is in the answer.",
                ),
            )
            .gives::<SentView>("What became of the mail."),
        Operation::post(path("reset"), name("reset"), reset::<D>)
            .needs(CHANGE)
            .tells(
                "Send a person a link to a new password",
                told(
                    "The link is good for an hour. Where no mail server is set, it is in the \
                     answer.",
                ),
            )
            .gives::<SentView>("What became of the mail."),
        Operation::post(path("logout"), name("signOut"), logout::<D>)
            .needs(CHANGE)
            .tells("End all logins of a person", told("At once.")),
    ];
    operations.map(|one| one.tag("Users")).into()
}

/// The person that the path names, and on whose behalf something is done.
async fn named<D: Door>(call: &Call) -> Result<(Actor, Resource<User>), Problem> {
    let scope = D::open(call).await?;
    let reference = call.reference::<User>("user");
    let (_, user) = documents::find(&call.office, &scope, &reference).await?;
    // a link to a new password gives all that the person may do
    let spec = serde_json::to_value(&user.spec).unwrap_or_default();
    giving::check::<User, _>(call, &scope, &spec).await?;
    let caller = call.caller.as_ref().ok_or_else(Problem::not_found)?;
    Ok((caller.actor(), user))
}

fn told(sent: people::Sent) -> Result<Answer, Problem> {
    let view = SentView::from(sent);
    let bare = view.bare();
    Answer::json(&view)?.remembered_as(&bare)
}

async fn invite<D: Door>(call: Call) -> Result<Answer, Problem> {
    let (actor, user) = named::<D>(&call).await?;
    told(people::invite(&call.office, call.post(), actor, &user).await?)
}

async fn reset<D: Door>(call: Call) -> Result<Answer, Problem> {
    let (actor, user) = named::<D>(&call).await?;
    told(people::send_reset(&call.office, call.post(), actor, &user).await?)
}

async fn logout<D: Door>(call: Call) -> Result<Answer, Problem> {
    let (actor, user) = named::<D>(&call).await?;
    people::end_all_logins(&call.office, actor, &user).await?;
    Ok(Answer::empty())
}
