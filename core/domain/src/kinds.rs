//! From the name of a kind to its type: the one list of all kinds.

use tenancy::Owner;

use crate::containment::Containment;
use crate::device::Device;
use crate::emergency_location::EmergencyLocation;
use crate::extension::Extension;
use crate::hold::Hold;
use crate::inbound_route::InboundRoute;
use crate::kind::{Kind, Link, Place};
use crate::kind_name::KindName;
use crate::music::Music;
use crate::number::Number;
use crate::outbound_route::OutboundRoute;
use crate::plan::Plan;
use crate::rate_deck::RateDeck;
use crate::reseller::Reseller;
use crate::role::Role;
use crate::schedule::Schedule;
use crate::secret_rule::SecretRule;
use crate::signing_key::SigningKey;
use crate::site::Site;
use crate::sound::Sound;
use crate::sso::Sso;
use crate::tenant::Tenant;
use crate::toll_guard::TollGuard;
use crate::trunk::Trunk;
use crate::user::User;
use crate::webhook::Webhook;

/// Something that is done with the type of a kind of which only the name is known.
pub trait ForKind {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<K: Kind>(self) -> Self::Output;
}

impl KindName {
    /// Does something with the type of the kind.
    pub fn with<T: ForKind>(self, task: T) -> T::Output {
        match self {
            KindName::Reseller => task.run::<Reseller>(),
            KindName::Plan => task.run::<Plan>(),
            KindName::Tenant => task.run::<Tenant>(),
            KindName::Sound => task.run::<Sound>(),
            KindName::Music => task.run::<Music>(),
            KindName::Extension => task.run::<Extension>(),
            KindName::EmergencyLocation => task.run::<EmergencyLocation>(),
            KindName::Site => task.run::<Site>(),
            KindName::Device => task.run::<Device>(),
            KindName::Role => task.run::<Role>(),
            KindName::User => task.run::<User>(),
            KindName::Hold => task.run::<Hold>(),
            KindName::Webhook => task.run::<Webhook>(),
            KindName::Sso => task.run::<Sso>(),
            KindName::RateDeck => task.run::<RateDeck>(),
            KindName::Trunk => task.run::<Trunk>(),
            KindName::Number => task.run::<Number>(),
            KindName::SigningKey => task.run::<SigningKey>(),
            KindName::Schedule => task.run::<Schedule>(),
            KindName::InboundRoute => task.run::<InboundRoute>(),
            KindName::OutboundRoute => task.run::<OutboundRoute>(),
            KindName::TollGuard => task.run::<TollGuard>(),
            KindName::Containment => task.run::<Containment>(),
        }
    }

    /// Who owns the kind's documents.
    pub fn place(self) -> Place {
        struct Task;
        impl ForKind for Task {
            type Output = Place;
            fn run<K: Kind>(self) -> Place {
                K::PLACE
            }
        }
        self.with(Task)
    }

    /// The members of its specs that point to other documents.
    pub fn links(self) -> &'static [Link] {
        struct Task;
        impl ForKind for Task {
            type Output = &'static [Link];
            fn run<K: Kind>(self) -> &'static [Link] {
                K::LINKS
            }
        }
        self.with(Task)
    }

    /// The kinds whose documents may point to one of this kind, in the order of all kinds.
    pub fn pointed_at_by(self) -> impl Iterator<Item = KindName> {
        let points = move |from: &KindName| from.links().iter().any(|link| link.kind == self);
        KindName::ALL.into_iter().filter(points)
    }

    /// Whether its documents have a secret.
    pub fn secret(self) -> SecretRule {
        struct Task;
        impl ForKind for Task {
            type Output = SecretRule;
            fn run<K: Kind>(self) -> SecretRule {
                K::SECRET
            }
        }
        self.with(Task)
    }

    /// Most documents of one owner, whatever a plan allows.
    pub fn most(self) -> Option<u32> {
        struct Task;
        impl ForKind for Task {
            type Output = Option<u32>;
            fn run<K: Kind>(self) -> Option<u32> {
                K::MOST
            }
        }
        self.with(Task)
    }

    /// The word for several of the kind.
    pub fn many(self) -> &'static str {
        struct Task;
        impl ForKind for Task {
            type Output = &'static str;
            fn run<K: Kind>(self) -> &'static str {
                K::MANY
            }
        }
        self.with(Task)
    }

    /// The space of unique keys in which the kind's natural keys lie.
    pub fn key_space(self) -> &'static str {
        struct Task;
        impl ForKind for Task {
            type Output = &'static str;
            fn run<K: Kind>(self) -> &'static str {
                K::KEY_SPACE
            }
        }
        self.with(Task)
    }

    /// Whether a text has the form of an id of the kind.
    pub fn is_id(self, text: &str) -> bool {
        struct Task<'a>(&'a str);
        impl ForKind for Task<'_> {
            type Output = bool;
            fn run<K: Kind>(self) -> bool {
                self.0.parse::<K::Id>().is_ok()
            }
        }
        self.with(Task(text))
    }

    /// The owner that a document with this id is itself, when its kind is one that owns itself.
    pub fn itself(self, id: &str) -> Option<Owner> {
        match self.place() {
            Place::Itself => id.parse().ok().filter(|_| self.is_id(id)),
            Place::Account | Place::Tenant | Place::Anywhere => None,
        }
    }
}
