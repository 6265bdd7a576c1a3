#!/usr/bin/env python3
"""An imported randomised trial and its finding: on made-up customers, and on Hillstrom's where they are at hand."""

import csv
import gzip
import math
import os
import random
import unittest

from support import cases
from support.programs import DATA, Store, published, workspace_folder

TRIAL = published(DATA, "hillstrom_train.csv.gz")
COLUMNS = ["row_id", "recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel",
           "segment", "visit", "conversion", "spend"]
ARMS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
SEGMENTS = {"all": lambda row: True,
            "recent_buyers": lambda row: int(row["recency"]) <= 6,
            "lapsing_buyers": lambda row: int(row["recency"]) > 6,
            "big_spenders": lambda row: float(row["history"]) >= 350.0}
TIMING = {"visit": "leading", "conversion": "lagging", "spend": "lagging"}


def made_up_trial(path, seed=2008, customers=3000):
    """A trial with three arms of customers * 1/3 each and visits of 10, 18 and 14 %."""
    source = random.Random(seed)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number in range(customers):
            label = list(ARMS)[number % 3]
            visit = source.random() < {"No E-Mail": 0.10, "Mens E-Mail": 0.18, "Womens E-Mail": 0.14}[label]
            bought = visit and source.random() < 0.3
            writer.writerow([number, source.randrange(1, 13), "2) $100 - $200", round(source.uniform(30, 900), 2), 1, 0,
                             "Urban", 0, "Web", label, int(visit), int(bought),
                             round(source.uniform(30, 200), 2) if bought else 0])
    return path


def read_trial(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Sample:
    """Number, mean and variance of a metric in an arm of a segment, from the rows."""

    def __init__(self, rows, metric):
        values = [float(row[metric]) for row in rows]
        self.n = len(values)
        self.mean = math.fsum(values) / self.n
        self.variance = math.fsum((value - self.mean) ** 2 for value in values) / (self.n - 1)


def normal_p(z):
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_p_two_degrees(counts):
    """Equal shares expected; the upper tail of chi-square with two degrees of freedom is exp(-x/2)."""
    expected = sum(counts) / 3
    return math.exp(-sum((count - expected) ** 2 / expected for count in counts) / 2)


class TrialCase(cases.Case):
    def imported(self, path, sources=("customers", "trial")):
        store = Store(workspace_folder("hillstrom"), os.path.join(self.folder(), "store"))
        for source in sources:
            figures = store.ask("import", "--source", source, path)
            self.assertEqual(figures["rejected"], 0, figures)
        pilots = store.ask("pilots")
        self.assertEqual([pilot["pilot"] for pilot in pilots], ["email_trial"])
        return store, pilots[0]

    def check_every_comparison(self, pilot, rows):
        """One finding for each metric, segment and arm against control, with the numbers that the rows give."""
        findings = {(row["metric"], row["segment"], row["arm"]): row for row in pilot["findings"]}
        self.assertEqual(len(findings), len(pilot["findings"]), "a comparison stands twice")
        wanted = {(metric, segment, arm) for metric in TIMING for segment in SEGMENTS for arm in ("mens", "womens")}
        self.assertEqual(set(findings), wanted)
        by_arm = {(segment, arm): [row for row in rows if holds(row) and ARMS[row["segment"]] == arm]
                  for segment, holds in SEGMENTS.items() for arm in ARMS.values()}
        for (metric, segment, arm), finding in findings.items():
            with self.subTest(metric=metric, segment=segment, arm=arm):
                treated = Sample(by_arm[segment, arm], metric)
                control = Sample(by_arm[segment, "none"], metric)
                self.check_finding(finding, treated, control)
                self.assertEqual(finding["timing"], TIMING[metric])

    def check_finding(self, finding, treated, control):
        difference = treated.mean - control.mean
        error = math.sqrt(treated.variance / treated.n + control.variance / control.n)
        lower, upper = finding["interval"]
        always_lower, always_upper = finding["always_valid_interval"]
        self.assertEqual((finding["control"], finding["n"], finding["n_control"]), ("none", treated.n, control.n))
        self.assertAlmostEqual(finding["difference"], difference, delta=2e-6)
        self.assertAlmostEqual(finding["relative_lift"], difference / control.mean, delta=1e-4)
        self.assertAlmostEqual((upper - lower) / (2 * 1.96 * error), 1, delta=0.02)
        self.assertAlmostEqual(finding["p_value"], normal_p(difference / error), delta=0.004)
        self.assertTrue(lower <= finding["difference"] <= upper, finding)
        self.assertTrue(always_lower <= lower and upper <= always_upper, finding)
        self.assertLess(always_upper - always_lower, 4 * (upper - lower), finding)

    def check_sample_ratio(self, pilot, rows):
        counts = [sum(ARMS[row["segment"]] == arm for row in rows) for arm in ARMS.values()]
        self.assertEqual(pilot["enrolled"], dict(zip(ARMS.values(), counts)))
        self.assertAlmostEqual(pilot["sample_ratio_p"], chi_square_p_two_degrees(counts), delta=1e-3)
        self.assertTrue(0 < pilot["sample_ratio_p"] <= 1)


class MadeUpTrial(TrialCase):
    def test_a_made_up_trial_gives_the_finding_that_its_rows_give(self):
        path = made_up_trial(os.path.join(self.folder(), "trial.csv.gz"))

        _, pilot = self.imported(path)

        rows = read_trial(path)
        self.check_every_comparison(pilot, rows)
        self.check_sample_ratio(pilot, rows)

    def test_the_trial_may_be_imported_before_its_customers(self):
        path = made_up_trial(os.path.join(self.folder(), "trial.csv.gz"))

        store, pilot = self.imported(path, ("trial", "customers"))

        self.check_every_comparison(pilot, read_trial(path))
        self.assertEqual(pilot["warnings"], [])
        store.ask("replay", "--verify")

    def test_a_lopsided_trial_is_told_by_the_sample_ratio(self):
        folder = self.folder()
        path = made_up_trial(os.path.join(folder, "trial.csv.gz"))
        rows = [row for row in read_trial(path) if row["segment"] != "No E-Mail" or int(row["row_id"]) % 5]
        with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

        _, pilot = self.imported(path)

        self.assertLess(pilot["sample_ratio_p"], 0.001)
        self.assertEqual(len(pilot["warnings"]), 1, pilot["warnings"])

    def test_an_arm_that_the_pilot_does_not_know_is_rejected(self):
        folder = self.folder()
        path = os.path.join(folder, "trial.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(",".join(COLUMNS) + "\n0,1,x,50,1,0,Urban,0,Web,Kids E-Mail,0,0,0\n")
        store = Store(workspace_folder("hillstrom"), os.path.join(folder, "store"))

        figures = store.ask("import", "--source", "trial", path)

        self.assertEqual((figures["accepted"], figures["rejected"]), (0, 1))
        self.assertEqual(store.ask("rejects")[0]["reason"], "unknown_arm")


@unittest.skipUnless(TRIAL, "no hillstrom_train.csv.gz in SEGMENTD_DATA")
class Hillstrom(TrialCase):
    def test_the_real_trial_gives_its_published_lifts(self):
        store, pilot = self.imported(TRIAL)
        rows = read_trial(TRIAL)

        self.check_every_comparison(pilot, rows)
        self.check_sample_ratio(pilot, rows)
        overall = {row["arm"]: row for row in pilot["findings"] if (row["metric"], row["segment"]) == ("visit", "all")}
        self.assertEqual(round(100 * overall["mens"]["difference"], 3), 7.714)
        self.assertEqual(round(100 * overall["womens"]["difference"], 3), 4.364)
        self.assertEqual(pilot["state"], "ended")
        replayed = store.ask("replay", "--verify")
        self.assertGreater(replayed["records"], 2 * len(rows))


if __name__ == "__main__":
    cases.run()
