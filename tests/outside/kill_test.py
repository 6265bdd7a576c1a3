#!/usr/bin/env python3
"""kill -9 under load at random moments: 5 times, with --slow 200 times; and once SIGTERM.

Writers send purchases in batches and one by one, and send again what was not acknowledged, under the same message
ids. At the end every signal counts exactly once, every touch stands under one id, and the journal gives the state
that the daemon reports. KILL_SEED=n repeats a run's choices.
"""

import collections
import http.client
import json
import os
import random
import threading
import time

from support import cases, shop
from support.http_calls import write_key
from support.programs import Daemon, Store, wait_until, workspace_folder
from support.webhook_sink import WebhookSink

KILLS = 200 if cases.SLOW else 5
WRITERS = 4
CUSTOMERS = 60  # of the load; they become loyal on the way
LARGEST_BATCH = 40
PAUSE_SECONDS = 0.02 if cases.SLOW else 0  # between requests: 200 starts shall not fold a giant journal
REPEATED_SHARE = 0.1  # of the acknowledged requests, sent once more
REQUESTS_KEPT = 400  # acknowledged requests that may be repeated
REFUSED = (429, 503)
BROKEN = (OSError, http.client.HTTPException)


class Load:
    """What all writers together have sent, and what was acknowledged."""

    def __init__(self, seed):
        self.seed = seed
        self.lock = threading.Lock()
        self.number = 0
        self.unacknowledged = collections.deque()
        self.acknowledged = collections.Counter()  # signals by customer
        self.some_acknowledged = []  # requests
        self.repeated = 0
        self.retried = 0
        self.faults = []

    def next_request(self, source):
        """What was not acknowledged goes first; now and then a request comes again that was."""
        with self.lock:
            if self.unacknowledged:
                self.retried += 1
                return self.unacknowledged.popleft()
            if self.some_acknowledged and source.random() < REPEATED_SHARE:
                self.repeated += 1
                return source.choice(self.some_acknowledged)
            is_single = source.random() < 0.3
            events = [self.purchase(source) for _ in range(1 if is_single else source.randrange(2, LARGEST_BATCH))]
        return {"is_single": is_single, "events": events, "is_acknowledged": False}

    def purchase(self, source):
        """On some day of the last quarter, so that days with a purchase add up and the customers become loyal."""
        self.number += 1
        return {"type": "track", "timestamp": f"1998-{source.randrange(4, 7):02}-{source.randrange(1, 31):02}T12:00:00Z",
                "event": "Order Completed", "userId": f"load-{source.randrange(CUSTOMERS):02}",
                "messageId": f"kill-{self.seed}-{self.number}", "properties": {"revenue": source.randrange(1, 9999) / 100},
                "context": {"consent": {"categoryPreferences": {"offers": True}}}}

    def acknowledge(self, request):
        with self.lock:
            if request["is_acknowledged"]:
                return
            request["is_acknowledged"] = True
            self.acknowledged.update(event["userId"] for event in request["events"])
            if len(self.some_acknowledged) < REQUESTS_KEPT:
                self.some_acknowledged.append(request)

    def put_back(self, request):
        with self.lock:
            if not request["is_acknowledged"]:
                self.unacknowledged.append(request)


class Writer(threading.Thread):
    """Sends until it is told to stop or the daemon is gone; with drain=True, until nothing is unacknowledged."""

    def __init__(self, load, daemon, seed, drain=False):
        super().__init__(daemon=True)
        self.load = load
        self.client = daemon.client()
        self.key = write_key(daemon.token)
        self.source = random.Random(seed)
        self.drain = drain
        self.is_stopping = threading.Event()
        self.fault = None  # what cut it off

    def run(self):
        while not self.is_stopping.is_set() and not (self.drain and not self.load.unacknowledged):
            request = self.load.next_request(self.source)
            try:
                answer = self.send(request)
            except BROKEN as fault:
                self.load.put_back(request)
                self.fault = repr(fault)
                return
            if answer.status == 200:
                self.load.acknowledge(request)
                time.sleep(PAUSE_SECONDS)
                continue
            self.load.put_back(request)
            if answer.status in REFUSED:
                time.sleep(0.02)
                continue
            self.load.faults.append(str(answer))
            return

    def send(self, request):
        events = request["events"]
        if request["is_single"]:
            return self.client.post("/v1/track", events[0], self.key)
        return self.client.post("/v1/batch", {"batch": events}, self.key)


class KillTest(cases.Case):
    def setUp(self):
        self.seed = int(os.environ.get("KILL_SEED") or time.time_ns() % 1_000_000)
        print(f"seed {self.seed}; repeat with: KILL_SEED={self.seed} {os.path.relpath(__file__)}"
              + (" --slow" if cases.SLOW else ""), flush=True)
        self.source = random.Random(self.seed)
        folder = self.folder()
        self.store = Store(workspace_folder("cdnow"), os.path.join(folder, "store"))
        path = shop.write_csv(shop.purchases(), os.path.join(folder, "shop.csv"))
        self.store.ask("import", "--source", "purchases", path)
        self.store.ask("fit", "--as-of", "1997-09-30", "--all")
        self.sink = self.enter(WebhookSink())
        self.load = Load(self.seed)

    def test_nothing_is_lost_nothing_counts_twice_and_touches_keep_their_id(self):
        daemon = Daemon(self.store, self.sink.settings("crm"))
        self.addCleanup(daemon.__exit__)
        for round_number in range(KILLS):
            self.write_and_end(daemon, round_number, daemon.kill)
        self.assertEqual(self.write_and_end(daemon, KILLS, daemon.stop), 0, daemon.log_tail())
        daemon.start()
        self.write_rest(daemon)

        self.check_counts(daemon)
        self.check_touches(daemon)
        self.check_replay(daemon)
        print(f"{KILLS} kills, {sum(self.load.acknowledged.values())} signals acknowledged, {self.load.retried} requests "
              f"retried, {self.load.repeated} repeated, {len(self.sink.received())} webhooks")

    def write_and_end(self, daemon, round_number, end):
        """Ends the daemon while all writers write; what `end` gave."""
        daemon.start()
        writers = [Writer(self.load, daemon, f"{self.seed} {round_number} {number}") for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(self.source.uniform(0.02, 0.6))
        ended = end()
        for writer in writers:
            writer.is_stopping.set()
            writer.join()
        daemon.close_clients()
        self.assertEqual(self.load.faults, [])
        return ended

    def write_rest(self, daemon):
        writer = Writer(self.load, daemon, f"{self.seed} rest", drain=True)
        writer.start()
        writer.join()
        self.assertEqual((len(self.load.unacknowledged), self.load.faults), (0, []), f"{writer.fault}\n{daemon.log_tail()}")
        self.assertGreater(self.load.retried, 0, "no request was cut off: the kills hit nothing")

    def check_counts(self, daemon):
        """All that was sent is acknowledged by now; each customer has exactly so many orders."""
        client = daemon.client()
        counted = {}
        for customer in self.load.acknowledged:
            counted[customer] = client.get(f"/api/v1/customers/{customer}")["features"]["orders_total"]
        self.assertEqual(sum(counted.values()), self.load.number)
        self.assertEqual(counted, dict(self.load.acknowledged))

    def check_touches(self, daemon):
        """One decision, one id, one body: in the journal and at the receiver, over all attempts."""
        client = daemon.client()
        touches = wait_until(lambda: self.all_delivered(client), 30, "the delivery of every touch")
        ids = collections.Counter(touch["id"] for touch in touches)
        causes = collections.Counter((touch["customer"], touch["touch"], touch["segment"], touch["at"]) for touch in touches)
        self.assertEqual((set(ids.values()), set(causes.values())), ({1}, {1}))
        self.assertGreaterEqual(len({touch["customer"] for touch in touches}), CUSTOMERS)
        bodies = collections.defaultdict(set)
        for delivery in self.sink.received():
            self.assertIsNone(delivery.fault)
            bodies[delivery.headers["webhook-id"]].add(delivery.body)
        self.assertEqual({len(different) for different in bodies.values()}, {1})
        sent = {touch["id"]: touch for touch in touches if touch["decision"] == "send"}
        self.assertEqual(set(bodies), set(sent))
        for touch, (body,) in bodies.items():
            told = json.loads(body)
            self.assertEqual((told["id"], told["subject"], told["data"]["touch"]),
                             (touch, sent[touch]["customer"], sent[touch]["touch"]))

    def all_delivered(self, client):
        touches = client.get("/api/v1/touches")
        waiting = [touch for touch in touches
                   if touch["decision"] == "send" and touch.get("delivery", {}).get("outcome") != "delivered"]
        return touches if touches and not waiting else None

    def check_replay(self, daemon):
        """The journal, folded anew beside the running daemon, is its state. A tick may come in between: ask again."""
        for _ in range(10):
            before, replayed, after = daemon.status(), self.store.ask("replay", "--verify"), daemon.status()
            if before["records"] == after["records"]:
                break
        for name in ("records", "state_sha256", "tree_head"):
            self.assertEqual(replayed[name], after[name], name)
        self.assertEqual(daemon.stop(), 0, daemon.log_tail())
        again = self.store.ask("replay", "--verify")
        self.assertGreaterEqual(again["records"], replayed["records"])


class AfterAKill(cases.Case):
    """The first request after a restart; nobody else writes."""

    def setUp(self):
        self.daemon = self.enter(Daemon(Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))))

    def send(self, *events):
        return self.daemon.client().post("/v1/batch", {"batch": list(events)}, write_key(self.daemon.token))

    def restart(self):
        self.daemon.kill()
        self.daemon.close_clients()
        self.daemon.start()

    def test_a_request_that_had_become_durable_is_acknowledged_when_it_comes_again(self):
        event = {"type": "track", "event": "Order Completed", "userId": "load-00", "messageId": "once",
                 "properties": {"revenue": 5}}
        self.assertEqual(self.send(event).status, 200)
        self.restart()
        self.assertEqual(self.send(event).status, 200)
        self.assertEqual(self.daemon.client().get("/api/v1/customers/load-00")["features"]["orders_total"], 1)

    def test_a_request_of_rejects_alone_is_acknowledged_after_a_restart(self):
        self.restart()
        self.assertEqual(self.send({"type": "track", "event": "No Such Event", "userId": "load-00"}).status, 200)
        self.assertEqual(self.daemon.status()["rejects"], {"unknown_event": 1})

    def test_an_empty_request_is_acknowledged_after_a_restart(self):
        self.restart()
        self.assertEqual(self.send().status, 200)


if __name__ == "__main__":
    cases.run()
