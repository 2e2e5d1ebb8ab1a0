//! Tests of the sharing rule.
