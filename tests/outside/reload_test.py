#!/usr/bin/env python3
"""The folder, the settings and the definitions in force: each may change, or be broken, without the others."""

import os

from support import cases, corner_shop
from support.programs import Daemon, Store, segmentctl_json, wait_until
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

    def write(self, text):
        return corner_shop.write_file(self.store.workspace, "workspace.yaml", text)

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
        with open(os.path.join(self.store.workspace, "workspace.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.write(text.replace(COUNCIL, NEWS))
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


if __name__ == "__main__":
    cases.run()
