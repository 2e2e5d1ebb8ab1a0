//! What the shard keeps of SIP below its legs.

use crate::lamps::Lamps;
use crate::letters::Letters;
use crate::remembered::Remembered;
use crate::waiting_texts::WaitingTexts;
use domain::{ReliableAnswers, TrunkDialogs};
use sip_leg::contact_of;
use sip_message::{Flow, Transport};
use sip_stack::dialog::Dialogs;
use sip_stack::transaction::Transactions;
use sip_stack::usage::{self, Reliability};
use std::net::SocketAddr;
use std::sync::Arc;
use webrtc::Identity;

/// Transactions, whose dialogs are whose, what usages are told, what was said, who watches whom,
/// which texts are under way, and which wait; and by what this node proves itself to those who
/// shake hands for the keys of sound.
pub(crate) struct Signalling {
    pub(crate) transactions: Transactions,
    pub(crate) dialogs: Dialogs,
    pub(crate) usages: UsageConfigs,
    pub(crate) remembered: Remembered,
    pub(crate) lamps: Lamps,
    pub(crate) letters: Letters,
    pub(crate) texts: WaitingTexts,
    pub(crate) identity: Arc<dyn Identity>,
}

/// Usage settings by flow: one for each of our own addresses.
pub(crate) struct UsageConfigs {
    agent: String,
    known: Vec<((Transport, SocketAddr), Arc<usage::Config>)>,
}

/// Addresses remembered; an exchange has few, and more are merely made anew.
const ADDRESSES: usize = 64;

impl UsageConfigs {
    pub(crate) fn new(agent: String) -> UsageConfigs {
        UsageConfigs {
            agent,
            known: Vec::new(),
        }
    }

    /// The same where calls are kept in a trunk's way.
    pub(crate) fn with(&mut self, flow: &Flow, dialogs: &TrunkDialogs) -> Arc<usage::Config> {
        let config = self.of(flow);
        if *dialogs == TrunkDialogs::default() {
            return config;
        }
        let mut config = usage::Config::clone(&config);
        config.session.expires = dialogs.session_seconds;
        config.reliability = match dialogs.reliable {
            ReliableAnswers::Never => Reliability::Never,
            ReliableAnswers::Supported => Reliability::Supported,
            ReliableAnswers::Required => Reliability::Required,
        };
        Arc::new(config)
    }

    pub(crate) fn of(&mut self, flow: &Flow) -> Arc<usage::Config> {
        let ours = (flow.transport, flow.local);
        if let Some((_, config)) = self.known.iter().find(|(address, _)| *address == ours) {
            return Arc::clone(config);
        }
        let mut config = usage::Config::for_contact(contact_of(flow));
        config.agent = Some(self.agent.clone());
        let config = Arc::new(config);
        if self.known.len() < ADDRESSES {
            self.known.push((ours, Arc::clone(&config)));
        }
        config
    }
}
