//! A leg's video beside its sound: an endpoint of its own, open while there is any or some is
//! offered.
//!
//! Video never stands in the way of sound. Where no port is left for it, its peer may have none, or
//! it would go unprotected beside protected sound, its section is closed and the rest is as without
//! it.

use std::net::SocketAddr;

use media::{Ask, Command, EndpointId, Expect, Family, Keys, LocalMedia, Ports, trusted};
use sdp::{Description, MediaAddress, video_of};
use serde::{Deserialize, Serialize};

use super::Sound;
use super::expected::{described, formats};

/// The video of one leg.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Video {
    pub(super) endpoint: EndpointId,
    local: LocalMedia,
    expects: Expect,
    /// It goes the way of the sound, and by its keys.
    bundled: bool,
}

impl Video {
    fn address(&self) -> MediaAddress {
        let LocalMedia { ip, rtp, rtcp } = self.local;
        MediaAddress {
            ip,
            port: rtp,
            rtcp_port: rtcp,
        }
    }
}

/// The keys of a leg's sound, and those of its video.
pub(super) type AllKeys = [Option<Box<Keys>>; 2];

impl Sound {
    /// Whether there is video beside the sound now, as both sides have agreed.
    #[must_use]
    pub fn has_video(&self) -> bool {
        shows(self.remote.as_ref()) && shows(self.told.as_ref()) && self.video.is_some()
    }

    /// Where the peer is to send video to, if what it is told next has any.
    pub(super) fn place_for_video(
        &mut self,
        told: &Description,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Option<MediaAddress> {
        let asked = self.security.is_asked();
        let offered = !asked || shows(self.remote.as_ref());
        if !shows(Some(told)) || !offered || !self.security.shows() {
            return None;
        }
        let bundled = self.security.bundles();
        if self
            .video
            .as_ref()
            .is_some_and(|video| video.bundled != bundled)
        {
            self.close_video(ports, media);
        }
        if self.video.is_none() {
            self.video = self.open_video(bundled, ports, media);
        }
        self.video.as_ref().map(|video| video.address())
    }

    fn open_video(
        &self,
        bundled: bool,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Option<Box<Video>> {
        let opened = if bundled {
            ports.open_beside(self.endpoint)
        } else {
            let ask = Ask::family(Family::of(self.signalling)).towards(self.signalling);
            ports.open(ask.near(self.endpoint))
        };
        let (endpoint, local) = opened.ok()?;
        let expects = self.expectation_of_video(bundled);
        let video = Video {
            endpoint,
            local,
            expects,
            bundled,
        };
        self.tell_road_of(&video, media);
        Some(Box::new(video))
    }

    fn tell_road_of(&self, video: &Video, media: &mut Vec<Command>) {
        let (id, local, expects) = (video.endpoint, video.local, video.expects);
        media.push(Command::OpenVideo {
            id,
            beside: self.endpoint,
            local,
            expects,
        });
        let keys = self.security.video_keys().filter(|_| !video.bundled);
        if keys.is_some() {
            media.push(Command::Secure { id, keys });
        }
    }

    /// Takes back the endpoint of video that outlived its process; where that cannot be, there is
    /// none.
    pub(super) fn reopen_video(&mut self, ports: &mut Ports, media: &mut Vec<Command>) {
        let Some(video) = self.video.take() else {
            return;
        };
        let restored = if video.bundled {
            ports.restore_beside(video.endpoint, video.local)
        } else {
            ports.restore(video.endpoint, video.local)
        };
        if restored.is_ok() {
            self.tell_road_of(&video, media);
            self.video = Some(video);
            self.declare_video(ports);
        }
    }

    pub(super) fn close_video(&mut self, ports: &mut Ports, media: &mut Vec<Command>) {
        if let Some(video) = self.video.take()
            && ports.close(video.endpoint)
        {
            let id = video.endpoint;
            media.push(Command::Close { id });
        }
    }

    /// Closes video that the two sides have not agreed on.
    pub(super) fn trim_video(&mut self, ports: &mut Ports, media: &mut Vec<Command>) {
        if !self.has_video() {
            self.close_video(ports, media);
        }
    }

    /// What the peer was told in the end: its video may have been closed for want of keys.
    pub(super) fn note_video_told(&mut self, told: &Description) {
        let mut videos = told.media.iter().filter(|media| media.kind == "video");
        let live = videos.any(|video| video.port != 0 || video.attribute("bundle-only").is_some());
        if let Some(told) = self.told.as_mut().filter(|_| !live) {
            sdp::close_video(told);
        }
    }

    pub(super) fn keys(&self) -> AllKeys {
        [self.security.keys(), self.security.video_keys()]
    }

    /// Tells the road of other keys.
    pub(super) fn secure_all(&self, [sound, video]: AllKeys, media: &mut Vec<Command>) {
        self.secure(sound, media);
        let keys = self.security.video_keys();
        if let Some(own) = self.video.as_ref().filter(|video| !video.bundled)
            && keys != video
        {
            let id = own.endpoint;
            media.push(Command::Secure { id, keys });
        }
    }

    /// Tells ports and road what is known of the peer's video.
    pub(super) fn describe_video(&mut self, ports: &mut Ports, media: &mut Vec<Command>) {
        self.declare_video(ports);
        let Some(bundled) = self.video.as_ref().map(|video| video.bundled) else {
            return;
        };
        let expects = self.expectation_of_video(bundled);
        if let Some(video) = self.video.as_mut().filter(|video| video.expects != expects) {
            video.expects = expects;
            media.push(Command::Describe {
                id: video.endpoint,
                expects,
            });
        }
    }

    fn declare_video(&self, ports: &mut Ports) {
        let Some(video) = self.video.as_ref().filter(|video| !video.bundled) else {
            return;
        };
        let remote = self.remote.as_ref().and_then(video_of);
        let known = |at: &SocketAddr| !at.ip().is_unspecified();
        if let Some(at) = remote.map(|remote| remote.rtp).filter(known) {
            let trust = trusted(at.ip(), self.signalling);
            // A taken address leaves it as it was: it goes on listening for whoever is unknown.
            let _taken = ports.declare(video.endpoint, at, trust);
        }
    }

    fn expectation_of_video(&self, bundled: bool) -> Expect {
        let told = self.told.as_ref().and_then(video_of);
        let Some(remote) = self.remote.as_ref().and_then(video_of) else {
            let signalling = Some(self.signalling).filter(|_| !bundled);
            let formats = told.map(|told| formats(&told.codecs));
            return Expect::unknown(signalling, formats.unwrap_or_default());
        };
        let described = described(&remote, told.as_ref(), self.signalling);
        if !bundled {
            return described;
        }
        Expect {
            receives: described.receives,
            sends: described.sends,
            wants: described.wants,
            mux: true,
            ..Expect::unknown(None, described.formats)
        }
    }
}

/// Whether a description has video.
fn shows(description: Option<&Description>) -> bool {
    description.is_some_and(|description| description.video().is_some())
}
