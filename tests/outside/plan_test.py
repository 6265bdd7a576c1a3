#!/usr/bin/env python3
"""What a change of the definitions would do, doing it, and going back: plan, apply and rollback."""

import os

from support import cases, corner_shop
from support.programs import Daemon, Store, segmentctl, segmentctl_json, wait_until

PLANNED = ("plan", "from", "to", "at", "customers", "changes", "segments", "account_segments", "migration", "overlap",
           "pilots_contaminated", "features_to_backfill", "touches", "warnings", "diff")


def orders(first, last, count):
    """Customers numbered from first to last with so many orders each."""
    return "".join(f"c{number},2023-12-{1 + day:02}T10:00:00Z,odd\n" for number in range(first, last + 1) for day in range(count))


class Plan(cases.Case):
    def setUp(self):
        """Forty customers: ten each with one, two, three and four orders."""
        self.root = self.folder()
        self.store = Store(corner_shop.write_workspace(self.root), os.path.join(self.root, "store"))
        self.data = ["--data", self.store.data]
        self.bring("".join(orders(10 * count, 10 * count + 9, count) for count in range(1, 5)))
        self.new = corner_shop.write_workspace(self.make("new"), BUYERS="feature.orders >= 3")

    def make(self, name):
        folder = os.path.join(self.root, name)
        os.makedirs(folder)
        return folder

    def bring(self, rows):
        path = corner_shop.write_file(self.root, "rows.csv", corner_shop.COLUMNS + rows)
        segmentctl_json("import", "--source", "orders", path, "--workspace", self.store.workspace, *self.data)

    def size(self, segment):
        rows = segmentctl_json("segments", *self.data)
        return next(row["size"] for row in rows if row["segment"] == segment)

    def plan(self, folder=None):
        return segmentctl_json("plan", folder or self.new, *self.data)

    def refuse(self, words, *arguments):
        finished = segmentctl(*arguments)
        self.assertEqual((finished.code, finished.output), (1, ""), finished)
        self.assertIn(words, finished.errors)

    def records(self):
        return segmentctl_json("replay", *self.data)["records"]

    def test_a_plan_names_what_changes_who_moves_and_applies_nothing(self):
        before = self.records()

        plan = self.plan()

        self.assertEqual(tuple(plan), PLANNED)
        (change,) = plan["changes"]
        self.assertEqual((change["kind"], change["name"], change["change"], change["meaning"]),
                         ("segment", "buyers", "changed", "narrower"))
        self.assertEqual(change["fields"], [{"field": "enter", "from": "feature.orders >= 1", "to": "feature.orders >= 3"}])
        buyers = next(row for row in plan["segments"] if row["segment"] == "buyers")
        self.assertEqual([buyers[name] for name in ("enter", "leave", "stay", "size_before", "size_after")], [0, 20, 20, 40, 20])
        self.assertAlmostEqual(buyers["jaccard"], 0.5)
        self.assertEqual(plan["migration"], [{"from": "buyers", "to": None, "customers": 20}])
        self.assertIn("-enter: feature.orders >= 1\n+enter: feature.orders >= 3\n", plan["diff"])
        self.assertIn("few_stay", [warning["rule"] for warning in plan["warnings"]])
        self.assertEqual((self.records(), self.size("buyers")), (before, 40))

    def test_a_plan_is_one_page_for_those_who_approve_it(self):
        page = segmentctl("plan", self.new, *self.data, "--html")
        back = segmentctl("rollback", *self.data, "--to", "0", "--dry-run", "--json", "--html")

        self.assertEqual(page.code, 0, page)
        self.assertTrue(page.output.startswith("<!DOCTYPE html>\n<html lang=\"en\">"))
        self.assertIn('<th scope="row">buyers</th><td>changed</td><td class="number">0</td><td class="number">20</td>', page.output)
        self.assertIn("-enter: feature.orders &gt;= 1\n+enter: feature.orders &gt;= 3\n", page.output)
        for outside in ("<script", "src=", "href="):
            self.assertNotIn(outside, page.output)
        self.assertEqual(back.code, 2, back)

    def test_those_with_three_orders_are_the_borderline(self):
        buyers = next(row for row in self.plan()["segments"] if row["segment"] == "buyers")
        self.assertAlmostEqual(buyers["borderline_share"], 0.5)  # one order less puts ten of the twenty out

    def test_an_apply_does_what_was_planned(self):
        plan = self.plan()

        done = segmentctl_json("apply", self.new, *self.data, "--plan", plan["plan"])

        self.assertEqual((done["applied"], done["plan"]), (plan["to"], plan["plan"]))
        self.assertEqual(done["segments"], plan["segments"])
        self.assertEqual(self.size("buyers"), 20)

    def test_an_apply_is_refused_once_the_impact_has_moved_and_changes_nothing(self):
        plan = self.plan()
        self.bring(orders(100, 119, 1))
        before = self.records()

        self.refuse("segment buyers: 40 customers would leave, the plan said 20", "apply", self.new, *self.data, "--plan", plan["plan"])

        self.assertEqual((self.records(), self.size("buyers")), (before, 60))
        segmentctl_json("apply", self.new, *self.data, "--plan", plan["plan"], "--tolerance", "0.5")
        self.assertEqual(self.size("buyers"), 20)

    def test_an_apply_needs_the_plan_of_that_folder(self):
        plan = self.plan()
        other = corner_shop.write_workspace(self.make("other"), BUYERS="feature.orders >= 4")

        self.refuse("there is no plan 'beef'", "apply", self.new, *self.data, "--plan", "beef")
        self.refuse("there is no plan '../../etc/passwd'", "apply", self.new, *self.data, "--plan", "../../etc/passwd")
        kept = os.path.join(self.store.data, "plans", plan["plan"] + ".json")
        with open(kept, "r+", encoding="utf-8") as file:
            text = file.read()
            file.seek(0)
            file.write(text.replace('"leave":20', '"leave":21'))
        self.refuse("the plan's file is damaged", "apply", self.new, *self.data, "--plan", plan["plan"])
        self.assertEqual(self.plan()["to"], plan["to"])
        with open(kept, "w", encoding="utf-8") as file:
            file.write(text)
        self.refuse("the plan goes to version", "apply", other, *self.data, "--plan", plan["plan"])
        segmentctl_json("apply", self.new, *self.data, "--plan", plan["plan"])
        self.refuse("the plan goes from version", "apply", self.new, *self.data, "--plan", plan["plan"])

    def test_a_rollback_brings_the_old_definitions_and_their_members_back(self):
        plan = self.plan()
        segmentctl_json("apply", self.new, *self.data, "--plan", plan["plan"])

        look = segmentctl("rollback", *self.data, "--to", plan["from"][:6], "--dry-run")
        page = segmentctl("rollback", *self.data, "--to", plan["from"][:6], "--dry-run", "--html")
        self.assertTrue(look.output.startswith(f"Rollback: from {plan['to']} to {plan['from']}, "), look)
        self.assertIn(f"<h1>Rollback to {plan['from']}</h1>", page.output)

        back = segmentctl_json("rollback", *self.data, "--to", plan["from"][:6], "--reason", "sales fell")

        self.assertIsNone(back["plan"])
        self.assertEqual((back["from"], back["to"], back["applied"]), (plan["to"], plan["from"], plan["from"]))
        self.assertEqual(back["migration"], [{"from": None, "to": "buyers", "customers": 20}])
        self.assertEqual(self.size("buyers"), 40)
        self.refuse("in force already", "rollback", *self.data, "--to", plan["from"])
        self.refuse(f"never had a version 'ffffffffffff'; this store had: {plan['from']}, {plan['to']}\n",
                    "rollback", *self.data, "--to", "ffffffffffff")

    def test_a_segment_that_goes_or_comes_moves_everybody_in_it(self):
        path = os.path.join(self.new, "extra.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("segment: heavy\ntitle: Many orders\nobjective: growth\nsteward: dana\nenter: feature.orders >= 4\n"
                       "success_metrics: [{metric: orders_1d, at_least: 1%}]\n")
        segmentctl_json("apply", self.new, *self.data, "--plan", self.plan()["plan"])
        os.remove(path)

        plan = self.plan()

        (heavy,) = plan["segments"]
        self.assertEqual((heavy["segment"], heavy["change"], heavy["leave"], heavy["size_after"]), ("heavy", "removed", 10, 0))
        self.assertIn("segment_removed", [warning["rule"] for warning in plan["warnings"]])

    def test_a_running_daemon_plans_applies_and_rolls_back(self):
        with Daemon(self.store) as daemon:
            online = ["--url", daemon.url, *self.data]
            plan = segmentctl_json("plan", self.new, *online)
            self.assertEqual(tuple(plan), PLANNED)
            self.assertEqual({row["segment"]: row["size"] for row in segmentctl_json("segments", *online)}["buyers"], 40)

            done = segmentctl_json("apply", self.new, *online, "--plan", plan["plan"], "--reason", "fewer, better")

            self.assertEqual((done["applied"], done["plan"], done["segments"]), (plan["to"], plan["plan"], plan["segments"]))
            self.assertEqual({row["segment"]: row["size"] for row in segmentctl_json("segments", *online)}["buyers"], 20)
            self.refuse("the plan goes from version", "apply", self.new, *online, "--plan", plan["plan"])
            self.refuse("there is no plan 'beef'", "apply", self.new, *online, "--plan", "beef")

            look = segmentctl_json("rollback", *online, "--to", plan["from"][:8], "--dry-run")
            self.assertNotIn("applied", look)
            back = segmentctl_json("rollback", *online, "--to", plan["from"][:8], "--reason", "sales fell")
            self.assertEqual((back["applied"], back["segments"]), (plan["from"], look["segments"]))
            self.assertEqual({row["segment"]: row["size"] for row in segmentctl_json("segments", *online)}["buyers"], 40)
            self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.size("buyers"), 40)
        segmentctl_json("replay", *self.data, "--verify")

    def test_what_is_no_workspace_is_refused_in_words(self):
        with Daemon(self.store) as daemon:
            client = daemon.client()
            for files, words in (({}, "workspace.yaml among them"), ({"README.md": "x"}, "'README.md' is no file"),
                                 ({"../x.yaml": "x"}, "'../x.yaml' is no file"), ({"x.yaml": 1}, "an object of texts")):
                answer = client.post("/api/v1/definitions", {"files": files})
                self.assertEqual(answer.status, 400, answer)
                self.assertIn(words, answer.json()["detail"])
            answer = client.post("/api/v1/plans", {"files": {"workspace.yaml": "workspace: shop\n", "x.yaml": "#" * (1 << 20) + "#"}})
            self.assertEqual(answer.status, 413, answer)
            self.assertIn("x.yaml", answer.json()["detail"])
            for query in ("segments/buyers/track?weeks=5abc", "segments/buyers/members?at="):
                self.assertEqual(client.call("GET", "/api/v1/" + query).status, 400, query)

    def test_with_planned_changes_alone_a_start_and_a_signal_leave_what_is_in_force(self):
        plan = self.plan()
        segmentctl_json("apply", self.new, *self.data, "--plan", plan["plan"])
        with Daemon(self.store, ["workspace_changes=plan"]) as daemon:
            online = ["--url", daemon.url, *self.data]
            daemon.hang_up()
            wait_until(lambda: daemon.log_text().count("the folder differs") == 2, 10, "the folder to be passed over twice")
            self.assertEqual({row["segment"]: row["size"] for row in segmentctl_json("segments", *online)}["buyers"], 20)
        with Daemon(self.store) as daemon:
            online = ["--url", daemon.url, *self.data]
            self.assertEqual({row["segment"]: row["size"] for row in segmentctl_json("segments", *online)}["buyers"], 40)

    def test_a_broken_folder_has_no_plan_and_a_daemon_keeps_its_store(self):
        broken = corner_shop.write_workspace(self.make("broken"), BUYERS="feature.order >= 3")
        self.refuse("feature.order", "plan", broken, *self.data)
        plan = self.plan()
        with Daemon(self.store):
            finished = segmentctl("apply", self.new, *self.data, "--plan", plan["plan"])
            self.assertEqual(finished.code, 4, finished)
            self.assertEqual(self.plan()["to"], plan["to"])  # a plan only reads


if __name__ == "__main__":
    cases.run()
