//! `strowger user`: people, beside what every kind of document has.

use admin::people::{self, Post, Refusal, Sent};
use admin::{Reach, documents};
use domain::{KindName, Resource, User};
use ports::NoMailer;
use store::block_on;
use tenancy::{Actor, Unresolved};

use super::document;
use crate::arguments::document::AnyKind;
use crate::arguments::people::{Linked, Named, PeopleArguments, PeopleVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: PeopleArguments) -> Result<(), Failure> {
    let folder = arguments.folder;
    match arguments.verb {
        PeopleVerb::Document(verb) => document::anywhere(KindName::User, AnyKind { folder, verb }),
        PeopleVerb::Invite(said) => {
            let console = Console::open(&folder)?;
            let user = find(&console, &said.named)?;
            let sent = people::invite(&console.office, post(&said), Actor::Operator, &user);
            told(block_on(sent))
        }
        PeopleVerb::Reset(said) => {
            let console = Console::open(&folder)?;
            let user = find(&console, &said.named)?;
            let sent = people::send_reset(&console.office, post(&said), Actor::Operator, &user);
            told(block_on(sent))
        }
        PeopleVerb::Logout(said) => {
            let console = Console::open(&folder)?;
            let user = find(&console, &said)?;
            let ended = people::end_all_logins(&console.office, Actor::Operator, &user);
            block_on(ended).map_err(|refusal| refused(&refusal))?;
            print::line(&format!("{} is signed in nowhere", user.spec.mail));
            Ok(())
        }
    }
}

/// No mail goes out from here: the link is printed.
fn post(said: &Linked) -> Post<'_> {
    Post {
        mailer: &NoMailer,
        portal: &said.portal,
    }
}

fn find(console: &Console, said: &Named) -> Result<Resource<User>, Failure> {
    if let Some(tenant) = &said.whose.tenant {
        return named(console, &console.enter(tenant)?.scope, &said.name);
    }
    let scope = match &said.whose.reseller {
        Some(reseller) => console.descend(reseller)?,
        None => console.platform.clone(),
    };
    named(console, &scope, &said.name)
}

fn named<S: Reach>(console: &Console, scope: &S, name: &str) -> Result<Resource<User>, Failure> {
    let reference = Unresolved::<User>::new(name);
    let (_, user) = block_on(documents::find(&console.office, scope, &reference))?;
    Ok(user)
}

fn told(sent: Result<Sent, Refusal>) -> Result<(), Failure> {
    let sent = sent.map_err(|refusal| refused(&refusal))?;
    print::line(&format!("for {} alone, good once:", sent.mail));
    print::line(&sent.link.unwrap_or_default());
    Ok(())
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::new(refusal.to_string())
}
