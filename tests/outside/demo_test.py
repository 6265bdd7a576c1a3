#!/usr/bin/env python3
"""The demo workspace on a simulated year: every row taken in, every segment with members, findings around the truth."""

import hashlib
import json
import os
import tempfile

from support.cases import Case, run
from support.programs import SOURCE, Daemon, Store, segmentctl, segmentctl_json

DEMO = os.path.join(SOURCE, "config/workspaces/demo")
ENDS_AT = "2026-11-01"
LAST_DAY = "2026-10-31"
SEGMENTS = {"settling_in", "steady_teams", "slipping_away", "outgrowing_plan", "advocates"}


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
        for arguments in (["--ends-at", "soon"], ["--ends-at", "1970-06-01"], ["--ends-at", ENDS_AT, "--customers", "0"]):
            with self.subTest(arguments):
                finished = segmentctl("simulate", "--out", self.folder(), *arguments)
                self.assertEqual(1, finished.code, finished)
                self.assertNotEqual("", finished.errors)


class Demo(Case):
    """One store for all cases: simulated, imported, fitted."""

    @classmethod
    def setUpClass(cls):
        cls.place = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="segmentd_demo_"))
        signals = os.path.join(cls.place, "signals")
        simulate(signals)
        with open(os.path.join(signals, "truth.json"), encoding="utf-8") as file:
            cls.truth = json.load(file)
        cls.store = Store(DEMO, os.path.join(cls.place, "data"))
        cls.imported = cls.store.ask("import", "--source", "activity", os.path.join(signals, "signals.jsonl"))
        cls.models = cls.store.ask("fit", "--as-of", LAST_DAY, "--all")

    def test_the_workspace_is_accepted_and_has_the_promised_size(self):
        checked = segmentctl_json("check", DEMO)

        self.assertTrue(checked["valid"])
        counts = checked["counts"]
        self.assertEqual((5, 2, 1, 5), tuple(counts[kind] for kind in ("segments", "playbooks", "pilots", "metrics")))

    def test_every_row_is_taken_in(self):
        self.assertGreater(self.imported["accepted"], 50_000)
        self.assertEqual((0, 0, 2000), tuple(self.imported[key] for key in ("rejected", "duplicates", "customers")))

    def test_every_segment_has_members(self):
        segments = {row["segment"]: row for row in self.store.ask("segments", "--at", LAST_DAY)}

        self.assertEqual(SEGMENTS, set(segments))
        for name, row in segments.items():
            self.assertGreater(row["size"], 20, name)
            self.assertGreater(row["revenue"], 0, name)
        self.assertEqual(self.truth["at_end"]["in_first_30_days"], segments["settling_in"]["size"])
        settled = segments["steady_teams"]["size"] + segments["slipping_away"]["size"]
        paying = self.truth["at_end"]["paying"]
        self.assertLessEqual(abs(settled + segments["settling_in"]["size"] - paying), 10)

    def test_the_churn_model_finds_that_visits_keep_a_team(self):
        churn = next(model for model in self.models if model["model"] == "churn")

        self.assertGreater(churn["customers"], 1000)
        self.assertLess(churn["parameters"]["coefficient.sessions_28d"], 0)
        self.assertGreater(churn["parameters"]["coefficient.problems_28d"], 0)

    def test_the_finding_of_the_pilot_lies_around_the_truth(self):
        pilot = self.store.ask("pilots")[0]
        findings = {finding["metric"]: finding for finding in pilot["findings"]}
        arms = self.truth["arms"]

        self.assertGreater(pilot["sample_ratio_p"], 0.001)
        for metric, known in (("activated_14d", "activated_14d"), ("first_renewal_35d", "first_renewal")):
            effect = arms["guided"][known]["probability"] - arms["alone"][known]["probability"]
            low, high = findings[metric]["always_valid_interval"]
            self.assertLess(low, effect, metric)
            self.assertGreater(high, effect, metric)
        self.assertGreater(findings["activated_14d"]["always_valid_interval"][0], 0)

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
