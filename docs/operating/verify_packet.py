#!/usr/bin/env python3
"""Checks an audit packet of segmentd with nothing but Python: no store, no network, no other package.

Usage: verify_packet.py FOLDER [--key PUBLIC_KEY_IN_HEXADECIMAL]

Prints one line a check, then PASS (exit 0) or FAIL with the first file that does not match (exit 1), as
`segmentctl audit verify` does, with which it shares no code. Ed25519: RFC 8032, 5.1.7; Merkle tree: RFC 6962, 2.1.
"""

import base64
import collections
import csv
import datetime
import functools
import io
import json
import os
import re
import struct
import sys
import zoneinfo
from hashlib import sha256, sha512

HEADER = struct.Struct(">QHqH32s")  # sequence, type, engine time in microseconds, schema, hash of the payload
TYPES = dict(enumerate("workspace signal profile consent suppression assignment model tick clock delivery alarm "
                       "exposure pause review learning tester_touch resend pilot_decision token validation group".split(), 1))
NO_CHANGES = {"signal", "profile", "consent", "suppression", "assignment", "tick", "delivery", "exposure", "group"}
PAPERS = ("segments models playbooks pilots endpoints metrics people objectives changes reviews touches findings "
          "pilot_decisions memberships consents tokens rejects records").split()
NEEDED = ["README.html", "headers.bin", "tree_heads.jsonl", "head.json", *(f"{paper}.csv" for paper in PAPERS)]
MANIFEST = {"format": int, "segmentd": str, "workspace": str, "definitions": str, "store": str, "public_key": str,
            "quarter": str, "zone": str, "from": str, "until": str, "state_at": str, "is_over": bool, "records": int,
            "records_in_quarter": int, "tree_size": int, "tree_root": str, "files": list}
FILE = {"name": str, "sha256": str, "bytes": int, "rows": int}
HEAD = {"engine_time": str, "origin": str, "public_key": str, "root": str, "signature": str, "size": int}
compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def demand(claim, file, what):
    if not claim:
        raise AssertionError(file, what)


# Ed25519: points of the curve -x^2 + y^2 = 1 + d x^2 y^2 as (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z.
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)


def point_sum(left, right):
    a = (left[1] - left[0]) * (right[1] - right[0]) % PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % PRIME
    c = 2 * left[3] * right[3] * CURVE_D % PRIME
    d = 2 * left[2] * right[2] % PRIME
    return ((b - a) * (d - c) % PRIME, (d + c) * (b + a) % PRIME, (d - c) * (d + c) % PRIME, (b - a) * (b + a) % PRIME)


def multiple(times, point):
    half = multiple(times // 2, point_sum(point, point)) if times > 0 else (0, 1, 1, 0)
    return point_sum(half, point) if times & 1 else half


def point_of(text):
    """The point that 32 bytes stand for, or None where they stand for none or are not its only form."""
    is_odd, y = divmod(int.from_bytes(text, "little"), 2**255)
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * ROOT_OF_MINUS_ONE % PRIME
    x = x if x & 1 == is_odd else PRIME - x
    is_only_form = y < PRIME and x < PRIME  # 0 has no odd form
    return (x, y, 1, x * y % PRIME) if is_only_form and x * x % PRIME == square else None


BASE = point_of((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(message, signature, public_key):
    key, commitment = point_of(public_key), point_of(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    is_formed = (len(public_key), len(signature)) == (32, 64) and None not in (key, commitment) and response < ORDER
    if not is_formed or any(multiple(8, point)[0] == 0 for point in (key, commitment)):  # these sign anything
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    left, right = multiple(response, BASE), point_sum(commitment, multiple(challenge, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % PRIME == 0 for axis in (0, 1))


class MerkleTree:
    """One hash for each complete subtree, the largest first."""
    def __init__(self):
        self.size, self.subtrees = 0, []

    def append(self, leaf):
        self.subtrees.append(sha256(b"\0" + leaf).digest())
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            self.subtrees[-2:] = [sha256(b"\1" + self.subtrees[-2] + self.subtrees[-1]).digest()]

    def root(self):
        *rest, root = self.subtrees or [sha256().digest()]
        return functools.reduce(lambda right, left: sha256(b"\1" + left + right).digest(), reversed(rest), root)


def microseconds(text):  # since 1970, of an instant such as 1997-07-01T00:00:00Z in its only form
    instant = datetime.datetime.fromisoformat(text[:-1])
    demand(instant.isoformat() + "Z" == text, None, f"{text} is no instant")
    return (instant - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)


def count_of(text):
    """A count or a sequence in its only form."""
    demand(text == str(int(text)) and 0 <= int(text) < 2**32, None, f"{text} is no count")
    return int(text)


def bytes_in(base64_text):
    found = base64.b64decode(base64_text)
    return found if base64.b64encode(found).decode() == base64_text else b""


def visible(text):
    """Without what a terminal would obey or cannot show."""
    return re.sub(r"[\0-\x1f\x7f-\x9f\udc80-\udcff]", lambda found: f"\\x{ord(found[0]) & 255:02x}", text)


def written(line):
    """A line as papers are written: quotes where they are needed and nowhere else."""
    cells = [(cell, re.search(r'[,"\r\n]|\A[ \t]|[ \t]\Z', cell)) for cell in line]
    return ",".join('"' + cell.replace('"', '""') + '"' if quoted else cell for cell, quoted in cells) + "\r\n"


def object_in(text, members):
    """What a line of JSON says in its only form: these members in this order, of these types."""
    value = json.loads(text)
    is_formed = [(name, type(member)) for name, member in value.items()] == list(members.items())
    demand(is_formed and (compact(value) + "\n").encode() == text, None, "is written in another form")
    return value


def is_bound(said, year, month, zone):
    """Whether a month begins at that instant in its zone or, where Python does not know the zone, may begin then."""
    if zone in zoneinfo.available_timezones() | {"UTC"}:
        place = datetime.timezone.utc if zone == "UTC" else zoneinfo.ZoneInfo(zone)
        return said == int(datetime.datetime(year, month, 1, tzinfo=place).timestamp()) * 1_000_000
    offset = said - microseconds(f"{year:04}-{month:02}-01T00:00:00Z")
    return abs(offset) <= 14 * 3_600_000_000 and offset % 900_000_000 == 0


class Packet:
    """The checks in their order; each uses what the ones before it have read. Each gives a sentence."""
    def __init__(self, folder, key):
        self.folder, self.key, self.reading = folder, key, ""  # the file that was opened last is to blame

    def bytes_of(self, name):
        self.reading, path = name, os.path.join(self.folder, name)
        demand(os.path.isfile(path) and not os.path.islink(path), name, "is missing or no plain file")
        with open(path, "rb") as file:
            return file.read()

    def lines(self, name):
        text = self.bytes_of(name).decode()
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        is_table = lines and all(len(line) == len(lines[0]) for line in lines)
        demand(is_table and "".join(map(written, lines)) == text, name, "is not written as papers are")
        return lines

    def table(self, name):
        names, *rows = self.lines(name)
        return [dict(zip(names, row)) for row in rows]

    def instants(self, name):
        return [(count_of(row["sequence"]), microseconds(row["engine_time"]), row) for row in self.table(name)]

    def manifest(self):
        text, said, self.reading = self.bytes_of("manifest.json"), self.bytes_of("manifest.sha256"), "manifest.json"
        demand(re.fullmatch(b"[0-9a-f]{64}  manifest[.]json\n", said), "manifest.sha256", "is in another form")
        digest = sha256(text).hexdigest()
        demand(said[:64] == digest.encode(), "manifest.json", "has another SHA-256 than manifest.sha256 says")
        self.said = object_in(text, MANIFEST)
        demand(self.said["format"] == 1, "manifest.json", "has a format that this script does not know")
        for file in self.said["files"]:
            object_in((compact(file) + "\n").encode(), FILE)
        year, quarter = map(int, re.fullmatch(r"(?a)(\d{4})Q([1-4])", self.said["quarter"]).groups())
        first, following = (year, 3 * quarter - 2), (year + quarter // 4, 3 * quarter % 12 + 1)
        self.start, self.end, self.at = (microseconds(self.said[name]) for name in ("from", "until", "state_at"))
        for said, month in ((self.start, first), (self.end, following)):
            demand(is_bound(said, *month, self.said["zone"]), "manifest.json", "has other bounds than its quarter")
        return f"quarter {self.said['quarter']} of store {self.said['store']}, SHA-256 {digest}"

    def files(self):
        listed = {file["name"]: file for file in self.said["files"] if re.fullmatch(r"(?a:\w[\w.]*)", file["name"])}
        demand(len(listed) == len(self.said["files"]), "manifest.json", "lists a file twice or outside of the folder")
        demand(set(NEEDED) <= set(listed), "manifest.json", "does not list every paper")
        expected = {*listed, "manifest.json", "manifest.sha256"}
        for name in sorted(os.listdir(self.folder)):
            demand(name in expected, name, "does not belong to the packet")
        for name, file in listed.items():
            content = self.bytes_of(name)
            is_the_same = (sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"])
            demand(is_the_same, name, "has another SHA-256 or another size")
            content.decode("latin-1" if name == "headers.bin" else "utf-8")  # an error where it is not UTF-8
            counts = {"headers.bin": len(content) // HEADER.size, "tree_heads.jsonl": content.count(b"\n")}
            rows = len(self.lines(name)) - 1 if name.endswith(".csv") else counts.get(name, 1)
            demand(rows == file["rows"], name, f"has {rows} rows, not {file['rows']}")
        return f"{len(listed)} files have the hashes and rows that the manifest says"

    def tree(self):
        content = self.bytes_of("headers.bin")
        self.headers = list(HEADER.iter_unpack(content))
        for place, (sequence, kind, at, _, _) in enumerate(self.headers):
            in_order = sequence == place + 1 and kind in TYPES and at >= self.headers[max(place - 1, 0)][2]
            demand(in_order, "headers.bin", f"header {place + 1} is out of order or of an unknown type")
        head_line, lines = self.bytes_of("head.json"), self.bytes_of("tree_heads.jsonl").splitlines(keepends=True)
        self.heads = [object_in(line, HEAD) for line in lines]
        demand(lines[-1:] == [head_line], "head.json", "is not the last line of tree_heads.jsonl")
        tree = MerkleTree()
        for head in self.heads:
            key, code, root = bytes_in(head["public_key"]), bytes_in(head["signature"]), bytes.fromhex(head["root"])
            demand((len(key), len(code), root.hex()) == (32, 64, head["root"]), "tree_heads.jsonl", "has a broken head")
            microseconds(head["engine_time"])
            demand(tree.size <= head["size"] <= len(self.headers), "tree_heads.jsonl", "has a head out of place")
            for at in range(tree.size, head["size"]):
                tree.append(content[at * HEADER.size:(at + 1) * HEADER.size])
            demand(tree.root().hex() == head["root"], "headers.bin", f"the first {tree.size} have another root")
        demand(tree.size == len(self.headers), "headers.bin", "go on after the signed tree head")
        is_known = (self.said["tree_size"], self.said["tree_root"]) == (tree.size, tree.root().hex())
        demand(is_known, "manifest.json", "names another tree head")
        return f"{tree.size} headers without a gap have the root {tree.root().hex()}"

    def signatures(self):
        own = bytes_in(self.heads[-1]["public_key"])
        demand(self.said["public_key"] == own.hex(), "manifest.json", "names another public key")
        key = self.key or own
        for head in self.heads:
            demand(head["origin"] == self.said["store"], "tree_heads.jsonl", "a head is of another store")
            message = compact({name: head[name] for name in ("engine_time", "origin", "root", "size")}).encode()
            demand(is_signed(message, bytes_in(head["signature"]), key), "tree_heads.jsonl",
                   f"the head of {head['size']} records is not signed by this key")
        return (f"{len(self.heads)} tree heads signed by {key.hex()}"
                + ("" if self.key else ", the packet's own key: compare it with the owner's"))

    def records(self):
        until_end = [header for header in self.headers if header[2] < self.end]
        self.within = [header for header in until_end if header[2] >= self.start]
        expected = [["number", "type", "in_quarter", "first_sequence", "last_sequence", "until_end"]]
        for kind, count in sorted(collections.Counter(header[1] for header in until_end).items()):
            sequences = [header[0] for header in self.within if header[1] == kind]
            ends = sequences[:1] + sequences[-1:] or [0, 0]
            expected.append([str(kind), TYPES[kind], *map(str, (len(sequences), *ends, count))])
        demand(self.lines("records.csv") == expected, "records.csv", "does not hold the counts of the headers")
        said = [self.said[name] for name in ("records_in_quarter", "records")]
        demand(said == [len(self.within), len(until_end)], "manifest.json", "does not hold the counts of the headers")
        last = self.headers[-1][2] if self.headers else self.end
        is_known = self.at == self.end - 1 if self.said["is_over"] else self.at == last < self.end
        demand(is_known, "manifest.json", "tells of a state that the headers do not know")
        return f"{len(self.within)} records in the quarter, {len(until_end)} until its end, by type as the headers say"

    def changes(self):
        known = [(sequence, at, TYPES[kind]) for sequence, kind, at, _, _ in self.within]
        expected = [change for change in known if change[2] not in NO_CHANGES]
        said = [(sequence, at, row["type"]) for sequence, at, row in self.instants("changes.csv")]
        demand(said == expected, "changes.csv", "does not hold the changes that the headers know")
        decided = [change for change in expected if change[2] == "pilot_decision"]
        said = [(sequence, at, "pilot_decision") for sequence, at, _ in self.instants("pilot_decisions.csv")]
        demand(said == decided, "pilot_decisions.csv", "does not hold the decisions that the headers know")
        for sequence, at, _ in self.instants("touches.csv"):
            until = min([self.end - 1, *(header[2] for header in self.headers[sequence - 1:sequence])])
            is_known = 1 <= sequence <= self.said["records"] + 1 and self.start <= at <= until
            demand(is_known, "touches.csv", f"names record {sequence} at another time")
        return f"all {len(expected)} changes of the quarter are told"

    def memberships(self):
        rows = self.table("memberships.csv")
        for row in rows:
            flow = [count_of(row[name]) for name in ("at_start", "entered", "left", "dropped", "at_end")]
            demand(flow[0] + flow[1] - sum(flow[2:4]) == flow[4], "memberships.csv", f"{row['segment']} is off")
        return f"{len(rows)} segments add up"


def main(arguments):
    has_key = len(arguments) == 3 and arguments[1] == "--key" and re.fullmatch("[0-9a-fA-F]{64}", arguments[2])
    if len(arguments) != 1 and not has_key:
        print(__doc__, file=sys.stderr)
        return 2
    packet = Packet(arguments[0], bytes.fromhex(arguments[2]) if has_key else None)
    for check in ("manifest", "files", "tree", "signatures", "records", "changes", "memberships"):
        try:
            print(visible(f"PASS {check}: {getattr(packet, check)()}"))
        except Exception as error:  # whatever a forger makes Python stumble over
            file, what = error.args if isinstance(error, AssertionError) else (None, f"is malformed: {error}")
            file = visible(file or packet.reading)
            print(f"FAIL {check}: {file} {visible(what)}\nFAIL {file}")
            return 1
    print("PASS")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
