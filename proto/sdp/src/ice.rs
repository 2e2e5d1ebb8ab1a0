//! The half of a description that says how its writer is reached through walls (ICE, RFC 8839).

use crate::{Attribute, Candidate, Description, IceCredentials, Media};

/// Most candidates that are read of a stream; more are passed over.
pub(crate) const MAX_CANDIDATES: usize = 32;

/// What a writer says of its end for ICE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ice {
    /// By which words it may be asked.
    pub credentials: IceCredentials,
    /// It answers checks and makes none itself (RFC 8445 section 2.5).
    pub lite: bool,
    /// It may send candidates later (RFC 8838).
    pub trickle: bool,
    /// It has told all candidates that it will have (RFC 8840 section 8.2).
    pub complete: bool,
    /// Where it may be reached, in the order in which they stood there.
    pub candidates: Vec<Candidate>,
}

impl Ice {
    /// An end that answers only and is reached at these addresses, which are all it has.
    #[must_use]
    pub fn lite(credentials: IceCredentials, candidates: Vec<Candidate>) -> Ice {
        Ice {
            credentials,
            lite: true,
            trickle: false,
            complete: true,
            candidates,
        }
    }

    /// Reads it of a stream, for which the whole speaks where its own section is silent (RFC 8839
    /// section 5.4). None without credentials.
    pub(crate) fn read(description: &Description, media: &Media) -> Option<Ice> {
        let ufrag = value_of(description, media, "ice-ufrag")?;
        let pwd = value_of(description, media, "ice-pwd")?;
        let own = |name| media.attributes().filter(move |a| a.name == name);
        let candidate = |a: &Attribute| Candidate::parse(a.value.as_deref()?);
        let candidates = own("candidate").filter_map(candidate);
        let options = value_of(description, media, "ice-options").unwrap_or_default();
        let flag = |name: &str| description.attributes().any(|a| a.name == name);
        Some(Ice {
            credentials: IceCredentials::new(ufrag, pwd)?,
            lite: flag("ice-lite"),
            trickle: options.split_ascii_whitespace().any(|o| o == "trickle"),
            complete: flag("end-of-candidates") || own("end-of-candidates").next().is_some(),
            candidates: candidates.take(MAX_CANDIDATES).collect(),
        })
    }

    /// Writes it: what is said of a whole above, the rest to the stream.
    pub(crate) fn write(&self, description: &mut Description, index: usize) {
        if self.lite {
            description.push_attribute(Attribute::flag("ice-lite"));
        }
        let options = if self.trickle { "ice2 trickle" } else { "ice2" };
        description.push_attribute(Attribute::with("ice-options", options));
        let Some(media) = description.media.get_mut(index) else {
            return;
        };
        media.push_attribute(Attribute::with("ice-ufrag", self.credentials.ufrag()));
        media.push_attribute(Attribute::with("ice-pwd", self.credentials.pwd()));
        for candidate in &self.candidates {
            media.push_attribute(Attribute::with("candidate", candidate.to_string()));
        }
        if self.complete {
            media.push_attribute(Attribute::flag("end-of-candidates"));
        }
    }
}

/// The value that holds for a stream: its own, else that of the whole.
pub(crate) fn value_of<'a>(
    description: &'a Description,
    media: &'a Media,
    name: &str,
) -> Option<&'a str> {
    let mut of_all = description.attributes().filter(|a| a.name == name);
    let own = media.value(name);
    own.or_else(|| of_all.find_map(|a| a.value.as_deref()))
        .map(str::trim)
}
