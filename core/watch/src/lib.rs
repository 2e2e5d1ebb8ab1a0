//! Who watches which extension, and what was told of it: lamps, presence, message indicators.
//!
//! [`Watches`] holds the subscriptions of all tenants' devices, each with the scope of its own
//! tenant; [`Lines`] what the lines of every extension do. Neither keeps a clock or a socket, and
//! neither knows calls or bindings: whoever holds them says what there is to see ([`Picture`]),
//! and a watch is told when that differs from what it was told before.

mod limits;
mod line;
mod lines;
mod listing;
mod picture;
mod publications;
mod stored;
mod told;
mod watch;
mod watches;

pub use limits::{Capped, Limits};
pub use line::{Line, LineName};
pub use lines::Lines;
pub use listing::{Due, EVENTLIST};
pub use picture::{ListPicture, Listed, Picture};
pub use publications::{NoSuchTag, PUBLICATIONS_MAX, Publications, Publishing};
pub use stored::Stored;
pub use watch::{Aim, Watch, Watched, Watcher};
pub use watches::{Begun, Figures, Output, Refused, Watches};

#[cfg(test)]
mod tests;
