#!/usr/bin/env python3
"""The pages over HTTP: signing in and out, what they forbid the browser, and who may see them."""

import os
import re
import unittest
from urllib.parse import urlencode

from support import cases
from support.programs import Daemon, Store, segmentctl_json, workspace_folder

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
FORM = {**BROWSER, "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


class Pages(cases.Case):
    def setUp(self):
        self.daemon = self.enter(Daemon(Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))))
        self.client = self.daemon.client(token="")
        segments = self.daemon.client().get("/api/v1/segments")
        self.segment = segments[0]["segment"]

    def token(self, role):
        return segmentctl_json("token", "create", "--url", self.daemon.url, "--token", self.daemon.token, "--role", role,
                               "--expires", "1d", "--name", f"a-{role}")

    def see(self, path, cookie="", headers=None):
        return self.client.call("GET", path, None, {**BROWSER, **({"cookie": cookie} if cookie else {}), **(headers or {})})

    def sign_in(self, secret, headers=None):
        return self.client.call("POST", "/login", urlencode({"token": secret}).encode(), {**FORM, **(headers or {})})

    def cookie(self, secret):
        answer = self.sign_in(secret)
        self.assertEqual(answer.status, 303, answer)
        self.assertEqual(answer.headers["location"], "/")
        return answer.headers["set-cookie"].split(";")[0]

    def test_without_a_session_there_is_only_the_form(self):
        for path in ("/", f"/segments/{self.segment}"):
            answer = self.see(path)
            self.assertEqual(answer.status, 401, answer)
            self.assertIn(b'<form method="post" action="/login">', answer.body)

    def test_the_form_names_a_user_for_managers_of_passwords(self):
        self.assertIn(b'autocomplete="username"', self.see("/").body)

    def test_a_browser_gets_a_page_for_an_unknown_path_and_a_program_a_problem(self):
        page = self.see("/no/such/page")
        self.assertEqual((page.status, page.headers["content-type"]), (404, "text/html; charset=utf-8"), page)
        self.assertIn(b"<h1>Not found</h1>", page.body)
        problem = self.client.call("GET", "/no/such/page", None, {"accept": "*/*"})
        self.assertEqual((problem.status, problem.headers["content-type"]), (404, "application/problem+json"), problem)

    def test_curl_still_gets_the_list_of_routes(self):
        answer = self.client.call("GET", "/", None, {"accept": "*/*"})
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain"))
        self.assertIn(b"/api/v1/status", answer.body)

    def test_a_viewer_signs_in_looks_and_signs_out(self):
        secret = self.token("viewer")["secret"]
        answer = self.sign_in(secret)
        attributes = answer.headers["set-cookie"].split("; ")
        self.assertEqual(attributes[1:], ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"])
        self.assertNotIn(secret.split("_")[-1], answer.headers["set-cookie"])

        cookie = attributes[0]
        page = self.see("/", cookie)
        self.assertEqual(page.status, 200, page)
        self.assertIn("Signed in as a-viewer (viewer)", page.body.decode())
        brief = self.see(f"/segments/{self.segment}", cookie)
        self.assertEqual(brief.status, 200, brief)
        self.assertIn("Why this segment exists", brief.body.decode())
        self.assertEqual(self.see("/segments/nobody", cookie).status, 404)

        gone = self.client.call("POST", "/logout", b"", {**FORM, "cookie": cookie})
        self.assertEqual(gone.status, 303, gone)
        self.assertIn("Max-Age=0", gone.headers["set-cookie"])
        self.assertEqual(self.see("/", cookie).status, 401)

    def test_pages_forbid_scripts_frames_and_caches_and_fit_a_phone(self):
        for answer in (self.see("/"), self.see("/", self.cookie(self.daemon.token))):
            policy = answer.headers["content-security-policy"]
            self.assertRegex(policy, r"^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; ")
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertEqual(answer.headers["referrer-policy"], "same-origin")
            page = answer.body.decode()
            self.assertIn('<meta name="viewport" content="width=device-width, initial-scale=1">', page)
            self.assertIsNone(re.search(r"<script|\son[a-z]+=|\sstyle=", page))

    def test_a_wrong_token_and_a_wrong_role_are_told(self):
        answer = self.sign_in("sgd_wrong")
        self.assertEqual(answer.status, 401)
        self.assertIn("That token is not valid here.", answer.body.decode())
        self.assertNotIn("set-cookie", answer.headers)
        answer = self.sign_in(self.token("ingester")["secret"])
        self.assertEqual(answer.status, 403)
        self.assertIn("has the role ingester", answer.body.decode())

    def test_a_form_of_another_site_does_not_sign_in(self):
        self.assertEqual(self.sign_in(self.daemon.token, {"sec-fetch-site": "cross-site"}).status, 403)
        foreign = {**FORM, "origin": "http://evil.example"}
        del foreign["sec-fetch-site"]
        body = urlencode({"token": self.daemon.token}).encode()
        self.assertEqual(self.client.call("POST", "/login", body, foreign).status, 403)

    def test_a_revoked_token_ends_its_session(self):
        token = self.token("viewer")
        cookie = self.cookie(token["secret"])
        self.assertEqual(self.see("/", cookie).status, 200)
        self.assertEqual(self.daemon.client().call("DELETE", f"/api/v1/tokens/{token['id']}").status, 200)
        self.assertEqual(self.see("/", cookie).status, 401)

    def test_a_session_opens_pages_and_nothing_else(self):
        cookie = self.cookie(self.daemon.token)
        self.assertEqual(self.see("/api/v1/segments", cookie).status, 401)

    def test_a_bearer_token_opens_pages_too(self):
        answer = self.see("/", headers={"authorization": f"Bearer {self.daemon.token}"})
        self.assertEqual(answer.status, 200, answer)
        self.assertNotIn("/logout", answer.body.decode())

    def test_the_brief_is_the_same_by_command_and_by_http(self):
        served = self.daemon.client().get(f"/api/v1/segments/{self.segment}/brief")
        printed = self.daemon.store.ask("brief", self.segment)
        for brief in (served, printed):
            brief.pop("as_of")
            for target in brief["success"]:
                target.pop("last_week")
        self.assertEqual(served, printed)
        asked = segmentctl_json("brief", self.segment, "--url", self.daemon.url, "--data", self.daemon.store.data)
        whole = self.daemon.store.ask("brief", self.segment)
        self.assertEqual({**asked, "as_of": None}, {**whole, "as_of": None})
        html = self.daemon.store.run("brief", self.segment, "--html")
        self.assertEqual(html.code, 0, html)
        self.assertTrue(html.output.startswith("<!DOCTYPE html>"))
        self.assertEqual(self.daemon.store.run("brief", "nobody").code, 1)


if __name__ == "__main__":
    cases.run()
