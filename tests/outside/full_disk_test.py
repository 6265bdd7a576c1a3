#!/usr/bin/env python3
"""A disk that is really full: a small tmpfs of our own. Needs the right to mount; otherwise skipped with the reason.

What was acknowledged stays, nothing is acknowledged that is not on the disk, requests get 503 meanwhile, and the
daemon goes on by itself when there is room.
"""

import http.client
import os
import subprocess
import threading

from support import cases
from support.http_calls import Client, write_key
from support.programs import Daemon, Store, wait_until, workspace_folder

DISK_BYTES = 24 << 20
BALLAST_BYTES = 16 << 20
EVENTS_A_REQUEST = 200
MOST_REQUESTS = 2000


class SmallDisk:
    """A file system of a few MB with a file in it that can be removed."""

    def __init__(self, folder):
        self.folder = folder
        self.ballast = os.path.join(folder, "ballast")

    def __enter__(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "tmpfs", self.folder],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            raise cases.unittest.SkipTest(f"no small file system: {mounted.stderr.strip()}")
        with open(self.ballast, "wb") as file:
            file.write(bytes(BALLAST_BYTES))
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)

    def fill(self):
        """Takes the last byte."""
        with open(os.path.join(self.folder, "rest"), "wb", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    size = min(size, file.write(bytes(size)))
                except OSError:
                    size //= 2

    def make_room(self):
        os.remove(self.ballast)


class Writer(threading.Thread):
    """Sends batches one after the other until one is not acknowledged at once."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.client = Client(daemon.bound_port, None)
        self.key = write_key(daemon.token)
        self.acknowledged = 0  # requests
        self.answer = None

    def run(self):
        try:
            for number in range(MOST_REQUESTS):
                self.answer = self.client.post("/v1/batch", {"batch": events_of(number)}, self.key)
                if self.answer.status != 200:
                    return
                self.acknowledged = number + 1
        except (OSError, http.client.HTTPException) as fault:  # it was killed, or the test took long
            self.answer = fault


def events_of(request):
    return [{"type": "track", "event": "Order Completed", "userId": f"customer-{event % 50}",
             "messageId": f"{request}-{event}", "properties": {"revenue": 5}} for event in range(EVENTS_A_REQUEST)]


class FullDisk(cases.Case):
    def setUp(self):
        self.disk = self.enter(SmallDisk(self.folder()))
        self.daemon = Daemon(Store(workspace_folder("cdnow"), os.path.join(self.disk.folder, "store")))
        self.daemon.log_path = os.path.join(self.folder(), "log")
        self.enter(self.daemon)

    def is_full(self):
        return "segmentd_disk_full 1" in self.daemon.client().call("GET", "/metrics").body.decode().splitlines()

    def orders(self):
        members = [self.daemon.client().get(f"/api/v1/customers/customer-{number}") for number in range(50)]
        return sum(member["features"]["orders_total"] for member in members)

    def write_until_full(self):
        writer = Writer(self.daemon)
        writer.start()
        wait_until(lambda: self.is_full() or not writer.is_alive(), 60, "a full disk")
        self.assertTrue(self.is_full(), f"{writer.answer}")
        return writer

    def test_it_refuses_while_the_disk_is_full_and_goes_on_by_itself(self):
        writer = self.write_until_full()
        refused = self.daemon.client().post("/v1/batch", {"batch": events_of(10**6)}, write_key(self.daemon.token))
        ready = self.daemon.client().call("GET", "/readyz")
        live = self.daemon.client().call("GET", "/healthz")
        self.assertEqual((refused.status, ready.status, live.status), (503, 503, 200), refused)
        self.assertIn("the disk is full", refused.json()["detail"])
        self.assertGreater(int(refused.headers["retry-after"]), 0)
        for path, body in (("orders/learning", {"subject": "segment", "name": "loyal", "cause": "market", "text": "x"}),
                           ("tokens", {"role": "viewer", "expires": "1d"})):
            answer = self.daemon.client().post(f"/api/v1/{path}", body)
            self.assertEqual(answer.status, 503, answer)
            self.assertIn("the disk is full", answer.json()["detail"])
        waits = writer.acknowledged
        status = self.daemon.client().get("/api/v1/status")
        self.assertFalse(status["is_durable"])
        self.assertLess(status["tree_size"], status["records"])
        self.assertEqual(writer.acknowledged, waits, "something was acknowledged on a full disk")

        self.disk.make_room()
        wait_until(lambda: writer.acknowledged > waits, 30, "the request that waited to be acknowledged")
        wait_until(lambda: self.daemon.client().call("GET", "/readyz").status == 200 or self.is_full(), 10, "readiness")
        self.assertIn("the disk has room again", self.daemon.log_text())
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log_tail())

    def test_a_kill_on_a_full_disk_loses_nothing_that_was_acknowledged(self):
        writer = self.write_until_full()
        acknowledged = writer.acknowledged
        self.daemon.kill()
        writer.join(10)
        self.disk.make_room()
        self.daemon.close_clients()
        self.daemon.start()

        self.assertEqual(writer.acknowledged, acknowledged)
        self.assertEqual(self.orders(), acknowledged * EVENTS_A_REQUEST)
        before = self.daemon.status()
        replayed = self.daemon.store.ask("replay", "--verify")
        self.assertEqual((replayed["records"], replayed["state_sha256"]), (before["records"], before["state_sha256"]))

    def test_a_first_import_that_fails_for_want_of_room_leaves_no_store(self):
        orders = os.path.join(self.folder(), "orders.csv")
        with open(orders, "w", encoding="utf-8") as file:
            file.write("customer_id,date,number_of_cds,dollar_value\n")
            file.writelines(f"{number},1998-01-01,1,9.99\n" for number in range(60_000))
        first = Store(workspace_folder("cdnow"), os.path.join(self.disk.folder, "first"))
        finished = first.run("import", "--source", "purchases", orders)
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("free some disk space", finished.errors)
        self.assertFalse(os.path.exists(first.data))

    def test_a_start_without_any_room_names_the_cause(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.disk.fill()
        orders = os.path.join(self.folder(), "orders.csv")
        with open(orders, "w", encoding="utf-8") as file:
            file.write("customer_id,date,number_of_cds,dollar_value\n00001,1998-01-01,1,9.99\n")
        finished = self.daemon.store.run("import", "--source", "purchases", orders)
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("free some disk space", finished.errors)


if __name__ == "__main__":
    cases.run()
