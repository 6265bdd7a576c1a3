#!/usr/bin/env python3
"""CDNOW from file to segments by the commands alone: on a made-up shop, and on the real files where they are at hand."""

import collections
import datetime
import gzip
import os
import pty
import shutil
import subprocess
import unittest

from support import cases, purchase_models, shop
from support.programs import (DATA, PROGRAMS, Daemon, Store, copy_workspace, published, segmentctl, segmentctl_json,
                              workspace_folder)

AS_OF = datetime.date(1997, 9, 30)
FIRST_DAY = datetime.date(1997, 1, 1)
LATER = datetime.date(1998, 6, 30)  # 39 weeks after AS_OF
MASTER = published(DATA, "cdnow_master.csv.gz")
SAMPLE = published(DATA, "cdnow_sample.csv")
SEGMENTS = ["at_risk", "lapsed", "loyal", "promising"]


def parameters_of(models, name):
    return next(row for row in models if row["model"] == name)


def rounded(value):
    """What a command asks of a daemon is read on the way, which may change the last digit of a number."""
    if isinstance(value, dict):
        return {name: rounded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [rounded(member) for member in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def lapsed_customers(rows, as_of):
    """The segment `lapsed`, decided from the rows: one order, 120 whole days or more ago. With their money."""
    orders = collections.defaultdict(list)
    for customer, date, _, dollars in rows:
        if date <= as_of:
            orders[customer].append((date, dollars))
    end = as_of + datetime.timedelta(days=1)
    found = {customer: some[0] for customer, some in orders.items() if len(some) == 1}
    return {customer: dollars for customer, (date, dollars) in found.items()
            if end - date > datetime.timedelta(days=120)}, len(orders)


def read_import(text):
    """The figures that import prints for people."""
    pairs = [line.split(":", 1) for line in text.splitlines() if ":" in line]
    return {name.strip(): float(value) for name, value in pairs}


class ShopCase(cases.Case):
    """Imports a file once for all tests of a class, and fits."""

    def check_import(self, store, source, path, expected):
        finished = store.run("import", "--source", source, path)
        self.assertEqual(finished.code, 0, finished)
        figures = read_import(finished.output)
        for name, value in expected.items():
            self.assertEqual(figures[name], value, f"{name}: {finished}")
        self.assertGreater(figures["seconds"], 0)

    def check_repetition(self, store, source, path, rows):
        """A file that is imported a second time counts nothing."""
        self.check_import(store, source, path, {"accepted": 0, "rejected": 0, "duplicates": rows})

    def check_fit(self, store, rows):
        """The fit is a maximum of the likelihood that its own parameters have on the data."""
        finished = store.run("fit", "--as-of", str(AS_OF), "--all")
        self.assertEqual(finished.code, 0, finished)
        models = store.ask("models")
        found = list(purchase_models.histories(rows, AS_OF).values())
        self.check_maximum(parameters_of(models, "repeat_purchases"), purchase_models.bg_nbd_log_likelihood, found)
        self.check_maximum(parameters_of(models, "spend_per_order"), purchase_models.gamma_gamma_log_likelihood, found)
        self.assertEqual(parameters_of(models, "repeat_purchases")["customers"], len(found))
        self.assertEqual(parameters_of(models, "repeat_purchases")["time_decimals"], 2)
        return models

    def check_maximum(self, model, log_likelihood, found):
        self.assertEqual((model["version"], model["as_of"]), (1, str(AS_OF)))
        best = model["log_likelihood"]
        self.assertAlmostEqual(log_likelihood(model["parameters"], found), best, delta=1e-6 * abs(best))
        for name, value in model["parameters"].items():
            for factor in (0.98, 1.02):
                moved = log_likelihood({**model["parameters"], name: value * factor}, found)
                self.assertLess(moved, best + 1e-6, f"{model['model']}: {name} times {factor} fits better")

    def check_segments(self, store, rows, models):
        """Sizes, shares and money of the four segments at the end of September 1997."""
        segments = store.ask("segments", "--at", str(AS_OF))
        self.assertEqual(sorted(row["segment"] for row in segments), SEGMENTS)
        lapsed, customers = lapsed_customers(rows, AS_OF)
        self.assertLessEqual(sum(row["size"] for row in segments), customers)
        for row in segments:
            self.assertGreater(row["size"], 0, row)
            self.assertAlmostEqual(row["share"], row["size"] / customers, places=12)
            self.assertGreaterEqual(row["expected_value"], 0, row)
            self.assertTrue(row["version"], row)
        by_name = {row["segment"]: row for row in segments}
        self.assertEqual(by_name["lapsed"]["size"], len(lapsed))
        self.assertAlmostEqual(by_name["lapsed"]["revenue"], sum(lapsed.values()), places=2)
        self.check_loyal(models, rows, by_name["loyal"])

    def check_loyal(self, models, rows, loyal):
        """The segment `loyal` and its money to come, decided anew from the printed parameters."""
        buying = parameters_of(models, "repeat_purchases")["parameters"]
        spending = parameters_of(models, "spend_per_order")["parameters"]
        size = value = 0
        for one in purchase_models.histories(rows, AS_OF).values():
            expected = purchase_models.expected_purchases(buying, one, 39)
            if expected < 2.0 or purchase_models.alive_probability(buying, one) < 0.5:
                continue
            size += 1
            value += expected * purchase_models.expected_spend(spending, one)
        self.assertEqual(loyal["size"], size)
        self.assertAlmostEqual(loyal["expected_value"], value, delta=1e-6 * value)

    def forecast(self, store):
        """The sum of score.expected_purchases_39w over all customers at AS_OF, asked in the workspace's own words."""
        workspace = copy_workspace("cdnow", self.folder())
        path = os.path.join(workspace, "workspace.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("expected_value: score.value", "expected_value: score.expected_purchases_39w"))
        with open(os.path.join(workspace, "segments/everybody.yaml"), "w", encoding="utf-8") as file:
            file.write("segment: everybody\ntitle: Every customer\nrationale: All of them, for a sum.\n"
                       "objective: retention\nsteward: dana\nenter: feature.orders_total >= 1\n")
        segments = Store(workspace, store.data).ask("segments", "--at", str(AS_OF))
        return next(row for row in segments if row["segment"] == "everybody")["expected_value"]

    def check_forecast(self, store, rows):
        parameters = parameters_of(store.ask("models"), "repeat_purchases")["parameters"]
        found = purchase_models.histories(rows, AS_OF).values()
        wanted = sum(purchase_models.expected_purchases(parameters, one, 39) for one in found)
        happened = purchase_models.repeat_purchases_between(rows, AS_OF, LATER)
        forecast = self.forecast(store)
        print(f"{self.id()}: forecast of 39 weeks {forecast:.1f}, happened {happened}")
        self.assertAlmostEqual(forecast, wanted, delta=1e-6 * wanted)
        return forecast, happened


class MadeUpShop(ShopCase):
    def test_a_made_up_shop_goes_from_file_to_segments(self):
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        rows = shop.purchases()
        plain = shop.write_csv(rows, os.path.join(folder, "shop.csv"))
        customers = len({row[0] for row in rows})

        self.check_import(store, "purchases", plain, {"accepted": len(rows), "rejected": 0, "customers": customers})
        models = self.check_fit(store, rows)
        self.check_segments(store, rows, models)
        forecast, happened = self.check_forecast(store, rows)
        self.assertGreater(forecast, 0.5 * happened)
        self.assertLess(forecast, 1.5 * happened)
        before = store.ask("replay", "--verify")
        self.check_repetition(store, "purchases", plain, len(rows))
        self.assertEqual(store.ask("replay", "--verify")["state_sha256"], before["state_sha256"])

    def test_a_daemon_tells_of_models_segments_and_rejects_what_the_store_tells(self):
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        path = shop.write_csv(shop.purchases() + [("", FIRST_DAY, 1, 5.0)], os.path.join(folder, "shop.csv"))
        self.assertEqual(store.ask("import", "--source", "purchases", path)["rejected"], 1)
        store.ask("fit", "--as-of", str(AS_OF), "--all")
        asked = ("models",), ("rejects", "--limit", "3"), ("brief", "lapsed")
        self.assertIn("forecasts", parameters_of(store.ask("models"), "repeat_purchases"))

        with Daemon(store) as daemon:
            for arguments in asked:
                told = segmentctl_json(*arguments, "--url", daemon.url, "--data", store.data)
                found = store.ask(*arguments)
                for answer in (told, found):
                    if isinstance(answer, dict):
                        answer.pop("as_of")
                self.assertEqual(rounded(told), rounded(found), arguments)
            self.assertEqual(daemon.client().get("/api/v1/models?past=true"), store.ask("models"))
            page = segmentctl("brief", "lapsed", "--html", "--url", daemon.url, "--data", store.data)
            self.assertIn("<h1>", page.output, page)
            payload = segmentctl("rejects", "--show", "--url", daemon.url, "--data", store.data)
            self.assertEqual(payload.code, 2, payload)  # what was sent never leaves the store over HTTP

    def test_a_gzip_file_gives_the_same_state_as_the_plain_one(self):
        folder = self.folder()
        rows = shop.purchases(seed=7)
        answers = []
        for name, zipped in (("shop.csv", False), ("shop.csv.gz", True)):
            store = Store(workspace_folder("cdnow"), os.path.join(folder, name + "_store"))
            path = shop.write_csv(rows, os.path.join(folder, name), zipped)
            self.check_import(store, "purchases", path, {"accepted": len(rows)})
            answers.append((store.ask("segments"), store.ask("replay")["state_sha256"]))
        self.assertEqual(answers[0], answers[1])

    def test_broken_rows_are_counted_and_kept_with_their_reason(self):
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        path = os.path.join(folder, "broken.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("customer_id,date,number_of_cds,dollar_value\n00001,1997-01-01,1,11.77\n"
                       "00002,1997-13-01,1,5.00\n,1997-01-01,1,5.00\n00003,1997-01-01,1,much\n00004,1997-01-01,1,-5\n")
        rejects_file = os.path.join(folder, "rejects.jsonl")

        figures = store.ask("import", "--source", "purchases", "--rejects", rejects_file, path)

        self.assertEqual((figures["accepted"], figures["rejected"], figures["customers"]), (1, 4, 1))
        reasons = collections.Counter(row["reason"] for row in store.ask("rejects"))
        self.assertEqual(figures["reasons"], reasons)
        self.assertEqual(reasons, {"bad_time": 1, "no_customer": 1, "wrong_type": 1, "out_of_range": 1})
        with open(rejects_file, encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), 4)

    def test_a_terminal_sees_a_progress_bar(self):
        folder = self.folder()
        path = shop.write_csv(shop.purchases(), os.path.join(folder, "shop.csv"))
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        command = [os.path.join(PROGRAMS, "segmentctl"), "import", "--workspace", workspace_folder("cdnow"), "--data",
                   os.path.join(folder, "store"), "--source", "purchases", path]
        finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=end, text=True, timeout=60, check=False)
        os.close(end)
        shown = os.read(terminal, 1_000_000).decode()
        self.assertEqual(finished.returncode, 0, shown)
        self.assertRegex(shown, r"importing \[#+\.*\] +\d+ %")
        self.assertNotIn("%", finished.stdout)

    def test_a_file_or_source_that_is_not_there_is_said_in_one_line(self):
        folder = self.folder()
        store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        for source, path, word in (("purchases", os.path.join(folder, "absent.csv"), "absent.csv"),
                                   ("orders", "/dev/null", "orders")):
            finished = store.run("import", "--source", source, path)
            self.assertEqual(finished.code, 1, finished)
            self.assertEqual(len(finished.errors.splitlines()), 1, finished)
            self.assertIn(word, finished.errors)


@unittest.skipUnless(MASTER, "no cdnow_master.csv.gz in SEGMENTD_DATA")
class MasterFile(ShopCase):
    def test_the_master_file_goes_from_file_to_segments(self):
        store = Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))
        rows = shop.read_csv(MASTER, "customer_id")

        self.check_import(store, "purchases", MASTER, {"accepted": 69659, "rejected": 0, "customers": 23570})
        models = self.check_fit(store, rows)
        self.check_segments(store, rows, models)
        self.check_repetition(store, "purchases", MASTER, 69659)


@unittest.skipUnless(SAMPLE, "no cdnow_sample.csv in SEGMENTD_DATA")
class SampleFile(ShopCase):
    """The figures of the literature: LL of the published summary, and 1,882 purchases in the 39 weeks after."""

    def check_sample(self, path):
        store = Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))
        rows = shop.read_csv(SAMPLE, "sample_id")
        self.check_import(store, "purchases_sample", path, {"accepted": 6919, "rejected": 0, "customers": 2357})
        models = self.check_fit(store, rows)
        buying = parameters_of(models, "repeat_purchases")
        self.assertAlmostEqual(buying["log_likelihood"], -9582.4256, delta=0.0005)
        for name, value in {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}.items():
            self.assertAlmostEqual(buying["parameters"][name], value, delta=0.0002, msg=name)
        self.assertAlmostEqual(parameters_of(models, "spend_per_order")["log_likelihood"], -4055.9232, delta=0.0005)
        return store, rows, models

    def test_the_sample_gives_the_published_figures_and_the_forecast_beside_what_happened(self):
        store, rows, models = self.check_sample(SAMPLE)

        self.check_segments(store, rows, models)
        forecast, happened = self.check_forecast(store, rows)

        self.assertEqual(happened, 1882)
        self.assertAlmostEqual(forecast, 1653.4, delta=0.5)

    def test_the_sample_as_gzip_gives_the_published_figures(self):
        zipped = os.path.join(self.folder(), "cdnow_sample.csv.gz")
        with open(SAMPLE, "rb") as plain, gzip.open(zipped, "wb") as file:
            shutil.copyfileobj(plain, file)
        self.check_sample(zipped)


class Commands(cases.Case):
    def test_the_workspace_is_valid(self):
        finished = segmentctl("check", workspace_folder("cdnow"), "--json")
        self.assertEqual(finished.code, 0, finished)


if __name__ == "__main__":
    cases.run()
