#!/usr/bin/env python3
"""The stability of a segment, held against the members that the same store names at both ends of each refresh."""

import collections
import datetime
import math
import os
import unittest

from support import cases, corner_shop, shop
from support.programs import DATA, Daemon, Store, published, segmentctl_json, workspace_folder

AS_OF = datetime.date(1997, 9, 30)
SAMPLE = published(DATA, "cdnow_sample.csv")


FAMILY = ("loyal", "promising", "at_risk", "lapsed")


def adjusted_rand(first, second):
    """Of two lists of classes, unit by unit: Hubert and Arabie 1985."""
    def pairs(labels):
        return sum(math.comb(count, 2) for count in collections.Counter(labels).values())
    expected = pairs(first) * pairs(second) / math.comb(len(first), 2)
    return (pairs(zip(first, second)) - expected) / ((pairs(first) + pairs(second)) / 2 - expected)


class Stability(cases.Case):
    def fitted_shop(self, rows):
        """A store that was fitted after three quarters of a year and lived on for three more."""
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        for name, some in (("first.csv", [row for row in rows if row[1] <= AS_OF]),
                           ("second.csv", [row for row in rows if row[1] > AS_OF])):
            path = shop.write_csv(some, os.path.join(folder, name))
            finished = store.run("import", "--source", "purchases", path)
            self.assertEqual(finished.code, 0, finished)
            if name == "first.csv":
                self.assertEqual(store.run("fit", "--as-of", str(AS_OF), "--all").code, 0)
        return store

    def members(self, store, segment, instant):
        rows = segmentctl_json("members", "--data", store.data, segment, "--at", instant)
        return {row["customer"] for row in rows}

    def check_rows_add_up(self, report):
        self.assertTrue(report["refreshes"])
        for row in report["refreshes"]:
            self.assertEqual(row["stay"] + sum(to["customers"] for to in row["went_to"]), row["before"], row)
            self.assertEqual(row["stay"] + sum(one["customers"] for one in row["came_from"]), row["after"], row)
        calendar = [row for row in report["refreshes"] if row["cause"] is None]
        for earlier, later in zip(calendar, calendar[1:]):
            self.assertEqual((earlier["at"], earlier["after"]), (later["since"], later["before"]))
        name = report["segment"]
        went = sum(row["customers"] for row in report["transitions"] if row["from"] == name)
        self.assertEqual(went, sum(row["before"] for row in calendar))

    def check_against_members(self, store, report, rows):
        """The figures of these refreshes follow from the members at their two instants."""
        self.assertTrue(rows)
        for row in rows:
            before = self.members(store, report["segment"], row["since"])
            after = self.members(store, report["segment"], row["at"])
            self.assertEqual((row["before"], row["after"], row["stay"]), (len(before), len(after), len(before & after)), row)
            if before:
                self.assertAlmostEqual(row["jaccard"], len(before & after) / len(before | after), places=12)

    def check_store(self, store):
        for segment in ("loyal", "promising"):
            report = store.ask("stability", segment)
            self.check_rows_add_up(report)
            calendar = [row for row in report["refreshes"] if row["cause"] is None and row["before"]]
            self.check_against_members(store, report, calendar[:: max(1, len(calendar) // 2)])
            self.assertEqual(report["members"], len(store.ask("members", segment)))
            causes = {row["cause"] for row in report["refreshes"]} - {None}
            self.assertEqual(causes, {"model repeat_purchases v1"})
            self.assertEqual(report["bootstrap"]["models"], ["repeat_purchases"])
            self.assertGreater(report["bootstrap"]["mean_jaccard"], 0.5)
            self.assertLessEqual(report["bootstrap"]["mean_jaccard"], 1)
        print(f"{self.id()}: {segment}: {report['summary']}, {report['half_life']}")

    def check_rand(self, store, row, customers):
        """Both indices of a refresh at which all these customers were known."""
        def classes(instant):
            found = {customer: name for name in FAMILY for customer in self.members(store, name, instant)}
            return [found.get(customer) for customer in sorted(customers)]
        before, after = classes(row["since"]), classes(row["at"])
        self.assertAlmostEqual(row["family_adjusted_rand"], adjusted_rand(before, after), places=12)
        own = [[name == "loyal" for name in names] for names in (before, after)]
        self.assertAlmostEqual(row["adjusted_rand"], adjusted_rand(*own), places=12)

    def test_figures_of_a_made_up_shop_follow_from_its_members(self):
        rows = shop.purchases()
        store = self.fitted_shop(rows)
        self.check_store(store)
        self.check_rand(store, store.ask("stability", "loyal")["refreshes"][-1], {row[0] for row in rows})
        for weeks in ("14d", "28d"):
            report = store.ask("stability", "at_risk", "--refresh", weeks, "--from", "1997-11-01", "--resamples", "0")
            self.check_rows_add_up(report)
            self.check_against_members(store, report, report["refreshes"][:1])
            self.assertIsNone(report["bootstrap"])

    def test_a_daemon_gives_the_figures_of_the_store(self):
        store = self.fitted_shop(shop.purchases(seed=7))
        asked = ["stability", "promising", "--from", "1997-11-01", "--to", "1998-06-01", "--refresh", "14d"]
        report = store.ask(*asked)

        with Daemon(store) as daemon:
            shown = segmentctl_json(*asked, "--url", daemon.url, "--data", store.data)
            client = daemon.client()
            answer = client.get("/api/v1/segments/promising/stability?from=1997-11-01&to=1998-06-01&refresh=14d")
            refused = client.call("GET", "/api/v1/segments/promising/stability?refresh=soon")
            unknown = client.call("GET", "/api/v1/segments/nobody/stability")

        for name in ("refreshes", "transitions", "summary", "half_life", "flapping"):
            self.assertEqual(answer[name], report[name], name)
        self.assertIsNone(answer["bootstrap"])
        self.assertEqual([row["stay"] for row in shown["refreshes"]], [row["stay"] for row in report["refreshes"]])
        self.assertEqual((refused.status, unknown.status), (400, 404))

    def test_new_definitions_are_a_refresh_of_their_own(self):
        root = self.folder()
        store = Store(corner_shop.write_workspace(root), os.path.join(root, "store"))
        rows = "".join(f"c{n},2023-12-{1 + day:02}T10:00:00Z,odd\n" for n in range(40) for day in range(1 + n % 4))
        path = corner_shop.write_file(root, "rows.csv", corner_shop.COLUMNS + rows)
        segmentctl_json("import", "--source", "orders", path, "--workspace", store.workspace, "--data", store.data)
        new = corner_shop.write_workspace(os.path.join(root, "new"), BUYERS="feature.orders >= 3")
        plan = segmentctl_json("plan", new, "--data", store.data)
        segmentctl_json("apply", new, "--data", store.data, "--plan", plan["plan"])

        report = segmentctl_json("stability", "--data", store.data, "buyers")

        (row,) = [row for row in report["refreshes"] if row["cause"]]
        self.assertEqual(row["cause"], "definitions " + plan["to"])
        self.assertEqual((row["before"], row["after"], row["stay"]), (40, 20, 20))
        buyers = next(one for one in plan["segments"] if one["segment"] == "buyers")
        self.assertAlmostEqual(row["jaccard"], buyers["jaccard"])
        self.assertAlmostEqual(report["borderline"]["members"], buyers["borderline_share"])
        self.assertEqual(report["bootstrap"]["why"], "its condition depends on nothing that is estimated")
        self.assertEqual(report["half_life"]["ended_by_renewals"], 20)

    @unittest.skipUnless(SAMPLE, "no cdnow_sample.csv in SEGMENTD_DATA")
    def test_figures_of_the_published_sample_follow_from_its_members(self):
        self.check_store(self.fitted_shop(shop.read_csv(SAMPLE, "sample_id")))


if __name__ == "__main__":
    cases.run()
