//! Recordings: what was said in a call, as it is found again. The sound itself lies on a shelf,
//! encrypted with a key that is kept here.

use std::fmt;

use ids::{CallId, ExtensionId, RecordingId, TenantId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::recorded_sides::RecordedSides;

/// Whether more is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// The call is being recorded.
    Running,
    /// Nothing more comes.
    Finished,
}

/// With what the sound of one recording is encrypted. It is kept sealed under its tenant's data
/// key, so that whoever erases that erases the sound.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingKey(pub [u8; 32]);

impl fmt::Debug for RecordingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordingKey")
    }
}

/// The most members that a recording of a conference names.
pub const RECORDED_MEMBERS_MAX: usize = 1_000;

/// The recording of one call, or of one conference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Its id.
    pub id: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The call; of a conference that of the member with which it began.
    pub call: CallId,
    /// The conference, where it is of one.
    #[serde(default)]
    pub conference: Option<ExtensionId>,
    /// The number of who called; of a conference that of the member with which it began.
    pub caller: String,
    /// The number of who was called, as it was when the recording began; or that of the conference.
    pub called: String,
    /// The trunk of the recording client that has sent it, where it is of a call of somebody else's
    /// exchange (RFC 7866): `call` is an id of its own then.
    #[serde(default)]
    pub client: Option<TrunkId>,
    /// The numbers of those who were in the conference while it was recorded, in the order in
    /// which they came; of one that a client has sent, the names and addresses of all who took
    /// part; [`RECORDED_MEMBERS_MAX`] at most.
    #[serde(default)]
    pub members: Vec<String>,
    /// Whose voice it has. Those that were made before there was a choice have both.
    #[serde(default)]
    pub sides: RecordedSides,
    /// When its sound begins.
    #[serde(with = "machine::rfc3339")]
    pub began: WallTime,
    /// How long it is, in milliseconds; 0 while it runs.
    pub lasts_ms: u64,
    /// Octets on the shelf; 0 while it runs.
    pub octets: u64,
    /// Whether more is to come.
    pub state: RecordingState,
    /// It runs and nothing goes there for now.
    #[serde(default)]
    pub paused: bool,
    /// The key of its sound.
    pub key: RecordingKey,
}

impl Recording {
    /// The numbers of all who are heard there, so far as they are known. Of those whom a client has
    /// named by an address it is the address's user part.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        let members = self.members.iter().map(|member| number_of(member));
        [&*self.caller, &*self.called].into_iter().chain(members)
    }
}

/// The number in a name and address as `Ida <sip:4711@other.example>`, in an address, or by itself.
fn number_of(member: &str) -> &str {
    let address = member.rsplit_once('<').map_or(member, |(_, rest)| rest);
    let address = address.trim_end_matches('>');
    let mut schemes = ["sip:", "sips:", "tel:"].into_iter();
    let user = schemes.find_map(|scheme| address.strip_prefix(scheme));
    let Some(user) = user else { return member };
    user.split(['@', ';', '?']).next().unwrap_or(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_within_a_name_and_address() {
        for (member, number) in [
            ("101", "101"),
            ("Ida <sip:4711@other.example>", "4711"),
            ("tel:+4930;phone-context=x", "+4930"),
            ("sips:anna@a.example?x=y", "anna"),
            ("Ida", "Ida"),
        ] {
            assert_eq!(number_of(member), number);
        }
    }
}
