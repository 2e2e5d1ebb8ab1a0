//! The addresses where SIP is spoken, as the loop is bound to them and as people are told.

use config::{Clients, Secure, Settings};
use net::{Bound, ClientCertificates, Listener};
use sip_message::Transport;

/// Every listener of the settings. UDP comes first: what we send of our own accord leaves there.
pub(crate) fn listeners(settings: &Settings) -> Vec<Listener> {
    let both = settings.sip.iter();
    let plain = both.flat_map(|at| [Listener::udp(*at), Listener::tcp(*at)]);
    let secure = |transport, one: &Secure| Listener::new(transport, one.at).asking(asked(one));
    let wires = &settings.wires;
    let tls = wires.tls.iter().map(|one| secure(Transport::Tls, one));
    let ws = wires.ws.iter().map(|at| Listener::new(Transport::Ws, *at));
    let wss = wires.wss.iter().map(|one| secure(Transport::Wss, one));
    let all = plain.chain(tls).chain(ws).chain(wss);
    all.map(|one| one.reached_at(wires.reached(one.at)))
        .collect()
}

fn asked(secure: &Secure) -> ClientCertificates {
    match secure.clients {
        Clients::Unasked => ClientCertificates::Unasked,
        Clients::Optional => ClientCertificates::Optional,
        Clients::Required => ClientCertificates::Required,
    }
}

/// `sip=… tls=… ws=… wss=…`, each with the addresses that were bound for it; those that were not
/// asked for are left out.
pub(crate) fn told(bound: &[Bound]) -> String {
    let names = [
        ("sip", [Transport::Udp, Transport::Tcp]),
        ("tls", [Transport::Tls; 2]),
        ("ws", [Transport::Ws; 2]),
        ("wss", [Transport::Wss; 2]),
    ];
    let mut told = Vec::new();
    for (name, transports) in names {
        let mut addresses: Vec<String> = Vec::new();
        for one in bound {
            let at = one.listener.at.to_string();
            if transports.contains(&one.listener.transport) && !addresses.contains(&at) {
                addresses.push(at);
            }
        }
        if !addresses.is_empty() {
            told.push(format!("{name}={}", addresses.join(",")));
        }
    }
    told.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn people_are_told_each_address_once_and_of_nothing_that_is_not_there() {
        let bound = |transport, at: &str| Bound {
            listener: Listener::new(transport, at.parse().unwrap()),
            receive_buffer: 0,
            send_buffer: 0,
        };
        let all = [
            bound(Transport::Udp, "127.0.0.1:5060"),
            bound(Transport::Tcp, "127.0.0.1:5060"),
            bound(Transport::Tls, "127.0.0.1:5061"),
            bound(Transport::Wss, "[::1]:443"),
        ];
        assert_eq!(told(&all[..2]), "sip=127.0.0.1:5060");
        let line = "sip=127.0.0.1:5060 tls=127.0.0.1:5061 wss=[::1]:443";
        assert_eq!(told(&all), line);
    }
}
