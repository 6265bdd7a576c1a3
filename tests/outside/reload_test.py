#!/usr/bin/env python3
"""The folder, the settings and the definitions in force: each may change, or be broken, without the others."""

import json
import os
import subprocess

from support import cases, corner_shop
from support.programs import Daemon, Store, segmentctl, segmentctl_json, wait_until
from support.webhook_sink import WebhookSink

COUNCIL = "---\nendpoint: council\nowner: dana\nmode: live\nevents: [review.opened, review.overdue]\n"
NEWS = "---\nendpoint: news\nowner: finn\nmode: live\n"


class Reload(cases.Case):
    def setUp(self):
        """A store with the shop in force, and a sink behind each of its endpoints and one that is to come."""
        self.root = self.folder()
        self.store = Store(corner_shop.write_workspace(self.root), os.path.join(self.root, "store"))
        orders = corner_shop.write_file(self.root, "rows.csv", corner_shop.COLUMNS + "ada,2023-12-01T10:00:00Z,odd\n")
        self.store.ask("import", "--source", "orders", orders)
        self.sinks = {name: self.enter(WebhookSink()) for name in ("crm", "council", "news")}
        self.settings = [setting for name, sink in self.sinks.items() for setting in sink.settings(name)]

    def text(self):
        with open(os.path.join(self.store.workspace, "workspace.yaml"), encoding="utf-8") as file:
            return file.read()

    def write(self, text):
        return corner_shop.write_file(self.store.workspace, "workspace.yaml", text)

    def write_broken(self):
        """Gives the text that was there."""
        whole = self.text()
        self.write(whole.replace("corner_shop\n", "corner_shop\ncolour: red\n", 1))
        return whole

    def doctor(self, *arguments):
        settings = [word for setting in self.settings for word in ("--set", setting)]
        finished = segmentctl("doctor", "-w", self.store.workspace, "-d", self.store.data, "--json", *settings, *arguments)
        return finished.code, json.loads(finished.output)

    def serve(self, *settings):
        self.daemon = self.enter(Daemon(self.store, settings))
        self.online = ["--url", self.daemon.url, "--data", self.store.data]

    def logged(self, words, times=1):
        wait_until(lambda: self.daemon.log_text().count(words) == times, 10, f"{times} times {words}")

    def warned_of(self, endpoint, times):
        self.logged(f'in no definition","endpoint":"{endpoint}"', times)

    def takes(self, endpoint):
        return segmentctl_json("endpoint", "test", endpoint, *self.online)["delivered"]


class Endpoints(Reload):
    def test_definitions_without_an_endpoint_of_the_settings_leave_the_others_reached(self):
        self.serve(*self.settings, "workspace_changes=plan")
        self.warned_of("news", 1)
        self.write(self.text().replace(COUNCIL, NEWS))
        plan = segmentctl_json("plan", self.store.workspace, *self.online)
        segmentctl_json("apply", self.store.workspace, *self.online, "--plan", plan["plan"])

        self.warned_of("council", 1)
        self.assertTrue(self.takes("crm") and self.takes("news"))
        self.daemon.hang_up()
        self.warned_of("council", 2)
        self.assertNotIn("refused", self.daemon.log_text())
        segmentctl_json("rollback", *self.online, "--to", plan["from"])
        self.warned_of("news", 2)
        self.assertTrue(self.takes("crm") and self.takes("council"))
        self.assertEqual(self.daemon.stop(), 0)
        self.serve(*self.settings, "workspace_changes=plan")

    def test_a_broken_folder_keeps_no_address_back_and_no_address_a_folder(self):
        settings = os.path.join(self.root, "segmentd.yaml")
        corner_shop.write_file(self.root, "segmentd.yaml", "endpoints: {}\n")
        self.daemon = Daemon(self.store)
        command = self.daemon.command
        self.daemon.command = lambda port_file: command(port_file) + ["--settings", settings]
        self.enter(self.daemon)
        self.online = ["--url", self.daemon.url, "--data", self.store.data]
        whole = self.write_broken()
        corner_shop.write_file(self.root, "segmentd.yaml", f"endpoints: {{crm: {{url: '{self.sinks['crm'].url}'}}}}\n")

        self.daemon.hang_up()
        self.logged("colour")
        self.assertTrue(self.takes("crm"))

        self.write(whole.replace("feature.orders >= 1", "feature.orders >= 2"))
        corner_shop.write_file(self.root, "segmentd.yaml", "deliveries: {allow_private: banana}\n")
        self.daemon.hang_up()
        self.logged("allow_private")
        self.assertEqual(segmentctl_json("segments", *self.online)[0]["size"], 0)
        self.assertTrue(self.takes("crm"))


class OnlyPlanned(Reload):
    def test_a_broken_folder_is_warned_of_and_hinders_neither_a_start_nor_a_reload(self):
        self.serve(*self.settings, "workspace_changes=plan")
        self.write_broken()
        self.daemon.hang_up()
        self.logged("the folder could not be applied")
        self.assertNotIn("refused", self.daemon.log_text())
        self.assertEqual(self.daemon.stop(), 0)

        self.serve(*self.settings, "workspace_changes=plan")

        self.logged("the folder could not be applied", 2)
        self.assertTrue(self.takes("crm"))
        code, rows = self.doctor("--set", "workspace_changes=plan", "--set", f"listen=127.0.0.1:{self.daemon.bound_port}")
        self.assertEqual((code, [row["result"] for row in rows if row["check"] == "workspace"]), (0, ["warning"]), rows)
        self.assertIn("endpoint crm", [row["check"] for row in rows])
        self.assertEqual(self.doctor()[0], 1)

    def test_a_first_start_needs_a_folder_that_is_whole(self):
        self.write_broken()
        daemon = Daemon(Store(self.store.workspace, os.path.join(self.root, "new")), ["workspace_changes=plan"])
        ended = subprocess.run(daemon.command(os.path.join(self.root, "port")), capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(ended.returncode, 1, ended)
        self.assertFalse(os.path.exists(daemon.store.data))


if __name__ == "__main__":
    cases.run()
