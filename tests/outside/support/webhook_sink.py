"""A system that receives webhooks, and checks their signature by itself, after the Standard Webhooks text."""

import base64
import collections
import hashlib
import hmac
import http.server
import json
import os
import threading
import time

TOLERANCE_SECONDS = 300

Delivery = collections.namedtuple("Delivery", "arrived path headers body fault")


def make_secret():
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def signature_fault(secret, headers, body, now):
    """What is wrong with the signature of a webhook, or None."""
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if name not in headers]
    if missing:
        return f"no header {missing[0]}"
    if abs(now - int(headers["webhook-timestamp"])) > TOLERANCE_SECONDS:
        return f"timestamp {headers['webhook-timestamp']} at {now:.0f}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    found = headers["webhook-signature"].split(" ")
    return None if any(hmac.compare_digest(wanted, one) for one in found) else f"no signature in {found} is right"


class SinkServer(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # a burst of webhooks opens many connections at once


class WebhookSink:
    """Listens on a free port until it is closed; keeps every request in the order in which they came. `answer` gives
    a status, or a status and headers."""

    def __init__(self, answer=lambda delivery: 204):
        self.secret = make_secret()
        self.answer = answer
        self.deliveries = []
        self.lock = threading.Lock()
        self.server = SinkServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks/segmentd"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def settings(self, endpoint):
        """What the daemon is told with --set."""
        return [f"endpoints.{endpoint}.url={self.url}", f"endpoints.{endpoint}.secret={self.secret}"]

    def take(self, path, headers, body):
        fault = signature_fault(self.secret, headers, body, time.time())
        delivery = Delivery(time.monotonic(), path, headers, body, fault)
        with self.lock:
            self.deliveries.append(delivery)
        return self.answer(delivery)

    def received(self):
        with self.lock:
            return list(self.deliveries)

    def about(self, customer):
        """The bodies that name the customer."""
        bodies = [(delivery, json.loads(delivery.body)) for delivery in self.received()]
        return [(delivery, body) for delivery, body in bodies if body.get("subject") == customer]

    def handler(self):
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = sink.take(self.path, headers, body)
                status, more = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in {"content-length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler
