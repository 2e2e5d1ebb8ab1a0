//! The list of id kinds, and the one macro that makes a type of each.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::code::{self, PREFIX_LENGTH, ParseIdError};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {
        /// The prefix of every kind, in the order of the list.
        pub const PREFIXES: &[&str] = &[$($prefix),*];

        $(
            $(#[$doc])*
            ///
            #[doc = concat!("Text: `", $prefix, "` and 26 characters of lower-case base32.")]
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(u128);

            const _: () = assert!($prefix.len() == PREFIX_LENGTH);

            impl $name {
                /// What the text of every id of this kind begins with.
                pub const PREFIX: &'static str = $prefix;

                /// Makes an id of a time in Unix milliseconds (clamped to 48 bits) and of the
                /// low 80 bits of `random`.
                pub const fn new(unix_ms: u64, random: u128) -> Self {
                    Self(code::join(unix_ms, random))
                }

                /// The id with these 128 bits, as [`Self::as_u128`] gave them.
                pub const fn from_u128(bits: u128) -> Self {
                    Self(bits)
                }

                /// All 128 bits.
                pub const fn as_u128(self) -> u128 {
                    self.0
                }

                /// When the id was made, in Unix milliseconds.
                pub fn unix_ms(self) -> u64 {
                    code::unix_ms(self.0)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let text = code::encode($prefix, self.0);
                    f.pad(str::from_utf8(&text).map_err(|_| fmt::Error)?)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = ParseIdError;

                fn from_str(text: &str) -> Result<Self, ParseIdError> {
                    code::decode($prefix, text).map(Self)
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Text;

                    impl Visitor<'_> for Text {
                        type Value = $name;

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str(concat!("an id beginning with \"", $prefix, "\""))
                        }

                        fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                            text.parse().map_err(E::custom)
                        }
                    }

                    deserializer.deserialize_str(Text)
                }
            }
        )*
    };
}

ids! {
    /// A tenant: the wall around one customer's numbers, phones and calls.
    TenantId "ten_"
    /// A reseller: an account between the operator and the tenants it sells to.
    ResellerId "rsl_"
    /// A plan: how much a tenant may use.
    PlanId "pln_"
    /// An extension of a tenant.
    ExtensionId "ext_"
    /// A device that registers for an extension.
    DeviceId "dev_"
    /// One binding of an address of record to a contact.
    BindingId "bnd_"
    /// One call as the switch sees it, all its legs together; not the SIP Call-ID of a leg.
    CallId "cal_"
    /// One call detail record.
    CdrId "cdr_"
    /// One API key.
    TokenId "tok_"
    /// One request to the API.
    RequestId "req_"
    /// One node of the cluster.
    NodeId "nod_"
    /// One entry of the audit log.
    AuditId "aud_"
    /// One event of a tenant's log.
    EventId "evt_"
    /// One webhook: an endpoint of a tenant's that is told of events.
    WebhookId "whk_"
    /// A person who signs in.
    UserId "usr_"
    /// One support access: somebody above a tenant inside it.
    SupportId "sup_"
    /// A role that somebody made.
    RoleId "rol_"
    /// A legal hold: what keeps data from being erased.
    HoldId "hld_"
    /// One login of a person, from signing in to signing out.
    LoginId "lgn_"
    /// A person's passkey.
    PasskeyId "psk_"
    /// A sign-in server of a tenant's.
    SsoId "sso_"
    /// A trunk: a connection to a carrier or to another exchange.
    TrunkId "trk_"
    /// A rate deck: what a carrier asks for calls.
    RateDeckId "rdk_"
    /// A telephone number of an account's inventory.
    NumberId "num_"
    /// A key that signs calls.
    SigningKeyId "sgk_"
    /// A schedule of a tenant's: when it is open.
    ScheduleId "sch_"
    /// A sound of a tenant's: what it has recorded.
    SoundId "snd_"
    /// A programme of music on hold of a tenant's.
    MusicId "mus_"
    /// A recording of a call.
    RecordingId "rec_"
    /// A fax of a tenant's.
    FaxId "fax_"
    /// An emergency location of a tenant's: a place that help can be sent to.
    EmergencyLocationId "loc_"
    /// A site of a tenant's: the networks of a place.
    SiteId "sit_"
    /// A rule of a tenant's for calls that come in by trunks.
    InboundRouteId "inr_"
    /// A rule of a tenant's for calls that go out by trunks.
    OutboundRouteId "our_"
    /// A budget of a tenant's for calls by trunks.
    TollGuardId "tgd_"
    /// A containment: a device that may not call out by trunks.
    ContainmentId "ctn_"
}
