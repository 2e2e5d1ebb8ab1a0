//! Rules of a trunk for single headers: of the INVITEs that go out by it, and of those by which
//! its carrier's calls reach phones.

mod protected;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Trunk;
use crate::invalid::{Invalid, rule};

/// Most header rules of a trunk.
pub const HEADER_RULES_MAX: usize = 16;
/// Longest name of a header in a rule, in bytes.
const NAME_MAX: usize = 64;
/// Longest value in a rule, in bytes.
const VALUE_MAX: usize = 256;
/// Longest value once its placeholders are filled in, in bytes; a longer one is left out.
const FILLED_MAX: usize = 1_024;
/// Most headers that one INVITE hands on by rules; further ones stay behind.
pub const RELAYED_MAX: usize = 16;
/// Longest value that is handed on, in bytes; a longer one stays behind.
pub const RELAYED_VALUE_MAX: usize = 256;

/// Which INVITEs a header rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeaderDirection {
    /// Those by which a call from the carrier reaches phones.
    In,
    /// Those that go to the carrier.
    Out,
}

/// What a header rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeaderAction {
    /// Writes one more header of the name; `User-Agent` in the place of the exchange's own.
    Add,
    /// Leaves out `User-Agent`, or what an earlier rule has written.
    Remove,
    /// Hands on what the other side's INVITE has of the name.
    Relay,
}

/// A rule for one header. Rules are followed in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderRule {
    /// Which INVITEs it is about.
    pub direction: HeaderDirection,
    /// What it does.
    pub action: HeaderAction,
    /// The header's full name, 2 to 64 characters. None that the exchange needs for itself: what
    /// carries the dialog, the way, the media, proof, or who calls and why. `relay` takes names
    /// alone that begin with `X-`.
    #[schema(min_length = 2, max_length = 64, example = "X-Account")]
    pub name: String,
    /// What `add` writes, 1 to 256 printable ASCII characters. `{called}` stands for the number
    /// called, `{caller}` for the number shown, `{username}` for the trunk's user name (`out`
    /// alone), `{domain}` for the company's first domain. Where one of them has nothing to stand
    /// for, the header is left out.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 256, example = "{username}")]
    pub value: Option<String>,
}

/// What the placeholders stand for in one call, and what its other side has said.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderFacts<'a> {
    /// The number called, as it is written there.
    pub called: &'a str,
    /// The number shown; none where none is.
    pub caller: Option<&'a str>,
    /// The company's first domain.
    pub domain: &'a str,
    /// Headers of the other side's INVITE: names and values.
    pub brought: &'a [(String, String)],
}

impl HeaderRule {
    fn relays(&self, direction: HeaderDirection) -> bool {
        self.action == HeaderAction::Relay && self.direction == direction
    }

    fn is_for(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn validate(&self, at: &str, username: Option<&str>) -> Result<(), Invalid> {
        let field = format!("{at}/name");
        let sized = (2..=NAME_MAX).contains(&self.name.len());
        let form = "must be a header's full name, 2 to 64 letters, digits or -.!%*_+`'~";
        rule(sized && self.name.bytes().all(is_token), &field, form)?;
        let own = "must be none that the exchange needs for itself: what carries the dialog, the \
                   way, the media, proof, or who calls and why";
        rule(!protected::is(&self.name), &field, own)?;
        let private = self
            .name
            .get(..2)
            .is_some_and(|x| x.eq_ignore_ascii_case("x-"));
        let handed = self.action != HeaderAction::Relay || private;
        rule(handed, &field, "must begin with X- to be handed on")?;
        self.validate_value(&format!("{at}/value"), username)
    }

    fn validate_value(&self, field: &str, username: Option<&str>) -> Result<(), Invalid> {
        let Some(value) = &self.value else {
            let needed = self.action != HeaderAction::Add;
            return rule(needed, field, "must be said where a header is added");
        };
        let alone = self.action == HeaderAction::Add;
        rule(alone, field, "must be left out where nothing is added")?;
        let printable = value.bytes().all(|b| (b' '..=b'~').contains(&b));
        let sized = (1..=VALUE_MAX).contains(&value.len()) && value.trim() == value;
        let form = "must be 1 to 256 printable ASCII characters, no blank first or last";
        rule(printable && sized, field, form)?;
        let places = "must have no braces but those of {called}, {caller}, {username}, {domain}";
        let pieces = pieces(value);
        rule(pieces.is_some(), field, places)?;
        let named = pieces.is_some_and(|all| all.contains(&Piece::Username));
        let out = self.direction == HeaderDirection::Out;
        rule(!named || out, field, "must not tell {username} to phones")?;
        let some = username.is_some();
        rule(
            !named || some,
            field,
            "must not have {username} of a trunk that has none",
        )
    }
}

impl Trunk {
    pub(super) fn validate_headers(&self) -> Result<(), Invalid> {
        let few = self.headers.len() <= HEADER_RULES_MAX;
        rule(few, "/headers", "must have at most 16 rules")?;
        for (at, header) in self.headers.iter().enumerate() {
            header.validate(&format!("/headers/{at}"), self.username.as_deref())?;
        }
        Ok(())
    }

    /// The names of headers that its rules hand on in a direction.
    pub fn relayed(&self, direction: HeaderDirection) -> impl Iterator<Item = &str> {
        let rules = self.headers.iter();
        let rules = rules.filter(move |rule| rule.relays(direction));
        rules.map(|rule| rule.name.as_str())
    }

    /// What its rules write into an INVITE: names and values, in order. A `User-Agent` stands in
    /// the place of the exchange's own, and an empty one says that there is to be none.
    pub fn headers_for(
        &self,
        direction: HeaderDirection,
        facts: &HeaderFacts<'_>,
    ) -> Vec<(String, String)> {
        let mut written: Vec<(String, String)> = Vec::new();
        for rule in self
            .headers
            .iter()
            .filter(|rule| rule.direction == direction)
        {
            let agent = rule.is_for(AGENT);
            match rule.action {
                HeaderAction::Add => {
                    let template = rule.value.as_deref().unwrap_or_default();
                    if let Some(value) = self.fill(template, facts) {
                        written.retain(|(name, _)| !(agent && rule.is_for(name)));
                        written.push((rule.name.clone(), value));
                    }
                }
                HeaderAction::Remove => {
                    written.retain(|(name, _)| !rule.is_for(name));
                    if agent {
                        written.push((AGENT.to_owned(), String::new()));
                    }
                }
                HeaderAction::Relay => {
                    let brought = facts.brought.iter();
                    let brought = brought.filter(|(name, _)| rule.is_for(name));
                    let named = brought.map(|(_, value)| (rule.name.clone(), value.clone()));
                    written.extend(named);
                }
            }
        }
        written
    }

    /// A value with its placeholders filled in; nothing where one has nothing to stand for, or
    /// what it stands for could end the value or change how it is read.
    fn fill(&self, template: &str, facts: &HeaderFacts<'_>) -> Option<String> {
        let mut value = String::new();
        for piece in pieces(template)? {
            match piece {
                Piece::Text(text) => value.push_str(text),
                Piece::Username => value.push_str(self.username.as_deref()?),
                Piece::Called => value.push_str(plain(facts.called)?),
                Piece::Caller => value.push_str(plain(facts.caller?)?),
                Piece::Domain => value.push_str(plain(facts.domain)?),
            }
        }
        (value.len() <= FILLED_MAX).then_some(value)
    }
}

/// The header of the exchange's own that rules may change.
const AGENT: &str = "User-Agent";

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Called,
    Caller,
    Username,
    Domain,
}

/// The pieces of a value; nothing where a brace belongs to no placeholder.
fn pieces(value: &str) -> Option<Vec<Piece<'_>>> {
    let mut all = Vec::new();
    let mut rest = value;
    while let Some((text, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let placeholder = match name {
            "called" => Piece::Called,
            "caller" => Piece::Caller,
            "username" => Piece::Username,
            "domain" => Piece::Domain,
            _ => return None,
        };
        all.extend([Piece::Text(text), placeholder]);
        rest = after;
    }
    all.push(Piece::Text(rest));
    let is_open = |piece: &Piece<'_>| matches!(piece, Piece::Text(text) if text.contains('}'));
    (!all.iter().any(is_open)).then_some(all)
}

/// What a caller or a phone has said, where it is a plain word: nobody but the rule itself says
/// how a value is built.
fn plain(text: &str) -> Option<&str> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"+*#.-_".contains(&b);
    (!text.is_empty() && text.bytes().all(good)).then_some(text)
}

/// Whether a value may be handed on as it is.
pub fn may_be_relayed(value: &str) -> bool {
    let sized = (1..=RELAYED_VALUE_MAX).contains(&value.len());
    sized && !value.chars().any(char::is_control)
}

/// RFC 3261 §25.1's token.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

#[cfg(test)]
mod tests;
