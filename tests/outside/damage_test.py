#!/usr/bin/env python3
"""A store file that is damaged is named, by segmentctl and by the daemon at its start: one line, exit 1, a hint.

Bytes are flipped at random (DAMAGE_SEED=n repeats a run). Where SQLite does not use the byte, nothing may change.
"""

import contextlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

from support import cases, shop
from support.http_calls import write_key
from support.programs import PROGRAMS, Daemon, Store, segmentctl, segmentctl_json, workspace_folder

FLIPS = 2000 if cases.SLOW else 60
NAMED = re.compile(r"segmentd\.db|master\.key|signing\.key|tree_heads\.jsonl|committed")


def flip(path, source):
    """Changes one bit of one byte; where."""
    place = source.randrange(os.path.getsize(path))
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << source.randrange(8))]))
    return place


def break_first_line(path):
    with open(path, "r+b") as file:
        file.write(b"no head")


def cut(path):
    os.truncate(path, os.path.getsize(path) // 2)


LOSSES = {
    "master.key": (os.remove, cut),
    "signing.key": (os.remove, cut),
    "segmentd.db": (os.remove, cut, lambda path: os.truncate(path, 0)),
    "tree_heads.jsonl": (break_first_line, os.remove, lambda path: os.truncate(path, 0)),
}


class DamagedStore(cases.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="segmentd_outside_")
        cls.addClassCleanup(folder.cleanup)
        path = shop.write_csv(shop.purchases()[:150], os.path.join(folder.name, "shop.csv"))
        cls.store = Store(workspace_folder("cdnow"), os.path.join(folder.name, "store"))
        cls.store.ask("import", "--source", "purchases", path)
        segmentctl_json("token", "create", "--data", cls.store.data, "--role", "viewer", "--expires", "9d", "--name", "ci")
        cls.whole = cls.replay(cls.store)

    @staticmethod
    def replay(store):
        return segmentctl("replay", "--verify", "--data", store.data, "--json")

    def setUp(self):
        self.copied = Store(self.store.workspace, os.path.join(self.folder(), "store"))

    def copy(self):
        shutil.rmtree(self.copied.data, ignore_errors=True)
        shutil.copytree(self.store.data, self.copied.data)
        return self.copied

    def check_named(self, finished):
        self.assertEqual((finished.code, finished.output), (1, ""), finished)
        self.assertEqual(len(finished.errors.splitlines()), 1, finished)
        self.assertRegex(finished.errors, NAMED)
        self.assertIn("; ", finished.errors, "no hint")

    def start(self, store):
        """A start of the daemon that is expected to fail."""
        command = [os.path.join(PROGRAMS, "segmentd"), "-w", store.workspace, "-d", store.data, "--listen", "127.0.0.1:0"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def test_flipped_bits_are_found_or_do_not_matter(self):
        seed = int(os.environ.get("DAMAGE_SEED") or time.time_ns() % 1_000_000)
        print(f"seed {seed}; repeat with: DAMAGE_SEED={seed} {os.path.relpath(__file__)}" + (" --slow" if cases.SLOW else ""))
        source = random.Random(seed)
        names = ["segmentd.db"] * 6 + ["master.key", "signing.key", "tree_heads.jsonl", "committed"]
        found = 0
        for _ in range(FLIPS):
            store = self.copy()
            name = source.choice(names)
            place = flip(os.path.join(store.data, name), source)
            with self.subTest(file=name, place=place):
                finished = self.replay(store)
                if finished.code == 0:
                    self.assertEqual(finished.output, self.whole.output)
                else:
                    found += 1
                    self.check_named(finished)
        print(f"{FLIPS} flips, {found} found, the others in bytes without meaning")
        self.assertGreater(found, FLIPS / 3)

    def test_files_that_are_lost_or_cut_are_named_at_the_start(self):
        for name, losses in LOSSES.items():
            for number, lose in enumerate(losses):
                with self.subTest(f"{name} {number}"):
                    store = self.copy()
                    lose(os.path.join(store.data, name))
                    ended = self.start(store)
                    self.assertEqual(ended.returncode, 1, ended)
                    self.assertIn(name, ended.stderr)
                    self.assertIn("backup", ended.stderr)
                    said = [line for line in ended.stderr.splitlines() if not line.startswith("{")]  # the log apart
                    self.assertEqual(len(said), 1, ended.stderr)

    def test_damage_to_the_last_frames_of_the_log_after_a_kill_is_named_at_every_start(self):
        store = self.copy()
        with Daemon(store) as daemon:
            for number in range(3):
                event = {"event": "Order Completed", "userId": f"late-{number}", "messageId": f"late-{number}",
                         "timestamp": "1998-07-01T12:00:00Z", "properties": {"revenue": 9.99}}
                self.assertEqual(daemon.client().post("/v1/track", event, write_key(daemon.token)).status, 200)
            daemon.kill()
        log = os.path.join(store.data, "segmentd.db-wal")
        with open(log, "r+b") as file:
            file.seek(-50, os.SEEK_END)
            byte = file.read(1)[0]
            file.seek(-50, os.SEEK_END)
            file.write(bytes([byte ^ 1]))
        for _ in range(2):
            ended = self.start(store)
            self.assertEqual(ended.returncode, 1, ended)
            self.assertRegex(ended.stderr, r"segmentd\.db-wal: the journal ends with record \d+, but record \d+ was committed")
        self.check_named(self.replay(store))

    def test_changed_lines_of_the_ledger_and_rows_of_tokens_are_named_at_the_start_and_by_every_check(self):
        for change, words in (("UPDATE ledger SET name = 'x' WHERE position = 3", "ledger"),
                              ("DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger)", "ledger"),
                              ("DELETE FROM ledger WHERE position = 2", "ledger"),
                              ("UPDATE meta SET value = 'x' || substr(value, 2) WHERE key = 'ledger_hash'", "ledger"),
                              ("UPDATE meta SET key = 'ledger_hasi' WHERE key = 'ledger_hash'", "entry of the table meta"),
                              ("UPDATE tokens SET role = 'admin'", "token 'ci'"),
                              ("DELETE FROM tokens", "token 'ci'")):
            with self.subTest(change):
                store = self.copy()
                with contextlib.closing(sqlite3.connect(os.path.join(store.data, "segmentd.db"))) as database:
                    database.execute(change)
                    database.commit()
                replayed = self.replay(store)
                self.check_named(replayed)
                self.assertIn(words, replayed.errors)
                ended = self.start(store)
                self.assertEqual(ended.returncode, 1, ended)
                self.assertRegex(ended.stderr, f"segmentd.db: .*{words}")
                saved = segmentctl("backup", "--data", store.data, "--to", os.path.join(self.folder(), "backup"))
                self.assertEqual(saved.code, 1, saved)
                self.assertIn(words, saved.errors)
                examined = segmentctl("doctor", "-w", store.workspace, "-d", store.data, "--set", "listen=127.0.0.1:0")
                self.assertRegex(examined.output, f"store +error +.*{words}")

    def test_a_damaged_record_is_named_by_its_number(self):
        store = self.copy()
        subprocess.run(["python3", "-c", "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
                        "d.execute('UPDATE journal SET payload = zeroblob(9) WHERE sequence = 17'); d.commit()",
                        os.path.join(store.data, "segmentd.db")], check=True)
        ended = self.start(store)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r"segmentd\.db: record 17 of the journal is damaged")


if __name__ == "__main__":
    cases.run()
