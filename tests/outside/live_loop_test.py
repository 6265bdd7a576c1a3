#!/usr/bin/env python3
"""One purchase on its way through the running daemon: features, scores, membership, pilot arm, signed webhook."""

import os
import shutil
import tempfile
import time
import unittest

from support import cases, shop
from support.http_calls import write_key
from support.programs import DATA, Daemon, Store, published, wait_until, workspace_folder
from support.webhook_sink import WebhookSink, signature_fault

MASTER = published(DATA, "cdnow_master.csv.gz")
AS_OF = "1997-09-30"
PILOT = "voucher_trial"
TOUCH_OF_ARM = {"early_access": "thank_you", "voucher": "voucher"}
QUIET_SECONDS = 0.3  # how long nothing must arrive where nothing may


def purchase(customer, number=1, timestamp=None, consent=None):
    """A track call as the SDKs write it."""
    event = {"type": "track", "event": "Order Completed", "userId": customer, "messageId": f"live-{customer}-{number}",
             "properties": {"revenue": 25.00}, "context": {}}
    if timestamp:
        event["timestamp"] = timestamp
    if consent is not None:
        event["context"]["consent"] = {"categoryPreferences": {"offers": consent}}
    return event


def membership(explained, segment):
    return next(row for row in explained["segments"] if row["segment"] == segment)


def prepare(data, path):
    """Imports the purchases and fits the models."""
    store = Store(workspace_folder("cdnow"), data)
    store.ask("import", "--source", "purchases", path)
    store.ask("fit", "--as-of", AS_OF, "--all")


class LiveCase(cases.Case):
    """A daemon with the CDNOW workspace and a store that was imported and fitted, and a system that receives."""

    def serve(self, data):
        self.store = Store(workspace_folder("cdnow"), data)
        self.sink = self.enter(WebhookSink())
        both = self.sink.settings("crm") + self.sink.settings("print_shop")
        self.daemon = self.enter(Daemon(self.store, both))
        self.client = self.daemon.client()

    def explain(self, customer):
        return self.store.ask("explain", customer)

    def send(self, *events):
        """One POST /v1/batch; when it was sent."""
        started = time.monotonic()
        answer = self.client.post("/v1/batch", {"batch": list(events)}, write_key(self.daemon.token))
        self.assertEqual(answer.status, 200, answer)
        return started

    def webhook(self, customer, segment):
        """The one touch about the customer for entering the segment, once it arrived."""
        def arrived():
            return [(delivery, body) for delivery, body in self.sink.about(customer) if body["data"]["segment"] == segment]
        found = wait_until(arrived, 5, f"a webhook about {customer}")
        self.assertEqual(len(found), 1)
        return found[0]

    def arm(self, customer):
        answer = self.client.post(f"/ofrep/v1/evaluate/flags/{PILOT}", {"context": {"targetingKey": customer}})
        self.assertEqual(answer.status, 200, answer)
        flag = answer.json()
        self.assertEqual((flag["key"], flag["reason"], flag["value"]), (PILOT, "SPLIT", flag["variant"]))
        return flag["variant"]

    def check_one_purchase(self, customer):
        """From outside `loyal` to a delivered touch by one purchase."""
        before = self.client.get(f"/api/v1/customers/{customer}")
        self.assertFalse(membership(before, "loyal")["member"])
        self.assertEqual(self.sink.received(), [])

        started = self.send(purchase(customer))
        delivery, body = self.webhook(customer, "loyal")
        after = self.explain(customer)

        self.assertLess(delivery.arrived - started, 1.0, "the touch took longer than a second")
        self.assertIsNone(delivery.fault)
        self.check_explanation(before, after)
        self.check_touch(after, delivery, body)
        return after

    def check_explanation(self, before, after):
        """Each stage says what the purchase changed, and the membership says why."""
        self.assertEqual(after["features"]["orders_total"], before["features"]["orders_total"] + 1)
        self.assertAlmostEqual(after["features"]["spend_total"], before["features"]["spend_total"] + 25.00, places=6)
        self.assertEqual(after["features"]["days_since_order"], 0)
        for score in ("alive", "expected_purchases_39w", "value"):
            self.assertNotEqual(after["scores"][score]["value"], before["scores"][score]["value"], score)
        self.assertEqual(after["scores"]["alive"]["model"], "repeat_purchases")
        self.assertEqual(after["scores"]["alive"]["model_version"], 1)
        loyal = membership(after, "loyal")
        self.assertTrue(loyal["member"])
        self.assertEqual([line["result"] for line in loyal["conditions"]], ["true", "true"])
        values = loyal["values_then"]
        self.assertGreaterEqual(float(values["score.expected_purchases_39w"]), 2.0)
        self.assertGreaterEqual(float(values["score.alive"]), 0.5)
        for name in ("since", "cause", "version"):
            self.assertTrue(loyal[name], name)

    def check_touch(self, after, delivery, body):
        """Arm, playbook and webhook agree, and the body is a CloudEvent under the id of its decision."""
        customer = after["customer"]
        arm = self.arm(customer)
        self.assertEqual([(row["pilot"], row["arm"]) for row in after["pilots"]], [(PILOT, arm)])
        self.assertEqual((body["specversion"], body["type"], body["subject"]), ("1.0", "touch", customer))
        self.assertEqual(delivery.headers["content-type"].split(";")[0], "application/cloudevents+json")
        self.assertEqual(delivery.headers["webhook-id"], body["id"])
        self.assertNotIn(".", body["id"])
        self.assertEqual((body["data"]["pilot"], body["data"]["arm"]), (PILOT, arm))
        self.assertEqual(body["data"]["touch"], TOUCH_OF_ARM[arm])
        decided = [row for row in after["touches"] if row["id"] == body["id"]]
        self.assertEqual([(row["decision"], row["endpoint"]) for row in decided], [("send", "crm")])
        wait_until(lambda: self.delivered(customer, body["id"]), 5, "the delivery in the journal")

    def delivered(self, customer, touch):
        rows = self.client.get(f"/api/v1/touches?customer={customer}")
        return [row for row in rows if row["id"] == touch and row.get("delivery", {}).get("outcome") == "delivered"]

    def refused(self, customer, reason):
        """The customer is loyal now, the touch was refused with the reason, and nothing was sent."""
        explained = self.explain(customer)
        self.assertTrue(membership(explained, "loyal")["member"])
        decided = [row for row in explained["touches"] if row["segment"] == "loyal"]
        self.assertEqual([(row["decision"], row["reason"]) for row in decided], [("refused", reason)])
        time.sleep(QUIET_SECONDS)
        self.assertEqual(self.sink.about(customer), [])


class ShopCase(LiveCase):
    """The made-up shop: imported and fitted once, served from a copy by each test."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="segmentd_outside_")
        cls.addClassCleanup(folder.cleanup)
        cls.prepared = os.path.join(folder.name, "store")
        prepare(cls.prepared, shop.write_csv(shop.purchases(), os.path.join(folder.name, "shop.csv")))

    def setUp(self):
        self.serve(shutil.copytree(self.prepared, os.path.join(self.folder(), "store")))
        self.candidates = self.nearly_loyal()

    def nearly_loyal(self):
        """Customers with one history, whom one purchase makes loyal: the highest step that is not loyal yet."""
        for repeats in reversed(shop.LADDER):
            found = self.client.get("/api/v1/customers/" + shop.step_customer(repeats, 0))
            if not membership(found, "loyal")["member"]:
                return [shop.step_customer(repeats, copy) for copy in range(shop.COPIES)]
        raise AssertionError("every step is loyal")


class LiveShop(ShopCase):
    def test_one_purchase_changes_membership_and_sends_a_signed_touch(self):
        self.check_one_purchase(self.candidates[0])

    def test_the_same_message_twice_counts_once(self):
        customer = self.candidates[0]
        before = self.explain(customer)["features"]["orders_total"]
        self.send(purchase(customer), purchase(customer))
        self.send(purchase(customer))
        self.assertEqual(self.explain(customer)["features"]["orders_total"], before + 1)

    def test_an_arm_is_the_same_for_ever(self):
        self.send(*[purchase(customer) for customer in self.candidates])
        arms = {customer: self.arm(customer) for customer in self.candidates}
        self.assertEqual(set(arms.values()), set(TOUCH_OF_ARM), "ten customers in one arm")
        self.assertEqual({customer: self.arm(customer) for customer in self.candidates}, arms)
        self.send(*[purchase(customer, number=2) for customer in self.candidates])
        received = wait_until(lambda: len(self.sink.received()) == 10 and self.sink.received(), 5, "ten webhooks")

        self.assertEqual(self.daemon.stop(), 0, self.daemon.log_tail())
        self.daemon.start()
        self.client = self.daemon.client()

        self.assertEqual({customer: self.arm(customer) for customer in self.candidates}, arms)
        time.sleep(QUIET_SECONDS)
        self.assertEqual(len(self.sink.received()), len(received), "a delivered touch was sent again")

    def test_without_consent_or_under_suppression_no_touch_leaves(self):
        by_tracking, by_order, suppressed, stranger = self.candidates[:3] + ["stranger"]
        self.send(purchase(by_tracking, consent=False))
        order = {"purpose": "offers", "granted": False, "reason": "asked on the telephone"}
        self.assertEqual(self.client.post(f"/api/v1/customers/{by_order}/consent", order).status, 200)
        order = {"suppressed": True, "reason": "complaint"}
        self.assertEqual(self.client.post(f"/api/v1/customers/{suppressed}/suppression", order).status, 200)
        self.send(purchase(by_order), purchase(suppressed))
        weekly = [f"1998-{month:02}-{day:02}T10:00:00Z" for month in (4, 5, 6) for day in (1, 8, 15, 22)]
        self.send(*[purchase(stranger, number, timestamp) for number, timestamp in enumerate(weekly)])

        self.refused(by_tracking, "no_consent offers")
        self.refused(by_order, "no_consent offers")
        self.refused(suppressed, "suppressed")
        self.refused(stranger, "no_consent offers")

    def test_a_suppression_that_is_lifted_lets_touches_leave_again(self):
        customer = self.candidates[0]
        for suppressed in (True, False):
            answer = self.client.post(f"/api/v1/customers/{customer}/suppression", {"suppressed": suppressed})
            self.assertEqual(answer.status, 200, answer)
        self.send(purchase(customer))
        self.assertIsNone(self.webhook(customer, "loyal")[0].fault)

    def test_an_endpoint_in_shadow_records_and_sends_nothing(self):
        old = [f"1997-0{month}-15T10:00:00Z" for month in (1, 2, 3)]
        events = [purchase("silent", number, timestamp, consent=True) for number, timestamp in enumerate(old)]
        self.send(*events)

        explained = self.explain("silent")
        self.assertTrue(membership(explained, "at_risk")["member"])
        shadows = [row for row in explained["touches"] if row["segment"] == "at_risk"]
        self.assertEqual([(row["decision"], row["endpoint"]) for row in shadows], [("shadow", "print_shop")])
        time.sleep(QUIET_SECONDS)
        self.assertEqual(self.sink.received(), [])

    def test_questions_that_cannot_be_answered_are_told_in_the_words_of_ofrep(self):
        path = f"/ofrep/v1/evaluate/flags/{PILOT}"
        for body, code in ((b"{", "PARSE_ERROR"), ({}, "INVALID_CONTEXT"), ({"context": {}}, "TARGETING_KEY_MISSING"),
                           ({"context": {"targetingKey": ""}}, "TARGETING_KEY_MISSING")):
            answer = self.client.post(path, body)
            self.assertEqual((answer.status, answer.json()["errorCode"]), (400, code), answer)
            self.assertEqual(answer.json()["key"], PILOT)
        answer = self.client.post("/ofrep/v1/evaluate/flags/nowhere", {"context": {"targetingKey": "x"}})
        self.assertEqual((answer.status, answer.json()["errorCode"]), (404, "FLAG_NOT_FOUND"), answer)
        self.assertEqual(self.daemon.client(token="").post(path, {"context": {"targetingKey": "x"}}).status, 401)

    def test_every_pilot_is_asked_at_once_with_an_entity_tag(self):
        customer = self.candidates[0]
        self.send(purchase(customer))
        question = {"context": {"targetingKey": customer}}
        answer = self.client.post("/ofrep/v1/evaluate/flags", question)
        self.assertEqual(answer.status, 200, answer)
        flags = answer.json()["flags"]
        self.assertEqual([(flag["key"], flag["variant"]) for flag in flags], [(PILOT, self.arm(customer))])
        again = self.client.post("/ofrep/v1/evaluate/flags", question, {"if-none-match": answer.headers["etag"]})
        self.assertEqual((again.status, again.body), (304, b""), again)
        tag = answer.headers["etag"]
        for known in (f"W/{tag}", f'"other", {tag}', f'W/"other" ,W/{tag}', "*"):
            again = self.client.post("/ofrep/v1/evaluate/flags", question, {"if-none-match": known})
            self.assertEqual((again.status, again.headers["etag"]), (304, tag), known)
        for other in ('"other"', tag.strip('"'), ""):
            again = self.client.post("/ofrep/v1/evaluate/flags", question, {"if-none-match": other})
            self.assertEqual(again.status, 200, other)

    def test_a_customer_without_an_arm_does_not_find_the_flag(self):
        answer = self.client.post(f"/ofrep/v1/evaluate/flags/{PILOT}", {"context": {"targetingKey": "stranger"}})
        body = answer.json()
        self.assertEqual((answer.status, body["key"], body["errorCode"]), (404, PILOT, "FLAG_NOT_FOUND"), answer)
        answer = self.client.post("/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "stranger"}})
        flag = answer.json()["flags"][0]
        self.assertEqual((answer.status, flag["key"], flag["reason"]), (200, PILOT, "UNKNOWN"), answer)
        self.assertNotIn("value", flag)

    def test_a_receiver_that_fails_is_tried_again_under_the_same_id_with_a_new_signature(self):
        self.sink.answer = lambda delivery: 204 if len(self.sink.received()) > 1 else 500
        customer = self.candidates[0]
        self.send(purchase(customer))

        deliveries = wait_until(lambda: len(self.sink.received()) == 2 and self.sink.received(), 15, "a second attempt")

        first, second = deliveries
        self.assertEqual((first.fault, second.fault), (None, None))
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])
        self.assertEqual(first.body, second.body)
        self.assertNotEqual(first.headers["webhook-timestamp"], second.headers["webhook-timestamp"])
        touch = wait_until(lambda: self.delivered(customer, first.headers["webhook-id"]), 5, "the delivery")[0]
        self.assertEqual(touch["delivery"]["attempts"], 2)


@unittest.skipUnless(MASTER, "no cdnow_master.csv.gz in SEGMENTD_DATA")
class LiveCdnow(LiveCase):
    def test_one_purchase_of_a_real_customer_changes_membership_and_sends_a_signed_touch(self):
        data = os.path.join(self.folder(), "store")
        prepare(data, MASTER)
        self.serve(data)
        promising = self.client.get("/api/v1/segments/promising/members")["members"][:300]
        explained = [self.client.get("/api/v1/customers/" + row["customer"]) for row in promising]
        nearest = max(explained, key=lambda one: one["scores"]["expected_purchases_39w"]["value"])

        self.check_one_purchase(nearest["customer"])


class Signatures(unittest.TestCase):
    def test_the_published_signature_is_accepted_and_a_changed_body_is_not(self):
        # The example of the Standard Webhooks libraries.
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
                   "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
        self.assertIsNone(signature_fault(secret, headers, b'{"test": 2432232314}', 1614265330))
        self.assertIsNotNone(signature_fault(secret, headers, b'{"test": 2432232315}', 1614265330))


if __name__ == "__main__":
    cases.run()
