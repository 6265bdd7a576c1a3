#!/usr/bin/env python3
"""Checks an audit packet of segmentd with nothing but Python: no store, no network, no other package.

Usage: verify_packet.py FOLDER [--key PUBLIC_KEY_IN_HEXADECIMAL]

Prints one line a check, then PASS (exit 0) or FAIL with the first file that does not match (exit 1), as
`segmentctl audit verify` does, with which it shares no code. Ed25519: RFC 8032, 5.1.7; Merkle tree: RFC 6962, 2.1.
"""

import base64
import csv
import datetime
import hashlib
import io
import json
import os
import re
import struct
import sys

HEADER = struct.Struct(">QHqH32s")  # sequence, type, engine time in microseconds, schema, hash of the payload
TYPES = ("workspace signal profile consent suppression assignment model tick clock delivery alarm exposure pause "
         "review learning tester_touch resend pilot_decision token validation group").split()  # later ones have later numbers
NO_CHANGES = {"signal", "profile", "consent", "suppression", "assignment", "tick", "delivery", "exposure", "group"}
PAPERS = ("segments models playbooks pilots endpoints metrics people objectives changes reviews touches findings "
          "pilot_decisions memberships consents tokens rejects records").split()
NEEDED = ["README.html", "headers.bin", "tree_heads.jsonl", "head.json", *(f"{paper}.csv" for paper in PAPERS)]


class Mismatch(Exception):
    """The file, and what is wrong with it."""


def demand(claim, file, what):
    if not claim:
        raise Mismatch(file, what)


# Ed25519: points of the curve -x^2 + y^2 = 1 + d x^2 y^2 as (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z.

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
IDENTITY = (0, 1, 1, 0)


def point_sum(left, right):
    a = (left[1] - left[0]) * (right[1] - right[0]) % PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % PRIME
    c = 2 * left[3] * right[3] * CURVE_D % PRIME
    d = 2 * left[2] * right[2] % PRIME
    return ((b - a) * (d - c) % PRIME, (d + c) * (b + a) % PRIME, (d - c) * (d + c) % PRIME, (b - a) * (b + a) % PRIME)


def multiple(times, point):
    result = IDENTITY
    while times > 0:
        if times & 1:
            result = point_sum(result, point)
        point = point_sum(point, point)
        times >>= 1
    return result


def same_point(left, right):
    return all((left[axis] * right[2] - right[axis] * left[2]) % PRIME == 0 for axis in (0, 1))


def point_of(text):
    """The point that 32 bytes stand for, or None where they stand for none or are not its only form."""
    number = int.from_bytes(text, "little")
    is_odd, y = number >> 255, number & (2**255 - 1)
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * ROOT_OF_MINUS_ONE % PRIME
    if x * x % PRIME != square or (x == 0 and is_odd):
        return None
    x = x if x & 1 == is_odd else PRIME - x
    return (x, y, 1, x * y % PRIME)


BASE = point_of((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(message, signature, public_key):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = point_of(public_key), point_of(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if None in (key, commitment) or response >= ORDER:
        return False
    if any(same_point(multiple(8, point), IDENTITY) for point in (key, commitment)):
        return False  # a point of small order signs anything
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return same_point(multiple(response, BASE), point_sum(commitment, multiple(challenge, key)))


class MerkleTree:
    """One hash for each complete subtree, the largest first."""
    def __init__(self):
        self.size, self.subtrees = 0, []

    def append(self, leaf):
        subtree = hashlib.sha256(b"\0" + leaf).digest()
        rest = self.size
        while rest & 1:
            subtree = hashlib.sha256(b"\1" + self.subtrees.pop() + subtree).digest()
            rest >>= 1
        self.subtrees.append(subtree)
        self.size += 1

    def root(self):
        *rest, root = self.subtrees or [hashlib.sha256().digest()]
        for left in reversed(rest):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


def microseconds(text):
    """Since 1970, of an instant such as 1997-07-01T00:00:00Z."""
    fields = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z", text)
    instant = datetime.datetime(*(int(field) for field in fields.groups()[:6]))
    seconds = (instant - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
    return seconds * 1_000_000 + int((fields[7] or "").ljust(6, "0"))


def written(line):
    """A line as papers are written: quotes where they are needed and nowhere else."""
    cells = [(cell, re.search(r'[,"\r\n]|\A[ \t]|[ \t]\Z', cell)) for cell in line]
    return ",".join('"' + cell.replace('"', '""') + '"' if quoted else cell for cell, quoted in cells) + "\r\n"


def quarter_bounds(name):
    year, number = re.fullmatch(r"(\d{4})Q([1-4])", name).groups()
    month = 3 * int(number) - 2
    ends = (int(year), month), (int(year) + month // 10, (month + 2) % 12 + 1)
    return tuple(f"{year:04}-{month:02}-01T00:00:00Z" for year, month in ends)


class Packet:
    """The checks in their order; each uses what the ones before it have read. Each gives a sentence."""
    def __init__(self, folder, key):
        self.folder, self.key = folder, key

    def bytes_of(self, name):
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                return file.read()
        except OSError as error:
            raise Mismatch(name, f"cannot be read: {error.strerror}") from error

    def table(self, name):
        text = self.bytes_of(name).decode()
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise Mismatch(name, "is not CSV") from error
        demand(lines and all(len(line) == len(lines[0]) for line in lines), name, "has rows of different lengths")
        demand("".join(map(written, lines)) == text, name, "is not written as papers are")
        return [dict(zip(lines[0], line)) for line in lines[1:]]

    def manifest(self):
        text = self.bytes_of("manifest.json")
        digest = hashlib.sha256(text).hexdigest()
        demand(self.bytes_of("manifest.sha256") == f"{digest}  manifest.json\n".encode(), "manifest.sha256", "differs")
        self.said = json.loads(text)
        demand(self.said["format"] == 1, "manifest.json", "has a format that this script does not know")
        self.start, self.end = microseconds(self.said["from"]), microseconds(self.said["until"])
        slack = 0 if self.said.get("zone", "UTC") == "UTC" else 86_400_000_000
        for said, bound in zip((self.start, self.end), map(microseconds, quarter_bounds(self.said["quarter"]))):
            demand(abs(said - bound) <= slack, "manifest.json", "has other bounds than its quarter")
        return f"quarter {self.said['quarter']} of store {self.said['store']}, SHA-256 {digest}"

    def files(self):
        listed = {file["name"]: file for file in self.said["files"] if re.fullmatch(r"(?a:\w[\w.]*)", file["name"])}
        demand(len(listed) == len(self.said["files"]), "manifest.json", "lists a file twice or outside of the folder")
        for name in NEEDED:
            demand(name in listed, "manifest.json", f"does not list {name}")
        expected = {*listed, "manifest.json", "manifest.sha256"}
        for entry in os.scandir(self.folder):
            demand(entry.name in expected, entry.name, "does not belong to the packet")
            demand(entry.is_file(follow_symlinks=False), entry.name, "is not a plain file")
        for name in sorted(expected):
            demand(os.path.exists(os.path.join(self.folder, name)), name, "is missing")
        for name, file in listed.items():
            content = self.bytes_of(name)
            demand(hashlib.sha256(content).hexdigest() == file["sha256"], name, "has another SHA-256")
            demand(len(content) == file["bytes"], name, f"has {len(content)} bytes")
            is_text = content.decode(errors="ignore").encode() == content
            demand(is_text or name == "headers.bin", name, "is not UTF-8")
            counts = {"headers.bin": len(content) // HEADER.size, "tree_heads.jsonl": content.count(b"\n")}
            rows = len(self.table(name)) if name.endswith(".csv") else counts.get(name, 1)
            demand(rows == file["rows"], name, f"has {rows} rows, not {file['rows']}")
        return f"{len(listed)} files have the hashes and rows that the manifest says"

    def tree(self):
        content = self.bytes_of("headers.bin")
        demand(len(content) % HEADER.size == 0, "headers.bin", "is cut off")
        self.headers = [HEADER.unpack_from(content, at) for at in range(0, len(content), HEADER.size)]
        for number, header in enumerate(self.headers, 1):
            demand(header[0] == number, "headers.bin", f"header {number} has another sequence")
            demand(header[2] >= self.headers[max(number - 2, 0)][2], "headers.bin", f"header {number} goes back")
        lines = self.bytes_of("tree_heads.jsonl").splitlines(keepends=True)
        demand(lines[-1:] == [self.bytes_of("head.json")], "head.json", "is not the last line of tree_heads.jsonl")
        self.heads = [json.loads(line) for line in lines]
        tree = MerkleTree()
        for head in self.heads:
            demand(tree.size <= head["size"] <= len(self.headers), "tree_heads.jsonl", "has a head out of place")
            for at in range(tree.size, head["size"]):
                tree.append(content[at * HEADER.size:(at + 1) * HEADER.size])
            demand(tree.root().hex() == head["root"], "headers.bin", f"the first {tree.size} have another root")
        demand(tree.size == len(self.headers), "headers.bin", "go on after the signed tree head")
        root = tree.root().hex()
        demand([self.said["tree_size"], self.said["tree_root"]] == [tree.size, root], "manifest.json", "differs")
        return f"{tree.size} headers without a gap have the root {root}"

    def signatures(self):
        own = base64.b64decode(self.heads[-1]["public_key"], validate=True)
        demand(self.said["public_key"] == own.hex(), "manifest.json", "names another public key")
        key = self.key or own
        for head in self.heads:
            demand(head["origin"] == self.said["store"], "tree_heads.jsonl", "a head is of another store")
            message = {name: head[name] for name in ("engine_time", "origin", "root", "size")}
            text, code = json.dumps(message, separators=(",", ":")), base64.b64decode(head["signature"], validate=True)
            demand(is_signed(text.encode(), code, key), "tree_heads.jsonl",
                   f"the head of {head['size']} records is not signed by this key")
        return (f"{len(self.heads)} tree heads signed by {key.hex()}"
                + ("" if self.key else ", the packet's own key: compare it with the owner's"))

    def records(self):
        counts = {}
        for sequence, number, at, _, _ in self.headers:
            if at >= self.end:
                break
            count = counts.setdefault(number, [0, 0, 0, 0])  # in the quarter, first, last, until its end
            count[3] += 1
            if at >= self.start:
                count[0] += 1
                count[1:3] = count[1] or sequence, sequence
        self.words = dict(enumerate(TYPES, 1))
        said = {}
        for row in self.table("records.csv"):
            number = int(row["number"])
            demand(self.words.setdefault(number, row["type"]) == row["type"], "records.csv", "names a type wrongly")
            said[number] = [int(row[name]) for name in ("in_quarter", "first_sequence", "last_sequence", "until_end")]
        demand(said == counts, "records.csv", "does not hold the counts of the headers")
        within, until_end = (sum(count[at] for count in counts.values()) for at in (0, 3))
        said = [self.said[name] for name in ("records_in_quarter", "records")]
        demand(said == [within, until_end], "manifest.json", "does not hold the counts of the headers")
        return f"{within} records in the quarter, {until_end} until its end, by type as the headers say"

    def changes(self):
        expected = [(sequence, at, self.words[number]) for sequence, number, at, _, _ in self.headers
                    if self.start <= at < self.end and self.words[number] not in NO_CHANGES]
        said = [(int(row["sequence"]), microseconds(row["engine_time"]), row["type"])
                for row in self.table("changes.csv")]
        demand(said == expected, "changes.csv", "does not hold the changes that the headers know")
        rows = self.table("pilot_decisions.csv")
        decided = [(int(row["sequence"]), microseconds(row["engine_time"])) for row in rows]
        known = [row[:2] for row in expected if row[2] == "pilot_decision"]
        demand(decided == known, "pilot_decisions.csv", "does not hold the decisions that the headers know")
        for row in self.table("touches.csv"):
            number, at = int(row["sequence"]), microseconds(row["engine_time"])
            until = min([self.end - 1, *(header[2] for header in self.headers[number - 1:number])])
            is_known = 1 <= number <= self.said["records"] + 1 and self.start <= at <= until
            demand(is_known, "touches.csv", f"names record {number} at another time")
        return f"all {len(said)} changes of the quarter are told"

    def memberships(self):
        rows = self.table("memberships.csv")
        for row in rows:
            start, entered, left, dropped, end = map(int, list(row.values())[1:6])
            demand(start + entered - left - dropped == end, "memberships.csv", f"{row['segment']} does not add up")
        return f"{len(rows)} segments add up"


CHECKS = {"manifest": "manifest.json", "files": "manifest.json", "tree": "tree_heads.jsonl", "signatures": "head.json",
          "records": "records.csv", "changes": "changes.csv", "memberships": "memberships.csv"}  # and whom to blame


def main(arguments):
    if len(arguments) not in (1, 3) or (len(arguments) == 3 and (arguments[1] != "--key" or not arguments[2])):
        print(__doc__, file=sys.stderr)
        return 2
    packet = Packet(arguments[0], bytes.fromhex(arguments[2]) if len(arguments) == 3 else None)
    for check, file in CHECKS.items():
        try:
            print(f"PASS {check}: {getattr(packet, check)()}")
        except (Mismatch, ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError) as error:
            file, what = error.args if isinstance(error, Mismatch) else (file, f"is malformed ({error})")
            print(f"FAIL {check}: {file} {what}\nFAIL {file}")
            return 1
    print("PASS")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
