#!/usr/bin/env python3
"""What comes in leaves a trace, commands say what they did not do, and a store is not harmed by mistakes around it."""

import json
import os

from support import cases, shop
from support.http_calls import write_key
from support.programs import Daemon, Store, copy_workspace, segmentctl, wait_until, workspace_folder

EVENTS = "Order Completed"


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


class LiveIntake(cases.Case):
    def setUp(self):
        folder = self.folder()
        self.workspace = copy_workspace("cdnow", folder)
        self.store = Store(self.workspace, os.path.join(folder, "store"))
        self.daemon = self.enter(Daemon(self.store))
        self.client = self.daemon.client()
        self.key = write_key(self.daemon.token)

    def buy(self, customer, number):
        event = {"type": "track", "event": EVENTS, "userId": customer, "messageId": f"{customer}{number}",
                 "properties": {"revenue": 10}}
        self.assertEqual(self.client.post("/v1/batch", {"batch": [event]}, self.key).status, 200)

    def purposes(self):
        with open(os.path.join(self.workspace, "workspace.yaml"), encoding="utf-8") as file:
            return file.read()

    def test_a_time_that_cannot_be_read_is_a_reject_and_answered_200(self):
        answer = self.client.post("/v1/track", {"event": EVENTS, "userId": "ada", "timestamp": "nonsense",
                                                "properties": {"revenue": 10}}, self.key)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.daemon.status()["rejects"], {"bad_time": 1})

    def test_consent_in_a_call_that_is_rejected_stands(self):
        consent = {"consent": {"categoryPreferences": {"offers": True}}}
        for path in ("/v1/identify", "/v1/page", "/v1/track"):
            body = {"userId": "ada" + path[4:], "context": consent, "event": "No Such Event", "traits": {}}
            self.assertEqual(self.client.post(path, body, self.key).status, 200)
        known = self.client.get("/api/v1/customers/adapage")
        self.assertIs(known["consent"]["offers"], True, known)
        self.assertEqual(self.daemon.status()["rejects"], {"unknown_event": 2})

    def test_the_ledger_shows_what_was_sent_only_where_it_is_asked_for(self):
        sent = {"event": EVENTS, "userId": "ada@example.com", "properties": {"revenue": "much"}}
        self.client.post("/v1/track", sent, self.key)
        self.daemon.status()
        row = self.store.ask("rejects")[0]
        self.assertEqual(row["detail"], "event 'Order Completed': property amount must be money")
        self.assertNotIn("ada@example.com", json.dumps(row))
        self.assertEqual(json.loads(self.store.ask("rejects", "--show")[0]["payload"]), sent)

    def test_queries_are_read_and_unknown_or_malformed_ones_are_400(self):
        for customer in "abcde":
            self.buy(customer, 1)
        segments = self.client.get("/api/v1/segments")
        segment = max(segments, key=lambda row: row["size"])["segment"]
        path = f"/api/v1/segments/{segment}/members"
        whole = self.client.get(path)
        self.assertIsNone(whole["next_cursor"])
        pages, cursor = [], ""
        while cursor is not None:
            page = self.client.get(f"{path}?limit=2&cursor={cursor}")
            self.assertLessEqual(len(page["members"]), 2)
            pages += page["members"]
            cursor = page["next_cursor"]
        self.assertEqual(pages, whole["members"])
        self.assertEqual({row["size"] for row in self.client.get("/api/v1/segments?at=1990-01-01")}, {0})
        for bad in ("/api/v1/segments?until=2027-01-01", "/api/v1/segments?at=soon", "/api/v1/segments?at=", "/api/v1/models?x", "/api/v1/models?past=yes",
                    path + "?limit=0", path + "?limit=2&limit=3", "/api/v1/touches?customer=%ff", "/api/v1/status?%zz",
                    "/api/v1/rejects?limit=many"):
            with self.subTest(bad):
                answer = self.client.call("GET", bad)
                self.assertEqual((answer.status, answer.json()["status"]), (400, 400), answer)

    def test_an_id_with_a_slash_is_reached_and_a_path_that_is_no_text_is_400(self):
        self.buy("acme/12", 1)
        self.assertEqual(self.client.get("/api/v1/customers/acme%2F12")["features"]["orders_total"], 1)
        self.assertEqual(self.client.post("/api/v1/customers/acme%2F12/suppression", {"suppressed": True}).status, 200)
        answer = self.client.call("GET", "/api/v1/customers/%ff%fe")
        self.assertEqual((answer.status, answer.json()["status"]), (400, 400), answer)

    def test_a_reload_of_another_workspace_is_refused(self):
        version = self.daemon.status()["definitions"]
        path = os.path.join(self.workspace, "workspace.yaml")
        text = self.purposes()
        write(path, text.replace("workspace: ", "workspace: other_", 1))
        self.daemon.hang_up()
        wait_until(lambda: "other_workspace" in self.daemon.log_text(), 10, "a line in the log about the other workspace")
        self.assertEqual(self.daemon.status()["definitions"], version)

    def test_a_read_command_beside_a_broken_folder_shows_the_version_in_force(self):
        append(os.path.join(self.workspace, "workspace.yaml"), "nonsense: 1\n")
        finished = self.store.run("segments", "--json")
        self.assertEqual(finished.code, 0, finished)
        self.assertIn("warning: workspace.yaml", finished.errors)
        self.assertEqual(len(json.loads(finished.output)), 4)
        self.assertEqual(segmentctl("check", self.workspace).code, 1)

    def test_the_port_file_lives_as_long_as_the_daemon_serves(self):
        port_file = self.store.data + ".port"
        self.assertTrue(os.path.exists(port_file))
        self.assertEqual(self.daemon.stop(), 0)
        self.assertFalse(os.path.exists(port_file))

    def test_a_start_does_not_believe_a_step_that_the_boot_clock_disproves(self):
        self.assertFalse(self.daemon.status()["clock_held"])
        self.assertEqual(self.daemon.stop(), 0)
        path = os.path.join(self.store.data, "clock")
        with open(path, encoding="utf-8") as file:
            boot, wall, since_boot = file.read().split()
        write(path, f"{boot} {int(wall) - 86_400_000_000} {since_boot}\n")
        self.daemon.start()
        self.assertTrue(self.daemon.status()["clock_held"])
        self.assertEqual(self.daemon.client().post("/api/v1/clock/confirm", {}).status, 200)
        wait_until(lambda: not self.daemon.status()["clock_held"], 5, "the clock is followed again")


class Files(cases.Case):
    def setUp(self):
        self.root = self.folder()
        self.store = Store(workspace_folder("cdnow"), os.path.join(self.root, "store"))
        self.rows = shop.purchases()[:6]
        self.file = shop.write_csv(self.rows, os.path.join(self.root, "shop.csv"))

    def import_file(self, path):
        return self.store.ask("import", "--source", "purchases", path)

    def lines(self):
        with open(self.file, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_a_later_export_with_rows_put_before_counts_only_the_new_ones(self):
        first = self.import_file(self.file)
        header, *rows = self.lines()
        later = write(self.file, "\n".join([header, rows[0].replace(rows[0].split(",")[0], "newcomer", 1), *rows, ""]))
        second = self.import_file(later)
        self.assertEqual((second["accepted"], second["duplicates"]), (first["accepted"] // len(rows), first["accepted"]))

    def test_a_row_with_a_broken_quote_is_a_reject_and_known_the_next_time(self):
        header, first, *rest = self.lines()
        broken = write(self.file, "\n".join([header, first, 'x"y,1,2,3', *rest, ""]))
        counts = self.import_file(broken)
        self.assertEqual((counts["rejected"], counts["already_rejected"]), (1, 0))
        reject = self.store.ask("rejects", "--show")[0]
        self.assertEqual((reject["reason"], reject["detail"]), ("broken_quote", "shop.csv: row 2: cannot be read"))
        self.assertIn('x"y', json.loads(reject["payload"]))
        again = self.import_file(broken)
        self.assertEqual((again["accepted"], again["rejected"], again["already_rejected"]), (0, 0, 1))
        self.assertEqual(len(self.store.ask("rejects")), 1)

    def test_the_last_line_of_an_import_says_what_was_rejected_why_and_where_to_list_it(self):
        header, first, *rest = self.lines()
        broken = write(self.file, "\n".join([header, first, 'x"y,1,2,3', "," + first.split(",", 1)[1], *rest, ""]))

        imported, again = (self.store.run("import", "--source", "purchases", broken) for _ in range(2))

        told = r"^warning: \d+ taken in, 2 rejected \(1 broken_quote, 1 no_customer\); segmentctl rejects --show --data \S+ lists them\n$"
        self.assertRegex(imported.errors, told)
        self.assertEqual((imported.code, again.code, again.errors), (0, 0, ""), again)

    def test_a_file_of_which_nothing_is_accepted_is_warned_of(self):
        header, *rows = self.lines()
        nonsense = write(self.file, "\n".join([header, *["x" + "," * header.count(",") for _ in rows], ""]))
        for _ in range(2):
            imported = self.store.run("import", "--source", "purchases", nonsense)
            self.assertEqual(imported.code, 0, imported)
            self.assertIn("warning: no row was accepted; the first was rejected: shop.csv: row 1: ", imported.errors)
        self.assertEqual(len(self.store.ask("rejects")), len(rows))

    def test_a_failed_import_or_fit_leaves_no_store(self):
        empty = write(os.path.join(self.root, "empty.csv"), "")
        headless = write(os.path.join(self.root, "headless.csv"), "1,2,3,4\n")
        for arguments in (("--source", "nothing", self.file), ("--source", "purchases", self.file + ".gone"),
                          ("--source", "purchases", empty), ("--source", "purchases", headless)):
            finished = self.store.run("import", *arguments)
            self.assertEqual((finished.code, finished.output), (1, ""), finished)
            self.assertFalse(os.path.exists(self.store.data), finished)
        self.assertIn("empty.csv: there is no header", self.store.run("import", "--source", "purchases", empty).errors)
        self.assertEqual(self.store.run("fit", "--all").code, 1)
        self.assertFalse(os.path.exists(self.store.data))

    def test_a_missing_folder_is_an_error_that_names_import_and_an_empty_one_is_an_empty_journal(self):
        finished = self.store.run("models")
        self.assertEqual(finished.code, 1)
        self.assertIn("import", finished.errors)
        os.mkdir(self.store.data)
        for command in ("models", "pilots", "reviews", "rejects", "touches"):
            self.assertIsInstance(self.store.ask(command), list)
        self.assertEqual({row["size"] for row in self.store.ask("segments")}, {0})
        self.assertEqual(self.store.ask("members", self.store.ask("segments")[0]["segment"]), [])
        self.assertEqual(self.store.ask("replay", "--verify")["records"], 0)
        self.assertEqual(self.store.run("explain", "nobody").code, 1)
        self.assertEqual(os.listdir(self.store.data), [])

    def test_another_workspace_is_refused_by_name(self):
        self.import_file(self.file)
        records = self.store.ask("replay")["records"]
        other = Store(copy_workspace("cdnow", self.root), self.store.data)
        path = os.path.join(other.workspace, "workspace.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        write(path, text.replace("workspace: ", "workspace: other_", 1))
        for arguments in (("import", "--source", "purchases", self.file), ("fit", "--all")):
            finished = other.run(*arguments)
            self.assertEqual(finished.code, 1, finished)
            self.assertIn("--data", finished.errors)
        with self.assertRaisesRegex(AssertionError, "segmentd ended with 1\n(.|\n)*other_workspace"):
            self.enter(Daemon(other))
        self.assertEqual(self.store.ask("replay")["records"], records)

    def test_a_question_about_the_future_says_so_and_an_empty_one_is_a_usage_error(self):
        self.import_file(self.file)
        finished = self.store.run("segments", "--at", "2100-01-01", "--json")
        self.assertEqual(finished.code, 0, finished)
        self.assertIn("note: ", finished.errors)
        self.assertEqual(self.store.run("segments", "--at", "").code, 2)

    def test_check_warns_of_what_is_overlooked_or_misplaced(self):
        workspace = copy_workspace("cdnow", self.root)
        write(os.path.join(workspace, "segments", "old.yaml.bak"), "x")
        os.rename(os.path.join(workspace, "segments", "lifecycle.yaml"), os.path.join(workspace, "metrics", "lifecycle.yaml"))
        finished = segmentctl("check", workspace, "--json")
        self.assertEqual(finished.code, 0, finished)
        warnings = json.loads(finished.output)["warnings"]
        self.assertEqual({warning["rule"] for warning in warnings}, {"file_name", "wrong_folder"})
        write(os.path.join(workspace, "segments", "more.YAML"), "x")
        self.assertEqual(segmentctl("check", workspace).code, 1)


if __name__ == "__main__":
    cases.run()
