"""The tool that finds circles of files finds them where they are, and nowhere else."""

import tempfile
import unittest
from pathlib import Path

from . import rust_files


class RustFilesTest(unittest.TestCase):
    def test_a_name_is_followed_to_the_file_that_defines_it(self) -> None:
        used = self.edges(
            {
                "lib.rs": "mod a;\nmod b;\npub use a::Deep;\n",
                "a/mod.rs": "mod deep;\npub(crate) use deep::Deep;\n",
                "a/deep.rs": "pub struct Deep;\n",
                "b.rs": "use crate::Deep;\npub(crate) fn f(_: crate::a::Deep) {}\n",
            }
        )
        self.assertEqual(used, {"b.rs": {"a/deep.rs"}})

    def test_a_child_may_use_its_parent_while_the_parent_only_hands_it_on(self) -> None:
        child = "use super::Base;\npub struct Child(Base);\n"
        parent = "mod child;\npub use child::Child;\npub struct Base;\n"
        self.assertEqual(self.circles({"lib.rs": "mod a;\n", "a/mod.rs": parent, "a/child.rs": child}), [])
        using = parent + "fn make() -> Option<Child> { None }\n"
        self.assertEqual(self.circles({"lib.rs": "mod a;\n", "a/mod.rs": using, "a/child.rs": child}), [["a/child.rs", "a/mod.rs"]])

    def test_siblings_that_name_each_other_through_their_parent_are_a_circle(self) -> None:
        files = {
            "lib.rs": "mod a;\n",
            "a.rs": "mod left;\nmod right;\npub use left::*;\n",
            "a/left.rs": "pub struct Left;\nfn f() { super::right::help() }\n",
            "a/right.rs": "use super::*;\npub(super) fn help() -> Option<Left> { None }\n",
        }
        self.assertEqual(self.circles(files), [["a/left.rs", "a/right.rs"]])

    def test_a_method_in_another_file_than_its_type_is_used_by_who_calls_it(self) -> None:
        files = {
            "lib.rs": "mod whole;\n",
            "whole.rs": "mod part;\npub struct Whole;\nimpl Whole { pub fn run(&self) { self.step() } }\n",
            "whole/part.rs": "use super::Whole;\nimpl Whole { pub(super) fn step(&self) {} }\n",
        }
        self.assertEqual(self.circles(files), [["whole/part.rs", "whole.rs"]])

    def test_tests_comments_and_strings_are_no_uses(self) -> None:
        used = self.edges(
            {
                "lib.rs": "mod a;\nmod b;\n#[cfg(test)]\nmod tests;\n",
                "a.rs": '//! [`crate::b::B`]\n/* crate::b::B */\npub struct A;\nconst T: [&str; 3] = ["/*", "crate::b::B", "*/"];\n'
                "#[cfg(test)]\nmod tests { use crate::b::B; }\n#[cfg(test)]\nimpl A { fn b() -> crate::b::B { crate::b::B } }\n",
                "b.rs": "pub struct B;\n",
                "tests.rs": "use crate::a::A;\n",
            }
        )
        self.assertEqual(used, {})

    def test_what_a_macro_makes_belongs_to_the_file_of_its_module(self) -> None:
        used = self.edges(
            {
                "lib.rs": "mod a;\nmod b;\n",
                "a.rs": "macro_rules! table { ($name:ident) => { pub enum $name {} } }\ntable! { Made }\n",
                "b.rs": "use std::fmt::Debug;\nuse crate::a::{self, Made as Renamed};\nfn f(_: Renamed, _: a::Made, _: &dyn Debug) {}\n",
            }
        )
        self.assertEqual(used, {"b.rs": {"a.rs"}})

    def test_the_core_is_read(self) -> None:
        for folder in rust_files.crates():
            with self.subTest(folder=folder):
                self.assertGreater(sum(map(len, rust_files.edges(folder).values())), 20)

    def edges(self, files: dict[str, str]) -> dict[str, set[str]]:
        with tempfile.TemporaryDirectory() as made:
            folder = written(Path(made), files)
            used = rust_files.edges(folder)
            return {named(folder, file): {named(folder, other) for other in others} for file, others in used.items() if others}

    def circles(self, files: dict[str, str]) -> list[list[str]]:
        with tempfile.TemporaryDirectory() as made:
            folder = written(Path(made), files)
            return [[named(folder, file) for file in circle] for circle in rust_files.circles(rust_files.edges(folder))]


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def named(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder))
