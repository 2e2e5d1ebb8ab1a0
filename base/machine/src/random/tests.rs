//! Tests of the random sources.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
