#!/usr/bin/env python3
"""The papers of a quarter: drawn by a command, checked by a command and by a script that shares no code with it."""

import contextlib
import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import cases, shop
from support.programs import DATA, SOURCE, VECTORS, Store, copy_workspace, published, segmentctl, workspace_folder

SCRIPT = os.path.join(SOURCE, "docs/operating/verify_packet.py")
SAMPLE = published(DATA, "cdnow_sample.csv")
SIGNATURES = published(VECTORS, "crypto/wycheproof_ed25519_test.json")
QUARTER = ("1997-07-01", "1997-10-01")

sys.path.insert(0, os.path.dirname(SCRIPT))
import verify_packet  # noqa: E402


def by_script(*arguments):
    """What the script prints and its exit code, without a process of its own."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = verify_packet.main(list(arguments))
    return code, printed.getvalue()


def packet_command(store, quarter, out, *others):
    return segmentctl("audit", "packet", "--workspace", store.workspace, "--data", store.data, "--quarter", quarter,
                      "--out", out, *others)


def bytes_of(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def rows_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest_text(manifest):
    return (json.dumps(manifest, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def write_manifest(packet, text):
    """With its hash beside it, as a forger would."""
    for name, content in (("manifest.json", text),
                          ("manifest.sha256", f"{hashlib.sha256(text).hexdigest()}  manifest.json\n".encode())):
        with open(os.path.join(packet, name), "wb") as file:
            file.write(content)


def change_byte(path, place, mask):
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ mask]))


class PacketCase(cases.Case):
    def draw(self, store, quarter="1997Q3"):
        packet = os.path.join(self.folder(), "P")
        finished = packet_command(store, quarter, packet)
        self.assertEqual(finished.code, 0, finished)
        return packet

    def check_both(self, packet, file=None):
        """Both judges pass it or, where a file is named, both fail with exit code 1; that file is the first."""
        command, (code, printed) = segmentctl("audit", "verify", packet), by_script(packet)
        self.assertEqual(command.code, 0 if file is None else 1, command)
        self.assertEqual(code, command.code, printed)
        for output in (command.output, printed):
            self.assertEqual(output.splitlines()[-1], "PASS" if file is None else f"FAIL {file}")
        return command.output, printed


class AuditOfAShop(PacketCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="segmentd_outside_")
        cls.addClassCleanup(folder.cleanup)
        cls.rows = shop.purchases()
        path = shop.write_csv(cls.rows, os.path.join(folder.name, "shop.csv"))
        cls.store = Store(copy_workspace("cdnow", folder.name), os.path.join(folder.name, "store"))
        cls.store.ask("import", "--source", "purchases", path)
        cls.store.ask("fit", "--as-of", "1997-09-30", "--all")
        cls.packet = os.path.join(folder.name, "P")
        cls.drawn = json.loads(packet_command(cls.store, "1997Q3", cls.packet, "--json").output)

    def copy(self):
        return shutil.copytree(self.packet, os.path.join(self.folder(), "P"))

    def test_an_untouched_packet_passes_both_with_the_same_words(self):
        command, script = self.check_both(self.packet)
        self.assertEqual(command, script)
        self.assertEqual(command.count("PASS "), 7)
        process = subprocess.run([sys.executable, "-B", SCRIPT, self.packet], capture_output=True, text=True, check=False)
        self.assertEqual((process.returncode, process.stdout, process.stderr), (0, script, ""))

    def test_the_key_of_the_owner_passes_and_another_does_not(self):
        key = self.drawn["public_key"]
        other = key[:-1] + ("1" if key[-1] == "0" else "0")
        for given, code in ((key, 0), (other, 1)):
            self.assertEqual(segmentctl("audit", "verify", self.packet, "--key", given).code, code)
            self.assertEqual(by_script(self.packet, "--key", given)[0], code)
        self.assertEqual(segmentctl("audit", "verify", self.packet, "--key", "12").code, 1)

    def test_a_second_packet_has_the_same_bytes(self):
        self.assertEqual(bytes_of(self.draw(self.store)), bytes_of(self.packet))

    def test_the_figures_are_those_of_the_file(self):
        first, end = QUARTER
        within = [row for row in self.rows if first <= str(row[1]) < end]
        before_end = [row for row in self.rows if str(row[1]) < end]
        signals = next(row for row in rows_of(self.packet, "records.csv") if row["type"] == "signal")
        self.assertEqual(int(signals["in_quarter"]), len(within))
        self.assertEqual(int(signals["until_end"]), len(before_end))
        lapsed = self.store.ask("segments", "--at", "1997-09-30")
        sizes = {row["segment"]: int(row["at_end"]) for row in rows_of(self.packet, "memberships.csv")}
        self.assertEqual(set(sizes), {row["segment"] for row in lapsed})

    def test_no_customer_is_named(self):
        names = {row[0].encode() for row in self.rows}
        for file, content in bytes_of(self.packet).items():
            if file != "headers.bin":
                self.assertFalse([name for name in names if name in content], file)

    def test_the_index_names_every_file_without_a_script(self):
        with open(os.path.join(self.packet, "README.html"), encoding="utf-8") as file:
            page = file.read()
        listed = {file["name"] for file in json.loads(bytes_of(self.packet)["manifest.json"])["files"]}
        for name in listed - {"README.html"}:
            self.assertIn(f'href="{name}"', page)
        self.assertNotIn("<script", page)

    def test_one_changed_byte_fails_both_in_every_file(self):
        source = random.Random(1997)
        packet = self.copy()
        for name, content in bytes_of(packet).items():
            for place in {0, len(content) - 1, len(content) - 6, source.randrange(len(content))}:
                mask = 1 << source.randrange(8)
                with self.subTest(file=name, place=place, mask=mask):
                    path = os.path.join(packet, name)
                    change_byte(path, place, mask)
                    is_another_hash = re.fullmatch(b"[0-9a-f]{64}  manifest[.]json\n", bytes_of(packet)[name])
                    self.check_both(packet, "manifest.json" if is_another_hash else name)
                    change_byte(path, place, mask)
        self.check_both(packet)

    def test_missing_additional_and_linked_files_fail_both(self):
        packet = self.copy()
        os.rename(os.path.join(packet, "people.csv"), os.path.join(packet, "..", "people.csv"))
        self.check_both(packet, "people.csv")
        os.symlink("../people.csv", os.path.join(packet, "people.csv"))
        self.check_both(packet, "people.csv")
        shutil.rmtree(packet)
        self.check_both(packet, "manifest.json")

    def test_a_mended_manifest_does_not_hide_a_forged_table(self):
        forgeries = {
            "records.csv": lambda text: text.replace(b"signal,", b"signal,1", 1),
            "changes.csv": lambda text: text[:text.rindex(b"\r\n", 0, -2) + 2] if text.count(b"\r\n") > 1 else
            text + b"1,1997-07-01T00:00:00Z,pause,person:nobody,,\r\n",
            "memberships.csv": lambda text: text[:-3] + (b"1" if text[-3:-2] != b"1" else b"2") + b"\r\n",
            "headers.bin": lambda text: text[:-1] + bytes([text[-1] ^ 1]),
            "head.json": lambda text: text.replace(b'"size":', b'"size":1', 1),
            "tree_heads.jsonl": lambda text: text.replace(b'"signature":"', b'"signature":"A', 1),
        }
        for name, forge in forgeries.items():
            with self.subTest(name):
                packet = self.copy()
                self.forge(packet, name, forge)
                for code in (segmentctl("audit", "verify", packet).code, by_script(packet)[0]):
                    self.assertEqual(code, 1)

    def test_both_judges_agree_on_what_is_no_packet(self):
        def with_manifest(change):
            packet = self.copy()
            manifest = json.loads(bytes_of(packet)["manifest.json"])
            write_manifest(packet, change(manifest) or manifest_text(manifest))
            self.check_both(packet, "manifest.json")

        with_manifest(lambda manifest: manifest["files"].append({**manifest["files"][0], "name": "../escape.txt"}))
        with_manifest(lambda manifest: manifest["files"].append(manifest["files"][0]))
        with_manifest(lambda manifest: manifest["files"].remove(
            next(file for file in manifest["files"] if file["name"] == "tokens.csv")))
        with_manifest(lambda _: b"[" * 100_000)
        for added in (b'"abc\n', b"\r\n", b"\xdf"):
            packet = self.copy()
            self.forge(packet, "changes.csv", lambda text, added=added: text + added)
            self.check_both(packet, "changes.csv")

    def test_both_judges_refuse_a_manifest_of_another_form_or_with_false_claims(self):
        genuine = bytes_of(self.packet)["manifest.json"]
        self.assertEqual(manifest_text(json.loads(genuine)), genuine)
        claims = {"zone": (5, "Mars/Olympus"), "format": (True, 1.0, 2), "from": ("1997-07-01", "1997-07-01T00:00:00.0000001Z"),
                  "until": ("1997-09-30T00:00:00Z", None), "is_over": (False, 1), "state_at": ("1999-01-01T00:00:00Z", ""),
                  "records": (1, "756", 2**70), "tree_size": (-1,), "quarter": ("1997Q2", "x"), "extra": (1,), "files": ({},)}
        for name, values in claims.items():
            for value in values:
                with self.subTest(name, value=value):
                    packet = self.copy()
                    manifest = json.loads(genuine)
                    manifest[name] = value
                    is_possible = value == "Mars/Olympus"  # midnight in UTC may be midnight in a zone that nobody knows
                    write_manifest(packet, manifest_text(manifest))
                    self.check_both(packet, None if is_possible else "manifest.json")
        for text in (genuine.replace(b"{", b'{"quarter":"1997Q3",', 1), genuine.replace(b",", b", ", 1), genuine[:-1],
                     b"", b"null", b"\xff", "{}".encode("utf-16")):
            with self.subTest(text[:40]):
                packet = self.copy()
                write_manifest(packet, text)
                self.check_both(packet, "manifest.json")

    def test_a_quarter_moved_by_a_day_under_the_name_of_another_zone_is_found(self):
        for zone in ("Europe/Berlin", "Mars/Olympus"):
            for name, instant in (("from", "1997-06-30T00:00:00Z"), ("until", "1997-09-30T00:00:00Z"),
                                  ("until", "1997-10-01T00:00:01Z")):
                with self.subTest(zone, **{name: instant}):
                    packet = self.copy()
                    manifest = json.loads(bytes_of(packet)["manifest.json"])
                    manifest.update({"zone": zone, name: instant})
                    write_manifest(packet, manifest_text(manifest))
                    self.check_both(packet, "manifest.json")

    def test_tree_heads_in_another_form_fail_both(self):
        for change in (lambda line: line.replace(b'"root"', b'"x":1,"root"'), lambda line: line.replace(b",", b", ", 1)):
            packet = self.copy()
            for name in ("tree_heads.jsonl", "head.json"):
                lines = bytes_of(packet)[name].splitlines(keepends=True)
                self.forge(packet, name, lambda _, lines=lines: b"".join([*lines[:-1], change(lines[-1])]))
            self.check_both(packet, "tree_heads.jsonl")

    def test_a_pipe_in_the_place_of_a_file_is_named_at_once(self):
        for name in ("manifest.json", "manifest.sha256", "people.csv"):
            packet = self.copy()
            os.remove(os.path.join(packet, name))
            os.mkfifo(os.path.join(packet, name))
            self.check_both(packet, name)

    def test_names_of_foreign_files_are_shown_without_what_a_terminal_obeys(self):
        packet = self.copy()
        with open(os.path.join(packet, "\x1b[31mred\n"), "wb"):
            pass
        self.check_both(packet, "\\x1b[31mred\\x0a")

    def test_a_packet_is_its_owners_alone_and_never_inside_the_store(self):
        self.assertEqual(os.stat(self.packet).st_mode & 0o777, 0o700)
        for name in os.listdir(self.packet):
            self.assertEqual(os.stat(os.path.join(self.packet, name)).st_mode & 0o777, 0o600, name)
        inside = os.path.join(self.store.data, "P")
        self.check_mistake(self.store, "1997Q3", inside, f"{inside} lies inside the store")
        self.assertFalse(os.path.exists(inside))

    def test_a_key_that_is_none_is_a_mistake_of_the_command_line(self):
        self.assertEqual(segmentctl("audit", "verify", self.packet, "--key", "").code, 2)
        for key in ("", "zz", "abcd"):
            with contextlib.redirect_stderr(io.StringIO()) as said:
                self.assertEqual(by_script(self.packet, "--key", key)[0], 2)
            self.assertIn("Usage:", said.getvalue())

    def forge(self, packet, name, change):
        files = bytes_of(packet)
        content = change(files[name])
        self.assertNotEqual(content, files[name])
        manifest = json.loads(files["manifest.json"])
        entry = next(file for file in manifest["files"] if file["name"] == name)
        entry.update(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
        if name == "changes.csv":
            entry["rows"] = content.count(b"\r\n") - 1
        with open(os.path.join(packet, name), "wb") as out:
            out.write(content)
        write_manifest(packet, manifest_text(manifest))

    def test_mistakes_are_named(self):
        folder = self.folder()
        for quarter, message in (("2026Q5", "'2026Q5' is not a quarter"), ("9999Q4", "9999Q4 has not begun")):
            self.check_mistake(self.store, quarter, os.path.join(folder, "P"), message)
        self.check_mistake(self.store, "1997Q3", self.packet, f"{self.packet} is there already")
        nothing = os.path.join(folder, "nothing")
        self.check_mistake(Store(self.store.workspace, nothing), "1997Q3", os.path.join(folder, "P"), "there is no store")
        self.check_mistake(Store(nothing, self.store.data), "1997Q3", os.path.join(folder, "P"), nothing)
        self.assertEqual(os.listdir(folder), [])
        self.assertEqual(segmentctl("audit", "packet", "--data", folder).code, 2)

    def check_mistake(self, store, quarter, out, message):
        finished = packet_command(store, quarter, out)
        self.assertEqual((finished.code, finished.output), (1, ""), finished)
        self.assertIn(message, finished.errors)

    def test_a_quarter_without_records_says_so_and_passes(self):
        packet = os.path.join(self.folder(), "P")
        finished = packet_command(self.store, "1990Q1", packet)
        self.assertEqual(finished.code, 0, finished)
        self.assertIn("no record in 1990Q1", finished.errors)
        self.check_both(packet)


@unittest.skipUnless(SAMPLE, "cdnow_sample.csv is not at hand")
class AuditOfCdnow(PacketCase):
    def test_the_papers_of_cdnow_pass_both(self):
        store = Store(workspace_folder("cdnow"), os.path.join(self.folder(), "store"))
        store.ask("import", "--source", "purchases_sample", SAMPLE)
        self.check_both(self.draw(store))


class SignaturesOfTheScript(unittest.TestCase):
    def test_the_first_example_of_rfc_8032_is_accepted_and_its_changes_are_not(self):
        key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        signature = bytes.fromhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                                  "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
        self.assertTrue(verify_packet.is_signed(b"", signature, key))
        self.assertFalse(verify_packet.is_signed(b"x", signature, key))
        self.assertFalse(verify_packet.is_signed(b"", signature[:-1] + b"\x0c", key))

    @unittest.skipUnless(SIGNATURES, "wycheproof_ed25519_test.json is not at hand")
    def test_the_cases_of_wycheproof_agree(self):
        with open(SIGNATURES, encoding="utf-8") as file:
            groups = json.load(file)["testGroups"]
        read = passed = 0
        for group in groups:
            key = bytes.fromhex(group["publicKey"]["pk"])
            for case in group["tests"]:
                read += 1
                found = verify_packet.is_signed(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]), key)
                passed += found == (case["result"] == "valid")
        print(f"wycheproof Ed25519: {read} cases read, {passed} passed")
        self.assertEqual(passed, read)


if __name__ == "__main__":
    cases.run()
