//! The guard against toll fraud: what calls by trunks may be begun, and for how much money.
//!
//! [`Fraud`] is asked before a call goes out by a trunk, told when it is answered and when it is
//! over, and woken for each minute of it. A minute is paid when it begins, and the first one is set
//! aside before the call is dialled; a call whose next minute is not in its budget is to be ended.
//! So what is spent within any hour, or any day, is never more than the limit, whatever the order
//! of calls and however long they last. A machine like all others: no clock, no socket.
//!
//! Budgets lie with a tenant, and in there with a device, an extension or the tenant as a whole:
//! what one uses never touches another's.

mod fraud;
mod level;
mod limit;
mod news;
mod window;

pub use fraud::{CallOut, Figures, Fraud, LEVELS_MAX, Refused};
pub use limit::Limit;
pub use news::{Contained, News, Subject, Warned};
