#!/usr/bin/env python3
"""Unmodified OpenFeature providers of both generations, asking for a customer's arm."""

import json
import os
import subprocess

from support import cases
from support.http_calls import write_key
from support.packages import FOLDER, INSTALLED, install
from support.programs import Daemon, Store

PILOT = "greeting"
RULES = """workspace: shop
company: A shop
currency: EUR
people: [{id: dana, name: Dana Ruiz, roles: [steward]}]
---
signal: purchase
events: [Order Completed]
---
metric: bought
signal: purchase
window: 7d
---
pilot: greeting
hypothesis: A greeting helps.
arms: {plain: {weight: 50%, control: true}, warm: {weight: 50%}}
metrics: {primary: bought}
"""


class OpenFeature(cases.Case):
    def setUp(self):
        reason = install()
        if reason:
            self.skipTest(reason)
        workspace = self.folder()
        with open(os.path.join(workspace, "workspace.yaml"), "w", encoding="utf-8") as file:
            file.write(RULES)
        self.daemon = self.enter(Daemon(Store(workspace, os.path.join(self.folder(), "store"))))
        event = {"type": "track", "event": "Order Completed", "userId": "ada", "messageId": "1"}
        answer = self.daemon.client().post("/v1/batch", {"batch": [event]}, write_key(self.daemon.token))
        self.assertEqual(answer.status, 200, answer)

    def details(self, kind, customer, pilot=PILOT):
        command = ["node", os.path.join(FOLDER, "flags.mjs"), kind, self.daemon.url, self.daemon.token, pilot, customer]
        node = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(node.returncode, 0, node.stderr)
        return json.loads(node.stdout.splitlines()[-1])

    def test_a_member_gets_the_same_arm_from_the_server_s_and_the_browser_s_provider(self):
        server, web = self.details("server", "ada"), self.details("web", "ada")
        self.assertIn(server["value"], ("plain", "warm"))
        self.assertEqual((server["reason"], server["variant"]), ("SPLIT", server["value"]))
        self.assertEqual((web["reason"], web["value"]), ("SPLIT", server["value"]))

    def test_whoever_has_no_arm_gets_the_code_default_and_no_general_error(self):
        server, web = self.details("server", "stranger"), self.details("web", "stranger")
        self.assertEqual((server["value"], server["errorCode"]), ("code default", "FLAG_NOT_FOUND"))
        self.assertEqual(web["value"], "code default")
        self.assertNotIn(web.get("errorCode"), ("GENERAL", "PARSE_ERROR", "TYPE_MISMATCH"))

    def test_a_pilot_that_does_not_exist_gives_the_code_default(self):
        for kind in ("server", "web"):
            found = self.details(kind, "ada", "nowhere")
            self.assertEqual((found["value"], found["errorCode"]), ("code default", "FLAG_NOT_FOUND"))


if __name__ == "__main__":
    cases.run()
