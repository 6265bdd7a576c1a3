"""HTTP as a program that uses the daemon speaks it."""

import base64
import gzip
import http.client
import json

SECONDS = 10


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"HTTP {self.status} {self.headers} {self.body[:1000]!r}"


class Client:
    """One connection that is kept open; for one thread."""

    def __init__(self, port, token, tls=None):
        """`tls`: an ssl.SSLContext, to speak https to the name localhost."""
        self.port = port
        self.token = token
        self.tls = tls
        self.connection = None

    def call(self, method, path, body=None, headers=None):
        """`body`: bytes as they are, anything else as JSON. `headers` replace the usual ones of the same name."""
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["content-type"] = "application/json"
        sent.update(headers or {})
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if self.connection is None:
            self.connection = self.connect()
        try:
            self.connection.request(method, path, raw, sent)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def connect(self):
        if self.tls is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        return http.client.HTTPSConnection("localhost", self.port, timeout=SECONDS, context=self.tls)

    def get(self, path):
        answer = self.call("GET", path)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer.json()

    def post(self, path, body, headers=None):
        return self.call("POST", path, body, headers)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def write_key(token):
    """The header by which the SDKs authorise themselves."""
    return {"authorization": "Basic " + base64.b64encode(f"{token}:".encode()).decode()}


def zipped(value):
    return gzip.compress(json.dumps(value).encode())
