//! The platform's settings.

use store::block_on;

use crate::on_every_store;
use crate::world::World;

fn the_first_value_of_a_setting_holds(world: &World<'_>) {
    let set = |key, value| block_on(world.store.setting_or_insert(key, value)).unwrap();
    let get = |key| block_on(world.store.setting(key)).unwrap();
    assert_eq!(get("realm"), None);
    assert_eq!(set("realm", "strowger"), "strowger");
    assert_eq!(set("realm", "another"), "strowger");
    assert_eq!(set("node", ""), "");
    assert_eq!(
        (get("realm").as_deref(), get("node").as_deref()),
        (Some("strowger"), Some(""))
    );
    assert_eq!(get("Realm"), None);
}

on_every_store!(the_first_value_of_a_setting_holds);
