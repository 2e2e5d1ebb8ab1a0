//! Tests of the road.
