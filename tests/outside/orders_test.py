#!/usr/bin/env python3
"""Nothing goes out by accident, and what a person orders holds: pauses, test touches, reviews and learnings, on the
running daemon and in its store while it rests."""

import json
import os
import time

from support import cases, corner_shop, shop
from support.corner_shop import PERIOD, TESTER, order
from support.http_calls import write_key
from support.programs import Daemon, Store, copy_workspace, segmentctl, segmentctl_json, wait_until
from support.webhook_sink import WebhookSink

QUIET_SECONDS = 0.3  # how long nothing must arrive where nothing may


class OrderCase(cases.Case):
    """A corner shop with two systems that receive: crm what concerns customers, council the reviews."""

    def open_shop(self, **changes):
        self.root = self.folder()
        self.store = Store(corner_shop.write_workspace(self.root, **changes), os.path.join(self.root, "store"))
        self.offline = ["--workspace", self.store.workspace, "--data", self.store.data]
        self.crm, self.council = self.enter(WebhookSink()), self.enter(WebhookSink())

    def start(self):
        self.daemon = Daemon(self.store, self.crm.settings("crm") + self.council.settings("council"))
        self.enter(self.daemon)
        self.online = ["--url", self.daemon.url, "--data", self.store.data]

    def restart(self):
        self.daemon.close_clients()
        self.daemon.start()
        self.online = ["--url", self.daemon.url, "--data", self.store.data]

    def import_rows(self, rows):
        path = corner_shop.write_file(self.root, "rows.csv", rows)
        self.succeed("import", "--source", "orders", path, *self.offline)

    def succeed(self, *arguments):
        return segmentctl_json(*arguments)

    def refuse(self, code, words, *arguments):
        """The command ends with the code, says the words and prints no result."""
        finished = segmentctl(*arguments)
        self.assertEqual((finished.code, finished.output), (code, ""), finished)
        self.assertIn(words, finished.errors)

    def send(self, *events):
        answer = self.daemon.client().post("/v1/batch", {"batch": list(events)}, write_key(self.daemon.token))
        self.assertEqual(answer.status, 200, answer)
        return self.daemon.status()

    def touches(self, customer):
        return [(row["touch"], row["decision"], row["reason"]) for row in self.store.ask("touches", "--customer", customer)]

    def bodies(self, sink, kind, count):
        """The bodies of that type once there are so many; all of them are signed."""
        def found():
            bodies = [json.loads(one.body) for one in sink.received()]
            bodies = [body for body in bodies if body["type"] == kind]
            return bodies if len(bodies) >= count else None
        bodies = wait_until(found, 10, f"{count} events {kind}")
        self.assertEqual([one.fault for one in sink.received() if one.fault], [])
        self.assertEqual(len(bodies), count)
        return bodies

    def check_silence(self, sink, count=0):
        """Nothing arrives beyond what has."""
        time.sleep(QUIET_SECONDS)
        self.assertEqual(len(sink.received()), count, [one.body for one in sink.received()])


class NobodyByAccident(OrderCase):
    def test_an_import_a_new_definition_and_a_restart_contact_nobody(self):
        self.open_shop()
        self.import_rows(corner_shop.customers(8))
        self.start()
        self.check_silence(self.crm)

        corner_shop.write_file(self.store.workspace, "later.yaml", corner_shop.LATER)
        self.daemon.hang_up()
        wait_until(lambda: "definitions in force" in self.daemon.log_text(), 10, "the new definitions")
        self.check_silence(self.crm)

        self.assertEqual(self.daemon.stop(), 0)
        self.import_rows(corner_shop.COLUMNS + "late,2023-12-20T00:00:00Z,even\n")
        self.restart()
        self.check_silence(self.crm)
        sizes = {row["segment"]: row["size"] for row in self.store.ask("segments")}
        self.assertEqual((sizes["buyers"], sizes["quiet"], sizes["regulars"]), (10, 10, 10))
        self.assertEqual(self.store.ask("touches"), [])
        silent = self.store.ask("touches", "--customer", "late")
        self.assertEqual({(row["segment"], row["reason"]) for row in silent},
                         {(segment, "entered by import, apply or catch-up; existing_members: ignore")
                          for segment in ("buyers", "quiet", "regulars")})
        self.assertEqual(self.daemon.client().get("/api/v1/touches?customer=late"), silent)

        self.send(order("ada"))
        found = self.bodies(self.crm, "touch", 2)
        self.assertEqual({body["subject"] for body in found}, {"ada"}, "who enters by what they do is contacted")

    def test_a_playbook_that_says_so_contacts_those_who_were_there_before_it_once(self):
        self.open_shop(EXISTING="existing_members: contact\n")
        self.import_rows(corner_shop.COLUMNS + "past,2023-12-20T00:00:00Z,even\n")
        self.assertEqual(self.store.ask("touches"), [])
        self.start()
        found = self.bodies(self.crm, "touch", 2)
        self.assertEqual({(body["subject"], body["data"]["segment"]) for body in found}, {("past", "buyers"), ("past", "quiet")})
        count = len(self.crm.received())

        self.assertEqual(self.daemon.stop(), 0)
        self.restart()
        self.check_silence(self.crm, count)

    def test_a_model_that_is_fitted_anew_contacts_nobody(self):
        self.open_shop()
        store = Store(copy_workspace("cdnow", self.root), os.path.join(self.root, "cdnow"))
        rows = shop.write_csv(shop.purchases(), os.path.join(self.root, "shop.csv"))
        store.ask("import", "--source", "purchases", rows)
        sizes = []
        for as_of in ("1997-06-30", "1997-09-30"):
            store.ask("fit", "--as-of", as_of, "--all")
            with Daemon(store, self.crm.settings("crm") + self.crm.settings("print_shop")) as daemon:
                self.check_silence(self.crm)
                sizes.append(daemon.client().get("/api/v1/segments"))
                self.assertEqual(daemon.stop(), 0)
        self.assertNotEqual(sizes[0], sizes[1], "the second fit moved nobody")
        self.assertEqual(store.ask("touches"), [])

    def test_the_plan_before_the_first_start_is_what_that_start_and_the_hours_after_it_bring(self):
        self.open_shop(WINDOW="3d")
        self.import_rows(corner_shop.COLUMNS + "past,2023-12-20T00:00:00Z,odd\nlate,2024-01-01T13:00:00Z,odd\n")

        self.assertEqual(self.store.ask("touches", "--plan", "--hours", "720"), self.store.ask("touches", "--plan"))
        planned = self.store.ask("touches", "--plan", "--hours", "2")
        self.assertEqual([(row["at"], row["type"], row["customer"]) for row in planned],
                         [("2024-01-04T13:00:00Z", "segment.entered", "late"), ("2024-01-04T13:00:00Z", "touch", "late")])
        self.start()
        self.check_silence(self.crm)

    def test_the_plan_lists_what_the_coming_hours_bring_and_sends_nothing(self):
        self.open_shop(WINDOW="90m")
        self.start()
        self.send(order("ada"))
        self.bodies(self.crm, "segment.entered", 1)
        sent = wait_until(lambda: len(self.crm.received()) == 2 and 2, 5, "both events about ada")
        before = self.daemon.status()["records"]

        self.assertEqual(self.store.ask("touches", "--plan", "--hours", "1"), [])
        planned = self.store.ask("touches", "--plan", "--hours", "2")
        self.assertEqual(sorted((row["type"], row["customer"], row["segment"], row["endpoint"]) for row in planned),
                         [("segment.entered", "ada", "quiet", "crm"), ("touch", "ada", "quiet", "crm")])
        self.assertTrue(all(row["at"].startswith("2024-01-04T13:30:") for row in planned), planned)
        self.refuse(2, "--hours", "touches", "--plan", "--hours", "0", *self.offline)

        self.check_silence(self.crm, sent)
        self.assertEqual(self.daemon.status()["records"], before)


class TestTouches(OrderCase):
    def test_a_tester_gets_a_signed_touch_that_says_it_is_a_test_and_becomes_no_customer(self):
        self.open_shop()
        self.start()
        self.succeed("touch", "test", "wake", "--to", "tina", "--reason", "before the launch", *self.online)
        body, = self.bodies(self.crm, "touch", 1)

        self.assertIs(body["data"]["test"], True)
        self.assertEqual((body["data"]["touch"], body["data"]["customer"]), ("come_back", TESTER))
        self.assertEqual(self.daemon.status()["customers"], 0)
        self.assertEqual(self.daemon.client().call("GET", f"/api/v1/customers/{TESTER}").status, 404)
        listed, = self.store.ask("touches")
        self.assertEqual((listed["id"], listed["decision"], listed["test"]), (body["id"], "send", True))
        self.assertEqual(self.store.ask("touches", "--customer", TESTER), [listed])
        self.assertEqual(self.daemon.client().get(f"/api/v1/touches?customer={TESTER}"), [listed])

    def test_reports_of_the_running_daemon_are_those_of_its_store(self):
        self.open_shop()
        self.import_rows(corner_shop.COLUMNS + "a/b & c?,2023-12-20T00:00:00Z,even\n")
        self.start()
        self.send(order("ada"))
        self.succeed("pause", "pilot", "warmth", "--reason", "complaints", *self.online)
        self.succeed("learn", "add", "--segment", "buyers", "--cause", "market", "--text", "They come for tea.", *self.online)
        self.bodies(self.crm, "touch", 1)
        for report in (["touches", "--customer", "a/b & c?"], ["explain", "a/b & c?"], ["pauses"], ["reviews"], ["pilots"],
                       ["learn", "list", "buyers"], ["segments"]):
            with self.subTest(report):
                self.assertEqual(self.succeed(*report, *self.online), self.succeed(*report, *self.offline))
        self.refuse(2, "--data or --url", "touches")
        self.refuse(2, "--plan", "touches", "--plan", *self.online)

    def test_only_testers_of_the_workspace_and_touches_of_its_playbooks_are_tried(self):
        self.open_shop()
        self.start()
        for code, words, arguments in ((1, "no tester 'ada'", ["wake", "--to", "ada", *self.online]),
                                       (1, "no tester", ["wake", "--to", TESTER, *self.online]),
                                       (1, "no playbook 'shout'", ["shout", "--to", "tina", *self.online]),
                                       (1, "no touch 'hello'", ["wake", "--to", "tina", "--touch", "hello", *self.online]),
                                       (2, "--to is required", ["wake", *self.online]),
                                       (2, "--data or --url", ["wake", "--to", "tina"]),
                                       (4, self.daemon.url, ["wake", "--to", "tina", *self.offline])):
            self.refuse(code, words, "touch", "test", *arguments)
        self.check_silence(self.crm)

    def test_a_test_ordered_in_the_store_leaves_when_the_daemon_starts_and_only_then(self):
        self.open_shop()
        self.import_rows(corner_shop.customers(2))
        self.succeed("touch", "test", "greet", "--to", "tina", *self.offline)
        waiting = [row for row in self.store.ask("touches", "--plan") if row["customer"] == TESTER]
        self.assertEqual([row["touch"] for row in waiting], ["hello"])
        self.start()
        self.bodies(self.crm, "touch", 1)
        self.assertEqual(self.daemon.stop(), 0)
        self.restart()
        self.check_silence(self.crm, 1)

    def test_a_pause_holds_for_tests_too(self):
        self.open_shop()
        self.start()
        self.succeed("pause", "playbook", "wake", "--reason", "wrong price", *self.online)
        refused = segmentctl("touch", "test", "wake", "--to", "tina", *self.online)
        self.assertEqual(refused.code, 1, refused)
        self.assertIn("playbook wake is paused", refused.errors)
        self.check_silence(self.crm)


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


if __name__ == "__main__":
    cases.run()
