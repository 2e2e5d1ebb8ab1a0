//! Permissions: what an operation needs, as a topic and a verb, such as `extension.read`.

use std::fmt;
use std::str::FromStr;

use crate::fixed_role::Level;
use crate::kind_name::KindName;

/// What a permission is about: a kind of resource, or facts and acts beside the kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Documents of a kind.
    Kind(KindName),
    /// Companies as wholes, with all their secrets: out into archives, and in.
    Archive,
    /// Audit trails.
    Audit,
    /// Sources whose messages are not read.
    Ban,
    /// Live calls.
    Call,
    /// Certificates of TLS.
    Certificate,
    /// Call records.
    Cdr,
    /// Deliveries to webhooks.
    Delivery,
    /// The log of events.
    Event,
    /// Faxes.
    Fax,
    /// API keys.
    Key,
    /// Figures of the whole exchange.
    Metric,
    /// What is known of a person, as a whole.
    Person,
    /// Recordings of calls.
    Recording,
    /// Live registrations.
    Registration,
    /// The keys that seal secrets.
    Seal,
    /// Who from above may enter a company.
    Support,
    /// What a company uses of what it may.
    Usage,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// To list and to show.
    Read,
    /// To make.
    Create,
    /// To change, and to roll back.
    Change,
    /// To delete, and to revoke.
    Remove,
    /// To give a new secret.
    Rotate,
    /// To end while it goes on.
    End,
    /// To do once more.
    Replay,
    /// To try.
    Test,
    /// To ask for.
    Ask,
    /// To let in.
    Grant,
    /// To take out as a whole, which is more than to read: secrets go with it.
    Take,
    /// To bring in as a whole.
    Bring,
    /// To have something sent.
    Send,
}

/// One permission. Only those of the closed set [`Permission::all`] exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    topic: Topic,
    verb: Verb,
}

/// The topics beside the kinds.
const FACTS: [Topic; 17] = [
    Topic::Archive,
    Topic::Audit,
    Topic::Ban,
    Topic::Call,
    Topic::Cdr,
    Topic::Certificate,
    Topic::Delivery,
    Topic::Event,
    Topic::Fax,
    Topic::Key,
    Topic::Metric,
    Topic::Person,
    Topic::Recording,
    Topic::Registration,
    Topic::Seal,
    Topic::Support,
    Topic::Usage,
];

/// What may be done with documents of every kind.
const OF_KINDS: [Verb; 4] = [Verb::Read, Verb::Create, Verb::Change, Verb::Remove];

/// Whether the exchange makes the secrets of a kind's documents, so that it can give new ones.
fn makes_secrets(kind: KindName) -> bool {
    match kind {
        KindName::Device | KindName::Webhook => true,
        KindName::Reseller
        | KindName::Plan
        | KindName::Tenant
        | KindName::Extension
        | KindName::Role
        | KindName::User
        | KindName::Hold
        | KindName::Sso
        | KindName::RateDeck
        | KindName::Trunk
        | KindName::Number
        | KindName::SigningKey
        | KindName::Schedule
        | KindName::Sound
        | KindName::Music
        | KindName::EmergencyLocation
        | KindName::Site
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => false,
    }
}

impl From<KindName> for Topic {
    fn from(kind: KindName) -> Self {
        Topic::Kind(kind)
    }
}

impl Topic {
    /// All of them, the kinds first.
    pub fn all() -> impl Iterator<Item = Topic> {
        KindName::ALL.into_iter().map(Topic::Kind).chain(FACTS)
    }

    /// The word, as in texts of permissions.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Kind(kind) => kind.as_str(),
            Topic::Archive => "archive",
            Topic::Audit => "audit",
            Topic::Ban => "ban",
            Topic::Call => "call",
            Topic::Cdr => "cdr",
            Topic::Certificate => "certificate",
            Topic::Delivery => "delivery",
            Topic::Event => "event",
            Topic::Fax => "fax",
            Topic::Key => "key",
            Topic::Metric => "metric",
            Topic::Person => "person",
            Topic::Recording => "recording",
            Topic::Registration => "registration",
            Topic::Seal => "seal",
            Topic::Support => "support",
            Topic::Usage => "usage",
        }
    }

    /// The permission to do something about it; `None` when nothing of the sort is done.
    pub fn to(self, verb: Verb) -> Option<Permission> {
        self.knows(verb).then_some(Permission { topic: self, verb })
    }

    fn knows(self, verb: Verb) -> bool {
        use Verb::{
            Ask, Bring, Change, Create, End, Grant, Read, Remove, Replay, Rotate, Send, Take, Test,
        };
        match self {
            Topic::Kind(kind) => {
                OF_KINDS.contains(&verb)
                    || (verb == Rotate && makes_secrets(kind))
                    || (verb == Test && kind == KindName::Webhook)
            }
            Topic::Archive => [Take, Bring].contains(&verb),
            Topic::Audit
            | Topic::Cdr
            | Topic::Event
            | Topic::Metric
            | Topic::Registration
            | Topic::Usage => verb == Read,
            Topic::Ban => [Read, Create, Remove].contains(&verb),
            Topic::Call => [Read, Change, End].contains(&verb),
            Topic::Certificate => [Read, Ask].contains(&verb),
            Topic::Delivery => [Read, Replay].contains(&verb),
            Topic::Key => [Read, Create, Remove, Rotate].contains(&verb),
            Topic::Fax => [Read, Remove, Send].contains(&verb),
            Topic::Person => [Read, Remove].contains(&verb),
            Topic::Recording => [Read, Ask, Remove].contains(&verb),
            Topic::Seal => [Read, Rotate].contains(&verb),
            Topic::Support => [Read, Ask, Grant, End].contains(&verb),
        }
    }
}

impl Verb {
    /// All of them.
    pub const ALL: [Verb; 13] = [
        Verb::Read,
        Verb::Create,
        Verb::Change,
        Verb::Remove,
        Verb::Rotate,
        Verb::End,
        Verb::Replay,
        Verb::Test,
        Verb::Ask,
        Verb::Grant,
        Verb::Take,
        Verb::Bring,
        Verb::Send,
    ];

    /// The word, as in texts of permissions.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Read => "read",
            Verb::Create => "create",
            Verb::Change => "change",
            Verb::Remove => "remove",
            Verb::Rotate => "rotate",
            Verb::End => "end",
            Verb::Replay => "replay",
            Verb::Test => "test",
            Verb::Ask => "ask",
            Verb::Grant => "grant",
            Verb::Take => "take",
            Verb::Bring => "bring",
            Verb::Send => "send",
        }
    }
}

impl Permission {
    /// The permission to do something with documents of a kind; every kind has reading, making,
    /// changing and removing, so this is never nothing for those.
    pub const fn of_kind(kind: KindName, verb: Verb) -> Permission {
        Permission {
            topic: Topic::Kind(kind),
            verb,
        }
    }

    /// The permission to do something about facts and acts.
    pub const fn of(topic: Topic, verb: Verb) -> Permission {
        Permission { topic, verb }
    }

    /// The closed set, in the order of topics and verbs.
    pub fn all() -> impl Iterator<Item = Permission> {
        Topic::all().flat_map(|topic| Verb::ALL.into_iter().filter_map(move |verb| topic.to(verb)))
    }

    /// What it is about.
    pub fn topic(self) -> Topic {
        self.topic
    }

    /// What it permits.
    pub fn verb(self) -> Verb {
        self.verb
    }

    /// Whether anybody of this level can have it. A company sells nothing, and it alone decides
    /// who enters it.
    pub fn exists_for(self, level: Level) -> bool {
        let of_company = level == Level::Tenant;
        let (topic, verb) = (self.topic, self.verb);
        let sold = [KindName::Reseller, KindName::Plan].map(Topic::Kind);
        if sold.contains(&topic)
            || topic == Topic::Seal
            || [(Topic::Support, Verb::Ask), (Topic::Archive, Verb::Bring)].contains(&(topic, verb))
        {
            return !of_company;
        }
        if topic == Topic::Kind(KindName::Tenant) {
            return !of_company || verb == Verb::Read;
        }
        if [Topic::Metric, Topic::Ban, Topic::Certificate].contains(&topic) {
            return level == Level::Platform;
        }
        of_company || (topic, verb) != (Topic::Support, Verb::Grant)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.topic.as_str(), self.verb.as_str())
    }
}

/// A text that is no permission, or no pattern of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPermission;

impl fmt::Display for NoPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a permission, such as extension.read, extension.* or *.read")
    }
}

impl std::error::Error for NoPermission {}

impl FromStr for Permission {
    type Err = NoPermission;

    fn from_str(text: &str) -> Result<Permission, NoPermission> {
        Permission::all()
            .find(|permission| permission.to_string() == text)
            .ok_or(NoPermission)
    }
}

/// Several permissions in one text: `extension.*`, `*.read`, `*.*`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    topic: Option<Topic>,
    verb: Option<Verb>,
}

impl Pattern {
    /// Whether it means this permission, too.
    pub fn means(self, permission: Permission) -> bool {
        self.topic.is_none_or(|topic| topic == permission.topic)
            && self.verb.is_none_or(|verb| verb == permission.verb)
    }
}

impl FromStr for Pattern {
    type Err = NoPermission;

    /// Reads a pattern. One that means no permission at all is none.
    fn from_str(text: &str) -> Result<Pattern, NoPermission> {
        let (topic, verb) = text.split_once('.').ok_or(NoPermission)?;
        let topic = match topic {
            "*" => None,
            word => Some(
                Topic::all()
                    .find(|t| t.as_str() == word)
                    .ok_or(NoPermission)?,
            ),
        };
        let verb = match verb {
            "*" => None,
            word => {
                let known = Verb::ALL.into_iter().find(|v| v.as_str() == word);
                Some(known.ok_or(NoPermission)?)
            }
        };
        let pattern = Pattern { topic, verb };
        let some = Permission::all().any(|permission| pattern.means(permission));
        some.then_some(pattern).ok_or(NoPermission)
    }
}
