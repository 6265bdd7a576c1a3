#!/usr/bin/env python3
"""Somebody changes the store behind the daemon's back: replay --verify says which record, and no number is printed."""

import hashlib
import os
import shutil
import sqlite3
import tempfile

from support import cases, shop
from support.programs import Store, workspace_folder

MIDDLE = "(SELECT max(sequence) / 2 FROM journal)"
LAST = "(SELECT max(sequence) FROM journal)"


def with_matching_hash(database):
    """Changes a payload and the hash that stands beside it."""
    sequence, payload = database.execute(f"SELECT sequence, payload FROM journal WHERE sequence = {MIDDLE}").fetchone()
    payload = payload[:-1] + bytes([payload[-1] ^ 1])
    database.execute("UPDATE journal SET payload = ?, payload_hash = ? WHERE sequence = ?",
                     (payload, hashlib.sha256(payload).digest(), sequence))


def run(statement):
    return lambda database: database.execute(statement)


CHANGES = {
    "a payload is changed": run(f"UPDATE journal SET payload = zeroblob(length(payload)) WHERE sequence = {MIDDLE}"),
    "a payload and its hash are changed": with_matching_hash,
    "a record is moved in time": run(f"UPDATE journal SET engine_time = engine_time + 1 WHERE sequence = {LAST}"),
    "a record is missing in the middle": run(f"DELETE FROM journal WHERE sequence = {MIDDLE}"),
    "the last record is missing": run(f"DELETE FROM journal WHERE sequence = {LAST}"),
    "everything is missing": run("DELETE FROM journal"),
}


class TamperedStore(cases.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="segmentd_outside_")
        cls.addClassCleanup(folder.cleanup)
        path = shop.write_csv(shop.purchases()[:400], os.path.join(folder.name, "shop.csv"))
        cls.store = Store(workspace_folder("cdnow"), os.path.join(folder.name, "store"))
        cls.store.ask("import", "--source", "purchases", path)

    def copy(self):
        return Store(self.store.workspace, shutil.copytree(self.store.data, os.path.join(self.folder(), "store")))

    def check_refusal(self, store):
        finished = store.run("replay", "--verify", "--json")
        self.assertEqual((finished.code, finished.output), (1, ""), finished)
        self.assertEqual(len(finished.errors.splitlines()), 1, finished)

    def test_an_untouched_copy_is_verified(self):
        store = self.copy()
        self.assertEqual(store.ask("replay", "--verify"), self.store.ask("replay", "--verify"))

    def test_every_change_of_the_journal_is_found(self):
        for name, change in CHANGES.items():
            with self.subTest(name):
                store = self.copy()
                database = sqlite3.connect(os.path.join(store.data, "segmentd.db"))
                change(database)
                database.commit()
                database.close()
                self.check_refusal(store)

    def test_a_key_of_another_store_is_found(self):
        for key in ("signing.key", "master.key"):
            with self.subTest(key):
                store = self.copy()
                path = os.path.join(store.data, key)
                with open(path, "r+b") as file:
                    file.write(bytes(32))
                self.check_refusal(store)

    def test_secrets_are_readable_by_their_owner_only(self):
        for name in ("signing.key", "master.key"):
            self.assertEqual(os.stat(os.path.join(self.store.data, name)).st_mode & 0o077, 0, name)


if __name__ == "__main__":
    cases.run()
