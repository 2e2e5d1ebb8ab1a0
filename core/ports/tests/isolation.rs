//! What tenancy forbids does not compile: one file for each forbidden act.
//!
//! Each act is the only error of its file, and the compiler's words about it are kept beside it.
//! After a change of compiler, look at what differs and run with `TRYBUILD=overwrite`.

#[test]
fn what_tenancy_forbids_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/isolation/*.rs");
}
