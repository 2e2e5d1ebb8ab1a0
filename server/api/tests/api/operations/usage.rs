//! What a reseller uses of what it may.

use serde_json::json;

use crate::http::Ask;
use crate::world::World;

/// A reseller that has the one company that it may have is shown so, and gets no other.
pub(super) async fn full(world: &World, reseller: &str) {
    let usage = Ask::get(&format!("/api/v1/resellers/{reseller}/usage"));
    let usage = world.operator(usage).await.is(200).json();
    let tenants = json!({"in_use": 1, "included": null, "limit": 1, "set_by": "reseller"});
    assert_eq!(usage["counts"]["tenants"], tenants);
    let resellers = json!({"in_use": 0, "included": null, "limit": null, "set_by": null});
    assert_eq!(usage["counts"]["resellers"], resellers);
    // what its company has is summed; how much that may be, its plan says
    let extensions = &usage["counts"]["extensions"];
    assert!(extensions["in_use"].is_u64() && extensions["limit"].is_null());
    let another = json!({"domains": ["another.example"], "reseller": reseller});
    let refused = Ask::post("/api/v1/tenants").json(&another);
    let refused = world.operator(refused).await.refuses(api::Kind::Quota);
    let figures = json!({
        "what": "tenants", "limit": 1, "set_by": "reseller", "in_use": 1, "wanted": 1,
    });
    assert_eq!(refused.json()["quota"], figures);
}
