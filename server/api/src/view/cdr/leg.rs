//! The view of one leg of a call record.

use domain::{Answerer, ByTrunk, CdrLeg, LegDirection, Proved, Quality, Vouched};
use ids::{SigningKeyId, SiteId, TrunkId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::PartyView;

/// Which way a leg was set up, seen from the exchange.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Direction)]
pub(crate) enum DirectionView {
    /// The peer called us.
    Incoming,
    /// We called the peer.
    Outgoing,
}

impl From<LegDirection> for DirectionView {
    fn from(direction: LegDirection) -> Self {
        match direction {
            LegDirection::Incoming => DirectionView::Incoming,
            LegDirection::Outgoing => DirectionView::Outgoing,
        }
    }
}

/// Quality of one direction of a leg's media.
#[derive(Serialize, ToSchema)]
#[schema(as = Quality)]
pub(crate) struct QualityView {
    /// Packets received.
    packets: u64,
    /// Octets of payload received.
    octets: u64,
    /// Packets lost, in thousandths of those expected.
    loss_permille: u16,
    /// Interarrival jitter in milliseconds.
    jitter_ms: u16,
    /// Mean opinion score by the E-model, times 100: 100 to 450.
    mos_x100: u16,
    /// Packets from strangers that were dropped.
    strangers: u64,
}

impl From<Quality> for QualityView {
    fn from(quality: Quality) -> Self {
        QualityView {
            packets: quality.packets,
            octets: quality.octets,
            loss_permille: quality.loss_permille,
            jitter_ms: quality.jitter_ms,
            mos_x100: quality.mos_x100,
            strangers: quality.strangers,
        }
    }
}

/// Quality of both directions of a leg's media.
#[derive(Serialize, ToSchema)]
#[schema(as = Qualities)]
pub(crate) struct QualitiesView {
    /// From the peer to us, measured here.
    received: Option<QualityView>,
    /// From us to the peer, as far as the peer reported it.
    sent: Option<QualityView>,
}

/// What is known of a leg's party at the end of a trunk.
#[derive(Serialize, ToSchema)]
#[schema(as = ByTrunk)]
pub(crate) struct ByTrunkView {
    /// The id of the trunk.
    #[schema(value_type = String)]
    trunk: TrunkId,
    /// The number called, as the trunk writes it.
    #[schema(example = "+33140205050")]
    called: String,
    /// The number shown, with plus: by the exchange in a call that went out, by the carrier in one
    /// that came in.
    #[schema(example = "+493055501")]
    shown: Option<String>,
    /// What was vouched for the number of a call that went out, where it was signed.
    vouched: Option<VouchedView>,
    /// What came of looking at the proof of the number in a call that came in; nothing where the
    /// company's inbound route does not ask for that.
    proof: Option<ProvedView>,
    /// Who has answered a call that went out, as it sounds, where its outbound route tells:
    /// `person`, `machine`, `fax`, `silence`; `unknown` where that was not found out. Nothing where
    /// nobody listened.
    answerer: Option<Answerer>,
}

/// What came of looking at the proof of a caller's number (RFC 8224 §6.2).
#[derive(Serialize, ToSchema)]
#[schema(as = Proved)]
pub(crate) struct ProvedView {
    /// `valid`; `missing`: there is none; `unfetchable`: its certificate could not be got;
    /// `nobody_trusted`: the exchange trusts no authority; `stale`: it is of another time;
    /// `invalid`: it is of another call, or nobody's; `untrusted`: its certificate leads to nobody
    /// trusted, or is not for the number.
    #[schema(example = "valid")]
    verdict: &'static str,
    /// How far somebody vouches for the number, `A`, `B` or `C`, where the proof is valid and says
    /// so.
    #[schema(example = "A")]
    attestation: Option<&'static str>,
    /// Why, in words.
    #[schema(example = "the number is the caller's, attested A")]
    because: String,
}

impl From<Proved> for ProvedView {
    fn from(proved: Proved) -> Self {
        ProvedView {
            verdict: proved.verdict.as_str(),
            attestation: proved.attestation.map(|level| level.letter()),
            because: proved.because,
        }
    }
}

/// What was vouched for the number of a call (RFC 8588).
#[derive(Serialize, ToSchema)]
#[schema(as = Vouched)]
pub(crate) struct VouchedView {
    /// `A`: the caller is known and may show the number; `B`: the caller is known; `C`: the call
    /// came by this exchange.
    #[schema(example = "A")]
    attestation: &'static str,
    /// The id of the signing key.
    #[schema(value_type = String)]
    signing_key: SigningKeyId,
    /// The identifier of the call's origin that went with it, by which others ask for the call.
    #[schema(example = "123e4567-e89b-82d3-a456-426655440000")]
    origid: String,
}

impl From<Vouched> for VouchedView {
    fn from(vouched: Vouched) -> Self {
        VouchedView {
            attestation: vouched.attestation.letter(),
            signing_key: vouched.key,
            origid: vouched.origid,
        }
    }
}

impl From<ByTrunk> for ByTrunkView {
    fn from(by: ByTrunk) -> Self {
        ByTrunkView {
            trunk: by.trunk,
            called: by.called,
            shown: by.shown,
            vouched: by.vouched.map(VouchedView::from),
            proof: by.proof.map(ProvedView::from),
            answerer: by.answerer,
        }
    }
}

/// One leg of a call record: one SIP dialog, or one attempt at one.
#[derive(Serialize, ToSchema)]
#[schema(as = CdrLeg)]
// tidy: wire
pub(crate) struct CdrLegView {
    /// Which way it was set up.
    direction: DirectionView,
    /// Who is at the other end.
    party: PartyView,
    /// The trunk by which it went; each attempt at a call by a trunk is a leg of its own.
    by_trunk: Option<ByTrunkView>,
    /// The peer's transport address; empty for a guest.
    #[schema(example = "192.0.2.7:5060")]
    address: String,
    /// What the peer calls itself.
    user_agent: String,
    /// The SIP Call-ID of its dialog.
    sip_call_id: String,
    /// When it was started.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    started: WallTime,
    /// When it began to ring.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ringing_at: Option<WallTime>,
    /// When it was answered.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<WallTime>,
    /// When it ended.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended: Option<WallTime>,
    /// Its final SIP status.
    status: Option<u16>,
    /// The codec agreed on.
    #[schema(example = "PCMU/8000")]
    codec: Option<String>,
    /// The suite by which its sound was protected; null where it was plain.
    #[schema(example = "AEAD_AES_256_GCM")]
    srtp: Option<String>,
    /// The id of the site at whose address the telephone was; null at any other address.
    #[schema(value_type = Option<String>)]
    site: Option<SiteId>,
    /// How often the party was not heard while the other was.
    one_way: u16,
    /// How well the media went.
    quality: QualitiesView,
}

impl From<CdrLeg> for CdrLegView {
    fn from(leg: CdrLeg) -> Self {
        CdrLegView {
            direction: leg.direction.into(),
            party: leg.party.into(),
            by_trunk: leg.by_trunk.map(ByTrunkView::from),
            address: leg.address,
            user_agent: leg.user_agent,
            sip_call_id: leg.sip_call_id,
            started: leg.started,
            ringing_at: leg.ringing_at,
            answered_at: leg.answered_at,
            ended: leg.ended,
            status: leg.status,
            codec: leg.codec,
            srtp: leg.srtp,
            site: leg.site,
            one_way: leg.one_way,
            quality: QualitiesView {
                received: leg.quality.received.map(QualityView::from),
                sent: leg.quality.sent.map(QualityView::from),
            },
        }
    }
}
