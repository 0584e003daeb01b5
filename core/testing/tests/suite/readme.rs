//! The README's table of codes is the crate's.

use jotgate_testing::recipes;

#[test]
fn the_table_of_codes_is_that_of_the_crate() {
    let rows: String = recipes()
        .filter(|recipe| recipe.makeable)
        .map(|recipe| format!("| `{}` | {} | {} |\n", recipe.code, recipe.what, recipe.needs))
        .collect();
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&rows), "put this into README.md:\n{rows}");
}
