#!/usr/bin/env python3
"""What an operator asks: segmentctl doctor, and /metrics in the form that Prometheus takes."""

import json
import os
import re
import socket
import subprocess

from support import cases
from support.certificates import make_certificate
from support.http_calls import write_key
from support.programs import Daemon, Store, copy_workspace, segmentctl, wait_until
from support.webhook_sink import WebhookSink

SAMPLE = re.compile(r'^([a-z_][a-z0-9_]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$')
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
WANTED = """process_open_fds process_resident_memory_bytes process_start_time_seconds segmentd_build_info
    segmentd_clock_held segmentd_commit_seconds segmentd_customers segmentd_deliveries_total
    segmentd_deliveries_waiting segmentd_disk_full segmentd_durable_records segmentd_event_lag_seconds
    segmentd_events_accepted_total segmentd_events_rejected_total segmentd_records_waiting
    segmentd_records_waiting_for_disk segmentd_timer_lag_seconds segmentd_timers_waiting""".split()


class Figures:
    """A text of format 0.0.4, read as strictly as `promtool check metrics` does."""

    def __init__(self, text):
        assert text.endswith("\n")
        self.types, self.samples, family = {}, {}, None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                family = line.split(" ", 3)[2]
                assert family not in self.types and len(line.split(" ", 3)[3]) > 5, line
            elif line.startswith("# TYPE "):
                name, kind = line.split(" ")[2:]
                assert name == family, line
                self.types[name] = kind
            else:
                name, labels, value = SAMPLE.match(line).groups()
                assert name in {family + suffix for suffix in SUFFIXES[self.types[family]]}, line
                assert (name, labels) not in self.samples, line
                self.samples[name, labels] = float(value)
        for name, kind in self.types.items():
            assert (kind == "counter") == name.endswith("_total"), name
            assert not re.search(r"_(ms|milliseconds|minutes|kb|mb)(_|$)", name), name

    def of(self, name, labels=None):
        return self.samples[name, labels]

    def check_histogram(self, name):
        buckets = [value for (sample, _), value in self.samples.items() if sample == name + "_bucket"]
        assert buckets == sorted(buckets) and buckets[-1] == self.of(name + "_count") > 0, buckets


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Operation(cases.Case):
    def setUp(self):
        self.root = self.folder()
        self.store = Store(copy_workspace("cdnow", self.root), os.path.join(self.root, "store"))

    def start(self, *settings):
        return self.enter(Daemon(self.store, settings))

    def send(self, daemon, *sent):
        answer = daemon.client().post("/v1/batch", {"batch": list(sent)}, write_key(daemon.token))
        self.assertEqual(answer.status, 200, answer)

    def doctor(self, *arguments):
        finished = segmentctl("doctor", "-w", self.store.workspace, "-d", self.store.data, "--json", *arguments)
        return finished.code, json.loads(finished.output)

    def test_the_figures_are_prometheus_text_and_name_no_customer(self):
        daemon = self.start()
        order = {"type": "track", "event": "Order Completed", "userId": "ada-lovelace", "properties": {"revenue": 5}}
        self.send(daemon, order, {**order, "event": "No Such Event"})
        wait_until(lambda: b"segmentd_deliveries_waiting" in daemon.client().call("GET", "/metrics").body, 10, "a second")
        answer = daemon.client().call("GET", "/metrics")
        text = answer.body.decode()
        figures = Figures(text)

        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(sorted(figures.types), sorted(WANTED))
        self.assertNotIn("ada", text)
        figures.check_histogram("segmentd_commit_seconds")
        self.assertGreater(figures.of("process_resident_memory_bytes"), 1e6)
        self.assertEqual(figures.of("segmentd_events_rejected_total", '{reason="unknown_event"}'), 1)
        self.assertEqual(figures.of("segmentd_event_lag_seconds"), 0)
        self.assertEqual(figures.of("segmentd_disk_full"), 0)
        self.assertEqual(figures.of("segmentd_deliveries_total", '{outcome="failed"}'), 0)

    def test_deliveries_are_counted_by_outcome(self):
        with open(os.path.join(self.store.workspace, "segments/everybody.yaml"), "w", encoding="utf-8") as file:
            file.write("feature: any_orders\nsignal: purchase\ncompute: count\n---\nsegment: everybody\nobjective: retention\nsteward: dana\n"
                       "playbook: greet\nenter: feature.any_orders >= 1\n---\nplaybook: greet\n"
                       "touches: [{touch: hello, purpose: offers, endpoint: crm}]\n")
        daemon = self.start("endpoints.crm.url=http://127.0.0.1:1/")
        self.send(daemon, {"type": "track", "event": "Order Completed", "userId": "ada", "properties": {"revenue": 5},
                           "context": {"consent": {"categoryPreferences": {"offers": True}}}})
        failed = 'segmentd_deliveries_total{outcome="failed"} 1'
        wait_until(lambda: failed in daemon.client().call("GET", "/metrics").body.decode(), 20, failed)

    def test_doctor_finds_nothing_wrong_with_a_healthy_daemon(self):
        with socket.create_server(("127.0.0.1", 0)) as receiver:
            url = f"endpoints.crm.url=http://127.0.0.1:{receiver.getsockname()[1]}/hook"
            daemon = self.start(url)
            code, rows = self.doctor("--set", url, "--set", f"listen=127.0.0.1:{daemon.bound_port}")
        self.assertEqual((code, {row["result"] for row in rows} - {"warning"}), (0, {"ok"}), rows)
        self.assertEqual([row["check"] for row in rows], ["version", "settings", "workspace", "permissions", "disk space",
                                                          "store", "clock", "endpoint crm", "endpoint print_shop", "listen"])
        self.assertIn("the daemon of this store answers", rows[-1]["detail"])

    def test_doctor_names_what_is_wrong(self):
        daemon = self.start()
        self.assertEqual(daemon.stop(), 0)
        os.chmod(os.path.join(self.store.data, "token"), 0o644)
        with open(os.path.join(self.store.data, "tree_heads.jsonl"), "r+b") as file:
            file.write(b"no head")
        code, rows = self.doctor("--set", "endpoints.crm.url=http://127.0.0.1:1/",
                                 "--set", "endpoints.other.url=http://127.0.0.1:1/", "--set", "listen=192.0.2.1:80")
        wrong = {row["check"]: row["detail"] for row in rows if row["result"] == "error"}
        self.assertEqual(code, 1)
        self.assertEqual(set(wrong), {"permissions", "store", "endpoint crm", "listen"}, rows)
        self.assertIn({"check": "endpoint other", "result": "warning", "detail": "stands in the settings and not in the workspace"}, rows)
        self.assertIn("token; chmod 600", wrong["permissions"])
        self.assertIn("tree_heads.jsonl:1", wrong["store"])
        self.assertIn("Connection refused", wrong["endpoint crm"])

    def errors_of(self, *arguments):
        """What the doctor calls an error, check by check, where nothing else is wrong but what the arguments bring."""
        code, rows = self.doctor("--set", f"listen=127.0.0.1:{free_port()}", *arguments)
        wrong = {row["check"]: row["detail"] for row in rows if row["result"] == "error"}
        self.assertEqual(code, 1 if wrong else 0, rows)
        return wrong

    def test_doctor_refuses_the_addresses_that_the_daemon_refuses_before_it_connects(self):
        with socket.create_server(("127.0.0.1", 0)) as receiver:
            port = receiver.getsockname()[1]
            for host in ("localhost", "0.0.0.0", "100.64.0.1", "169.254.169.254", "[::ffff:169.254.169.254]", "2130706433",
                         "0x7f.1", "0177.0.0.1"):
                with self.subTest(host):
                    wrong = self.errors_of("--set", f"endpoints.crm.url=http://{host}:{port}/")
                    self.assertEqual(set(wrong), {"endpoint crm"}, wrong)
                    self.assertNotRegex(wrong["endpoint crm"], "refused by|timed out|no route")
            self.assertEqual(self.errors_of("--set", f"endpoints.crm.url=http://127.0.0.1:{port}/"), {})
            receiver.setblocking(False)
            receiver.accept()
            with self.assertRaises(BlockingIOError):
                receiver.accept()
            self.assertEqual(os.listdir(self.root), ["workspace_cdnow"], "the doctor left something behind")

    def test_doctor_tells_the_daemon_of_this_store_from_one_of_another(self):
        other = self.enter(Daemon(Store(self.store.workspace, os.path.join(self.root, "other"))))
        taken = f"127.0.0.1:{other.bound_port}"
        crm = ["--set", f"endpoints.crm.url={other.url}/"]
        for running in (False, True):
            if running:
                own = self.start(f"ingest.listen=127.0.0.1:{(ingest_port := free_port())}")
            code, rows = self.doctor(*crm, "--set", f"listen={taken}", "--set", f"ingest.listen={taken}")
            wrong = {row["check"]: row["detail"] for row in rows if row["result"] == "error"}
            self.assertEqual((code, set(wrong)), (1, {"listen", "ingest.listen"}), rows)
            self.assertIn("not by the daemon of this store", wrong["listen"])
        code, rows = self.doctor(*crm, "--set", f"listen=127.0.0.1:{own.bound_port}",
                                 "--set", f"ingest.listen=127.0.0.1:{ingest_port}")
        self.assertEqual((code, [row["result"] for row in rows[-2:]]), (0, ["ok", "ok"]), rows)

    def test_a_range_that_is_none_stops_a_start_although_no_endpoint_has_an_address(self):
        command = Daemon(self.store, ["deliveries.allow_private=banana"]).command(os.path.join(self.root, "port"))
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn("deliveries.allow_private", ended.stderr)

    def test_doctor_names_what_would_stop_a_start_or_a_delivery(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, WebhookSink() as sink:
            port = taken.getsockname()[1]
            crm = ["--set", f"endpoints.crm.url={sink.url}"]
            self.assertEqual(self.errors_of(*crm), {})
            self.assertIn("/nosuch", self.errors_of(*crm, "--set", "tls.certificate_file=/nosuch",
                                                    "--set", "tls.key_file=/nosuch")["listen"])
            self.assertIn("taken", self.errors_of(*crm, "--set", f"ingest.listen=127.0.0.1:{port}")["ingest.listen"])
            for ranges in ("banana", "10.0.0.0/33"):
                self.assertIn("allow_private", self.errors_of(*crm, "--set", f"deliveries.allow_private={ranges}")["settings"])
                self.assertIn("allow_private", self.errors_of("--set", f"deliveries.allow_private={ranges}")["settings"])
            self.assertIn("TLS", self.errors_of("--set", f"endpoints.crm.url={sink.url.replace('http:', 'https:')}")["endpoint crm"])
            with open(os.path.join(self.store.workspace, "endpoints", "keyed.yaml"), "w", encoding="utf-8") as file:
                file.write("endpoint: keyed\nowner: dana\nauthentication: {bearer: crm_token}\n")
            self.assertIn("the secret 'crm_token' is nowhere",
                          self.errors_of(*crm, "--set", f"endpoints.keyed.url={sink.url}")["endpoint keyed"])

    def test_doctor_finds_nothing_wrong_with_a_healthy_daemon_over_tls(self):
        certificate, key = make_certificate(self.root, "own")
        tls = [f"tls.certificate_file={certificate}", f"tls.key_file={key}"]
        with WebhookSink() as sink:
            daemon = self.start(*tls, *sink.settings("crm"))
            settings = [word for setting in (*tls, *sink.settings("crm")) for word in ("--set", setting)]
            code, rows = self.doctor(*settings, "--set", f"listen=127.0.0.1:{daemon.bound_port}")
        self.assertEqual((code, rows[-1]["result"]), (0, "ok"), rows)

    def test_files_are_their_owners_and_a_key_that_others_can_read_is_refused(self):
        self.assertEqual(self.start().stop(), 0)
        for name in os.listdir(self.store.data):
            if os.path.isfile(os.path.join(self.store.data, name)):
                self.assertEqual(os.stat(os.path.join(self.store.data, name)).st_mode & 0o777, 0o600, name)
        os.chmod(os.path.join(self.store.data, "segmentd.db"), 0o644)
        self.assertIn("segmentd.db; chmod 600", str(self.doctor()[1]))
        os.chmod(os.path.join(self.store.data, "master.key"), 0o640)
        finished = self.store.run("segments")
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("chmod 600", finished.errors)

    def test_doctor_names_a_live_endpoint_without_address_and_a_broken_workspace(self):
        self.assertEqual([row["check"] for row in self.doctor()[1] if row["result"] == "error"], ["endpoint crm"])
        with open(os.path.join(self.store.workspace, "workspace.yaml"), "a", encoding="utf-8") as file:
            file.write("colour: red\n")
        code, rows = self.doctor()
        self.assertEqual((code, [row["check"] for row in rows if row["result"] == "error"]), (1, ["workspace"]), rows)

    def test_doctor_of_wrong_settings_says_so_and_looks_no_further(self):
        finished = segmentctl("doctor", "--set", "colour=red", "--json")
        self.assertEqual((finished.code, json.loads(finished.output)[-1]["check"]), (1, "settings"), finished)
        table = segmentctl("doctor", "-w", self.store.workspace, "-d", self.store.data)
        self.assertRegex(table.output, r"endpoint crm +error +is live and has no address")


if __name__ == "__main__":
    cases.run()
