#!/usr/bin/env python3
"""Systems that receive touches: in their own form, under their own authentication, slow, failing, gone and back again."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import time

from support import cases
from support.http_calls import write_key
from support.packages import FOLDER, INSTALLED, install
from support.programs import Daemon, Store, copy_workspace, segmentctl, segmentctl_json, wait_until
from support.webhook_sink import WebhookSink, make_secret

QUIET_SECONDS = 0.3  # how long nothing must arrive where nothing may
SECRETS = {"crm_hmac": "salt and pepper", "mailer_password": "open sesame", "chat_token": "chat-0123456789"}


class EndpointCase(cases.Case):
    """A workspace with several receivers, of which a test serves those that it is about."""

    def setUp(self):
        folder = self.folder()
        self.store = Store(copy_workspace("receivers", folder), os.path.join(folder, "store"))
        self.sinks = {}
        os.makedirs(os.path.join(self.store.data, "secrets"))
        for name, text in SECRETS.items():
            self.write_private(os.path.join(self.store.data, "secrets", name), text)

    def write_private(self, path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def serve(self, *endpoints, settings=()):
        given = list(settings)
        for name in endpoints:
            self.sinks[name] = self.enter(WebhookSink())
            given += self.sinks[name].settings(name)
        self.daemon = self.enter(Daemon(self.store, given))

    def buy(self, *customers):
        events = [{"type": "track", "event": "Order Completed", "userId": customer, "messageId": f"order-{customer}",
                   "properties": {}} for customer in customers]
        answer = self.daemon.client().post("/v1/batch", {"batch": events}, write_key(self.daemon.token))
        self.assertEqual(answer.status, 200, answer)

    def received(self, endpoint, count, seconds=5):
        sink = self.sinks[endpoint]
        return wait_until(lambda: len(sink.received()) >= count and sink.received(), seconds,
                          f"{count} deliveries to {endpoint}")

    def row(self, endpoint):
        rows = segmentctl_json("endpoints", "--url", self.daemon.url, "--token", self.daemon.token)
        return next(row for row in rows if row["endpoint"] == endpoint)

    def row_with(self, endpoint, seconds=5, **wanted):
        def shows():
            row = self.row(endpoint)
            return row if all(row.get(name) == value for name, value in wanted.items()) else None
        return wait_until(shows, seconds, f"{endpoint} with {wanted}")


class Forms(EndpointCase):
    def test_each_receiver_gets_its_own_form_and_authentication(self):
        self.serve("plain", "crm", "mailer", "chat")
        self.buy("ada")

        plain = self.received("plain", 1)[0]
        crm, change = sorted(self.received("crm", 2), key=lambda one: b"entered" in one.body)
        mailer = self.received("mailer", 1)[0]
        chat = self.received("chat", 1)[0]

        self.assertEqual([one.fault for one in (plain, crm, mailer, chat)], [None] * 4)
        self.assertEqual(plain.headers["content-type"], "application/cloudevents+json")
        self.assertEqual(json.loads(plain.body)["data"]["touch"], "to_plain")
        self.assertEqual(json.loads(crm.body), {"Email address": "ada@example.com", "Text": "Thank you."})
        self.assertEqual(json.loads(change.body)["Text"], "entered buyers")
        self.assertEqual((crm.headers["content-type"], crm.headers["x-tenant"]), ("application/json", "records"))
        code = hmac.new(SECRETS["crm_hmac"].encode(), crm.body, hashlib.sha256).hexdigest()
        self.assertEqual(crm.headers["x-crm-signature"], "sha256=" + code)
        basic = base64.b64encode(b"shop:open sesame").decode()
        self.assertEqual(mailer.headers["authorization"], "Basic " + basic)
        self.assertEqual(chat.headers["authorization"], "Bearer chat-0123456789")
        self.assertEqual((chat.headers["content-type"], chat.body), ("text/plain", b"Customer ada"))

    def test_the_npm_package_of_standard_webhooks_verifies_what_arrives(self):
        reason = install()
        if reason:
            self.skipTest(reason)
        self.serve("plain", "chat")
        self.buy("ada", "zoë")
        deliveries = [(name, one) for name in self.sinks for one in self.received(name, 2)]
        webhooks = [{"secret": self.sinks[name].secret, "headers": one.headers, "body": one.body.decode()}
                    for name, one in deliveries if name == "plain"]
        webhooks.append({**webhooks[0], "body": webhooks[0]["body"] + " "})

        node = subprocess.run(["node", os.path.join(FOLDER, "verify.mjs")], cwd=INSTALLED, input=json.dumps(webhooks),
                              capture_output=True, text=True, timeout=30, check=True)

        self.assertEqual(json.loads(node.stdout)[:2], [True, True])
        self.assertIn("WebhookVerificationError", json.loads(node.stdout)[2])

    def test_a_secret_that_is_missing_holds_the_endpoint_until_a_reload_finds_it(self):
        path = os.path.join(self.store.data, "secrets", "chat_token")
        os.remove(path)
        self.serve("chat")
        self.buy("ada")
        row = self.row_with("chat", waiting=1)
        self.assertEqual(row["state"], "held")
        self.assertIn("the secret 'chat_token' is nowhere", row["last_error"])

        self.write_private(path, SECRETS["chat_token"])
        self.daemon.hang_up()

        self.assertEqual(len(self.received("chat", 1)), 1)
        self.row_with("chat", state="ready", delivered=1, waiting=0)

    def test_a_secret_with_a_line_end_inside_holds_the_endpoint_and_the_line_names_the_file(self):
        path = self.write_private(os.path.join(self.store.data, "secrets", "chat_token"), "first\nsecond\n")
        self.serve("chat")
        self.buy("ada")

        row = self.row_with("chat", waiting=1)

        self.assertEqual(row["state"], "held")
        self.assertIn(f"the secret in {path} holds a line feed", row["last_error"])


class Failures(EndpointCase):
    def test_a_dead_endpoint_does_not_slow_the_others_and_its_breaker_opens(self):
        dead = WebhookSink()
        settings = dead.settings("crm")
        dead.__exit__()
        self.serve("plain", settings=settings)
        customers = [f"c{number}" for number in range(300)]
        started = time.monotonic()
        self.buy(*customers)

        self.received("plain", 300)

        self.assertLess(time.monotonic() - started, 4)
        row = self.row_with("crm", waiting=600)  # each entry is a touch and an event
        self.assertIn(row["breaker"], ("open", "half_open"))
        self.assertEqual((row["delivered"], row["given_up"], row["last_cause"]), (0, 0, "connect"))
        self.assertIn("Connection refused", row["last_error"])
        self.assertEqual(self.row_with("plain", delivered=300)["breaker"], "closed")

    def test_retry_after_is_kept_and_the_id_stays(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: 204 if len(sink.received()) > 1 else (503, {"retry-after": "8"})
        self.buy("ada")

        first, second = self.received("plain", 2, 15)

        self.assertGreater(second.arrived - first.arrived, 7.9)
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])
        self.row_with("plain", delivered=1, waiting=0)

    def test_a_schedule_goes_on_after_a_kill(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: 204 if len(sink.received()) > 1 else (500, {"retry-after": "6"})
        self.buy("ada")
        self.row_with("plain", last_cause="http_5xx")
        self.daemon.kill()
        self.daemon.close_clients()
        self.daemon.start()

        first, second = self.received("plain", 2, 15)

        self.assertGreater(second.arrived - first.arrived, 5.5)
        self.row_with("plain", delivered=1)

    def test_an_endpoint_that_asked_to_be_left_alone_is_left_alone_by_the_next_start_too(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: (429, {"retry-after": "3600"})
        self.buy("ada")
        self.received("plain", 1)
        self.row_with("plain", last_cause="http_429")
        self.buy(*[f"c{number}" for number in range(20)])
        self.row_with("plain", waiting=21)
        self.daemon.stop()
        self.daemon.close_clients()
        self.daemon.start()

        self.row_with("plain", waiting=21)
        time.sleep(QUIET_SECONDS)
        self.assertEqual(len(sink.received()), 1)

    def test_a_breaker_that_was_open_lets_one_call_probe_after_a_start(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: 500
        self.buy(*[f"c{number}" for number in range(40)])
        self.row_with("plain", breaker="open")
        self.daemon.stop()
        self.daemon.close_clients()
        before = len(sink.received())
        self.daemon.start()

        self.row_with("plain", waiting=40)
        time.sleep(QUIET_SECONDS)
        self.assertIn(self.row("plain")["breaker"], ("open", "half_open"))
        self.assertLessEqual(len(sink.received()) - before, 1)

    def test_a_rate_limit_is_kept(self):
        self.serve("slow")
        self.buy(*[f"c{number}" for number in range(8)])

        arrivals = [one.arrived for one in self.received("slow", 8)]

        self.assertGreater(arrivals[-1] - arrivals[0], 0.6)

    def test_a_redirect_is_a_failure_and_not_followed(self):
        elsewhere = self.enter(WebhookSink())
        self.serve("plain")
        self.sinks["plain"].answer = lambda delivery: (302, {"location": elsewhere.url})
        self.buy("ada")

        self.row_with("plain", last_cause="http_3xx")
        time.sleep(QUIET_SECONDS)
        self.assertEqual(elsewhere.received(), [])


class DeadLetters(EndpointCase):
    def test_what_the_receiver_aborted_is_a_dead_letter_and_is_replayed_under_its_id(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: (500, {"webhook-delivery": "abort-message"})
        self.buy("ada")
        row = self.row_with("plain", given_up=1)
        self.assertEqual((row["waiting"], row["last_cause"]), (0, "abort_message"))
        dead = ("endpoint", "dead-letters", "plain")
        letter, = segmentctl_json(*dead, "--url", self.daemon.url, "--token", self.daemon.token)
        self.assertEqual([letter[name] for name in ("customer", "attempts", "status", "cause")],
                         ["ada", 1, 500, "abort_message"])
        self.assertEqual(segmentctl_json(*dead, "--data", self.store.data), [letter])
        self.assertEqual(segmentctl_json(*dead, "--data", self.store.data, "--since", "2100-01-01"), [])
        self.assertEqual(segmentctl("endpoint", "dead-letters", "other", "--data", self.store.data).code, 1)
        sink.answer = lambda delivery: 204
        self.buy("bob")
        self.row_with("plain", delivered=1)
        replay = ("endpoint", "replay", "plain", "--url", self.daemon.url, "--data", self.store.data, "--since", "2020-01-01")

        self.assertEqual(segmentctl_json(*replay, "--dead-only", "--dry-run"), {"endpoint": "plain", "events": 1, "dry_run": True})
        self.assertEqual(segmentctl_json(*replay, "--dry-run"), {"endpoint": "plain", "events": 2, "dry_run": True})
        self.assertEqual(segmentctl_json(*replay, "--dead", "--reason", "repaired")["events"], 1)

        ids = [one.headers["webhook-id"] for one in self.received("plain", 3)]
        self.assertEqual(ids[2], ids[0])
        self.row_with("plain", delivered=2, waiting=0)
        self.assertEqual(segmentctl_json(*dead, "--data", self.store.data), [])

    def test_an_endpoint_that_is_gone_is_left_alone_until_a_replay(self):
        self.serve("plain")
        sink = self.sinks["plain"]
        sink.answer = lambda delivery: 410
        self.buy("ada")
        self.row_with("plain", state="gone", last_cause="gone", given_up=1)
        self.buy("bob")
        self.row_with("plain", waiting=1)
        self.assertEqual(len(sink.received()), 1)

        sink.answer = lambda delivery: 204
        segmentctl_json("endpoint", "replay", "plain", "--url", self.daemon.url, "--token", self.daemon.token,
                        "--since", "2020-01-01", "--dead-only")

        self.assertEqual(len(self.received("plain", 3)), 3)
        self.row_with("plain", state="ready", delivered=2, waiting=0)

    def test_a_replay_that_is_ordered_offline_leaves_at_the_next_start(self):
        self.serve("plain")
        self.buy("ada")
        self.received("plain", 1)
        self.row_with("plain", delivered=1)
        self.assertEqual(self.daemon.stop(), 0)
        arguments = ("endpoint", "replay", "plain", "--workspace", self.store.workspace, "--data", self.store.data)

        self.assertEqual(segmentctl_json(*arguments, "--since", "2020-01-01")["events"], 1)
        self.assertEqual(segmentctl(*arguments, "--since", "yesterday").code, 1)
        self.daemon.start()

        self.assertEqual(len({one.headers["webhook-id"] for one in self.received("plain", 2)}), 1)
        self.row_with("plain", delivered=2, waiting=0)
        self.assertEqual(self.store.ask("replay", "--verify")["records"], self.daemon.status()["records"])


class Orders(EndpointCase):
    def test_a_paused_endpoint_is_sent_nothing_until_it_is_resumed(self):
        self.serve("plain")
        self.sinks["plain"].answer = lambda delivery: (503, {"retry-after": "1"})
        self.buy("ada")
        self.row_with("plain", last_cause="http_5xx")
        order = ("endpoint", "plain", "--reason", "moving house", "--url", self.daemon.url, "--token", self.daemon.token)
        segmentctl_json("pause", *order)
        self.row_with("plain", state="paused", paused=True, waiting=1)
        self.sinks["plain"].answer = lambda delivery: 204
        self.daemon.kill()
        self.daemon.close_clients()
        self.daemon.start()
        self.row_with("plain", state="paused", waiting=1)
        self.buy("bob")

        resume = (*order[:5], self.daemon.url, *order[6:])
        segmentctl_json("resume", *resume)

        self.row_with("plain", 15, delivered=1, waiting=0, refused=1)  # the first retry comes after 4 to 6 seconds

    def test_a_sample_is_sent_by_the_daemon_and_offline_and_changes_nothing(self):
        self.serve("crm")
        before = self.daemon.status()["records"]
        online = ("endpoint", "test", "crm", "--url", self.daemon.url, "--token", self.daemon.token)
        offline = ["endpoint", "test", "crm", "--workspace", self.store.workspace, "--data", self.store.data]
        for setting in self.sinks["crm"].settings("crm"):
            offline += ["--set", setting]

        for arguments in (online, offline):
            answer = segmentctl_json(*arguments)
            self.assertEqual((answer["delivered"], answer["status"], answer["cause"]), (True, 204, ""))
        self.sinks["crm"].answer = lambda delivery: 401
        refused = segmentctl(*online, "--json")

        self.assertEqual(refused.code, 1)
        self.assertEqual(json.loads(refused.output)["cause"], "http_4xx")
        self.assertEqual([one.fault for one in self.sinks["crm"].received()], [None] * 3)
        self.assertEqual(self.daemon.status()["records"], before)

    def test_a_data_folder_that_is_none_is_refused_and_not_made(self):
        nowhere = os.path.join(self.folder(), "nowhere")
        finished = segmentctl("endpoint", "test", "plain", "--workspace", self.store.workspace, "--data", nowhere, "--set",
                              "endpoints.plain.url=http://127.0.0.1:1/")
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("no store", finished.errors)
        self.assertFalse(os.path.exists(nowhere))

    def test_metadata_and_names_of_this_machine_are_not_called(self):
        arguments = ["endpoint", "test", "plain", "--workspace", self.store.workspace, "--set",
                     f"endpoints.plain.secret={make_secret()}"]
        for url in ("http://169.254.169.254/latest/meta-data", "http://localhost:1/", "http://127.1:1/"):
            answer = segmentctl(*arguments, "--json", "--set", f"endpoints.plain.url={url}")
            self.assertEqual((answer.code, json.loads(answer.output)["cause"]), (1, "address_refused"), answer)
        allowed = segmentctl(*arguments, "--json", "--set", "endpoints.plain.url=http://localhost:1/", "--set",
                             "deliveries.allow_private=127.0.0.0/8, ::1")
        self.assertEqual(json.loads(allowed.output)["cause"], "connect", allowed)

    def test_an_endpoint_that_appears_in_a_reload_is_reached_without_a_restart(self):
        late = os.path.join(self.store.workspace, "late.yaml")
        settings = os.path.join(os.path.dirname(self.store.data), "segmentd.yaml")
        self.write_private(settings, "endpoints: {}\n")
        self.daemon = Daemon(self.store)
        command = self.daemon.command
        self.daemon.command = lambda port_file: command(port_file) + ["--settings", settings]
        self.enter(self.daemon)
        self.buy("ada")
        self.sinks["news"] = self.enter(WebhookSink())
        self.sinks["plain"] = self.enter(WebhookSink())
        lines = [f"{setting.replace('=', ': ', 1)}\n" for name in self.sinks for setting in self.sinks[name].settings(name)]
        self.write_private(settings, "".join(lines))
        with open(late, "w", encoding="utf-8") as file:
            file.write("endpoint: news\nowner: finn\nmode: live\n")

        self.daemon.hang_up()

        self.assertEqual(len(self.received("plain", 1)), 1, "what waited without an address")
        sample = segmentctl_json("endpoint", "test", "news", "--url", self.daemon.url, "--token", self.daemon.token)
        self.assertTrue(sample["delivered"], sample)

    def test_the_table_names_every_endpoint_with_its_owner(self):
        shown = segmentctl("endpoints", "--workspace", self.store.workspace, "--data", self.started_and_stopped())

        self.assertEqual(shown.code, 0, shown)
        for word in ("plain", "crm", "touch segment.entered", "finn", "live"):
            self.assertIn(word, shown.output)

    def started_and_stopped(self):
        self.serve("plain")
        self.assertEqual(self.daemon.stop(), 0)
        return self.store.data


if __name__ == "__main__":
    cases.run()
