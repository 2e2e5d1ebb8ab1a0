//! What signalling tells the road of a leg's peer: where it is, and what it says and understands.

use std::net::IpAddr;

use media::{Codec as MediaCodec, Expect, Format, Formats, Ufrag};
use sdp::{Description, Remote, remote_of};

use super::Sound;
use crate::association::Association;
use crate::wants::{report_wants, wants};

impl Sound {
    /// What is expected of the peer by all that was said so far.
    pub(super) fn expectation(&self) -> Expect {
        if self.is_going_over() {
            return self.expects;
        }
        if let Some(fax) = self.expectation_of_fax() {
            return fax;
        }
        let told = self.told.as_ref().map(formats_of).unwrap_or_default();
        let Some(remote) = self.remote.as_ref().and_then(remote_of) else {
            if self.security.seeks() {
                return self.expectation_by_checks(told);
            }
            return Expect::unknown(Some(self.signalling), told);
        };
        let ours = self.told.as_ref().and_then(remote_of);
        let described = described(&remote, ours.as_ref(), self.signalling);
        if self.security.seeks() {
            let of_reports = described.declared_rtcp.filter(|_| !remote.mux);
            return Expect {
                mux: remote.mux,
                declared_rtcp: of_reports.filter(|_| !described.nat),
                receives: described.receives,
                sends: described.sends,
                wants: described.wants,
                reports: described.reports,
                ..self.expectation_by_checks(described.formats)
            };
        }
        described
    }

    /// Of a peer that is where its checks come from; nowhere, as long as it cannot know how to ask.
    fn expectation_by_checks(&self, formats: Formats) -> Expect {
        let credentials = self.security.association();
        let credentials = credentials.and_then(Association::credentials);
        match credentials.and_then(|words| Ufrag::of(words.ufrag())) {
            Some(ufrag) => Expect::by_checks(ufrag, self.chosen, formats),
            None => Expect::unknown(None, formats),
        }
    }
}

/// What is expected of a stream's peer by what it said and was told of the stream.
pub(super) fn described(remote: &Remote, told: Option<&Remote>, signalling: IpAddr) -> Expect {
    let named = |said: &Remote| formats(&said.codecs);
    // A peer sends by the numbers it was told and receives by those it named; where the two
    // lists disagree on a number the peer's own comes first.
    let (own, ours) = (named(remote), told.map(named).unwrap_or_default());
    let more = ours.iter().filter(|f| own.of(f.payload).is_none());
    let all: Formats = own.iter().chain(more).collect();
    if remote.rtp.ip().is_unspecified() {
        let unknown = Expect::unknown(Some(signalling), all);
        return Expect {
            receives: false,
            ..unknown
        };
    }
    let mut expects = Expect::described(remote.rtp, signalling, all);
    expects.declared_rtcp = Some(remote.rtcp);
    expects.mux = remote.mux && told.is_none_or(|told| told.mux);
    expects.receives = remote.direction.receives();
    expects.sends = remote.direction.sends();
    expects.wants = wants(remote, &own, &ours);
    expects.reports = report_wants(remote);
    expects
}

pub(super) fn formats_of(description: &Description) -> Formats {
    remote_of(description)
        .map(|remote| formats(&remote.codecs))
        .unwrap_or_default()
}

pub(super) fn formats(codecs: &[sdp::Codec]) -> Formats {
    let format = |codec: &sdp::Codec| Format {
        payload: codec.payload,
        codec: MediaCodec::named(&codec.name, codec.channels),
        clock: codec.clock,
    };
    codecs.iter().map(format).collect()
}
