#!/usr/bin/env python3
"""The demo workspace on a simulated year: every row taken in, every segment with members, findings around the truth."""

import collections
import hashlib
import json
import os
import shutil
import tempfile

from support.cases import Case, run
from support.programs import SOURCE, Daemon, Store, segmentctl, segmentctl_json

DEMO = os.path.join(SOURCE, "config/workspaces/demo")
ENDS_AT = "2025-11-01"
LAST_DAY = "2025-10-31"
SEGMENTS = {"settling_in", "small_crews", "steady_teams", "slipping_away", "outgrowing_plan", "advocates"}


def simulate(folder, seed=1, customers=2000):
    return segmentctl_json("simulate", "--seed", str(seed), "--customers", str(customers), "--ends-at", ENDS_AT,
                           "--out", folder)


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


class Simulation(Case):
    def test_one_seed_gives_the_same_bytes_and_says_their_hash(self):
        first, second = simulate(self.folder(), customers=50), simulate(self.folder(), customers=50)

        for one, other in zip(first["files"], second["files"], strict=True):
            self.assertEqual(read_bytes(one["file"]), read_bytes(other["file"]))
            self.assertEqual(one["sha256"], hashlib.sha256(read_bytes(one["file"])).hexdigest())
        self.assertEqual(first["files"][0]["rows"], read_bytes(first["files"][0]["file"]).count(b"\n"))

    def test_impossible_settings_are_refused(self):
        full = self.folder()
        simulate(full, customers=2)
        for arguments in (["--out", full], *(["--out", self.folder(), "--seed", seed]
                                             for seed in ("-1", "1.5", "18446744073709551616"))):
            with self.subTest(arguments):
                finished = segmentctl("simulate", "--ends-at", ENDS_AT, "--customers", "2", *arguments)
                self.assertEqual(1, finished.code, finished)
        for arguments in (["--ends-at", "soon"], ["--ends-at", "1970-06-01"], ["--ends-at", "9999-12-31"], ["--ends-at", ENDS_AT, "--customers", "0"]):
            with self.subTest(arguments):
                finished = segmentctl("simulate", "--out", self.folder(), *arguments)
                self.assertEqual(1, finished.code, finished)
                self.assertNotEqual("", finished.errors)


class Demo(Case):
    """One store for all cases: simulated, imported, fitted. Its clock starts where the simulated year ends."""

    @classmethod
    def setUpClass(cls):
        cls.place = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="segmentd_demo_"))
        signals = os.path.join(cls.place, "signals")
        cls.summary = simulate(signals)["truth"]
        with open(os.path.join(signals, "truth.json"), encoding="utf-8") as file:
            cls.truth = json.load(file)
        workspace = shutil.copytree(DEMO, os.path.join(cls.place, "workspace"))
        with open(os.path.join(workspace, "workspace.yaml"), "a", encoding="utf-8") as file:
            file.write(f"\nclock: {{start: {ENDS_AT}}}\n")
        cls.store = Store(workspace, os.path.join(cls.place, "data"))
        cls.imported = cls.store.ask("import", "--source", "activity", os.path.join(signals, "signals.jsonl"))
        cls.models = cls.store.ask("fit", "--as-of", LAST_DAY, "--all")
        cls.pilots = cls.store.ask("pilots")

    def test_the_workspace_is_accepted_and_has_the_promised_size(self):
        checked = segmentctl_json("check", DEMO)

        self.assertTrue(checked["valid"])
        counts = checked["counts"]
        kinds = ("segments", "playbooks", "pilots", "metrics")
        self.assertEqual((6, 4, 2, 10), tuple(counts[kind] for kind in kinds))

    def test_every_row_is_taken_in_or_refused_for_the_reason_that_makes_it_broken(self):
        rows = self.truth["rows"]
        rejects = self.store.ask("rejects", "--limit", "1000")

        self.assertGreater(rows["all"], 50_000)
        self.assertEqual(rows["all"] - sum(rows["broken"].values()), self.imported["accepted"])
        self.assertEqual((0, 2000), (self.imported["duplicates"], self.imported["customers"]))
        self.assertEqual(rows["broken"], dict(collections.Counter(reject["reason"] for reject in rejects)))

    def test_the_summary_that_is_printed_is_the_truth_in_short(self):
        for name in ("rows", "consent", "at_end"):
            self.assertEqual(self.truth[name], self.summary[name])
        effects = self.truth["pilots"]["guided_setup"]["metrics"]["activated_14d"]
        self.assertEqual({segment: known["effect"] for segment, known in effects.items()},
                         self.summary["effects"]["guided_setup"]["activated_14d"])

    def test_every_segment_has_members(self):
        segments = {row["segment"]: row for row in self.store.ask("segments", "--at", LAST_DAY)}

        self.assertEqual(SEGMENTS, set(segments))
        for name, row in segments.items():
            self.assertGreater(row["size"], 20, name)
            self.assertGreater(row["revenue"], 0, name)
        at_end = self.truth["at_end"]
        self.assertEqual(at_end["in_first_30_days"], segments["settling_in"]["size"])
        self.assertLessEqual(abs(segments["small_crews"]["size"] - at_end["paying_small_crews"]), 10)
        settled = segments["steady_teams"]["size"] + segments["slipping_away"]["size"]
        self.assertLessEqual(abs(settled + segments["settling_in"]["size"] - at_end["paying"]), 10)

    def test_the_churn_model_finds_that_visits_keep_a_team(self):
        churn = next(model for model in self.models if model["model"] == "churn")

        self.assertGreater(churn["customers"], 1000)
        self.assertLess(churn["parameters"]["coefficient.sessions_28d"], 0)
        self.assertGreater(churn["parameters"]["coefficient.problems_28d"], 0)

    def test_enrolments_are_those_of_the_truth(self):
        for pilot in self.pilots:
            self.assertEqual(self.truth["pilots"][pilot["pilot"]]["enrolled"], pilot["enrolled"])
            self.assertGreater(pilot["sample_ratio_p"], 0.001)

    def test_the_findings_of_the_pilots_lie_around_the_truth(self):
        compared = 0
        for pilot in self.pilots:
            known = self.truth["pilots"][pilot["pilot"]]["metrics"]
            for finding in pilot["findings"]:
                truth = known[finding["metric"]][finding["segment"]]
                name = (finding["metric"], finding["segment"])
                self.assertLessEqual(abs(finding["n"] - truth["teams"][finding["arm"]]), 3, name)
                if finding["always_valid_interval"] is None:
                    continue  # fewer than 50 teams in an arm
                compared += 1
                low, high = finding["always_valid_interval"]
                self.assertLess(low, truth["effect"], name)
                self.assertGreater(high, truth["effect"], name)
        self.assertGreaterEqual(compared, 12)

    def test_the_call_is_found_to_help_and_small_crews_the_most(self):
        setup = next(pilot for pilot in self.pilots if pilot["pilot"] == "guided_setup")
        found = {finding["segment"]: finding for finding in setup["findings"] if finding["metric"] == "activated_14d"}

        for finding in found.values():
            self.assertGreater(finding["always_valid_interval"][0], 0)
        self.assertGreater(found["small_crews"]["difference"], found["all"]["difference"])

    def test_a_new_team_gets_an_arm_and_nothing_leaves_while_endpoints_are_in_shadow(self):
        with Daemon(self.store) as daemon:
            client = daemon.client()
            for number in range(8):
                answer = client.post("/v1/track", {"userId": f"new-{number}", "messageId": f"started-{number}",
                                                   "event": "Subscription Started",
                                                   "properties": {"plan": "starter", "seats": 4}})
                self.assertEqual(200, answer.status, answer)
            arms = [client.post("/ofrep/v1/evaluate/flags/guided_setup",
                                {"context": {"targetingKey": f"new-{number}"}}).json().get("value")
                    for number in range(8)]
            daemon.stop()

        self.assertEqual({"alone", "guided"}, set(arms))
        touches = [touch for touch in self.store.ask("touches") if touch["customer"].startswith("new-")]
        self.assertEqual({"setup_call": "shadow", "invitation": "refused"},
                         {touch["touch"]: touch["decision"] for touch in touches})
        self.assertEqual(arms.count("guided") * 2, len(touches))


if __name__ == "__main__":
    run()
