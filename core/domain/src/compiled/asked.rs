//! What routing and admission ask of a compiled tenant's trunks, numbers and routes.

use ids::TrunkId;

use super::CompiledSigningKey;
use super::CompiledTenant;
use super::lines::{CompiledInbound, CompiledNumber, CompiledOutbound, CompiledTrunk, InboundCall};
use crate::dial_habits::DialHabits;
use crate::e164::E164;

impl CompiledTenant {
    /// The trunks it may use, its own and those shared with it, in the order of their ids.
    pub fn trunks(&self) -> &[CompiledTrunk] {
        &self.lines.trunks
    }

    /// The trunk with this id, if it may use it.
    pub fn trunk(&self, id: TrunkId) -> Option<&CompiledTrunk> {
        self.lines.trunk(id)
    }

    /// The keys that may sign its calls, the one whose certificate is valid longest first.
    pub fn signing_keys(&self) -> &[CompiledSigningKey] {
        &self.lines.signing
    }

    /// The numbers that are assigned to it, the lowest first.
    pub fn numbers(&self) -> &[CompiledNumber] {
        &self.lines.numbers
    }

    /// The number, if it is assigned to it.
    pub fn number(&self, number: &E164) -> Option<&CompiledNumber> {
        self.lines.number(number)
    }

    /// Its inbound routes, in the order in which they are tried.
    pub fn inbound_routes(&self) -> &[CompiledInbound] {
        &self.lines.inbound
    }

    /// The first inbound route that fits a call, and how far the called number lies behind the
    /// first of the route's.
    pub fn inbound(&self, call: &InboundCall<'_>) -> Option<(&CompiledInbound, u64)> {
        self.lines.inbound(call)
    }

    /// Its outbound routes, by priority, those for some hours before others, and by name.
    pub fn outbound_routes(&self) -> &[CompiledOutbound] {
        &self.lines.outbound
    }

    /// The outbound routes that fit one of several forms of what was dialled, each with the first
    /// form that it fits, in the order in which they are tried.
    pub fn outbound<'a>(&self, forms: &[&'a str]) -> Vec<(&CompiledOutbound, &'a str)> {
        self.lines.outbound(forms)
    }

    /// How its people dial numbers of the outside, if it says so.
    pub fn habits(&self) -> Option<&DialHabits> {
        self.lines.habits.as_deref()
    }
}
