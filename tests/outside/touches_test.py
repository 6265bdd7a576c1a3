#!/usr/bin/env python3
"""Nothing goes out by accident, and what goes out or does not is listed with the reason: on the running daemon and in
its store while it rests."""

import os

from support import cases, corner_shop, shop
from support.corner_shop import TESTER, order
from support.order_case import OrderCase
from support.programs import Daemon, Store, copy_workspace, segmentctl, wait_until


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

    def test_existing_members_are_contacted_when_the_daemon_starts_as_planned_and_by_no_order_before(self):
        self.open_shop(EXISTING="existing_members: contact\n")
        self.import_rows(corner_shop.COLUMNS + "past,2023-12-20T00:00:00Z,even\n")
        planned = self.store.ask("touches", "--plan", "--hours", "720")
        self.assertEqual(sorted((row["customer"], row["segment"], row["at"][:16]) for row in planned),
                         [("past", "buyers", "2024-01-04T12:00"), ("past", "quiet", "2024-01-04T12:00")])
        self.succeed("pause", "pilot", "warmth", "--reason", "not yet", *self.offline)
        self.succeed("learn", "add", "--segment", "even", "--cause", "market", "--text", "x", *self.offline)
        self.succeed("token", "create", "--data", self.store.data, "--role", "viewer", "--expires", "1d")
        self.assertEqual(self.store.ask("touches"), [])

        self.start()
        self.bodies(self.crm, "touch", 2)
        sent = self.store.ask("touches")
        self.assertEqual({row["at"][:16] for row in sent}, {"2024-01-04T12:00"})
        self.assertEqual(self.store.ask("touches", "--plan", "--hours", "720"), [])

        corner_shop.write_file(self.store.workspace, "later.yaml", corner_shop.LATER + "existing_members: contact\n")
        later = self.store.ask("touches", "--plan", "--hours", "1")
        self.assertEqual([(row["customer"], row["segment"]) for row in later], [("past", "regulars")])
        self.daemon.hang_up()
        self.bodies(self.crm, "touch", 3)

    def test_existing_members_behind_a_pause_are_planned_as_refused_and_contacted_when_it_is_resumed(self):
        self.open_shop(EXISTING="existing_members: contact\n")
        self.import_rows(corner_shop.COLUMNS + "past,2023-12-20T00:00:00Z,even\n")
        self.succeed("pause", "playbook", "wake", "--reason", "a wrong price", *self.offline)
        planned = self.store.ask("touches", "--plan", "--hours", "1")
        self.assertEqual(sorted((row["playbook"], row["decision"]) for row in planned), [("greet_warmly", "send"), ("wake", "refused")])
        self.start()
        self.bodies(self.crm, "touch", 1)
        self.assertEqual([row["playbook"] for row in self.store.ask("touches")], ["greet_warmly"])

        self.succeed("resume", "playbook", "wake", "--reason", "the price is right", *self.online)
        self.bodies(self.crm, "touch", 2)

    def test_an_apply_decides_about_existing_members_as_its_plan_says(self):
        self.open_shop()
        self.import_rows(corner_shop.COLUMNS + "past,2023-12-20T00:00:00Z,even\n")
        self.start()
        self.assertEqual(self.daemon.stop(), 0)
        corner_shop.write_file(self.store.workspace, "later.yaml", corner_shop.LATER + "existing_members: contact\n")
        plan = self.succeed("plan", self.store.workspace, "--data", self.store.data)
        self.assertEqual([(row["playbook"], row["decision"], row["count"]) for row in plan["touches"]], [("thank", "send", 1)])
        self.assertEqual(self.store.ask("touches"), [])

        self.succeed("apply", self.store.workspace, "--data", self.store.data, "--plan", plan["plan"], "--reason", "thanks")
        self.assertEqual([(row["customer"], row["segment"]) for row in self.store.ask("touches")], [("past", "regulars")])
        self.restart()
        self.bodies(self.crm, "touch", 1)

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
        self.refuse(2, "--plan", "touches", "--hours", "2", *self.offline)
        for customer, rows in (("ada", planned), ("ben", [])):
            self.assertEqual(self.store.ask("touches", "--plan", "--hours", "2", "--customer", customer), rows)

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


if __name__ == "__main__":
    cases.run()
