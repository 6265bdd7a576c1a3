#!/usr/bin/env python3
"""Is a segment real? `segmentctl segment validate` and `track` beside a count by hand, offline and through the daemon."""

import datetime
import os
import unittest

from support import cases, shop
from support.programs import DATA, Daemon, Store, copy_workspace, published, segmentctl, segmentctl_json

AS_OF = datetime.date(1997, 9, 30)
FROM, TO = datetime.date(1997, 10, 1), datetime.date(1998, 6, 30)
PERIOD = ["--from", str(FROM), "--to", str(TO)]
MASTER = published(DATA, "cdnow_master.csv.gz")
METRIC_DAYS = 28

NONSENSE = """segment: even_numbers
title: Customers whose number is even
objective: retention
rationale: None; nobody should find anything here.
steward: dana
enter: profile.plan == 'even'
success_metrics: [{metric: repeat_purchase_28d, at_least: 1%}]
---
segment: repeaters
title: Bought twice or more
objective: retention
steward: dana
enter: feature.orders_total >= 2
success_metrics: [{metric: repeat_purchase_28d, at_least: 1%}]
"""

# Beside its purchase every row says whether the customer's number is even.
PARITY = """emit:
  - profile: true
    values: {plan: "row.customer_id.matches('[02468]$') ? 'even' : 'odd'"}
"""


def nonsense_workspace(folder):
    """The CDNOW workspace with a segment by the parity of the customer's number."""
    workspace = copy_workspace("cdnow", folder)
    with open(os.path.join(workspace, "segments/nonsense.yaml"), "w", encoding="utf-8") as file:
        file.write(NONSENSE)
    path = os.path.join(workspace, "signals/sources.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("emit:\n", PARITY, 1))
    return workspace


def count_by_hand(rows, is_member):
    """(n, mean) of members and of everybody else: bought within the window from FROM on."""
    orders = {}
    for customer, date, _, _ in rows:
        orders.setdefault(customer, []).append(date)
    until = FROM + datetime.timedelta(days=METRIC_DAYS)
    groups = {True: [], False: []}
    for customer, dates in orders.items():
        before = [date for date in dates if date < FROM]
        if before:
            groups[is_member(customer, before)].append(any(FROM <= date < until for date in dates))
    return [(len(group), sum(group) / len(group)) for group in (groups[True], groups[False])]


def is_even(customer, _):
    return customer[-1] in "02468"


def is_repeater(_, dates):
    return len(dates) >= 2


class NestedStore(Store):
    """A store of which commands of two words are asked too."""

    def ask(self, command, *arguments):
        if command != "segment":
            return super().ask(command, *arguments)
        return segmentctl_json("segment", arguments[0], "--workspace", self.workspace, "--data", self.data, *arguments[1:])

    def run(self, command, *arguments):
        if command != "segment":
            return super().run(command, *arguments)
        return segmentctl("segment", arguments[0], "--workspace", self.workspace, "--data", self.data, *arguments[1:])


class ValidateCase(cases.Case):
    def check_rows(self, found, rows, is_member):
        row = next(row for row in found["outcomes"] if row["against"] == "non_members")
        (n, mean), (n_other, mean_other) = count_by_hand(rows, is_member)
        self.assertEqual((row["n"], row["n_other"], found["members"]), (n, n_other, n))
        self.assertAlmostEqual(row["mean"], mean, places=12)
        self.assertAlmostEqual(row["mean_other"], mean_other, places=12)
        self.assertAlmostEqual(row["difference"], mean - mean_other, places=12)
        self.assertLessEqual(row["p_value"], row["p_adjusted"])
        return row

    def check_nonsense(self, store, rows):
        """Even numbers set nobody apart, which opens a review."""
        even = store.ask("segment", "validate", "even_numbers", *PERIOD)
        low, high = self.check_rows(even, rows, is_even)["interval"]
        self.assertLess(low, 0)
        self.assertGreater(high, 0)
        self.assertEqual(even["verdict"], "no_measurable_difference")
        review, = store.ask("reviews")
        self.assertEqual((review["kind"], review["segment"], review["steward"], review["state"]),
                         ("validation", "even_numbers", "dana", "open"))
        self.assertEqual(review["validation"]["verdict"], "no_measurable_difference")
        self.assertIn("members showed no measurable difference from non-members", review["finding"])


class MadeUpShop(ValidateCase):
    def imported(self):
        folder = self.folder()
        store = NestedStore(nonsense_workspace(folder), os.path.join(folder, "store"))
        rows = shop.purchases()
        finished = store.run("import", "--source", "purchases", shop.write_csv(rows, os.path.join(folder, "shop.csv")))
        self.assertEqual(finished.code, 0, finished)
        return store, rows

    def test_what_sets_nobody_apart_opens_a_review(self):
        store, rows = self.imported()
        repeaters = store.ask("segment", "validate", "repeaters", *PERIOD)
        self.check_rows(repeaters, rows, is_repeater)
        self.assertEqual((repeaters["from"], repeaters["to"]), (str(FROM), str(TO)))
        self.assertEqual(repeaters["verdict"], "different")
        self.assertEqual(store.ask("reviews"), [])
        self.check_nonsense(store, rows)
        self.assertEqual(store.ask("replay", "--verify")["verified"]["validations"], 2)

    def test_a_dry_run_records_nothing(self):
        store, _ = self.imported()
        before = store.ask("replay")
        dry = store.ask("segment", "validate", "even_numbers", *PERIOD, "--dry-run")
        self.assertEqual(dry["verdict"], "no_measurable_difference")
        self.assertEqual(store.ask("replay"), before)

    def test_wrong_questions_are_refused_in_one_line(self):
        store, _ = self.imported()
        for arguments, words in ((("evens", *PERIOD), "evens"),
                                 (("repeaters", "--from", "1998-01-01", "--to", "1997-01-01"), "before it begins"),
                                 (("repeaters", "--from", "1998-01-01", "--to", "1999-01-01"), "engine time"),
                                 (("repeaters", "--from", "1998-01-01", "--to", "1998-01-15"), "repeat_purchase_28d"),
                                 (("repeaters", "--from", "soon", "--to", "1998-01-15"), "soon")):
            finished = store.run("segment", "validate", *arguments)
            self.assertEqual(finished.code, 1, finished)
            self.assertIn(words, finished.errors)
            self.assertEqual(len(finished.errors.splitlines()), 1, finished)

    def test_a_model_fitted_on_the_period_is_said(self):
        store, _ = self.imported()
        self.assertEqual(store.run("fit", "--as-of", "1997-12-31", "--all").code, 0)
        found = store.ask("segment", "validate", "loyal", *PERIOD, "--dry-run")
        self.assertTrue(all(row["in_sample"] for row in found["outcomes"]))
        self.assertIn("model repeat_purchases was fitted on data until 1997-12-31", found["warnings"][0])

    def test_weeks_are_those_of_a_count_by_hand(self):
        store, rows = self.imported()
        weeks = store.ask("segment", "track", "repeaters", "--weeks", "10")
        self.assertEqual(len(weeks), 10)
        orders = {}
        for customer, date, _, _ in rows:
            orders.setdefault(customer, []).append(date)
        for week in weeks:
            monday = datetime.date.fromisoformat(week["from"])
            until = monday + datetime.timedelta(days=METRIC_DAYS)
            year, number, _ = monday.isocalendar()
            members = [dates for dates in orders.values() if sum(date < monday for date in dates) >= 2]
            value = sum(any(monday <= date < until for date in dates) for dates in members) / len(members)
            self.assertEqual((week["week"], week["members"]), (f"{year}-W{number:02}", len(members)))
            self.assertAlmostEqual(week["value"], value, places=12)
            last_day = max(row[1] for row in rows)
            state = "not_yet" if until > last_day else "met" if value >= 0.01 else "not_met"
            self.assertEqual(week["state"], state, week)

    def test_the_daemon_validates_too_and_holds_the_store(self):
        store, rows = self.imported()
        with Daemon(store) as daemon:
            locked = store.run("segment", "validate", "even_numbers", *PERIOD)
            self.assertEqual(locked.code, 4, locked)
            asked = ["segment", "validate", "even_numbers", *PERIOD, "--url", daemon.url, "--token", daemon.token]
            dry = segmentctl_json(*asked, "--dry-run")
            path = "/api/v1/segments/even_numbers/validations"
            self.assertEqual(daemon.client().get(path), [])
            found = segmentctl_json(*asked)
            self.assertEqual(found, dry)
            self.check_rows(found, rows, is_even)
            recorded, = daemon.client().get(path)
            self.assertEqual({**recorded, "at": None}, {**found, "at": None})
            self.assertEqual([row["segment"] for row in daemon.client().get("/api/v1/reviews")], ["even_numbers"])
            weeks = daemon.client().get("/api/v1/segments/repeaters/track?weeks=5")
            self.assertEqual(len(weeks), 5)
            for path, body, status in ((path, {"from": "soon"}, 400), (path, {"from": "1998-01-01", "to": "1997-01-01"}, 400),
                                       ("/api/v1/segments/evens/validations", {"from": str(FROM), "to": str(TO)}, 404)):
                self.assertEqual(daemon.client().post(path, body).status, status, path)
            nobody = segmentctl("segment", "validate", "even_numbers", *PERIOD, "--url", daemon.url, "--token", "wrong")
            self.assertEqual(nobody.code, 1, nobody)
            self.assertEqual(daemon.stop(), 0)
        self.assertEqual(store.ask("replay", "--verify")["verified"]["validations"], 1)


@unittest.skipUnless(MASTER, "no cdnow_master.csv.gz in SEGMENTD_DATA")
class MasterFile(ValidateCase):
    def test_loyal_customers_differ_and_even_numbers_do_not(self):
        folder = self.folder()
        store = NestedStore(nonsense_workspace(folder), os.path.join(folder, "store"))
        rows = shop.read_csv(MASTER, "customer_id")
        for arguments in (["import", "--source", "purchases", MASTER], ["fit", "--as-of", str(AS_OF), "--all"]):
            finished = store.run(*arguments)
            self.assertEqual(finished.code, 0, finished)

        loyal = store.ask("segment", "validate", "loyal", *PERIOD, "--dry-run")
        self.check_nonsense(store, rows)

        self.assertEqual((loyal["verdict"], loyal["warnings"]), ("different", []))
        self.assertEqual(loyal["neighbour"], "promising")
        for row in loyal["outcomes"]:
            self.assertEqual((row["verdict"], row["in_sample"]), ("different", False))
            self.assertGreater(row["interval"][0], 0.1)


if __name__ == "__main__":
    cases.run()
