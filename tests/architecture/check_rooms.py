#!/usr/bin/env python3
"""Fails on an include that rooms.txt does not allow, and on impure words in a pure folder.

Usage: check_rooms.py [ROOT]. Prints one "file:line: what: the rule" for each finding; exit code 1 when there is one.
"""

import os
import re
import sys
from collections import namedtuple

from source_tree import line_of, project_files, read, without_comments, without_literals

RULES_FILE = "tests/architecture/rooms.txt"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
IMPURE_HEADERS = {
    "condition_variable", "cstdio", "ctime", "filesystem", "fstream", "future", "iostream", "mutex", "shared_mutex",
    "stop_token", "thread", "time.h", "unistd.h",
}
IMPURE_WORDS = re.compile(r"\b\w+_clock::now\b|\bgetenv\b|\bstd::rand\b|\bsrand\b|\brandom_device\b")

Library = namedtuple("Library", "prefixes sources_only folders")
Rules = namedtuple("Rules", "rooms libraries pure problems")


def main():
    default_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    root = sys.argv[1] if len(sys.argv) > 1 else default_root
    findings = find_all(root)
    print("\n".join(findings) if findings else "rooms: every include stays within its rooms")
    return 1 if findings else 0


def find_all(root):
    rules = parse_rules(read(root, RULES_FILE))
    findings = list(rules.problems)
    files = [path for path in project_files(root) if path.endswith((".cpp", ".hpp"))]
    known = set(files)
    missing = sorted({os.path.dirname(path) for path in files if room_of(rules, os.path.dirname(path)) is None})
    findings += [f"{RULES_FILE}: {folder or '.'} holds C++ and has no line" for folder in missing]
    for path in files:
        if os.path.dirname(path) in missing:
            continue
        text = read(root, path)
        findings += check_includes(rules, path, text, known)
        if matches(os.path.dirname(path), rules.pure):
            findings += check_purity(path, text)
    return findings


def parse_rules(text):
    rules = Rules({}, [], [], [])
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, colon, rest = line.partition(":")
        words = name.split()
        if not colon or not words:
            rules.problems.append(f"{RULES_FILE}:{number}: a line is 'name: folders'")
        elif words[0] == "library":
            sources_only = words[-2:] == ["in", "sources"]
            rules.libraries.append(Library(words[1:-2] if sources_only else words[1:], sources_only, rest.split()))
        elif words == ["pure"]:
            rules.pure.extend(rest.split())
        elif len(words) > 1 or words[0] in rules.rooms:
            rules.problems.append(f"{RULES_FILE}:{number}: '{name}' is not one new folder")
        else:
            rules.rooms[words[0]] = rest.split()
    return rules


def room_of(rules, folder):
    """The folders that this one may include, or None where no line covers it; the narrowest line counts."""
    if folder in rules.rooms:
        return rules.rooms[folder]
    covering = [name for name in rules.rooms if name.endswith("/*") and matches(folder, [name])]
    return rules.rooms[max(covering, key=len)] if covering else None


def matches(folder, patterns):
    return any(
        pattern in ("*", folder) or (pattern.endswith("/*") and folder.startswith(pattern[:-1]))
        for pattern in patterns
    )


def check_includes(rules, path, text, known):
    folder = os.path.dirname(path)
    for match in INCLUDE.finditer(without_comments(text)):
        quote, target = match.groups()
        place = f"{path}:{line_of(text, match.start(1))}: includes {target}"
        if target in known or quote == '"':
            finding = check_project_include(rules, folder, target, known)
        else:
            finding = check_library_include(rules, path, target)
        if finding:
            yield f"{place}: {finding}"


def check_project_include(rules, folder, target, known):
    if target not in known:
        return "no such file; project headers are named from the root, libraries stand in <>"
    allowed = room_of(rules, folder)
    if os.path.dirname(target) == folder or matches(os.path.dirname(target), allowed):
        return None
    return f"{folder} may include only: {' '.join(allowed) or 'itself'}"


def check_library_include(rules, path, target):
    folder = os.path.dirname(path)
    if room_of(rules, folder) == ["*"] or re.search(r"fwd\.h(pp)?$", target):
        return None
    for library in rules.libraries:
        if not any(re.match(re.escape(prefix) + r"[/.]|" + re.escape(prefix) + "$", target)
                   for prefix in library.prefixes):
            continue
        if not matches(folder, library.folders):
            return f"that library belongs to {' '.join(library.folders)}"
        if library.sources_only and not path.endswith(".cpp"):
            return "that library is for .cpp files only"
    return None


def check_purity(path, text):
    for match in INCLUDE.finditer(without_comments(text)):
        if match.group(2) in IMPURE_HEADERS:
            yield f"{path}:{line_of(text, match.start(1))}: includes <{match.group(2)}>: {os.path.dirname(path)} is pure"
    for match in IMPURE_WORDS.finditer(without_literals(text)):
        yield (f"{path}:{line_of(text, match.start())}: {match.group()}: {os.path.dirname(path)} is pure; "
               "time, randomness and bytes come in as arguments")


if __name__ == "__main__":
    sys.exit(main())
