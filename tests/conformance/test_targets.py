"""The odd request targets: what is sent, and that a router which reads them otherwise is caught."""

import contextlib
import io
import sys
import unittest
from pathlib import Path
from unittest import mock

import targets

FAKE = [sys.executable, str(Path(__file__).parent / "fake_router.py")]


class TargetsTest(unittest.TestCase):
    def test_a_spelling_is_filled_in(self) -> None:
        for spelling, filled in (
            ("<m>/<n>", "/shop/orders/7"),
            ("<m>/<N>;a", "/shop/ORDERS/7;a"),
            ("<m>/<h>", "/shop/%6frders/7"),
            ("<m>/<H>", "/shop/%6Frders/7"),
            ("<m>/<ee>", "/shop/%256frders/7"),
            ("<m>/<o>", "/shop/%c1%efrders/7"),
            ("http://host\\<n>", "http://host\\orders/7"),
        ):
            with self.subTest(spelling=spelling):
                self.assertEqual(targets.spelled(spelling, "/shop", "orders/7"), filled)
        self.assertEqual(targets.spelled("<m>/<n><many:/>", "", "a"), "/a" + "/" * 6000)

    def test_full_width_letters_are_utf8(self) -> None:
        self.assertEqual(targets.spelled("<u>", "", "o/z"), "%ef%bd%8f/%ef%bd%9a")

    def test_every_octet_is_sent_as_it_is(self) -> None:
        request = targets.sent("token", "weak", "pOst", "/a\u00a0\\#\u0000")
        octets = request.octets({"weak": "T"})
        self.assertTrue(octets.startswith(b"pOst /a\xa0\\#\x00 HTTP/1.1\r\nHost: host\r\nX-Exchange: token\r\n"))
        self.assertTrue(octets.endswith(b"Authorization: Bearer T\r\nContent-Length: 0\r\n\r\n"))

    def test_no_request_without_a_token_may_run_more_than_what_is_free(self) -> None:
        requests = list(targets.odd_requests())
        self.assertGreater(len(requests), 2000)
        for request in requests:
            self.assertFalse(request.may_run & targets.GUARDED)
            if request.token == "none" and request.policy != "open":
                self.assertEqual(request.may_run, targets.FREE)

    def test_a_router_that_reads_paths_as_the_policy_does_passes(self) -> None:
        row, _ = self.row("strict")
        self.assertEqual(row["failed"], 0)

    def test_a_router_that_is_more_lenient_than_the_policy_is_caught(self) -> None:
        row, told = self.row("lenient")
        self.assertEqual(row["failed"], 2)
        self.assertIn("token weak: POST /orders/: ran orders.create for weak", told)
        self.assertIn("open none: GET /Orders/7: ran orders.one for none", told)

    def test_a_policy_that_refuses_everything_is_caught(self) -> None:
        row, told = self.row("closed")
        self.assertGreater(row["failed"], 50)
        self.assertIn("expected health for none, got 403 from None for None", told)

    def row(self, manner: str) -> tuple[dict, str]:
        few = [
            targets.sent("token", "weak", "POST", "/orders"),
            targets.sent("token", "weak", "POST", "/orders/"),
            targets.sent("open", "none", "GET", "/Orders/7"),
            targets.sent("deny", "none", "GET", "/health/"),
        ]
        said = io.StringIO()
        targets.REPORTS.mkdir(parents=True, exist_ok=True)
        with mock.patch.object(targets, "odd_requests", lambda: iter(few)), contextlib.redirect_stdout(said):
            row = targets.row_of(f"fake-{manner}", [*FAKE, manner], head=True)
        return row, said.getvalue()


if __name__ == "__main__":
    unittest.main()
