//! People who belong to no company and do not obey.

use crate::canaries::NAMES;
use crate::scene::Scene;
use machine::Random;
use std::net::SocketAddr;
use testkit::{Packet, RawId, token};

/// What strangers' packets say.
pub(crate) const VOICE: &str = "voice/stranger";

/// One stranger.
pub(crate) struct Stranger {
    raw: RawId,
    random: Random,
}

impl Stranger {
    pub(crate) fn new(scene: &mut Scene, random: Random) -> Stranger {
        let raw = scene.world.raw(SocketAddr::from(([203, 0, 113, 66], 5060)));
        Stranger { raw, random }
    }

    /// Does something it should not.
    pub(crate) fn act(&mut self, scene: &mut Scene) {
        match self.random.below(6) {
            0 => self.garbage(scene),
            1 => self.guess(scene),
            2 => self.call(scene),
            3 => self.stray(scene),
            4 => self.shout(scene),
            _ => self.imitate(scene),
        }
    }

    fn garbage(&mut self, scene: &mut Scene) {
        let length = usize::try_from(self.random.below(600)).unwrap_or(0);
        let mut bytes = vec![0; length];
        self.random.fill(&mut bytes);
        scene.world.with_raw(self.raw, |raw| raw.send(bytes));
    }

    fn me(&mut self) -> (String, String) {
        let name = NAMES.get(usize::try_from(self.random.below(3)).unwrap_or(0));
        let domain = format!("{}.example", name.copied().unwrap_or("nowhere"));
        (format!("<sip:101@{domain}>"), domain)
    }

    fn guess(&mut self, scene: &mut Scene) {
        let (me, domain) = self.me();
        let response = self.random.token(32);
        let proof = format!(
            "Authorization: Digest username=\"admin\", realm=\"strowger\", nonce=\"{response}\", \
             uri=\"sip:{domain}\", response=\"{response}\"\r\n"
        );
        let uri = format!("sip:{domain}");
        scene.world.with_raw(self.raw, |raw| {
            raw.request("REGISTER", &uri, (&me, &me), &proof, "");
        });
    }

    fn call(&mut self, scene: &mut Scene) {
        let (me, domain) = self.me();
        let uri = format!("sip:101@{domain}");
        scene.world.with_raw(self.raw, |raw| {
            raw.request("INVITE", &uri, (&me, &me), "", "");
        });
    }

    fn stray(&mut self, scene: &mut Scene) {
        let methods = [
            "BYE", "CANCEL", "ACK", "INFO", "UPDATE", "REFER", "NOTIFY", "PRACK", "FLY",
        ];
        let method = self.random.pick(&methods).copied().unwrap_or("BYE");
        let (me, _) = self.me();
        let to = format!("{me};tag={}", self.random.token(10));
        scene.world.with_raw(self.raw, |raw| {
            raw.request(method, "sip:192.0.2.1", (&me, &to), "", "");
        });
    }

    /// Speaks into ports of the exchange, from its own address.
    fn shout(&mut self, scene: &mut Scene) {
        let from = SocketAddr::from(([203, 0, 113, 66], 4_000));
        let (first, last) = scene.world.setup.ports;
        let spots = u64::from(last.min(first + 60) - first);
        let port = first + u16::try_from(self.random.below(spots)).unwrap_or(0);
        let to = SocketAddr::from((scene.world.setup.media, port));
        let ssrc = self.random.next_u32();
        let packets = (0..10u16).map(|n| Packet {
            from,
            to,
            bytes: token(VOICE, ssrc, n, u32::from(n) * 160).into(),
        });
        scene.world.send(packets.collect());
    }

    /// Repeats, from its own address, the request of somebody's dialog with a guessed tag.
    fn imitate(&mut self, scene: &mut Scene) {
        let lines = scene.world.phones.iter().flat_map(|phone| phone.live());
        let ids: Vec<String> = lines.map(|line| line.call_id.clone()).collect();
        let Some(call_id) = self.random.pick(&ids).cloned() else {
            return;
        };
        let (me, _) = self.me();
        let to = format!("{me};tag={}", self.random.token(10));
        scene.world.with_raw(self.raw, |raw| {
            raw.request_in(&call_id, "BYE", "sip:192.0.2.1", (&me, &to), "", "");
        });
    }
}
