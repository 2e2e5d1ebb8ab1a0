//! `strowger KIND VERB`: the same for all kinds of document.

use std::slice;
use std::time::Duration;

use admin::{Reach, documents};
use clap::Args;
use domain::{ForKind, Kind, KindName, Resource, Secret, SecretRule};
use ports::{PAGE_MAX, Page};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use super::names::{self, Names};
use super::{each_page, fields};
use crate::arguments::document::{AccountKind, AnyKind, Anywhere, TenantKind, Verb};
use crate::console::{Console, key_from_stdin, secret_from_stdin};
use crate::failure::Failure;
use crate::print;

/// Carries a command on a kind of the operator out.
///
/// # Errors
/// What the use case says.
pub(crate) fn above(kind: KindName, arguments: AccountKind) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let (scope, verb) = (console.platform.clone(), arguments.verb);
    kind.with(Task {
        console: &console,
        scope,
        verb,
    })
}

/// Carries a command on a kind of a company out.
///
/// # Errors
/// What the use case says.
pub(crate) fn inside(kind: KindName, arguments: TenantKind) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let verb = arguments.verb;
    let scope = console.enter(&verb.whose().tenant)?.scope;
    kind.with(Task {
        console: &console,
        scope,
        verb,
    })
}

/// Carries a command on a kind of the operator, a reseller or a company out.
///
/// # Errors
/// What the use case says.
pub(crate) fn anywhere(kind: KindName, arguments: AnyKind) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let verb = arguments.verb;
    let Anywhere { tenant, reseller } = verb.whose().clone();
    if let Some(tenant) = tenant {
        let scope = console.enter(&tenant)?.scope;
        return kind.with(Task {
            console: &console,
            scope,
            verb,
        });
    }
    let scope = match reseller {
        Some(reseller) => console.descend(&reseller)?,
        None => console.platform.clone(),
    };
    kind.with(Task {
        console: &console,
        scope,
        verb,
    })
}

struct Task<'a, S, W: Args> {
    console: &'a Console,
    scope: S,
    verb: Verb<W>,
}

impl<S: Reach, W: Args> ForKind for Task<'_, S, W> {
    type Output = Result<(), Failure>;

    fn run<K: Kind>(self) -> Result<(), Failure> {
        let desk = Desk {
            console: self.console,
            scope: self.scope,
        };
        match self.verb {
            Verb::List { .. } => desk.list::<K>(),
            Verb::Show { name, .. } => desk.show(&desk.find::<K>(&name)?.1),
            Verb::Add {
                name,
                fields,
                secret_stdin,
                ..
            } => desk.add::<K>(&name, &fields, secret_stdin),
            Verb::Set { name, fields, .. } => {
                desk.change::<K>(&name, &fields::object(&fields, &texts::<K>())?)
            }
            Verb::Secret {
                name,
                secret_stdin: true,
                ..
            } => desk.change::<K>(&name, &json!({"secret": given::<K>()?})),
            Verb::Secret { name, overlap, .. } => {
                desk.secret::<K>(&name, Duration::from_secs(overlap))
            }
            Verb::UsedBy { name, .. } => desk.used_by::<K>(&name),
            Verb::History { name, .. } => desk.history::<K>(&name),
            Verb::Rollback { name, revision, .. } => desk.roll_back::<K>(&name, revision),
            Verb::Remove { name, .. } => desk.remove::<K>(&name),
        }
    }
}

/// Members whose values are text whatever they look like: names and references.
fn texts<K: Kind>() -> Vec<&'static str> {
    let links = K::LINKS.iter().map(|link| link.member);
    links.chain([K::KEY, "display_name", "address"]).collect()
}

/// Where one command works.
struct Desk<'a, S> {
    console: &'a Console,
    scope: S,
}

impl<S: Reach> Desk<'_, S> {
    fn find<K: Kind>(&self, name: &str) -> Result<(S::Found<K>, Resource<K>), Failure> {
        let reference = Unresolved::new(name);
        Ok(block_on(documents::find(
            &self.console.office,
            &self.scope,
            &reference,
        ))?)
    }

    fn show<K: Kind>(&self, resource: &Resource<K>) -> Result<(), Failure> {
        let (office, one) = (&self.console.office, slice::from_ref(resource));
        let ends = block_on(documents::former_ends(office, &self.scope, one))?;
        print::resource(resource, ends.into_values().next())
    }

    fn add<K: Kind>(&self, name: &str, said: &[String], secret: bool) -> Result<(), Failure> {
        let mut spec = fields::object(said, &texts::<K>())?;
        if let Some(members) = spec.as_object_mut() {
            if members.contains_key("secret") {
                return Err(
                    Failure::new("a secret on the command line is seen by all users")
                        .next("give it on standard input: --secret-stdin"),
                );
            }
            let several = K::KEY.ends_with('s');
            let key = if several { json!([name]) } else { json!(name) };
            members.entry(K::KEY).or_insert(key);
            if secret {
                members.insert("secret".to_owned(), given::<K>()?.into());
            }
        }
        let office = &self.console.office;
        let made = block_on(documents::create::<K, S>(office, &self.scope, spec))?;
        print::line(&format!("added {} {name} ({})", K::NAME, made.resource.id));
        tell::<K>(made.secret.as_ref());
        Ok(())
    }

    fn change<K: Kind>(&self, name: &str, patch: &Value) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let office = &self.console.office;
        let changed = documents::patch::<K, S>(office, &self.scope, found, None, patch);
        self.show(&block_on(changed)?)
    }

    fn secret<K: Kind>(&self, name: &str, overlap: Duration) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let office = &self.console.office;
        let rotated = documents::rotate_secret::<K, S>(office, &self.scope, found, None, overlap);
        tell::<K>(block_on(rotated)?.secret.as_ref());
        if K::SECRET == SecretRule::Generated {
            print::note(&match overlap.as_secs() {
                0 => "the one before it is void".to_owned(),
                seconds => format!("the one before it is valid for another {seconds} s"),
            });
        }
        Ok(())
    }

    fn used_by<K: Kind>(&self, name: &str) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let (office, mut page) = (&self.console.office, Page::first(PAGE_MAX));
        let mut rows = Vec::new();
        loop {
            let users = documents::referrers::<K, S>(office, &self.scope, found, &page);
            let users = block_on(users)?;
            rows.extend(
                users
                    .by
                    .into_iter()
                    .map(|user| vec![user.kind.to_string(), user.name, user.field, user.id]),
            );
            match users.next {
                Some(next) => page = page.after(next),
                None => break,
            }
        }
        if rows.is_empty() {
            print::line("nothing refers to it");
            return Ok(());
        }
        print::table(&["KIND", "NAME", "FIELD", "ID"], &rows);
        Ok(())
    }

    fn history<K: Kind>(&self, name: &str) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let office = &self.console.office;
        let versions = block_on(documents::history::<K, S>(office, &self.scope, found))?;
        let row = |version: &domain::Version| {
            vec![
                version.revision.to_string(),
                version.at.to_string(),
                version.change.as_str().to_owned(),
                version.actor.clone(),
                version.document.spec.to_string(),
            ]
        };
        let rows: Vec<_> = versions.iter().map(row).collect();
        print::table(&["REVISION", "AT", "CHANGE", "BY", "SPEC"], &rows);
        Ok(())
    }

    fn roll_back<K: Kind>(&self, name: &str, revision: u64) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let office = &self.console.office;
        let back = documents::roll_back::<K, S>(office, &self.scope, found, None, revision);
        self.show(&block_on(back)?)
    }

    fn remove<K: Kind>(&self, name: &str) -> Result<(), Failure> {
        let (found, _) = self.find::<K>(name)?;
        let office = &self.console.office;
        block_on(documents::delete::<K, S>(office, &self.scope, found, None))?;
        print::line(&format!("removed {} {name}", K::NAME));
        Ok(())
    }

    fn list<K: Kind>(&self) -> Result<(), Failure> {
        let office = &self.console.office;
        let mut all = Vec::new();
        each_page(
            async |page| documents::list::<K, S>(office, &self.scope, &page).await,
            |resource| all.push(resource),
        )?;
        let mut columns = vec![K::KEY.to_owned()];
        let mut rows = Vec::new();
        for resource in all {
            let document = resource.to_document().map_err(ports::StoreError::from)?;
            let Value::Object(members) = document.spec else {
                continue;
            };
            for (name, value) in &members {
                if !value.is_object() && !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            rows.push((members, document.id));
        }
        let specs = rows.iter().map(|(members, _)| members);
        let names = names::known::<K>(office, &self.scope, specs)?;
        let cell = |value: Option<&Value>| cell(value, &names);
        let row = |(members, id): &(serde_json::Map<String, Value>, String)| {
            let cells = columns.iter().map(|name| cell(members.get(name)));
            cells.chain([id.clone()]).collect()
        };
        let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
        let headings: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
        let headings: Vec<&str> = headings.iter().map(String::as_str).chain(["ID"]).collect();
        print::table(&headings, &rows);
        Ok(())
    }
}

/// A value in a table; what is referred to is shown by name.
fn cell(value: Option<&Value>, names: &Names) -> String {
    match value {
        None | Some(Value::Null | Value::Object(_)) => String::new(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => names.get(text).unwrap_or(text).clone(),
        Some(Value::Array(values)) => {
            let cells: Vec<String> = values.iter().map(|one| cell(Some(one), names)).collect();
            cells.join(",")
        }
    }
}

/// The secret of a document of the kind, from standard input.
fn given<K: Kind>() -> Result<String, Failure> {
    match K::SECRET {
        SecretRule::PrivateKey => key_from_stdin(),
        SecretRule::None | SecretRule::Generated | SecretRule::Signing | SecretRule::Supplied => {
            secret_from_stdin()
        }
    }
}

fn tell<K: Kind>(secret: Option<&Secret>) {
    let what = match K::SECRET {
        SecretRule::Signing => "signing key",
        SecretRule::None
        | SecretRule::Generated
        | SecretRule::Supplied
        | SecretRule::PrivateKey => "password",
    };
    if let Some(secret) = secret {
        print::line(&format!("{what} (shown this once): {}", secret.reveal()));
    }
}
