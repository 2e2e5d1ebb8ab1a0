//! The presets: a row for each carrier, with the pages that it comes from. What a page does not
//! say is not in its row.

use super::{PresetAsk, TrunkPreset};
use crate::trunk::{CalledIn, NumberForm, TrunkIdentity, TrunkMode};

/// A row that says nothing yet.
const fn row(name: &'static str, carrier: &'static str, mode: TrunkMode) -> TrunkPreset {
    TrunkPreset {
        name,
        carrier,
        mode,
        peers: &[],
        sources: &[],
        numbers: NumberForm::PlusE164,
        identity: TrunkIdentity::From,
        called_in: CalledIn::RequestUri,
        asks: &[],
        note: "",
        pages: &[],
    }
}

const fn needed(name: &'static str, what: &'static str) -> PresetAsk {
    PresetAsk {
        name,
        what,
        needed: true,
    }
}

const fn perhaps(name: &'static str, what: &'static str) -> PresetAsk {
    PresetAsk {
        name,
        what,
        needed: false,
    }
}

const USERNAME: PresetAsk = needed(
    "username",
    "the user name of the trunk; its password is the \
     secret",
);
const DIGEST: PresetAsk = perhaps(
    "username",
    "the user name, where the carrier asks for one \
     beside the address; its password is the secret",
);
const SOURCES: PresetAsk = perhaps(
    "sources",
    "the addresses that calls come from, as the carrier \
     tells them; without them none come in",
);

pub(super) const ALL: &[TrunkPreset] = &[
    TrunkPreset {
        asks: &[
            needed(
                "host",
                "the first of the addresses that the carrier gave for the trunk",
            ),
            SOURCES,
        ],
        note: "Addresses are given in pairs at the start: say both as peers, in place of host.",
        pages: &[
            "https://support.bandwidth.com/hc/en-us/articles/\
             204138866-Outbound-Calling-Integration-Guide",
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks/\
             bandwidth-sip-trunk/configuring-bandwidth-ip-authentication-trunk",
        ],
        peers: &["sip:{host}"],
        ..row("bandwidth", "Bandwidth", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:sip.callcentric.net"],
        called_in: CalledIn::To,
        asks: &[needed(
            "username",
            "the account number that begins with 1777, with the extension's three digits after \
             it unless that is 100; the extension's SIP password is the secret",
        )],
        note: "Calls come where the trunk is registered, with the number called in To.",
        pages: &["https://github.com/nemerald-voip/fspbx (trunk-providers/callcentric)"],
        ..row("callcentric", "Callcentric", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:178.22.58.10"],
        asks: &[SOURCES],
        note: "The caller's number is one of the customer's own, with a plus.",
        pages: &[
            "https://knowledgecenter.cm.com/knowledge-center/communications-platform/\
             sip-trunking/general-information/sip-invite-header-format",
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("cm", "CM.com", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        identity: TrunkIdentity::Asserted,
        asks: &[
            needed(
                "host",
                "the SIP host that the account shows for the trunk, such as \
                 us-west-or.sip.flowroute.com",
            ),
            DIGEST,
            SOURCES,
        ],
        note: "Where the carrier knows the exchange by its address alone, it wants its prefix of \
               eight digits and * before each number: prepend it in the outbound route.",
        pages: &[
            "https://support.bcmone.com/flowroute-support/docs/\
             flowroute-service-guide-technical-specifications",
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks/\
             flowroute-sip-trunk/configuring-flowroute-ip-authentication-trunk",
        ],
        ..row("flowroute", "Flowroute", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        identity: TrunkIdentity::Asserted,
        asks: &[
            needed("host", "the address that the carrier gave for the trunk"),
            SOURCES,
        ],
        note: "The caller's number stands in From and P-Asserted-Identity, with a plus.",
        pages: &[
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("gamma", "Gamma", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        asks: &[
            needed(
                "host",
                "the domain that the account shows for the trunk's region, such as \
                 sbc.questblue.com",
            ),
            needed(
                "username",
                "the trunk's name; the trunk's password is the secret",
            ),
        ],
        pages: &[
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("questblue", "QuestBlue", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:{account}.pstn.sinch.com"],
        asks: &[
            needed(
                "account",
                "the first part of the trunk's domain, before .pstn.sinch.com",
            ),
            DIGEST,
            SOURCES,
        ],
        pages: &["https://developers.sinch.com/docs/est/test-plan"],
        ..row("sinch", "Sinch", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:reg.skyetel.com"],
        asks: &[USERNAME],
        note: "The name leads to all regions by its SRV records.",
        pages: &["https://support.skyetel.com/hc/en-us/articles/360056914834-SIP-Registration"],
        ..row("skyetel", "Skyetel", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:sip.telnyx.com"],
        asks: &[USERNAME],
        note: "The name is that of the region US; sip-eu.telnyx.com is Europe's. A trunk that \
               the carrier knows by its address may have to send P-Charge-Info: see headers.",
        pages: &[
            "https://developers.telnyx.com/docs/voice/sip-trunking/routing/failover-and-retries",
            "https://developers.telnyx.com/docs/voice/sip-trunking/authentication/\
             credential-types",
        ],
        ..row("telnyx", "Telnyx", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:{account}.pstn.twilio.com"],
        sources: &[
            "54.172.60.0/30",
            "54.244.51.0/30",
            "54.171.127.192/30",
            "35.156.191.128/30",
            "54.65.63.192/30",
            "54.169.127.128/30",
            "54.252.254.64/30",
            "177.71.206.192/30",
        ],
        asks: &[
            needed(
                "account",
                "the first part of the trunk's termination URI, before .pstn.twilio.com",
            ),
            DIGEST,
        ],
        note: "The sources are the carrier's for all its customers, and no two trunks of the \
               platform have the same: let one be shared, or say sources=[] in all but one.",
        pages: &[
            "https://www.twilio.com/docs/sip-trunking/sending-sip-to-twilio-best-practices",
            "https://www.twilio.com/docs/sip-trunking/ip-addresses",
        ],
        ..row("twilio", "Twilio", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        identity: TrunkIdentity::Asserted,
        asks: &[
            needed("host", "the server that the carrier gave for the trunk"),
            USERNAME,
        ],
        note: "The caller's number stands in From and P-Asserted-Identity, with a plus.",
        pages: &[
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("voicemeup", "VoiceMeUp", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        asks: &[
            needed(
                "host",
                "the server that the account's numbers are pointed to, of the carrier's list at \
                 wiki.voip.ms/article/Servers",
            ),
            needed(
                "username",
                "the account's or sub-account's user name; its SIP password is the secret",
            ),
        ],
        pages: &[
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("voipms", "VoIP.ms", TrunkMode::Register)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        numbers: NumberForm::E164,
        asks: &[
            needed(
                "host",
                "the trunk's domain, such as yourcompany.sip-us.vonage.com",
            ),
            DIGEST,
            SOURCES,
        ],
        note: "The caller's number stands in From.",
        pages: &["https://developer.vonage.com/de/sip/technical-details"],
        ..row("vonage", "Vonage", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:23.155.16.10"],
        asks: &[SOURCES],
        pages: &[
            "https://support.portsip.com/portsip-communications-solution/configuring-sip-trunks",
        ],
        ..row("voxtelesys", "Voxtelesys", TrunkMode::Peer)
    },
    TrunkPreset {
        peers: &["sip:{host}"],
        asks: &[
            needed(
                "host",
                "the nearest gateway: nl.wavix.net, us.wavix.net, sg.wavix.net or au.wavix.net",
            ),
            needed(
                "username",
                "the trunk's id of five digits; its password is the secret",
            ),
        ],
        pages: &[
            "https://docs.wavix.com/sip-trunking/sip-trunks",
            "https://github.com/Wavix/wavix-mcp-server",
        ],
        ..row("wavix", "Wavix", TrunkMode::Register)
    },
];
