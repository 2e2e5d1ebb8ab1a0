//! What the two sides of a leg's sound have agreed to speak.

use media::{Codec, Format, PlayCodec};
use sdp::{Description, Remote, remote_of};

use super::Sound;
use super::expected::{formats, formats_of};

impl Sound {
    /// The codec a prompt can be played in towards this peer: the first that both sides named of
    /// those that prompts are kept in, else Opus, which is made while it is played.
    #[must_use]
    pub fn play_codec(&self) -> Option<PlayCodec> {
        let remote = self.remote.as_ref().and_then(remote_of)?;
        let told = self.told.as_ref().map(formats_of).unwrap_or_default();
        let agreed = |format: &Format| {
            told.is_empty() || told.iter().any(|other| other.codec == format.codec)
        };
        let own = formats(&remote.codecs);
        let spoken = || {
            own.iter()
                .filter(|format| format.is_spoken() && agreed(format))
        };
        let is_opus = |format: &Format| format.codec == Codec::Opus;
        let format = spoken()
            .find(|format| !is_opus(format))
            .or_else(|| spoken().next())?;
        let ptime = remote
            .ptime
            .and_then(|ms| u8::try_from(ms).ok())
            .unwrap_or(20);
        Some(PlayCodec {
            payload: format.payload,
            codec: format.codec,
            ptime_ms: ptime,
        })
    }

    /// Whether the peer's key presses come among its sound (RFC 4733), as both sides have agreed.
    #[must_use]
    pub fn has_presses(&self) -> bool {
        let named = |description: &Option<Description>| {
            let formats = description.as_ref().map(formats_of).unwrap_or_default();
            formats.iter().any(|format| format.codec == Codec::Event)
        };
        named(&self.remote) && named(&self.told)
    }

    /// The name of the codec the two sides agreed on, for people; `T38` of a fax.
    #[must_use]
    pub fn codec_name(&self) -> Option<String> {
        if self.is_fax() {
            return Some("T38".to_owned());
        }
        let remote = self.remote.as_ref().and_then(remote_of)?;
        let told = self.told.as_ref().and_then(remote_of);
        let agreed = |codec: &&sdp::Codec| {
            let named = |told: &Remote| told.codecs.iter().any(|c| c.is_same_encoding(codec));
            codec.is_speech() && told.as_ref().is_some_and(named)
        };
        remote
            .codecs
            .iter()
            .find(agreed)
            .map(|codec| codec.name.clone())
    }
}
