#!/usr/bin/env python3
"""`segmentctl test`: the tests inside segment files as somebody at a desk and as a build server meet them."""

import json
import os
import unittest
import xml.etree.ElementTree as xml

from support import cases
from support.programs import SOURCE, segmentctl

WORKSPACE = """workspace: bakery
company: A bakery
people: [{id: dana, name: Dana Ruiz, roles: [steward]}]
profile: {plan: text}
"""
SIGNALS = """signal: purchase
title: One order
events: [Order Completed]
properties: {amount: {type: money, required: true}}
"""
SEGMENT = """feature: orders_30d
title: Orders in 30 days
signal: purchase
compute: count
window: 30d
---
segment: regulars
title: Come often
steward: dana
enter: feature.orders_30d >= 2 && profile.plan != 'staff'
tests:
  - test: two loaves in a month make a regular
    profile: {plan: guest}
    signals: [{signal: purchase, at: [-20d, -5d], amount: 4.20}]
    expect: member
    leaves_after: 10d
"""
FAILING = """  - test: staff < guests & "friends"
    profile: {plan: staff}
    signals: [{signal: purchase, at: [-20d, -5d], amount: 4.20}]
    expect: member
"""


class SegmentTestTest(cases.Case):
    def workspace(self, more=""):
        folder = self.folder()
        for name, text in {"workspace.yaml": WORKSPACE, "signals.yaml": SIGNALS, "segments.yaml": SEGMENT + more}.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        return folder

    def test_a_workspace_whose_tests_hold_is_done(self):
        finished = segmentctl("test", self.workspace())
        self.assertEqual(finished.code, 0, finished)
        self.assertIn("1 test: 1 passed, 0 failed", finished.output)

    def test_a_failure_names_the_place_what_was_expected_and_the_values(self):
        finished = segmentctl("test", self.workspace(FAILING))
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("segments.yaml:17:5: expected member, came not_member, now", finished.output)
        self.assertIn("(feature.orders_30d = 2, profile.plan = \"staff\")", finished.output)

    def test_gaps_fail_only_where_coverage_is_required(self):
        workspace = self.workspace()
        self.assertIn("'profile.plan != 'staff'' was never false", segmentctl("test", workspace).output)
        self.assertEqual(segmentctl("test", workspace, "--require-coverage", "50%").code, 0)
        wanting = segmentctl("test", workspace, "--require-coverage", "100%")
        self.assertEqual(wanting.code, 1, wanting)
        self.assertIn("[coverage]", wanting.errors)

    def test_the_build_server_reads_the_same_from_xml(self):
        path = os.path.join(self.folder(), "result.xml")
        self.assertEqual(segmentctl("test", self.workspace(FAILING), "--junit", path).code, 1)
        root = xml.parse(path).getroot()
        self.assertEqual((root.tag, root.get("tests"), root.get("failures")), ("testsuites", "2", "1"))
        suite = root.find("testsuite")
        self.assertEqual((suite.get("name"), suite.get("tests"), suite.get("failures")), ("regulars", "2", "1"))
        passed, failed = suite.findall("testcase")
        self.assertIsNone(passed.find("failure"))
        self.assertEqual(failed.get("name"), "staff < guests & \"friends\"")
        self.assertIn("expected member, came not_member", failed.find("failure").get("message"))
        self.assertIn("profile.plan = \"staff\"", failed.find("failure").text)

    def test_programs_read_the_same_from_json(self):
        finished = segmentctl("test", self.workspace(FAILING), "--json")
        self.assertEqual(finished.code, 1, finished)
        value = json.loads(finished.output)
        self.assertEqual([test["passed"] for test in value["tests"]], [True, False])
        line = value["tests"][1]["failures"][0]["conditions"][0]
        self.assertEqual((line["key"], line["result"]), ("enter", "false"))
        self.assertEqual(line["inputs"], {"feature.orders_30d": 2, "profile.plan": "staff"})

    def test_wrong_workspaces_and_command_lines_have_their_codes(self):
        self.assertEqual(segmentctl("test", self.workspace("  - {test: half}\n")).code, 1)
        self.assertEqual(segmentctl("test", os.path.join(self.folder(), "nothing")).code, 1)
        self.assertEqual(segmentctl("test").code, 2)
        self.assertEqual(segmentctl("test", self.workspace(), "--require-coverage", "much").code, 2)
        self.assertEqual(segmentctl("test", self.workspace(), "--junit", "/nowhere/at/all.xml").code, 1)

    def test_the_demo_tests_every_answer_of_its_segments(self):
        finished = segmentctl("test", os.path.join(SOURCE, "config/workspaces/demo"), "--require-coverage", "100%")
        self.assertEqual(finished.code, 0, finished)


if __name__ == "__main__":
    cases.run()
