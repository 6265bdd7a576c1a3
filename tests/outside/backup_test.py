#!/usr/bin/env python3
"""Backup beside a running daemon, restore, and every damaged backup named by its file."""

import hashlib
import json
import os
import shutil
import stat
import threading

from support import cases, shop
from support.http_calls import Client, write_key
from support.programs import Daemon, Store, segmentctl, wait_until, workspace_folder

SAME = ("records", "tree_head", "state_sha256")


def events(number):
    return [{"type": "track", "event": "Order Completed", "userId": f"customer-{number % 40}",
             "messageId": f"m-{number}-{part}", "properties": {"revenue": 5}} for part in range(20)]


class Writer(threading.Thread):
    """Keeps a daemon busy until it is told to stop."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.client = Client(daemon.bound_port, None)
        self.key = write_key(daemon.token)
        self.is_stopping = threading.Event()
        self.written = 0

    def run(self):
        while not self.is_stopping.is_set():
            assert self.client.post("/v1/batch", {"batch": events(self.written)}, self.key).status == 200
            self.written += 1
        self.client.close()


class Backup(cases.Case):
    def setUp(self):
        self.root = self.folder()
        self.store = Store(workspace_folder("cdnow"), self.path("store"))
        self.store.ask("import", "--source", "purchases",
                       shop.write_csv(shop.purchases()[:300], self.path("shop.csv")))

    def path(self, name):
        return os.path.join(self.root, name)

    def restored(self, backup, name="restored"):
        return Store(self.store.workspace, self.path(name)), Store(self.store.workspace, self.path(name)).run(
            "restore", "--from", backup, "--json")

    def check_private(self, folder):
        for place, _, names in os.walk(folder):
            self.assertEqual(stat.S_IMODE(os.stat(place).st_mode), 0o700, place)
            for name in names:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(place, name)).st_mode), 0o600, name)

    def test_another_workspace_and_a_folder_inside_the_store_are_refused(self):
        other = Store(workspace_folder("hillstrom"), self.store.data)
        for arguments in (["backup", "--to", self.path("backup")],
                          ["audit", "packet", "--quarter", "1997Q1", "--out", self.path("papers")]):
            with self.subTest(arguments[0]):
                finished = segmentctl(*arguments, "--workspace", other.workspace, "--data", other.data)
                self.assertEqual(finished.code, 1, finished)
                self.assertIn("belongs to the workspace", finished.errors)
        inside = self.store.run("backup", "--to", os.path.join(self.store.data, "backups", "monday"))
        self.assertEqual(inside.code, 1, inside)
        self.assertIn("inside the store", inside.errors)
        self.assertEqual([name for name in os.listdir(self.root) if name.startswith(("backup", "papers"))], [])
        self.assertFalse(os.path.exists(os.path.join(self.store.data, "backups")))

    def test_a_backup_of_a_busy_daemon_comes_back_as_it_was(self):
        with Daemon(self.store, ["endpoints.crm.url=http://127.0.0.1:1/"]) as daemon:
            writer = Writer(daemon)
            writer.start()
            wait_until(lambda: writer.written > 20, 20, "a busy daemon")
            told = self.store.ask("backup", "--to", self.path("backup"))
            during = writer.written
            wait_until(lambda: writer.written > during, 20, "the daemon goes on")
            writer.is_stopping.set()
            writer.join()
            self.assertEqual(daemon.stop(), 0, daemon.log_tail())
        self.assertEqual(set(told), {*SAME, "bytes", "seconds"})
        self.check_private(self.path("backup"))
        names = {os.path.relpath(os.path.join(place, name), self.path("backup"))
                 for place, _, found in os.walk(self.path("backup")) for name in found}
        self.assertEqual(names, {"segmentd.db", "master.key", "signing.key", "tree_heads.jsonl", "committed", "token",
                                 "endpoints/crm.secret", "backup.json"})

        store, finished = self.restored(self.path("backup"))
        self.assertEqual(finished.code, 0, finished)
        came_back = json.loads(finished.output)
        replayed = store.ask("replay", "--verify")
        for name in SAME:
            self.assertEqual({told[name]}, {came_back[name], replayed[name]}, name)
        self.assertLess(told["records"], self.store.ask("replay")["records"])
        with Daemon(store) as daemon:
            self.assertGreaterEqual(daemon.status()["records"], told["records"])
        self.assertEqual(os.listdir(self.root).count("restored.partial"), 0)

    def test_the_manifest_names_every_file_with_its_hash(self):
        told = self.store.ask("backup", "--to", self.path("backup"))
        with open(self.path("backup/backup.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        for name in SAME:
            self.assertEqual(manifest[name], told[name])
        for entry in manifest["files"]:
            with open(os.path.join(self.path("backup"), entry["name"]), "rb") as file:
                content = file.read()
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (entry["bytes"], entry["sha256"]))
        self.assertEqual(sum(entry["bytes"] for entry in manifest["files"]), told["bytes"])

    def test_a_target_that_is_not_empty_is_refused(self):
        self.store.ask("backup", "--to", self.path("backup"))
        again = self.store.run("backup", "--to", self.path("backup"))
        self.assertEqual(again.code, 1, again)
        self.assertIn("is not empty", again.errors)
        into_itself = self.store.run("restore", "--from", self.path("backup"))
        self.assertEqual(into_itself.code, 1, into_itself)
        self.assertIn("is not empty", into_itself.errors)
        os.mkdir(self.path("empty"))
        self.assertEqual(self.store.run("backup", "--to", self.path("empty") + "/").code, 0)
        self.assertFalse([name for name in os.listdir(self.root) if name.endswith(".partial")])

    def test_a_damaged_backup_is_named_by_its_file_and_brings_nothing_back(self):
        self.store.ask("backup", "--to", self.path("backup"))
        for name in ("segmentd.db", "master.key", "signing.key", "tree_heads.jsonl", "backup.json"):
            for number, damage in enumerate((self.flip, self.cut, os.remove)):
                with self.subTest(name, damage=number):
                    broken = shutil.copytree(self.path("backup"), self.path(f"broken {name} {number}"))
                    damage(os.path.join(broken, name))
                    _, finished = self.restored(broken)
                    self.assertEqual((finished.code, finished.output), (1, ""), finished)
                    self.assertIn(name, finished.errors)
                    self.assertEqual(len(finished.errors.splitlines()), 1)
                    self.assertFalse(os.path.exists(self.path("restored")))
                    self.assertFalse(os.path.exists(self.path("restored.partial")))

    def test_a_changed_byte_of_the_manifest_is_named_wherever_it_stands(self):
        self.store.ask("backup", "--to", self.path("backup"))
        manifest = self.path("backup/backup.json")
        with open(manifest, "rb") as file:
            genuine = file.read()
        for place in range(0, len(genuine), 97):
            with self.subTest(place), open(manifest, "wb") as file:
                file.write(genuine[:place] + bytes([genuine[place] ^ 1]) + genuine[place + 1:])
                file.flush()
                _, finished = self.restored(self.path("backup"))
                self.assertEqual(finished.code, 1, finished)
                self.assertIn("backup.json is not as it was written", finished.errors)

    def test_a_manifest_of_before_that_has_no_hash_of_its_own_is_believed(self):
        self.store.ask("backup", "--to", self.path("backup"))
        self.rewrite_manifest(self.path("backup"), lambda manifest: None)
        _, finished = self.restored(self.path("backup"))
        self.assertEqual(finished.code, 0, finished)

    @staticmethod
    def rewrite_manifest(backup, change):
        """In the form without a hash of its own."""
        with open(os.path.join(backup, "backup.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        del manifest["manifest_sha256"]
        change(manifest)
        with open(os.path.join(backup, "backup.json"), "w", encoding="utf-8") as file:
            file.write(json.dumps(manifest, sort_keys=True, separators=(",", ":")) + "\n")

    def test_a_manifest_that_leads_out_of_its_folder_is_refused(self):
        self.store.ask("backup", "--to", self.path("backup"))
        for name in ("../shop.csv", "/etc/hostname", "a/../../shop.csv"):
            broken = shutil.copytree(self.path("backup"), self.path(f"broken {len(name)}"))
            self.rewrite_manifest(broken, lambda manifest, name=name: manifest["files"].append(
                {"name": name, "bytes": 1, "sha256": ""}))
            _, finished = self.restored(broken)
            self.assertEqual(finished.code, 1, finished)
            self.assertIn("backup.json is not as it was written", finished.errors)

    def test_a_backup_of_nothing_or_of_a_damaged_store_leaves_nothing_behind(self):
        nothing = segmentctl("backup", "--data", self.path("nowhere"), "--to", self.path("backup"))
        self.flip(os.path.join(self.store.data, "master.key"))
        damaged = self.store.run("backup", "--to", self.path("backup"))
        self.assertEqual((nothing.code, damaged.code), (1, 1), damaged)
        self.assertIn("master.key", damaged.errors)
        self.assertFalse(os.path.exists(self.path("backup")) or os.path.exists(self.path("backup.partial")))

    @staticmethod
    def flip(path):
        place = os.path.getsize(path) // 2
        with open(path, "r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1]))

    @staticmethod
    def cut(path):
        os.truncate(path, os.path.getsize(path) - 3)


if __name__ == "__main__":
    cases.run()
