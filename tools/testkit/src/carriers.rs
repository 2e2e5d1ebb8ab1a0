//! What a company made for tests has towards carriers.

use crate::Company;
use crate::company::resource;
use domain::{
    CompiledDeck, Containment, EmergencyLocation, InboundRoute, Kind, Number, OutboundRoute,
    RateDeck, Secret, SigningKey, Site, TollGuard, Trunk,
};
use ids::{
    ContainmentId, DeviceId, EmergencyLocationId, InboundRouteId, NumberId, OutboundRouteId,
    RateDeckId, SigningKeyId, SiteId, TenantId, TollGuardId, TrunkId,
};
use serde_json::{Value, json};
use std::sync::Arc;
use tenancy::Owner;

/// Reads a document; what it leaves out has its default.
fn read<K: Kind>(spec: Value) -> Option<K> {
    let mut spec: K = serde_json::from_value(spec).ok()?;
    spec.normalise();
    spec.validate().ok()?;
    Some(spec)
}

impl Company {
    /// Adds a trunk of its own; `spec` is its document without the name. None when the document
    /// or the secret is not valid.
    pub fn trunk(&mut self, name: &str, mut spec: Value, secret: Option<&str>) -> Option<TrunkId> {
        spec["name"] = json!(name);
        let id = TrunkId::new(1, self.fresh());
        let trunk: Trunk = read(spec)?;
        let secret = secret.map(Secret::supplied).transpose().ok()?;
        let owner = self.id();
        let trunks = &mut self.parts.lines.trunks;
        trunks.push((resource(id, owner, trunk), secret));
        Some(id)
    }

    /// Adds a rate deck of its own for its trunks to name; `spec` is its document without the name.
    /// None when that is not valid.
    pub fn rate_deck(&mut self, name: &str, mut spec: Value) -> Option<RateDeckId> {
        spec["name"] = json!(name);
        let owner = self.id();
        let id = RateDeckId::new(1, self.fresh());
        let deck: RateDeck = read(spec)?;
        let deck = CompiledDeck::new(resource(id, owner, deck));
        self.parts.lines.decks.push(Arc::new(deck));
        Some(id)
    }

    /// Gives it a trunk of the operator's, shared with some companies by their ids; `spec` is its
    /// document without the name and these. None when the document is not valid.
    pub fn shares(
        &mut self,
        (id, name): (TrunkId, &str),
        mut spec: Value,
        companies: &[TenantId],
    ) -> Option<TrunkId> {
        spec["name"] = json!(name);
        spec["shared_with"] = json!(companies);
        let trunk: Trunk = read(spec)?;
        let trunks = &mut self.parts.lines.trunks;
        trunks.push((resource(id, Owner::PLATFORM, trunk), None));
        Some(id)
    }

    /// Adds a signing key of its own; `certificates` and `key` are texts in PEM. None when they are
    /// not valid.
    pub fn signing_key(&mut self, certificates: &str, key: &str) -> Option<SigningKeyId> {
        let id = SigningKeyId::new(1, self.fresh());
        let spec = json!({
            "name": "shaken", "certificates": certificates,
            "x5u": "https://pbx.example/.well-known/stir/{id}.pem",
        });
        let spec: SigningKey = read(spec)?;
        let secret = Secret::private_key(key).ok()?;
        let owner = self.id();
        let keys = &mut self.parts.lines.signing;
        keys.push((resource(id, owner, spec), Some(secret)));
        Some(id)
    }

    /// Assigns it a number, with plus, whose calls go to an extension. None when it is no number,
    /// or there is no such extension.
    pub fn number(&mut self, number: &str, extension: &str) -> Option<NumberId> {
        let owner = self.id();
        let spec = json!({"number": number, "tenant": owner, "state": "assigned"});
        let taken = NumberId::new(1, self.fresh());
        let assigned: Number = read(spec)?;
        let numbers = &mut self.parts.lines.numbers;
        numbers.push(resource(taken, owner, assigned));
        let mut extensions = self.parts.extensions.iter();
        let found = extensions.find(|found| found.spec.number == extension);
        let to = found?.id;
        let name = format!("to-{extension}-{}", number.trim_start_matches('+'));
        let id = InboundRouteId::new(1, self.fresh());
        let route: InboundRoute = read(json!({"name": name, "called": number, "extension": to}))?;
        let routes = &mut self.parts.lines.inbound;
        routes.push(resource(id, owner, route));
        Some(taken)
    }

    /// What is done with proofs of who calls, on all routes for calls that come in: a word of their
    /// documents. None when it is not.
    pub fn asks_for_proof(&mut self, rule: &str) -> Option<()> {
        let rule = serde_json::from_value(json!(rule)).ok()?;
        for route in &mut self.parts.lines.inbound {
            route.spec.proof = rule;
        }
        Some(())
    }

    /// Lets everybody call abroad: `00` and a number, by these trunks in order. None when there
    /// are no trunks, or too many.
    pub fn calls_abroad_by(&mut self, trunks: &[TrunkId]) -> Option<OutboundRouteId> {
        self.calls_out(json!({
            "name": "abroad", "patterns": [{"prefix": "00", "min": 6}],
            "strip": 2, "prepend": "+", "trunks": trunks, "ring_seconds": 30,
        }))
    }

    /// Lets everybody call for help by these trunks in order, likewise.
    pub fn calls_for_help_by(&mut self, trunks: &[TrunkId]) -> Option<OutboundRouteId> {
        self.calls_out(json!({
            "name": "help", "patterns": [{"prefix": "112", "min": 3, "max": 3}],
            "trunks": trunks, "ring_seconds": 30,
        }))
    }

    /// Adds a place that help can be sent to; `spec` is its document without the name. None when
    /// it is not valid.
    pub fn location(&mut self, name: &str, mut spec: Value) -> Option<EmergencyLocationId> {
        spec["name"] = json!(name);
        let (owner, id) = (self.id(), EmergencyLocationId::new(1, self.fresh()));
        let location: EmergencyLocation = read(spec)?;
        let locations = &mut self.parts.lines.locations;
        locations.push(resource(id, owner, location));
        Some(id)
    }

    /// Says whose telephones are where, by the networks that they call from. None when a network
    /// is none.
    pub fn site(&mut self, location: EmergencyLocationId, networks: &[&str]) -> Option<SiteId> {
        let (owner, id) = (self.id(), SiteId::new(1, self.fresh()));
        let name = format!("site-{}", self.parts.lines.sites.len());
        let spec = json!({"name": name, "location": location, "networks": networks});
        let sites = &mut self.parts.lines.sites;
        sites.push(resource(id, owner, read::<Site>(spec)?));
        Some(id)
    }

    /// Adds a toll guard; `spec` is its document without the name. None when that is not valid.
    pub fn toll_guard(&mut self, name: &str, mut spec: Value) -> Option<TollGuardId> {
        spec["name"] = json!(name);
        let owner = self.id();
        let id = TollGuardId::new(1, self.fresh());
        let guard: TollGuard = read(spec)?;
        self.parts.lines.guards.push(resource(id, owner, guard));
        Some(id)
    }

    /// Contains a device until somebody releases it, as the exchange does by itself.
    pub fn contain(&mut self, device: DeviceId) -> Option<ContainmentId> {
        let owner = self.id();
        let id = ContainmentId::new(1, self.fresh());
        let name = format!("held-{}", self.parts.lines.contained.len());
        let held: Containment = read(json!({"name": name, "device": device}))?;
        self.parts.lines.contained.push(resource(id, owner, held));
        Some(id)
    }

    /// Releases a device.
    pub fn release(&mut self, device: DeviceId) {
        let contained = &mut self.parts.lines.contained;
        contained.retain(|held| held.spec.device != device);
    }

    /// Adds an outbound route. None when its document is not valid.
    pub fn calls_out(&mut self, spec: Value) -> Option<OutboundRouteId> {
        let owner = self.id();
        let id = OutboundRouteId::new(1, self.fresh());
        let route: OutboundRoute = read(spec)?;
        let routes = &mut self.parts.lines.outbound;
        routes.push(resource(id, owner, route));
        Some(id)
    }
}
