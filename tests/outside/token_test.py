#!/usr/bin/env python3
"""Access tokens, the two listeners and TLS, as an operator meets them."""

import os
import re
import shutil
import ssl
import subprocess
import unittest

from support import cases
from support.certificates import make_certificate
from support.http_calls import Client, write_key
from support.programs import SOURCE, Daemon, Store, segmentctl, segmentctl_json, wait_until, workspace_folder

EVENT = {"type": "track", "event": "Order Completed", "userId": "ada", "properties": {"revenue": 25.0}}
QUESTION = {"context": {"targetingKey": "ada"}}


class TokenCase(cases.Case):
    def setUp(self):
        self.store = Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))

    def serve(self, *settings):
        return self.enter(Daemon(self.store, settings))

    def create(self, where, role, expires="90d", name=None):
        named = ["--name", name] if name else []
        return segmentctl_json("token", "create", *where, "--role", role, "--expires", expires, *named)

    def status(self, daemon, secret, method, path, body=None):
        return daemon.client(secret).call(method, path, body).status


class Online(TokenCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.serve()
        self.where = ["--url", self.daemon.url, "--data", self.store.data]

    def test_each_role_opens_its_own_routes(self):
        secrets = {role: self.create(self.where, role)["secret"] for role in (
            "viewer", "ingester", "evaluator", "editor", "approver", "auditor", "admin")}
        calls = {"read": ("GET", "/api/v1/segments", None),
                 "take in": ("POST", "/v1/track", EVENT),
                 "evaluate": ("POST", "/ofrep/v1/evaluate/flags", QUESTION),
                 "edit": ("POST", "/api/v1/customers/ada/suppression", {"suppressed": False}),
                 "administer": ("GET", "/api/v1/tokens", None)}
        may = {"viewer": {"read"}, "ingester": {"take in"}, "evaluator": {"evaluate"}, "editor": {"read", "edit"},
               "approver": {"read"}, "auditor": {"read"}, "admin": set(calls)}
        for role, secret in secrets.items():
            for name, call in calls.items():
                with self.subTest(role=role, call=name):
                    self.assertEqual(self.status(self.daemon, secret, *call), 200 if name in may[role] else 403)

    def test_an_ingester_token_is_a_write_key_in_the_header_and_in_the_body(self):
        secret = self.create(self.where, "ingester", name="shop-sdk")["secret"]
        client = self.daemon.client("")
        self.assertEqual(client.post("/v1/track", EVENT, write_key(secret)).status, 200)
        self.assertEqual(client.post("/v1/batch", {"batch": [EVENT], "writeKey": secret}).status, 200)
        self.assertEqual(client.post("/v1/batch", {"batch": [EVENT], "writeKey": secret + "0"}).status, 401)

    def test_a_revoked_token_is_refused_from_then_on_and_after_a_restart(self):
        kept = self.create(self.where, "viewer", name="kept")
        gone = self.create(self.where, "viewer", name="gone")
        self.assertEqual(self.status(self.daemon, gone["secret"], "GET", "/api/v1/segments"), 200)
        segmentctl_json("token", "revoke", *self.where, "gone")
        for _ in range(2):
            answer = self.daemon.client(gone["secret"]).call("GET", "/api/v1/segments")
            self.assertEqual((answer.status, answer.json()["detail"]), (401, "the token was revoked"), answer)
            self.assertIn("invalid_token", answer.headers["www-authenticate"])
            self.assertEqual(self.status(self.daemon, kept["secret"], "GET", "/api/v1/segments"), 200)
            self.daemon.close_clients()
            self.daemon.stop()
            self.daemon.start()
        again = segmentctl("token", "revoke", "--url", self.daemon.url, "--data", self.store.data, "gone")
        self.assertEqual(again.code, 1, again)

    def test_an_expired_token_is_refused(self):
        secret = self.create(self.where, "viewer", expires="1ms")["secret"]
        client = self.daemon.client(secret)
        answer = wait_until(lambda: refused(client.call("GET", "/api/v1/segments")), 5, "the end of a millisecond")
        self.assertEqual(answer.json()["detail"], "the token has expired")

    def test_the_secret_is_shown_once_and_kept_nowhere(self):
        created = self.create(self.where, "admin", name="once")
        self.assertRegex(created["secret"], "^sgd_[0-9a-f]{16}_[0-9a-f]{64}$")
        listed = segmentctl_json("token", "list", *self.where)
        del created["secret"]
        self.assertEqual(listed, [created])
        self.assertEqual(segmentctl_json("token", "list", "--data", self.store.data), listed)
        self.assertEqual((listed[0]["created_by"], listed[0]["state"]), ("token:admin", "active"))

    def test_one_token_hands_out_and_revokes_another_and_the_journal_tells(self):
        admin = self.create(self.where, "admin", name="boss")["secret"]
        before = self.daemon.status()["records"]
        where = ["--url", self.daemon.url, "--token", admin]
        self.create(where, "viewer", name="reports")
        segmentctl_json("token", "revoke", *where, "reports")
        self.assertEqual(self.daemon.status()["records"], before + 2)
        reports = next(row for row in segmentctl_json("token", "list", *where) if row["name"] == "reports")
        self.assertEqual((reports["created_by"], reports["state"]), ("token:boss", "revoked"))
        self.daemon.stop()
        self.assertEqual(self.store.ask("replay", "--verify")["records"], before + 2)

    def test_what_cannot_be_granted_is_refused_with_its_exit_code(self):
        self.create(self.where, "viewer", name="reports")
        viewer = self.create(self.where, "viewer")["secret"]
        create = ["token", "create", "--role", "viewer", "--expires", "90d"]
        for code, arguments in ((1, [*create, *self.where, "--name", "reports"]),
                                (1, [*create, *self.where, "--name", "Not a name"]),
                                (1, ["token", "create", *self.where, "--role", "viewer", "--expires", "soon"]),
                                (1, ["token", "revoke", *self.where, "nobody"]),
                                (1, ["token", "list", "--url", self.daemon.url]),
                                (1, ["token", "list", "--url", self.daemon.url, "--token", viewer]),
                                (2, ["token", "create", *self.where, "--role", "root", "--expires", "90d"]),
                                (2, create), (2, ["token", "create", *self.where, "--role", "viewer"]),
                                (3, ["token", "list", "--url", "http://127.0.0.1:1"]),
                                (4, [*create, "--data", self.store.data]),
                                (4, ["token", "revoke", "--data", self.store.data, "reports"])):
            finished = segmentctl(*arguments)
            self.assertEqual((finished.code, finished.output), (code, ""), finished)


class Offline(TokenCase):
    def test_a_token_made_in_the_store_opens_the_daemon_that_starts_later(self):
        daemon = self.serve()
        daemon.stop()
        where = ["--data", self.store.data]
        kept = self.create(where, "viewer", name="kept")
        gone = self.create(where, "viewer", name="gone")
        segmentctl_json("token", "revoke", *where, gone["id"])
        self.assertEqual([(row["name"], row["state"], row["created_by"]) for row in segmentctl_json("token", "list", *where)],
                         [("kept", "active", "person:operator"), ("gone", "revoked", "person:operator")])
        self.store.ask("replay", "--verify")

        daemon.start()
        self.assertEqual(self.status(daemon, kept["secret"], "GET", "/api/v1/segments"), 200)
        self.assertEqual(self.status(daemon, gone["secret"], "GET", "/api/v1/segments"), 401)

    def test_a_folder_without_a_store_is_named_and_stays_as_it_is(self):
        finished = segmentctl("token", "create", "--role", "viewer", "--expires", "90d", "--data", self.store.data)
        self.assertEqual(finished.code, 1, finished)
        self.assertIn("there is no store in", finished.errors)
        self.assertFalse(os.path.exists(self.store.data))


class IngestListener(TokenCase):
    def test_it_takes_events_in_and_has_no_other_routes(self):
        daemon = self.serve("ingest.listen=127.0.0.1:0")
        url = wait_until(lambda: re.search(r"taking events in.*?http://127.0.0.1:(\d+)", daemon.log_text()), 5, "its port")
        client = Client(int(url.group(1)), daemon.token)
        self.addCleanup(client.close)
        for method, path, body, status in (("POST", "/v1/track", EVENT, 200), ("GET", "/healthz", None, 200),
                                           ("POST", "/ofrep/v1/evaluate/flags", QUESTION, 200),
                                           ("GET", "/api/v1/segments", None, 404), ("GET", "/metrics", None, 404),
                                           ("POST", "/api/v1/tokens", {}, 404), ("GET", "/", None, 404)):
            self.assertEqual(client.call(method, path, body).status, status, path)
        self.assertEqual(daemon.client().call("POST", "/v1/track", EVENT).status, 200)
        self.assertEqual(daemon.stop(), 0, daemon.log_tail())


class Tls(TokenCase):
    def setUp(self):
        super().setUp()
        self.files = self.folder()
        self.certificate, self.key = make_certificate(self.files, "first")

    def serve_tls(self):
        daemon = self.serve(f"tls.certificate_file={self.certificate}", f"tls.key_file={self.key}")
        daemon.url = f"https://127.0.0.1:{daemon.bound_port}"
        return daemon

    def client(self, daemon, certificate):
        client = Client(daemon.bound_port, daemon.token, ssl.create_default_context(cafile=certificate))
        self.addCleanup(client.close)
        return client

    def test_both_programs_speak_https_and_trust_only_what_they_are_told_to(self):
        daemon = self.serve_tls()
        client = self.client(daemon, self.certificate)
        for _ in range(3):
            self.assertEqual(client.call("POST", "/v1/track", EVENT).status, 200)
        big = {"batch": [dict(EVENT, messageId=f"m{number}", context={"note": "x" * 2000}) for number in range(200)]}
        self.assertEqual(client.call("POST", "/v1/batch", big).status, 200)
        trusted = ["--url", daemon.url, "--data", self.store.data, "--ca", self.certificate]
        self.assertEqual(self.create(trusted, "viewer", name="reports")["name"], "reports")
        self.assertEqual(segmentctl("status", "--url", daemon.url, "--ca", self.certificate).code, 0)
        validated = segmentctl("segment", "validate", "nobody", "--from", "2026-01-01", "--to", "2026-02-01", *trusted)
        self.assertEqual(validated.code, 1, validated)
        self.assertIn("there is no segment 'nobody'", validated.errors)
        self.assertEqual(segmentctl("status", "--url", daemon.url).code, 3)
        self.assertEqual(segmentctl("status", "--url", daemon.url.replace("https", "http")).code, 3)
        self.assertEqual(daemon.stop(), 0, daemon.log_tail())

    def test_tls_below_1_2_is_refused_by_the_server(self):
        daemon = self.serve_tls()
        for version, is_spoken in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            greeted = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.bound_port}", version, "-brief",
                                      "-cipher", "ALL:@SECLEVEL=0", "-CAfile", self.certificate],
                                     stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual(greeted.returncode == 0, is_spoken, (version, greeted.stderr))
            self.assertEqual("alert protocol version" in greeted.stderr, not is_spoken, (version, greeted.stderr))

    def test_a_body_above_the_limit_is_refused_in_words_that_arrive(self):
        daemon = self.serve_tls()
        answer = self.client(daemon, self.certificate).call("POST", "/v1/batch", b" " * 6_000_000)
        self.assertEqual((answer.status, answer.headers["connection"]), (413, "close"), answer)

    def test_a_hang_up_signal_brings_a_new_certificate_and_keeps_the_old_one_when_it_is_broken(self):
        daemon = self.serve_tls()
        before = self.client(daemon, self.certificate)
        self.assertEqual(before.call("GET", "/healthz").status, 200)
        certificate, key = make_certificate(self.files, "second")
        shutil.copy(certificate, self.certificate + ".new")
        shutil.copy(key, self.key)
        os.replace(self.certificate + ".new", self.certificate)
        daemon.hang_up()
        wait_until(lambda: self.greets(daemon, certificate), 10, "the new certificate")
        self.assertEqual(before.call("GET", "/healthz").status, 200, "a connection goes on with what it began with")

        with open(self.key, "w", encoding="utf-8") as file:
            file.write("no key\n")
        daemon.hang_up()
        wait_until(lambda: "cannot be used" in daemon.log_text(), 10, "the refusal in the log")
        self.assertTrue(self.greets(daemon, certificate))

    def greets(self, daemon, certificate):
        try:
            return self.client(daemon, certificate).call("GET", "/healthz").status == 200
        except OSError:
            return False

    def test_files_that_cannot_be_used_end_the_start_with_their_name(self):
        other = make_certificate(self.files, "other")
        for certificate, key, words in ((self.certificate, other[1], other[1]),
                                        (self.certificate, "/nowhere/key.pem", "/nowhere/key.pem"),
                                        (self.key, self.key, f"the TLS certificate {self.key}"),
                                        (self.certificate, None, "the key is not named")):
            daemon = Daemon(self.store, [f"tls.certificate_file={certificate}"] + ([f"tls.key_file={key}"] if key else []))
            with self.subTest(words), self.assertRaises(AssertionError) as raised:
                self.enter(daemon)
            self.assertIn("segmentd ended with 1", str(raised.exception))
            self.assertIn(words, str(raised.exception))


@unittest.skipUnless(shutil.which("nginx"), "no nginx on this machine")
class NginxDocument(cases.Case):
    def test_the_settings_of_the_page_are_accepted_by_nginx(self):
        with open(os.path.join(SOURCE, "docs/operating/behind_nginx.md"), encoding="utf-8") as file:
            settings = re.search(r"```nginx\n(.*?)```", file.read(), re.DOTALL).group(1)
        folder = self.folder()
        certificate, key = make_certificate(folder, "nginx")
        settings = re.sub(r"(ssl_certificate) .*;", rf"\1 {certificate};", settings)
        settings = re.sub(r"(ssl_certificate_key) .*;", rf"\1 {key};", settings)
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{settings}}}\n")
        checked = subprocess.run(["nginx", "-t", "-p", folder, "-c", path], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)


def refused(answer):
    return answer if answer.status == 401 else None


if __name__ == "__main__":
    cases.run()
