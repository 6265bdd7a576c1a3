#!/usr/bin/env python3
"""Unmodified SDKs against the running daemon, also with kill -9 in between, and their recorded requests.

The SDKs come from npm by sdk/package-lock.json, once, into build/node_modules.
"""

import json
import os
import subprocess
import time
import unittest

from support import cases
from support.http_calls import write_key, zipped
from support.packages import FOLDER, INSTALLED, install
from support.programs import VECTORS, Daemon, Store, published, workspace_folder

SDKS = ("segment", "rudderstack")
CAPTURES = published(VECTORS, "webhooks/sdk_captures.json")
SEND_SECONDS = 60


def start_sdk(sdk, url, key, orders):
    command = ["node", os.path.join(FOLDER, "send.mjs"), sdk, url, key, str(orders)]
    return subprocess.Popen(command, cwd=INSTALLED, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class ServedCase(cases.Case):
    workspace = "cdnow"

    def setUp(self):
        self.daemon = self.enter(Daemon(Store(workspace_folder(self.workspace), os.path.join(self.folder(), "store"))))
        self.client = self.daemon.client()

    def orders(self, customer):
        return self.client.get(f"/api/v1/customers/{customer}")["features"]["orders_total"]


class SdkCase(ServedCase):
    def setUp(self):
        reason = install()
        if reason:
            self.skipTest(reason)
        super().setUp()

    def finish(self, process):
        output, _ = process.communicate(timeout=SEND_SECONDS)
        self.assertEqual(process.returncode, 0, output)
        return json.loads(output.splitlines()[-1])


class Sdks(SdkCase):
    def test_every_call_of_the_sdks_is_answered_as_they_expect(self):
        for sdk in SDKS:
            with self.subTest(sdk):
                outcome = self.finish(start_sdk(sdk, self.daemon.url, self.daemon.token, 0))
                self.assertEqual((outcome["delivered"], outcome["failed"]), (6, 0), outcome)
                explained = self.client.get(f"/api/v1/customers/{sdk}-all")
                self.assertEqual(explained["features"]["orders_total"], 1)
                self.assertEqual(explained["features"]["spend_total"], 12.5)
                self.assertEqual(explained["profile"]["plan"], "pro")
                self.assertTrue(explained["consent"]["offers"])

    def test_a_wrong_key_is_told(self):
        outcome = self.finish(start_sdk("segment", self.daemon.url, "wrong", 0))
        self.assertEqual((outcome["delivered"], outcome["failed"]), (0, 6), outcome)

    def test_what_an_sdk_sends_counts_once_although_the_daemon_is_killed_in_between(self):
        orders = 1000
        senders = {sdk: start_sdk(sdk, self.daemon.url, self.daemon.token, orders) for sdk in SDKS}
        self.daemon.port = self.daemon.bound_port
        for seconds in (0.5, 0.2):
            time.sleep(seconds)
            self.daemon.kill()
            self.daemon.close_clients()
            self.daemon.start()
        self.client = self.daemon.client()

        for sdk, process in senders.items():
            outcome = self.finish(process)
            self.assertEqual((outcome["delivered"], outcome["failed"]), (orders, 0), outcome)
            self.assertEqual([self.orders(f"{sdk}-{number}") for number in range(10)], [orders // 10] * 10)


class Groups(SdkCase):
    workspace = "supplies"

    def test_customers_whom_the_sdks_group_order_for_one_account(self):
        for sdk in SDKS:
            outcome = self.finish(start_sdk(sdk, self.daemon.url, self.daemon.token, 0))
            self.assertEqual((outcome["delivered"], outcome["failed"]), (6, 0), outcome)
        members = self.client.get("/api/v1/segments/large_ordering_teams/members")["members"]
        self.assertEqual([(row["account"], row["values"]) for row in members],
                         [("g1", {"profile.seats": 3, "segment.ordering_teams": True})])


@unittest.skipUnless(CAPTURES, "no webhooks/sdk_captures.json in SEGMENTD_VECTORS")
class Captures(ServedCase):
    def test_recorded_requests_of_the_sdks_are_taken_in(self):
        with open(CAPTURES, encoding="utf-8") as file:
            captures = json.load(file)
        requests = [request for name, some in captures.items() if isinstance(some, list) for request in some]
        answered = 0
        for request in requests:
            answer = self.client.call(request["method"], request["path"], self.body(request), self.headers(request))
            self.assertEqual(answer.status, 200, answer)
            answered += 1
        print(f"{len(requests)} recorded requests read, {answered} answered 200")
        explained = self.client.get("/api/v1/customers/u1")
        self.assertEqual(explained["features"]["orders_total"], 2)
        self.assertEqual(explained["profile"]["plan"], "pro")

    def body(self, request):
        if "body_after_gunzip" in request:
            return zipped(request["body_after_gunzip"])
        body = dict(request["body"])
        if "writeKey" in body:
            body["writeKey"] = self.daemon.token
        return json.dumps(body).encode()

    def headers(self, request):
        """As recorded, but with a key of this daemon."""
        left_out = ("content-length", "connection", "authorization")
        return {**{name: value for name, value in request["headers"].items() if name not in left_out},
                **write_key(self.daemon.token)}


class Keys(ServedCase):
    def test_a_key_in_the_body_alone_is_enough(self):
        event = {"type": "track", "event": "Order Completed", "userId": "u9", "properties": {"revenue": 1}}
        browser = {"content-type": "text/plain"}
        client = self.daemon.client(token="")
        answer = client.post("/v1/b", {"batch": [event], "writeKey": self.daemon.token}, browser)
        self.assertEqual(answer.status, 200, answer)
        answer = client.post("/v1/t", {**event, "writeKey": self.daemon.token}, browser)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.orders("u9"), 2)


if __name__ == "__main__":
    cases.run()
