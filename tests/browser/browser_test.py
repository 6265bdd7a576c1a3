#!/usr/bin/env python3
"""The pages in Chromium: no accessibility violation, nothing wider than the window, no script needed to sign in.

playwright-core and axe-core come from npm by package-lock.json, into build/browser.
"""

import json
import os
import shutil
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(FOLDER), "outside"))

from support import cases
from support.programs import SOURCE, Daemon, Store

INSTALLED = os.path.join(SOURCE, "build/browser")
DEMO = os.path.join(SOURCE, "config/workspaces/demo")
SECONDS = 60


def install():
    """The reason why the browser cannot be started, or None."""
    if not shutil.which("chromium"):
        return "chromium is not installed (./dev setup browser)"
    if not shutil.which("npm"):
        return "npm is not installed (./dev setup browser)"
    os.makedirs(INSTALLED, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(FOLDER, name), INSTALLED)
    command = ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    npm = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=SECONDS, check=False)
    return None if npm.returncode == 0 else f"npm ci failed: {npm.stderr.strip()[-300:]}"


class Browser(cases.Case):
    """The demo with a small simulated market in it, so that tables and drawings have something to show."""

    def setUp(self):
        reason = install()
        if reason:
            self.skipTest(reason)
        folder = self.folder()
        self.store = Store(DEMO, os.path.join(folder, "data"))
        signals = os.path.join(folder, "signals")
        subprocess.run([os.path.join(os.environ["SEGMENTD_BIN"], "segmentctl"), "simulate", "--customers", "300",
                        "--ends-at", "2026-11-01", "--out", signals], check=True, capture_output=True)
        self.store.ask("import", "--source", "activity", os.path.join(signals, "signals.jsonl"))
        self.store.ask("fit", "--as-of", "2026-10-31", "--all")
        self.daemon = self.enter(Daemon(self.store))

    def test_every_page_can_be_read_by_everybody_on_a_phone_and_on_a_desk(self):
        segments = [f"/segments/{row['segment']}" for row in self.daemon.client().get("/api/v1/segments")]
        command = ["node", os.path.join(FOLDER, "look.mjs"), shutil.which("chromium"), self.daemon.url, self.daemon.token,
                   *segments[:2], "/segments/nobody"]
        looked = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=SECONDS, check=False)
        self.assertEqual(looked.returncode, 0, looked.stderr)
        outcome = json.loads(looked.stdout.splitlines()[-1])
        self.assertEqual(outcome["findings"], [])
        print(f"{outcome['looked']} looks at pages, each by two widths and two colour schemes")
        self.assertEqual(outcome["looked"], 24)


if __name__ == "__main__":
    cases.run()
