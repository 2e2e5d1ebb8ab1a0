//! Runs a machine in virtual time and holds it to the contract of [`Machine`](crate::Machine).
