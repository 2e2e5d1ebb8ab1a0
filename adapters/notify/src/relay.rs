//! Which mail server takes the exchange's mail, written as one URL.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// How a connection to the mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, TLS before anything is said (STARTTLS, RFC 3207). Without it no mail goes.
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
    /// None: for a server on the same machine or a wire that nobody else is on.
    Plain,
}

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name or address.
    pub host: String,
    /// Its port: 587, 465 or 25 unless given, for STARTTLS, TLS and plain.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// User name and password.
    pub login: Option<(String, String)>,
}

/// A URL that names no usable mail server; the text says which rule it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRelay(pub &'static str);

impl fmt::Display for BadRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadRelay {}

impl Relay {
    /// Reads `smtp://[USER:PASSWORD@]HOST[:PORT][?tls=none]` (STARTTLS, or plain when it says
    /// so) or `smtps://…` (TLS from the first byte).
    ///
    /// # Errors
    /// [`BadRelay`]; also for a password that would cross a network in clear.
    pub fn parse(text: &str) -> Result<Relay, BadRelay> {
        const FORM: &str =
            "must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before HOST if any";
        let url = Url::parse(text).map_err(|_| BadRelay(FORM))?;
        let security = match (url.scheme(), url.query()) {
            ("smtp", None | Some("tls=required")) => Security::StartTls,
            ("smtp", Some("tls=none")) => Security::Plain,
            ("smtps", None) => Security::Implicit,
            _ => return Err(BadRelay(FORM)),
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(BadRelay(FORM))?.trim_matches(['[', ']']);
        let login = login(&url)?;
        if login.is_some() && security == Security::Plain && !is_here(&url) {
            return Err(BadRelay(
                "a password must not cross a network in clear: leave out tls=none",
            ));
        }
        let port = url.port().unwrap_or(match security {
            Security::StartTls => 587,
            Security::Implicit => 465,
            Security::Plain => 25,
        });
        Ok(Relay {
            host: host.to_owned(),
            port,
            security,
            login,
        })
    }
}

impl fmt::Debug for Relay {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.login.as_ref().map(|(user, _)| user);
        f.debug_struct("Relay")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("user", &user)
            .finish_non_exhaustive()
    }
}

fn login(url: &Url) -> Result<Option<(String, String)>, BadRelay> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some((unescaped(user)?, unescaped(password)?)))
        }
        _ => Err(BadRelay("a user name needs a password, and the reverse")),
    }
}

/// Percent escapes decoded (RFC 3986 §2.1).
fn unescaped(text: &str) -> Result<String, BadRelay> {
    const RULE: BadRelay = BadRelay("user name and password must be percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or(RULE)?;
        let digits = str::from_utf8(digits).map_err(|_| RULE)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| RULE)?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| RULE)
}

fn is_here(url: &Url) -> bool {
    // schemes that are not the web's leave an IPv4 address as a name
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_url_names_the_server_its_security_and_who_logs_in() {
        let relay = Relay::parse("smtp://mail.example.net").unwrap();
        assert_eq!((relay.port, relay.security), (587, Security::StartTls));
        assert_eq!(relay.login, None);
        let relay = Relay::parse("smtps://pbx%40example.net:a%3Ab@mail.example.net").unwrap();
        assert_eq!((relay.port, relay.security), (465, Security::Implicit));
        let login = ("pbx@example.net".to_owned(), "a:b".to_owned());
        assert_eq!(relay.login, Some(login));
        let relay = Relay::parse("smtp://u:p@[::1]:2525?tls=none").unwrap();
        assert_eq!((relay.host.as_str(), relay.port), ("::1", 2525));
        assert_eq!(relay.security, Security::Plain);
    }

    #[test]
    fn what_names_no_server_is_refused() {
        for text in [
            "",
            "mail.example.net",
            "http://mail.example.net",
            "smtp://",
            "smtps://mail.example.net?tls=none",
            "smtp://mail.example.net?tls=maybe",
            "smtp://user@mail.example.net",
            "smtp://u:%zz@mail.example.net",
        ] {
            assert!(Relay::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_never_crosses_a_network_in_clear() {
        assert!(Relay::parse("smtp://u:p@mail.example.net?tls=none").is_err());
        assert!(Relay::parse("smtp://u:p@127.0.0.1?tls=none").is_ok());
        assert!(Relay::parse("smtp://mail.example.net?tls=none").is_ok());
    }

    #[test]
    fn a_password_is_never_printed() {
        let relay = Relay::parse("smtps://user:geheim@mail.example.net").unwrap();
        assert!(!format!("{relay:?}").contains("geheim"));
    }
}
