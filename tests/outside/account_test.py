#!/usr/bin/env python3
"""Accounts as senders and operators meet them: who is grouped, what is counted, who is told."""

import os
import shutil

from support import cases
from support.http_calls import write_key
from support.programs import Daemon, Store, segmentctl, segmentctl_json, workspace_folder

COLUMNS = "person,team,seats,day,amount\n"


def group(who, team, **traits):
    return {"type": "group", "userId": who, "groupId": team, "traits": traits}


def order(who, amount=10):
    return {"type": "track", "event": "Order Completed", "userId": who, "properties": {"revenue": amount}}


class Accounts(cases.Case):
    def setUp(self):
        self.root = self.folder()
        self.store = Store(workspace_folder("supplies"), os.path.join(self.root, "store"))

    def bring(self, *rows):
        path = os.path.join(self.root, "rows.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(COLUMNS + "".join(row + "\n" for row in rows))
        return self.store.ask("import", "--source", "orders", path)

    def members(self, segment, *at):
        return [row["account"] for row in self.store.ask("members", segment, *at)]

    def verify(self):
        finished = segmentctl("replay", "--verify", "--data", self.store.data)
        self.assertEqual(finished.code, 0, finished)

    def test_grouped_customers_order_for_their_team_also_after_a_kill(self):
        daemon = self.enter(Daemon(self.store))
        self.send(daemon, group("ann", "acme", seats=12), group("bob", "acme"), group("cy", "bob"))
        self.send(daemon, order("ann"), order("cy"))
        daemon.kill()
        daemon.close_clients()
        daemon.start()
        self.send(daemon, order("bob"))

        client = daemon.client()
        members = client.get("/api/v1/segments/large_ordering_teams/members")["members"]
        self.assertEqual([(row["account"], row["values"]["profile.seats"]) for row in members], [("acme", 12)])
        sizes = {row["segment"]: (row["of"], row["size"], row["share"]) for row in client.get("/api/v1/segments")}
        self.assertEqual(sizes["ordering_teams"], ("account", 1, 0.5))
        self.assertEqual(sizes["buyers"], ("customer", 3, 1.0))
        self.assertEqual(client.get("/api/v1/customers/bob")["account"], "acme")
        self.assertEqual(client.get("/api/v1/status")["customers"], 3)
        daemon.stop()
        self.verify()

    def send(self, daemon, *events):
        answer = daemon.client().post("/v1/batch", {"batch": list(events)}, write_key(daemon.token))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(daemon.status()["rejects"], {})

    def test_an_import_names_teams_and_the_past_is_answered(self):
        self.bring("ann,acme,4,2026-01-05,10", "bob,acme,4,2026-01-20,20", "cy,globex,2,2026-01-20,5")

        self.assertEqual(self.members("ordering_teams", "--at", "2026-01-19"), [])
        self.assertEqual(self.members("ordering_teams", "--at", "2026-01-20"), ["acme"])
        self.assertEqual(self.members("quiet_teams", "--at", "2026-03-22"), ["acme", "globex"])
        sizes = {row["segment"]: row["size"] for row in self.store.ask("segments", "--at", "2026-01-20")}
        self.assertEqual((sizes["ordering_teams"], sizes["buyers"]), (1, 3))
        explained = self.store.ask("explain", "acme", "--segment", "large_ordering_teams", "--at", "2026-01-20")
        self.assertEqual((explained["account"], explained["member"]), ("acme", True))
        self.assertEqual(explained["conditions"][1]["condition"], "profile.seats >= 3")
        self.verify()

    def test_what_is_of_customers_alone_refuses_a_segment_of_accounts(self):
        self.bring("ann,acme,4,2026-01-05,10")

        for command in (("brief", "ordering_teams"), ("stability", "ordering_teams"),
                        ("segment", "track", "ordering_teams")):
            finished = segmentctl(*command, "--workspace", self.store.workspace, "--data", self.store.data)
            self.assertNotEqual(finished.code, 0, finished)
            self.assertIn("the segment 'ordering_teams' is of accounts", finished.errors)

    def test_a_plan_tells_which_accounts_enter_and_an_apply_lets_them(self):
        self.bring("ann,acme,4,2026-01-05,10", "bob,acme,4,2026-01-20,20", "cy,globex,2,2026-01-20,5")
        proposed = os.path.join(self.root, "proposed")
        shutil.copytree(self.store.workspace, proposed)
        path = os.path.join(proposed, "accounts.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("days_since_team_order >= 60", "days_since_team_order >= 600"))
        data = ["--data", self.store.data]

        plan = segmentctl_json("plan", proposed, *data)
        shown = segmentctl("plan", proposed, *data).output
        segmentctl_json("apply", proposed, *data, "--plan", plan["plan"])

        row, = plan["account_segments"]
        self.assertEqual((row["segment"], row["leave"], row["enter"]), ("quiet_teams", row["size_before"], 0))
        self.assertEqual((plan["segments"], plan["migration"]), ([], []))
        self.assertRegex(shown, r"Segments of accounts\nsegment .*\nquiet_teams +changed +0 +2 ")
        self.assertIn("segment of accounts quiet_teams has no members", shown)
        self.assertEqual(Store(proposed, self.store.data).ask("members", "quiet_teams"), [])
        self.verify()


if __name__ == "__main__":
    cases.run()
