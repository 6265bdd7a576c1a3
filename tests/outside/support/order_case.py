"""The corner shop with its daemon, for tests of what is ordered and of what goes out."""

import json
import os
import time

from support import cases, corner_shop
from support.http_calls import write_key
from support.programs import Daemon, Store, segmentctl, segmentctl_json, wait_until
from support.webhook_sink import WebhookSink

QUIET_SECONDS = 0.3  # how long nothing must arrive where nothing may


class OrderCase(cases.Case):
    """A corner shop with two systems that receive: crm what concerns customers, council the reviews."""

    def open_shop(self, **changes):
        self.root = self.folder()
        self.store = Store(corner_shop.write_workspace(self.root, **changes), os.path.join(self.root, "store"))
        self.offline = ["--workspace", self.store.workspace, "--data", self.store.data]
        self.crm, self.council = self.enter(WebhookSink()), self.enter(WebhookSink())

    def start(self):
        self.daemon = Daemon(self.store, self.crm.settings("crm") + self.council.settings("council"))
        self.enter(self.daemon)
        self.online = ["--url", self.daemon.url, "--data", self.store.data]

    def restart(self):
        self.daemon.close_clients()
        self.daemon.start()
        self.online = ["--url", self.daemon.url, "--data", self.store.data]

    def import_rows(self, rows):
        path = corner_shop.write_file(self.root, "rows.csv", rows)
        self.succeed("import", "--source", "orders", path, *self.offline)

    def succeed(self, *arguments):
        return segmentctl_json(*arguments)

    def refuse(self, code, words, *arguments):
        """The command ends with the code, says the words and prints no result."""
        finished = segmentctl(*arguments)
        self.assertEqual((finished.code, finished.output), (code, ""), finished)
        self.assertIn(words, finished.errors)

    def send(self, *events):
        answer = self.daemon.client().post("/v1/batch", {"batch": list(events)}, write_key(self.daemon.token))
        self.assertEqual(answer.status, 200, answer)
        return self.daemon.status()

    def touches(self, customer):
        return [(row["touch"], row["decision"], row["reason"]) for row in self.store.ask("touches", "--customer", customer)]

    def bodies(self, sink, kind, count):
        """The bodies of that type once there are so many; all of them are signed."""
        def found():
            bodies = [json.loads(one.body) for one in sink.received()]
            bodies = [body for body in bodies if body["type"] == kind]
            return bodies if len(bodies) >= count else None
        bodies = wait_until(found, 10, f"{count} events {kind}")
        self.assertEqual([one.fault for one in sink.received() if one.fault], [])
        self.assertEqual(len(bodies), count)
        return bodies

    def check_silence(self, sink, count=0):
        """Nothing arrives beyond what has."""
        time.sleep(QUIET_SECONDS)
        self.assertEqual(len(sink.received()), count, [one.body for one in sink.received()])
