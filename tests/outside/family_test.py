#!/usr/bin/env python3
"""Families as an operator meets them: nobody in two, on whatever way one asks."""

import os

from support import cases, corner_shop
from support.http_calls import write_key
from support.programs import Daemon, Store, segmentctl, segmentctl_json, wait_until

REGULARS = """segment: regulars
objective: growth
steward: dana
enter: feature.orders >= 3
minimum_stay: 30d
limits: {size: {at_most: 1}}
success_metrics: [{metric: orders_1d, at_least: 1%}]
"""
FAMILY = "---\nfamily: habits\nsteward: dana\nsegments: [regulars, buyers]\nremainder: others\n"
SEGMENTS = ("regulars", "buyers", "others")


class Family(cases.Case):
    def setUp(self):
        """ann orders on the first, third and fifth of December, eve on the next days as well, bob once."""
        self.root = self.folder()
        self.plain = self.write("plain", REGULARS)
        self.parted = self.write("parted", REGULARS + FAMILY)

    def write(self, name, extra):
        folder = corner_shop.write_workspace(os.path.join(self.root, name), STEWARD="dana\nmissing: error")
        corner_shop.write_file(folder, "habits.yaml", extra)
        return folder

    def bring(self, workspace):
        store = Store(workspace, os.path.join(self.root, "store"))
        rows = [("ann", 1), ("bob", 2), ("ann", 3), ("ann", 5), *(("eve", day) for day in range(4, 9))]
        text = corner_shop.COLUMNS + "".join(f"{who},2023-12-{day:02}T10:00:00Z,odd\n" for who, day in rows)
        store.ask("import", "--source", "orders", corner_shop.write_file(self.root, "rows.csv", text))
        return store

    def members(self, store, *at):
        return {segment: [row["customer"] for row in store.ask("members", segment, *at)] for segment in SEGMENTS}

    def test_a_plan_counts_the_moves_and_warns_of_limits_and_an_apply_moves(self):
        store = self.bring(self.plain)
        data = ["--data", store.data]

        plan = segmentctl_json("plan", self.parted, *data)
        segmentctl_json("apply", self.parted, *data, "--plan", plan["plan"])

        self.assertEqual(plan["migration"], [{"from": "buyers", "to": None, "customers": 2}])  # they were regulars too
        self.assertIn({"rule": "limit", "message": "the size of regulars is 2, agreed was size at most 1"}, plan["warnings"])
        parted = Store(self.parted, store.data)
        self.assertEqual(self.members(parted), {"regulars": ["ann", "eve"], "buyers": ["bob"], "others": []})
        finished = segmentctl("replay", "--verify", *data)
        self.assertEqual(finished.code, 0, finished)

        back = segmentctl_json("rollback", *data, "--to", plan["from"], "--reason", "the two are not exclusive")
        self.assertEqual(back["migration"], [{"from": None, "to": "buyers", "customers": 2}])

    def test_at_every_past_instant_everybody_is_in_one(self):
        store = self.bring(self.parted)

        served = {day: self.members(store, "--at", f"2023-12-{day:02}T10:00:00Z") for day in range(1, 9)}

        for day, members in served.items():
            everybody = [customer for segment in SEGMENTS for customer in members[segment]]
            self.assertEqual(sorted(everybody), sorted(set(everybody)), day)
            sizes = {row["segment"]: row["size"] for row in store.ask("segments", "--at", f"2023-12-{day:02}T10:00:00Z")}
            self.assertEqual({name: sizes[name] for name in SEGMENTS}, {name: len(members[name]) for name in SEGMENTS}, day)
        self.assertEqual(served[4]["buyers"], ["ann", "bob", "eve"])
        self.assertEqual(served[5], {"regulars": ["ann"], "buyers": ["bob", "eve"], "others": []})

    def test_an_explanation_says_that_the_family_keeps_somebody_out_and_what_would_let_them_in(self):
        store = self.bring(self.parted)

        why = store.ask("explain", "ann", "--segment", "buyers")
        before = store.ask("explain", "ann", "--segment", "buyers", "--at", "2023-12-04")

        self.assertEqual((why["member"], why["family"], why["kept_out_by"]), (False, "habits", "regulars"))
        self.assertEqual([(line["condition"], line["result"]) for line in why["conditions"]],
                         [("feature.orders >= 1", "true"), ("!segment.regulars", "false")])
        self.assertEqual((before["member"], before["kept_out_by"]), (True, None))
        self.assertEqual(before["smallest_change"], {"input": "feature.orders", "from": 2, "to": 3})

    def test_who_cannot_be_decided_about_is_counted_for_those_who_watch(self):
        store = self.bring(self.parted)
        with Daemon(store) as daemon:
            answer = daemon.client().post("/v1/batch", {"batch": [corner_shop.order("zoe")]}, write_key(daemon.token))
            self.assertEqual(answer.status, 200, answer)
            wanted = 'segmentd_segment_undecided{segment="even"} 1\n'
            wait_until(lambda: wanted in daemon.client().call("GET", "/metrics").body.decode(), 10, wanted)
            daemon.status()
            why = store.ask("explain", "zoe", "--segment", "even")
            self.assertEqual(why["errors"], [{"condition": "profile.plan == 'even'", "unknown": ["profile.plan"]}])


if __name__ == "__main__":
    cases.run()
