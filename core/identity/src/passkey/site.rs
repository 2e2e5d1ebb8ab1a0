//! The site that passkeys are made for: a name of the DNS, and the pages that may ask.

use std::fmt;

use sha2::{Digest, Sha256};
use url::{Host, Url};

/// Most origins of one site.
const ORIGINS_MAX: usize = 16;

/// Why a site cannot have passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSite(String);

impl fmt::Display for BadSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSite {}

/// A site: the *relying party* of the standard.
///
/// Its id must stay: a passkey is made for one id, and is lost with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    id: String,
    name: String,
    origins: Vec<String>,
}

impl Site {
    /// A site with an id (a host name, such as `pbx.example.com`), a name for people and the
    /// origins of its pages (such as `https://portal.pbx.example.com`), 1 to 16 of them.
    ///
    /// # Errors
    /// [`BadSite`] for an id that is no host name, an origin that is none, is not `https` (only
    /// `localhost` may be `http`), or whose host is neither the id nor below it.
    pub fn new(id: &str, name: &str, origins: &[String]) -> Result<Site, BadSite> {
        let host = Host::parse(id).map_err(|_| BadSite(format!("{id:?} is no host name")))?;
        if !matches!(&host, Host::Domain(domain) if domain == id) {
            return Err(BadSite(format!(
                "{id:?} is not a host name in lower case; an address cannot have passkeys"
            )));
        }
        if origins.is_empty() || origins.len() > ORIGINS_MAX {
            return Err(BadSite("a site has 1 to 16 origins".to_owned()));
        }
        let origins = origins.iter().map(|origin| read_origin(id, origin));
        Ok(Site {
            id: id.to_owned(),
            name: name.to_owned(),
            origins: origins.collect::<Result<_, _>>()?,
        })
    }

    /// The site of one page, whose host is its id.
    ///
    /// # Errors
    /// [`BadSite`], as [`Site::new`].
    pub fn of_page(page: &str, name: &str) -> Result<Site, BadSite> {
        let url = Url::parse(page).map_err(|_| BadSite(format!("{page:?} is no URL")))?;
        let host = url.host_str().unwrap_or_default();
        Site::new(host, name, &[url.origin().ascii_serialization()])
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a page is one of the site's.
    pub(super) fn has(&self, origin: &str) -> bool {
        self.origins.iter().any(|ours| ours == origin)
    }

    /// What authenticators sign instead of the id.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.id).into()
    }
}

/// An origin in the form in which browsers write it (RFC 6454 §6.2).
fn read_origin(id: &str, text: &str) -> Result<String, BadSite> {
    let bad = |why: &str| Err(BadSite(format!("the origin {text:?} {why}")));
    let Ok(url) = Url::parse(text) else {
        return bad("is no URL");
    };
    let origin = url.origin().ascii_serialization();
    if origin != text.trim_end_matches('/') {
        return bad("must be scheme, host and port only");
    }
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => {}
        "http" if host == "localhost" || host.ends_with(".localhost") => {}
        _ => return bad("must be https; only localhost may be http"),
    }
    let below = host
        .strip_suffix(id)
        .is_some_and(|rest| rest.ends_with('.'));
    if host != id && !below {
        return bad(&format!("is neither {id} nor below it"));
    }
    Ok(origin)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn site(id: &str, origin: &str) -> Result<Site, BadSite> {
        Site::new(id, "Pbx", &[origin.to_owned()])
    }

    #[test]
    fn a_site_has_pages_at_its_own_name_and_below() {
        for origin in [
            "https://pbx.example",
            "https://pbx.example/",
            "https://portal.pbx.example",
            "https://portal.pbx.example:8443",
        ] {
            let site = site("pbx.example", origin).unwrap();
            assert!(site.has(origin.trim_end_matches('/')), "{origin}");
        }
        assert!(site("localhost", "http://localhost:8080").is_ok());
    }

    #[test]
    fn a_page_makes_a_site_unless_it_is_at_an_address() {
        let site = Site::of_page("https://voice.example:8443/portal", "Pbx").unwrap();
        assert_eq!(site.id(), "voice.example");
        assert!(site.has("https://voice.example:8443"));
        for page in [
            "http://127.0.0.1:8080",
            "http://voice.example",
            "voice.example",
        ] {
            assert!(Site::of_page(page, "Pbx").is_err(), "{page}");
        }
    }

    #[test]
    fn a_site_has_no_pages_elsewhere_and_none_in_clear() {
        for origin in [
            "http://pbx.example",
            "https://evilpbx.example",
            "https://example",
            "https://pbx.example.evil",
            "https://pbx.example/portal",
            "https://PBX.example",
            "https://ann@pbx.example",
            "pbx.example",
            "data:text/html,x",
            "",
        ] {
            assert!(site("pbx.example", origin).is_err(), "{origin}");
        }
        for id in [
            "",
            "192.0.2.1",
            "[2001:db8::1]",
            "PBX.example",
            "https://pbx.example",
            "a b",
        ] {
            assert!(site(id, "https://pbx.example").is_err(), "{id}");
        }
        assert!(Site::new("pbx.example", "Pbx", &[]).is_err(), "no origin");
    }
}
