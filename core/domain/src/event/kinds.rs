//! The types of events.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// What happened. The text is `THING.HAPPENED`.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl EventKind {
            /// All types.
            pub const ALL: &'static [EventKind] = &[$(EventKind::$name),*];

            /// The text, as stored and as shown.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(EventKind::$name => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// A document was made.
    ResourceCreated "resource.created"
    /// A document or its secret was replaced.
    ResourceChanged "resource.changed"
    /// A document was deleted.
    ResourceDeleted "resource.deleted"
    /// A call began.
    CallStarted "call.started"
    /// The first phone rings.
    CallRinging "call.ringing"
    /// The call was answered.
    CallAnswered "call.answered"
    /// A party put the other on hold.
    CallHeld "call.held"
    /// A party took the other back.
    CallResumed "call.resumed"
    /// A party asks for the other to be sent on.
    CallTransferring "call.transferring"
    /// The new party has taken over.
    CallTransferred "call.transferred"
    /// The new party could not be had.
    CallTransferFailed "call.transfer_failed"
    /// The parties went on in another call.
    CallMerged "call.merged"
    /// The call is over, and this is its record.
    CallEnded "call.ended"
    /// Where a device can be reached has changed.
    RegistrationChanged "registration.changed"
    /// A device registered with the secret before its present one.
    FormerSecretUsed "registration.former_secret"
    /// A trunk of the tenant's own works again, or for the first time.
    TrunkUp "trunk.up"
    /// A trunk of the tenant's own does not work any more.
    TrunkDown "trunk.down"
    /// Of the minutes that a trunk may be talked by on one day, 80 % or all are used.
    TrunkMinutes "trunk.minutes"
    /// A budget of calls by trunks is used up to the share at which its company is warned.
    FraudWarned "fraud.warned"
    /// A device may not call out by trunks any more, or what is kept of that has changed.
    FraudContained "fraud.contained"
    /// A containment was deleted: its device may call out by trunks again.
    FraudReleased "fraud.released"
    /// Somebody of the operator or a reseller asks to be let in.
    SupportAsked "support.asked"
    /// Somebody of the operator or a reseller is let in.
    SupportBegan "support.began"
    /// An access was refused or ended.
    SupportEnded "support.ended"
    /// A trial delivery to a webhook; never in the log.
    WebhookPing "webhook.ping"
    /// Somebody calls for help, or tries where such a call leads.
    EmergencyCalled "emergency.called"
    /// A call that was not answered goes on elsewhere.
    CallForwarded "call.forwarded"
    /// A party ought to talk, and nothing is heard of it.
    CallSilent "call.silent"
    /// A party is heard again.
    CallHeard "call.heard"
    /// It has turned out who has answered a call that went out.
    CallAnswerer "call.answerer"
    /// The machine that has answered a call has beeped, and listens now.
    CallBeeped "call.beeped"
    /// Somebody has joined a conference.
    ConferenceJoined "conference.joined"
    /// Somebody has left a conference.
    ConferenceLeft "conference.left"
    /// Another member of a conference has the floor: it was the loudest for a while.
    ConferenceFloor "conference.floor"
    /// A call that a recording server is to keep is not sent there, or no longer.
    RecordingUnsent "recording.unsent"
    /// A fax has come.
    FaxReceived "fax.received"
    /// A fax was to come or to be sent, and has not come or gone, or not all of it.
    FaxFailed "fax.failed"
    /// A fax was sent.
    FaxSent "fax.sent"
    /// How a call that goes on sounds; told to streams that ask for it, never in the log.
    CallQuality "call.quality"
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl EventKind {
    /// The type with this text.
    pub fn named(text: &str) -> Option<EventKind> {
        EventKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
    }

    /// What the event is about: the text before the dot.
    pub fn family(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}
