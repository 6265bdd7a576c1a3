#!/usr/bin/env python3
"""Why is this customer in, and who was in then: explain --segment and members --at."""

import os

from support import cases, corner_shop
from support.programs import Daemon, Store, segmentctl, segmentctl_json


class AsOf(cases.Case):
    def setUp(self):
        """ann orders on the first, third and fifth of December, bob on the second alone."""
        self.root = self.folder()
        self.store = Store(corner_shop.write_workspace(self.root, BUYERS="feature.orders >= 2", WINDOW="30d"),
                           os.path.join(self.root, "store"))
        self.data = ["--data", self.store.data]
        rows = [("ann", 1), ("bob", 2), ("ann", 3), ("ann", 5)]
        text = corner_shop.COLUMNS + "".join(f"{who},2023-12-{day:02}T10:00:00Z,odd\n" for who, day in rows)
        path = corner_shop.write_file(self.root, "rows.csv", text)
        segmentctl_json("import", "--source", "orders", path, "--workspace", self.store.workspace, *self.data)

    def members(self, segment, *at):
        return [row["customer"] for row in segmentctl_json("members", segment, *self.data, *at)]

    def explain(self, customer, segment, *at):
        return segmentctl_json("explain", customer, "--segment", segment, *self.data, *at)

    def test_members_are_those_that_were_served_at_the_instant(self):
        self.assertEqual(self.members("buyers", "--at", "2023-12-03T09:59:59Z"), [])
        self.assertEqual(self.members("buyers", "--at", "2023-12-03T10:00:00Z"), ["ann"])
        self.assertEqual(self.members("buyers", "--at", "2023-12-03"), ["ann"])  # the end of the day
        self.assertEqual(self.members("buyers"), ["ann"])

    def test_later_definitions_do_not_change_who_was_a_member(self):
        new = corner_shop.write_workspace(self.folder(), BUYERS="feature.orders >= 1", WINDOW="30d")
        plan = segmentctl_json("plan", new, *self.data)
        segmentctl_json("apply", new, *self.data, "--plan", plan["plan"])

        self.assertEqual(self.members("buyers"), ["ann", "bob"])
        self.assertEqual(self.members("buyers", "--at", "2023-12-04"), ["ann"])

    def test_an_explanation_has_every_part_and_the_smallest_change(self):
        why = self.explain("bob", "buyers")

        self.assertEqual((why["member"], why["values"]), (False, {"feature.orders": 1}))
        (line,) = why["conditions"]
        self.assertEqual((line["key"], line["condition"], line["result"]), ("enter", "feature.orders >= 2", "false"))
        self.assertEqual([(part["text"], part["value"]) for part in line["parts"]],
                         [("feature.orders >= 2", False), ("feature.orders", 1)])
        self.assertEqual(why["smallest_change"], {"input": "feature.orders", "from": 1, "to": 2})
        self.assertTrue(why["applied"]["by"].startswith("person:"), why["applied"])

    def test_time_alone_changes_a_membership_at_the_exact_instant(self):
        why = self.explain("bob", "quiet", "--at", "2023-12-05T10:00:00Z")

        self.assertFalse(why["member"])
        self.assertEqual(why["next_change"], {"at": "2024-01-01T10:00:00Z", "in": "27d", "becomes": "member"})

    def test_a_running_daemon_says_the_same(self):
        at = ["--at", "2023-12-05T10:00:00Z"]
        offline = [self.members("buyers", *at), self.explain("bob", "quiet", *at)]
        with Daemon(self.store) as daemon:
            online = ["--url", daemon.url, *self.data]
            members = [row["customer"] for row in segmentctl_json("members", "buyers", *online, *at)]
            self.assertEqual([members, segmentctl_json("explain", "bob", "--segment", "quiet", *online, *at)], offline)
            self.assertEqual([row["customer"] for row in segmentctl_json("members", "buyers", *online)], ["ann"])
            self.assertFalse(segmentctl_json("explain", "bob", "--segment", "buyers", *online)["member"])
            self.assertEqual(len(segmentctl_json("segment", "track", "buyers", "--weeks", "3", *online)), 3)
            page = daemon.client().get("/api/v1/segments/even/members?limit=1&at=2023-12-05")
            self.assertEqual((page["members"], page["next_cursor"]), ([], None))
            finished = segmentctl("members", "buyers", *online, "--at", "2999-01-01")
            self.assertEqual(finished.code, 1, finished)
            self.assertIn("has not come", finished.errors)

    def test_what_cannot_be_asked_is_refused(self):
        for words, arguments in (("there is no segment 'none'", ["bob", "--segment", "none"]),
                                 ("no record names the customer 'zoe'", ["zoe", "--segment", "buyers"]),
                                 ("has not come", ["bob", "--segment", "buyers", "--at", "2999-01-01"]),
                                 ("nothing was known", ["bob", "--segment", "buyers", "--at", "1969-12-31"])):
            finished = segmentctl("explain", *arguments, *self.data)
            self.assertEqual((finished.code, finished.output), (1, ""), finished)
            self.assertIn(words, finished.errors)


if __name__ == "__main__":
    cases.run()
