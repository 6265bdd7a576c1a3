#!/usr/bin/env python3
"""What a person orders holds: pauses, reviews and learnings, on the running daemon and in its store while it rests."""

import json
import os

from support import cases, corner_shop
from support.corner_shop import PERIOD, order
from support.order_case import OrderCase
from support.programs import segmentctl, segmentctl_json, wait_until


class Pauses(OrderCase):
    def test_a_pause_acts_before_the_next_decision_and_the_refusal_names_it(self):
        self.open_shop()
        self.start()
        for what, name in (("playbook", "greet"), ("endpoint", "crm")):
            others = [("playbook", "greet_warmly")] if what == "playbook" else []
            for target in [(what, name), *others]:
                self.succeed("pause", *target, "--reason", "a wrong price", *self.online)
            self.send(order(f"{what}-1"), order(f"{what}-2"), order(f"{what}-3"))
            for number in (1, 2, 3):
                (_, decision, reason), = self.touches(f"{what}-{number}")
                self.assertEqual(decision, "refused")
                self.assertRegex(reason, f"^{what} {name}.* is paused$")
            for target in [(what, name), *others]:
                self.succeed("resume", *target, "--reason", "mended", *self.online)
            self.send(order(f"{what}-4"))
            self.assertEqual([decision for _, decision, _ in self.touches(f"{what}-4")], ["send"])
        found = self.bodies(self.crm, "touch", 2)
        self.assertEqual([body["subject"] for body in found], ["playbook-4", "endpoint-4"], "a refused touch left later")

    def test_a_paused_pilot_takes_nobody_in_and_treats_nobody(self):
        self.open_shop(WINDOW="1s", BUYERS="feature.orders_lately >= 1")
        self.start()
        self.send(order("ada"))
        wait_until(lambda: self.store.ask("members", "quiet"), 5, "ada is quiet")
        self.succeed("pause", "pilot", "warmth", "--reason", "complaints", *self.online)
        self.send(order("ada", 2), order("ben"))

        greetings = [row for row in self.store.ask("touches", "--customer", "ada") if row["segment"] == "buyers"]
        self.assertEqual([(row["decision"], row["reason"]) for row in greetings],
                         [("send", "endpoint crm is live"), ("refused", "pilot warmth is paused")])
        self.assertEqual(self.daemon.client().get("/api/v1/customers/ben")["pilots"], [])
        self.succeed("resume", "pilot", "warmth", "--reason", "answered", *self.online)
        self.send(order("cleo"))
        enrolled, = self.daemon.client().get("/api/v1/customers/cleo")["pilots"]
        self.assertEqual(enrolled["pilot"], "warmth")

    def test_a_pause_is_ordered_in_the_resting_store_and_outlives_starts_and_a_killed_process(self):
        self.open_shop()
        self.import_rows(corner_shop.customers(2))
        self.succeed("pause", "crm", "--reason", "they move house", *self.offline)
        self.start()
        for customer in ("ada", "ben"):
            self.send(order(customer))
            (_, decision, reason), = self.touches(customer)
            self.assertEqual((decision, reason), ("refused", "endpoint crm is paused"))
            self.daemon.kill()
            self.restart()
        row, = self.store.ask("pauses")
        self.assertEqual((row["target"], row["name"], row["reason"], row["by"]),
                         ("endpoint", "crm", "they move house", "person:operator"))
        self.assertEqual(self.daemon.stop(), 0)
        self.succeed("resume", "crm", "--reason", "they arrived", *self.offline)
        self.assertEqual(self.store.ask("pauses"), [])
        self.assertEqual(self.store.run("replay", "--verify").code, 0)

    def test_an_order_leaves_the_definitions_in_force_and_a_refused_one_leaves_everything(self):
        self.open_shop()
        self.refuse(1, "no store", "pause", "playbook", "wake", "--reason", "x", *self.offline)
        self.assertFalse(os.path.exists(self.store.data))
        self.import_rows(corner_shop.customers(2))
        before = self.store.ask("replay")["records"]
        corner_shop.write_file(self.store.workspace, "later.yaml", corner_shop.LATER)

        self.refuse(1, "no review 7", "reviews", "decide", "7", "keep", "--reason", "x", *self.offline)
        self.refuse(1, "no segment 'regulars'", "learn", "add", "--segment", "regulars", "--cause", "market", "--text", "x",
                    *self.offline)
        self.assertEqual(self.store.ask("replay")["records"], before)
        paused = segmentctl("pause", "playbook", "wake", "--reason", "x", *self.offline)
        self.assertEqual(paused.code, 0, paused)
        self.assertIn("it is not applied", paused.errors)
        corner_shop.write_file(self.store.workspace, "later.yaml", "segment: [\n")
        resumed = segmentctl("resume", "playbook", "wake", "--reason", "x", *self.offline)
        self.assertEqual(resumed.code, 0, resumed)
        self.assertIn("the definitions in force are used", resumed.errors)

        with open(os.path.join(self.store.data, "tree_heads.jsonl"), encoding="utf-8") as file:
            sizes = [json.loads(line)["size"] for line in file]
        self.assertEqual((self.store.ask("replay")["records"], sizes[-1]), (before + 2, before + 2))
        self.assertEqual({row["segment"] for row in segmentctl_json("segments", "--data", self.store.data)},
                         {"buyers", "quiet", "even"})

    def test_what_cannot_be_paused_is_said_with_its_exit_code(self):
        self.open_shop()
        self.start()
        greet = ["playbook", "greet"]
        self.succeed("pause", "playbook", "wake", "--reason", "x", *self.online)
        for code, words, arguments in ((2, "--reason is required", ["pause", *greet, *self.online]),
                                       (2, "--reason is required", ["resume", *greet, *self.online]),
                                       (2, "--data or --url", ["pause", *greet, "--reason", "x"]),
                                       (1, "reason", ["pause", *greet, "--reason", "", *self.online]),
                                       (1, "no playbook 'shout'", ["pause", "playbook", "shout", "--reason", "x", *self.online]),
                                       (1, "'shout'", ["pause", "shout", "--reason", "x", *self.online]),
                                       (1, "paused already", ["pause", "playbook", "wake", "--reason", "x", *self.online]),
                                       (1, "is not paused", ["resume", *greet, "--reason", "x", *self.online]),
                                       (3, "127.0.0.1:1", ["pause", *greet, "--reason", "x", "--url", "http://127.0.0.1:1",
                                                           "--token", "x"]),
                                       (4, self.daemon.url, ["pause", *greet, "--reason", "x", *self.offline])):
            self.refuse(code, words, *arguments)
        self.assertEqual([row["name"] for row in self.store.ask("pauses")], ["wake"])


class Reviews(OrderCase):
    def open_review(self, **changes):
        """A segment that sets nobody apart, found out in the resting store."""
        self.open_shop(**changes)
        self.import_rows(corner_shop.customers(400))
        found = self.succeed("segment", "validate", "even", *PERIOD, *self.offline)
        self.assertEqual(found["verdict"], "no_measurable_difference")

    def review(self):
        row, = self.store.ask("reviews")
        return row

    def test_a_review_is_acknowledged_snoozed_and_decided_once(self):
        self.open_review()
        opened = self.review()
        self.assertEqual((opened["review"], opened["segment"], opened["state"], opened["decision"], opened["owner"]),
                         (1, "even", "open", None, "dana"))
        self.succeed("reviews", "acknowledge", "1", "--reason", "looking", *self.offline)
        self.assertEqual(self.review()["state"], "acknowledged")
        self.refuse(1, "not in the future", "reviews", "snooze", "1", "--until", "2023-12-01", "--reason", "busy", *self.offline)
        self.refuse(1, "soon", "reviews", "snooze", "1", "--until", "soon", "--reason", "busy", *self.offline)
        self.succeed("reviews", "snooze", "1", "--until", "2024-02-01", "--reason", "busy", *self.offline)
        snoozed = self.review()
        self.assertEqual((snoozed["state"], snoozed["deadline"]), ("snoozed", "2024-02-01T00:00:00Z"))

        self.refuse(2, "--reason is required", "reviews", "decide", "1", "keep", *self.offline)
        self.refuse(2, "forget", "reviews", "decide", "1", "forget", "--reason", "x", *self.offline)
        self.refuse(1, "no review 2", "reviews", "decide", "2", "keep", "--reason", "x", *self.offline)
        self.succeed("reviews", "decide", "1", "retire", "--reason", "nobody is even", *self.offline)

        decided = self.review()
        self.assertEqual(decided["state"], "decided")
        self.assertEqual([decided["decision"][key] for key in ("action", "by", "reason")],
                         ["retire", "person:operator", "nobody is even"])
        for again in (["decide", "1", "keep"], ["acknowledge", "1"], ["snooze", "1", "--until", "2024-03-01"]):
            self.refuse(1, "review 1 was decided: retire", "reviews", *again, "--reason", "x", *self.offline)
        self.assertEqual(self.store.run("replay", "--verify").code, 0)

    def test_a_drift_alarm_opens_a_review_and_missed_deadlines_call_the_next_person(self):
        self.open_shop(START="2024-01-04T23:59:57Z", REVIEW_WITHIN="1s")
        self.start()
        many = [f"day-{number}" for number in range(200)]
        self.send(*[corner_shop.even_plan(customer) for customer in many], *[order(customer) for customer in many])
        opened, = self.bodies(self.council, "review.opened", 1)
        self.assertEqual([opened["data"][key] for key in ("review", "kind", "segment", "steward", "owner")],
                         [1, "drift", "even", "dana", "dana"])
        overdue = self.bodies(self.council, "review.overdue", 2)
        self.assertEqual([body["data"]["owner"] for body in overdue], ["dana", "finn"])
        self.assertEqual(len({body["id"] for body in [opened, *overdue]}), 3)
        late = self.review()
        self.assertEqual((late["overdue"], late["owner"], late["reference"]), (True, "finn", 0.05))
        self.assertTrue(any("definitions" in cause for cause in late["causes"]), late["causes"])
        self.refuse(4, self.daemon.url, "reviews", "decide", "1", "keep", "--reason", "x", *self.offline)
        self.succeed("reviews", "decide", "1", "keep", "--reason", "everybody is even now", *self.online)
        self.assertEqual((self.review()["state"], self.review()["overdue"]), ("decided", False))

    def test_a_review_that_is_decided_in_time_calls_nobody(self):
        self.open_review(REVIEW_WITHIN="1s")
        self.succeed("reviews", "decide", "1", "keep", "--reason", "known", *self.offline)
        self.start()
        self.bodies(self.council, "review.opened", 1)
        self.check_silence(self.council, 1)

    def test_that_a_steward_left_is_shown_and_their_reviews_fall_to_the_next_person(self):
        self.open_review(STEWARD="gus")
        left = {row["segment"]: row["steward_left"] for row in self.store.ask("segments")}
        self.assertEqual(left, {"buyers": False, "quiet": False, "even": True})
        opened = self.review()
        self.assertEqual((opened["steward"], opened["steward_left"], opened["owner"]), ("gus", True, "finn"))

    def test_viewers_may_not_order_editors_pause_and_approvers_decide(self):
        self.open_review()
        self.start()
        orders = {"pause": ["pause", "playbook", "greet", "--reason", "x"],
                  "resume": ["resume", "playbook", "greet", "--reason", "x"],
                  "test": ["touch", "test", "wake", "--to", "tina"],
                  "learn": ["learn", "add", "--segment", "even", "--cause", "market", "--text", "x"],
                  "acknowledge": ["reviews", "acknowledge", "1", "--reason", "x"],
                  "snooze": ["reviews", "snooze", "1", "--until", "2024-02-01", "--reason", "x"],
                  "decide": ["reviews", "decide", "1", "keep", "--reason", "x"]}
        may = {"viewer": set(), "editor": {"pause", "resume", "test", "learn"},
               "approver": {"acknowledge", "snooze", "decide"}}
        for role, allowed in may.items():
            token = self.succeed("token", "create", *self.online, "--role", role, "--expires", "1d")["secret"]
            for name, arguments in orders.items():
                with self.subTest(role=role, order=name):
                    finished = segmentctl(*arguments, "--url", self.daemon.url, "--token", token)
                    self.assertEqual(finished.code, 0 if name in allowed else 1, finished)
                    self.assertEqual("403" in finished.errors, name not in allowed, finished)
        self.assertRegex(self.review()["decision"]["by"], "^token:approver")


class Learnings(OrderCase):
    def test_what_was_learned_is_kept_with_its_cause_and_who_wrote_it(self):
        self.open_shop()
        self.import_rows(corner_shop.customers(2))
        add = ["learn", "add", "--cause"]
        self.succeed(*add, "hypothesis", "--pilot", "warmth", "--text", "Nobody minds the words.", *self.offline)
        self.start()
        self.succeed(*add, "data_gap", "--segment", "even", "--text", "The plan is often unknown.", *self.online)
        for code, words, arguments in ((2, "--pilot or --segment", ["market", "--text", "x", *self.online]),
                                       (2, "--segment", ["market", "--pilot", "warmth", "--segment", "even", "--text", "x",
                                                         *self.online]),
                                       (2, "luck", ["luck", "--segment", "even", "--text", "x", *self.online]),
                                       (2, "--text is required", ["market", "--segment", "even", *self.online]),
                                       (1, "text", ["market", "--segment", "even", "--text", "", *self.online]),
                                       (1, "no segment 'odd'", ["market", "--segment", "odd", "--text", "x", *self.online]),
                                       (4, self.daemon.url, ["market", "--segment", "even", "--text", "x", *self.offline])):
            self.refuse(code, words, *add, *arguments)
        keys = ("subject", "name", "cause", "text", "by")
        pilot = ["pilot", "warmth", "hypothesis", "Nobody minds the words.", "person:operator"]
        segment = ["segment", "even", "data_gap", "The plan is often unknown.", "token:admin"]
        for name, wanted in (([], [pilot, segment]), (["warmth"], [pilot]), (["even"], [segment])):
            found = self.succeed("learn", "list", *name, *self.offline)
            self.assertEqual([[row[key] for key in keys] for row in found], wanted)
        self.refuse(1, "no segment or pilot 'nosuch'", "learn", "list", "nosuch", *self.offline)
        self.refuse(1, "no segment or pilot 'nosuch'", "learn", "list", "nosuch", *self.online)

    def test_a_text_that_is_not_utf_8_is_refused_and_nothing_is_written(self):
        self.open_shop()
        self.import_rows(corner_shop.customers(2))
        before = self.store.ask("replay", "--verify")["records"]
        latin = os.fsdecode(b"Stra\xdfe")
        add = ["learn", "add", "--segment", "even", "--cause", "market", "--text", latin]
        pause = ["pause", "playbook", "greet", "--reason", latin]
        self.refuse(1, "'text' is not UTF-8", *add, *self.offline)
        self.refuse(1, "'reason' is not UTF-8", *pause, *self.offline)
        self.assertEqual(self.store.ask("replay", "--verify")["records"], before)
        self.start()
        self.refuse(1, "not UTF-8", *add, *self.online)
        self.refuse(1, "not UTF-8", *pause, *self.online)
        self.assertEqual((self.store.ask("pauses"), self.succeed("learn", "list", *self.offline)), ([], []))


if __name__ == "__main__":
    cases.run()
