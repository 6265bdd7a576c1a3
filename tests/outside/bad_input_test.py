#!/usr/bin/env python3
"""Bad input: broken workspaces, signals, requests and command lines, and what people and programs are told."""

import json
import os
import re
import time

from support import cases, shop
from support.http_calls import write_key
from support.programs import Daemon, Store, copy_workspace, segmentctl, wait_until, workspace_folder

LINE = re.compile(r"^(?P<file>[a-z_/]+\.yaml):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \[(?P<rule>[a-z0-9_]+)\]; (?P<hint>.+)$")
SEGMENT = "segments/lifecycle.yaml"
PILOT = "pilots/voucher.yaml"
EXTRA = "segments/extra.yaml"
EXTRA_SEGMENT = ("segment: extra\ntitle: One more\nobjective: retention\nrationale: For the sake of the mistake.\n"
                 "steward: dana\nenter:\n  - feature.orders_total >= 2\n")
BOMB = "segment: bomb\na: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi"))
TEN_MEGABYTES = 10_000_000


def replaced(file, old, new):
    """A mistake: in the file, the text `old` becomes `new`."""
    return lambda files: files.update({file: files[file].replace(old, new, 1)})


def added(file, text):
    return lambda files: files.update({file: text})


# What is wrong, how it gets in, where it is found (None: anywhere), and a word that the line must say.
MISTAKES = {
    "an unknown key": (replaced(SEGMENT, "steward: dana", "stewart: dana"), SEGMENT, "steward"),
    "a wrong type": (replaced(SEGMENT, "at_least: 20%", "at_least: often"), SEGMENT, "at_least"),
    "weights that add up to 90 %": (replaced(PILOT, "weight: 50%, playbook", "weight: 40%, playbook"), PILOT, "90"),
    "a feature that is missing": (replaced(SEGMENT, "feature.days_since_order", "feature.days_since_ordr"), SEGMENT,
                                  "days_since_order"),
    "a CEL syntax error": (replaced(SEGMENT, "score.alive < 0.5", "score.alive < < 0.5"), SEGMENT, "<"),
    "a CEL type error": (replaced(SEGMENT, "feature.orders_total == 1", "feature.orders_total == 'one'"), SEGMENT, ""),
    "a cycle": (replaced("models/purchases.yaml", "score.expected_purchases_39w * score.mean_spend", "score.value * 2.0"),
                "models/purchases.yaml", "value"),
    "an alias bomb": (added("segments/bomb.yaml", BOMB), "segments/bomb.yaml", ""),
    "10 MB of nesting": (added("segments/nest.yaml", "segment: nest\nenter: " + "[" * TEN_MEGABYTES), "segments/nest.yaml", ""),
    "10 MB of nesting by lines": (added("segments/nest.yaml", "segment: nest\nenter:\n" + "- " * (TEN_MEGABYTES // 2)),
                                  "segments/nest.yaml", ""),
    "a literal secret": (replaced("endpoints/endpoints.yaml", "mode: live",
                                  "mode: live\nsecret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                         "endpoints/endpoints.yaml", "secret"),
    "a secret in a message": (replaced("playbooks/playbooks.yaml", "Here are five dollars for your next record.",
                                       "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "playbooks/playbooks.yaml", "secret"),
    "a duplicate key": (replaced(SEGMENT, "steward: dana", "steward: dana\nsteward: finn"), SEGMENT, "steward"),
    "a kind without grammar": (added("journeys/year.yaml", "journey: first_year\ntitle: The first year\n"),
                               "journeys/year.yaml", "journey"),
    "a kind that nobody knows": (added(EXTRA, "tribe: extra\n"), EXTRA, "tribe"),
    "a steward who is nobody": (added(EXTRA, EXTRA_SEGMENT.replace("steward: dana", "steward: nobody")), EXTRA, "nobody"),
    "a name that stands twice": (added(EXTRA, EXTRA_SEGMENT.replace("segment: extra", "segment: loyal")), None, "loyal"),
    "a file that is not YAML": (added(EXTRA, "segment: extra\nenter: [feature.orders_total >= 2\n"), EXTRA, ""),
    "a file that is not UTF-8": (added(EXTRA, b"segment: extra\ntitle: caf\xe9\n"), EXTRA, "UTF-8"),
}


def break_workspace(folder, mistake):
    """A copy of the CDNOW workspace with the mistake in it."""
    workspace = copy_workspace("cdnow", folder)
    files = {}
    for root, _, names in os.walk(workspace):
        for name in names:
            path = os.path.join(root, name)
            with open(path, encoding="utf-8") as file:
                files[os.path.relpath(path, workspace)] = file.read()
    before = dict(files)
    mistake(files)
    assert files != before, "the mistake is not in the workspace"
    for name, text in files.items():
        if text != before.get(name):
            write(workspace, name, text)
    return workspace


def write(workspace, name, text):
    path = os.path.join(workspace, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


class BrokenWorkspaces(cases.Case):
    def test_each_mistake_gets_one_line_with_place_rule_and_hint_and_exit_code_1(self):
        for name, (mistake, file, word) in MISTAKES.items():
            with self.subTest(name):
                workspace = break_workspace(self.folder(), mistake)
                started = time.monotonic()
                finished = segmentctl("check", workspace)
                self.assertLess(time.monotonic() - started, 5, "a refusal takes no time")
                self.check_line(finished, file, word)
                self.check_json(workspace, finished)

    def check_line(self, finished, file, word):
        self.assertEqual(finished.code, 1, finished)
        lines = finished.errors.splitlines()
        self.assertEqual(len(lines), 1, finished)
        found = LINE.match(lines[0])
        self.assertIsNotNone(found, lines[0])
        self.assertGreaterEqual(int(found["line"]), 1)
        self.assertGreaterEqual(int(found["column"]), 1)
        if file:
            self.assertEqual(found["file"], file)
        self.assertIn(word, lines[0])

    def check_json(self, workspace, for_people):
        """The same for machines."""
        finished = segmentctl("check", workspace, "--json")
        self.assertEqual(finished.code, 1, finished)
        told = json.loads(finished.output)
        self.assertEqual((told["valid"], len(told["errors"])), (False, 1))
        found = LINE.match(for_people.errors.splitlines()[0])
        error = told["errors"][0]
        for key in ("file", "message", "rule", "hint"):
            self.assertEqual(error[key], found[key])
        self.assertEqual((error["line"], error["column"]), (int(found["line"]), int(found["column"])))

    def test_a_mistake_stands_where_the_line_says(self):
        mistake = replaced(SEGMENT, "score.alive < 0.5", "score.alive < no_such_name")
        workspace = break_workspace(self.folder(), mistake)
        found = LINE.match(segmentctl("check", workspace).errors.splitlines()[0])
        with open(os.path.join(workspace, SEGMENT), encoding="utf-8") as file:
            line = file.read().splitlines()[int(found["line"]) - 1]
        self.assertTrue(line[int(found["column"]) - 1:].startswith("no_such_name"), (line, found.groupdict()))

    def test_every_mistake_is_told_at_once(self):
        def both(files):
            MISTAKES["an unknown key"][0](files)
            MISTAKES["weights that add up to 90 %"][0](files)
        finished = segmentctl("check", break_workspace(self.folder(), both))
        self.assertEqual((finished.code, len(finished.errors.splitlines())), (1, 2), finished)

    def test_a_folder_without_a_workspace_is_refused(self):
        for folder in (self.folder(), "/nowhere/at/all"):
            finished = segmentctl("check", folder)
            self.assertEqual((finished.code, len(finished.errors.splitlines())), (1, 1), finished)

    def test_no_command_touches_the_store_for_a_broken_workspace(self):
        folder = self.folder()
        workspace = break_workspace(folder, MISTAKES["an unknown key"][0])
        path = shop.write_csv(shop.purchases()[:5], os.path.join(folder, "shop.csv"))
        store = Store(workspace, os.path.join(folder, "store"))
        finished = store.run("import", "--source", "purchases", path)
        self.check_line(finished, SEGMENT, "steward")
        self.assertFalse(os.path.exists(store.data))

    def test_a_daemon_does_not_start_with_a_broken_workspace(self):
        folder = self.folder()
        store = Store(break_workspace(folder, MISTAKES["an unknown key"][0]), os.path.join(folder, "store"))
        daemon = Daemon(store)
        with self.assertRaisesRegex(AssertionError, "segmentd ended with 1\n(.|\n)*lifecycle.yaml:5:1"):
            self.enter(daemon)


class RunningDaemon(cases.Case):
    def setUp(self):
        folder = self.folder()
        self.workspace = copy_workspace("cdnow", folder)
        self.store = Store(self.workspace, os.path.join(folder, "store"))
        self.daemon = self.enter(Daemon(self.store))
        self.client = self.daemon.client()
        self.key = write_key(self.daemon.token)

    def rejects(self):
        return self.daemon.status()["rejects"]

    def buy(self, number):
        event = {"type": "track", "event": "Order Completed", "userId": "buyer", "messageId": f"m{number}",
                 "properties": {"revenue": 10}}
        self.assertEqual(self.client.post("/v1/batch", {"batch": [event]}, self.key).status, 200)
        return self.client.get("/api/v1/customers/buyer")["features"]["orders_total"]

    def test_a_reload_that_is_refused_leaves_the_running_version_serving(self):
        self.assertEqual(self.buy(1), 1)
        version = self.daemon.status()["definitions"]
        path = os.path.join(self.workspace, SEGMENT)
        with open(path, encoding="utf-8") as file:
            good = file.read()
        write(self.workspace, SEGMENT, good.replace("steward: dana", "stewart: dana", 1))

        self.daemon.hang_up()
        wait_until(lambda: "lifecycle.yaml:5:1" in self.daemon.log_text() or "stewart" in self.daemon.log_text(), 10,
                   "a line in the log about the mistake")
        self.assertEqual(self.daemon.status()["definitions"], version)
        self.assertEqual(self.buy(2), 2)

        write(self.workspace, SEGMENT, good.replace("feature.days_since_order >= 120", "feature.days_since_order >= 90"))
        self.daemon.hang_up()
        wait_until(lambda: self.daemon.status()["definitions"] != version, 10, "another version in force")
        self.assertEqual(self.buy(3), 3)
        self.check_restart()

    def check_restart(self):
        """The version in force survives, and the journal with both versions folds to the state that was served."""
        before = self.daemon.status()
        self.assertEqual(self.store.ask("replay", "--verify")["state_sha256"], before["state_sha256"])
        self.daemon.kill()
        self.daemon.start()
        self.client = self.daemon.client()
        self.key = write_key(self.daemon.token)
        self.assertEqual(self.daemon.status()["definitions"], before["definitions"])
        self.assertEqual(self.buy(4), 4)

    def test_broken_signals_are_answered_200_counted_and_kept_with_their_reason(self):
        order = {"type": "track", "event": "Order Completed", "userId": "buyer", "properties": {"revenue": 10}}
        broken = [({**order, "event": "No Such Event"}, "unknown_event"), ({**order, "userId": ""}, "no_customer"),
                  ({**order, "event": ""}, "no_event"), ({**order, "properties": {}}, "missing_property"),
                  ({**order, "properties": {"revenue": "much"}}, "wrong_type"), ({**order, "type": "dance"}, "call_not_built"),
                  ({**order, "properties": {"revenue": -1}}, "out_of_range"), ("text", "not_an_object"),
                  ({**order, "messageId": "m" * 101}, "message_id_too_long")]

        answer = self.client.post("/v1/batch", {"batch": [event for event, _ in broken] + [order]}, self.key)

        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.rejects(), {reason: 1 for _, reason in broken})
        kept = self.store.ask("rejects")
        self.assertEqual([row["reason"] for row in reversed(kept)], [reason for _, reason in broken])
        self.assertTrue(all(row["detail"] and row["source"] == "tracking" for row in kept))
        self.assertEqual(self.client.get("/api/v1/customers/buyer")["features"]["orders_total"], 1)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.rejects(), {reason: 1 for _, reason in broken})

    def test_a_request_that_is_no_json_or_too_large_is_answered_400(self):
        order = {"type": "track", "event": "Order Completed", "userId": "buyer", "properties": {"revenue": 10}}
        for body in (b"", b"{", b"[]", b"{}", b'{"batch": 1}', b"[" * 100_000, json.dumps({"batch": [order] * 2501}).encode(),
                     json.dumps({"batch": [{**order, "x": "x" * 600_000}]}).encode()):
            answer = self.client.post("/v1/batch", body, self.key)
            self.check_problem(answer, 400)
        status = self.daemon.status()
        self.assertEqual(status["customers"], 0)
        self.assertEqual(status["rejects"], {"not_json": 4, "no_batch": 2, "too_many_events": 1, "request_too_large": 1})

    def check_problem(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json", answer)
        told = answer.json()
        self.assertEqual(told["status"], status)
        self.assertTrue(told["title"], told)

    def test_broken_cloud_events_are_answered_400_with_a_problem_and_kept(self):
        event = {"specversion": "1.0", "id": "1", "source": "/test", "type": "purchase", "subject": "buyer",
                 "data": {"revenue": 10}}
        structured = {"content-type": "application/cloudevents+json"}
        batch = {"content-type": "application/cloudevents-batch+json"}
        for body, headers in ((b"{", structured), ({**event, "specversion": "0.3"}, structured),
                              ({**event, "type": "nothing"}, structured), ({**event, "data": {}}, structured),
                              ({**event, "subject": ""}, structured), (event, batch), (b"{}", {}),
                              ([event, {**event, "id": "2", "data": {"revenue": "much"}}], batch)):
            self.check_problem(self.client.post("/api/v1/events", body, headers), 400)
        self.assertEqual(self.rejects(), {"not_json": 1, "wrong_specversion": 1, "unknown_event": 1, "missing_property": 1,
                                          "no_customer": 1, "no_batch": 1, "missing_attribute": 1, "wrong_type": 1})
        self.assertEqual(self.daemon.status()["customers"], 0)

        binary = {f"ce-{name}": value for name, value in event.items() if name != "data"}
        for body, headers in ((event, structured), ({"revenue": 10}, {**binary, "ce-id": "2"}),
                              ([{**event, "id": "3"}, {**event, "id": "1"}], batch)):
            answer = self.client.post("/api/v1/events", body, headers)
            self.assertIn(answer.status, (200, 202, 204), answer)
        self.assertEqual(self.client.get("/api/v1/customers/buyer")["features"]["orders_total"], 3)

    def test_a_wrong_token_and_a_wrong_path_are_told_so(self):
        event = {"type": "track", "event": "Order Completed", "userId": "buyer", "properties": {"revenue": 10}}
        for token in ("", "wrong", self.daemon.token + "x", self.daemon.token[:-1]):
            client = self.daemon.client(token)
            for answer in (client.post("/v1/batch", {"batch": [event]}), client.call("GET", "/api/v1/segments"),
                           client.post("/v1/batch", {"batch": [event], "writeKey": "wrong"}, write_key(token))):
                self.check_problem(answer, 401)
        self.check_problem(self.client.call("GET", "/api/v1/nowhere"), 404)
        self.check_problem(self.client.call("GET", "/api/v1/customers/nobody"), 404)
        self.check_problem(self.client.call("DELETE", "/api/v1/segments"), 405)
        self.assertEqual(self.daemon.status()["customers"], 0)

    def test_a_store_in_use_ends_a_writer_with_exit_code_4_and_the_url(self):
        path = shop.write_csv(shop.purchases()[:5], os.path.join(self.folder(), "shop.csv"))
        for arguments in (("import", "--source", "purchases", path), ("fit", "--all")):
            finished = self.store.run(*arguments)
            self.assertEqual(finished.code, 4, finished)
            self.assertIn(self.daemon.url, finished.errors)
            self.assertEqual(len(finished.errors.splitlines()), 1, finished)
        second = Daemon(self.store)
        second.log_path += ".second"
        with self.assertRaisesRegex(AssertionError, f"segmentd ended with 4\n(.|\n)*{self.daemon.url}"):
            self.enter(second)
        self.assertEqual(self.store.ask("segments")[0]["size"], 0, "a reader needs no lock")


class CommandLines(cases.Case):
    def test_an_unreachable_daemon_is_exit_code_3(self):
        finished = segmentctl("status", "--url", "http://127.0.0.1:1", "--json")
        self.assertEqual((finished.code, finished.output), (3, ""), finished)
        self.assertIn("127.0.0.1:1", finished.errors)

    def test_a_wrong_command_line_is_exit_code_2(self):
        workspace = workspace_folder("cdnow")
        for arguments in ((), ("dance",), ("import",), ("segments", "--workspace", workspace), ("check",),
                          ("check", workspace, "--loud"), ("fit", "--data", self.folder()), ("status",),
                          ("rejects", "--data", self.folder(), "--limit", "0")):
            with self.subTest(arguments):
                finished = segmentctl(*arguments)
                self.assertEqual(finished.code, 2, finished)
                self.assertTrue(finished.errors, finished)

    def test_help_and_version_are_no_mistakes(self):
        for arguments in (("--help",), ("import", "--help"), ("--version",)):
            finished = segmentctl(*arguments)
            self.assertEqual((finished.code, finished.errors), (0, ""), finished)

    def test_names_that_nothing_answers_to_are_exit_code_1(self):
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        path = shop.write_csv(shop.purchases()[:5], os.path.join(folder, "shop.csv"))
        store.ask("import", "--source", "purchases", path)
        for arguments in (("members", "nobody"), ("explain", "nobody"), ("fit", "no_such_model"), ("segments", "--at", "soon"),
                          ("fit", "--all", "--as-of", "1997-02-30")):
            finished = store.run(*arguments)
            self.assertEqual((finished.code, len(finished.errors.splitlines())), (1, 1), finished)

    def test_a_store_that_is_not_there_is_not_made_by_a_reader(self):
        data = os.path.join(self.folder(), "store")
        finished = Store(workspace_folder("cdnow"), data).run("segments")
        self.assertEqual((finished.code, len(finished.errors.splitlines())), (1, 1), finished)
        self.assertFalse(os.path.exists(data))


if __name__ == "__main__":
    cases.run()
