#!/usr/bin/env python3
"""Fails on a relative link in a Markdown file that leads nowhere.

Usage: check_links.py [ROOT]. Prints one "file:line: what" for each finding; exit code 1 when there is one.
"""

import os
import re
import sys

from source_tree import line_of, project_files, read

LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def main():
    default_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    root = sys.argv[1] if len(sys.argv) > 1 else default_root
    findings = find_all(root)
    print("\n".join(findings) if findings else "links: every relative link leads somewhere")
    return 1 if findings else 0


def find_all(root):
    return [
        f"{path}:{line}: links to {target}, which is not there"
        for path in project_files(root) if path.endswith(".md")
        for line, target in relative_links(read(root, path))
        if not os.path.exists(os.path.join(root, os.path.dirname(path), target))
    ]


def relative_links(text):
    text = FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    for match in LINK.finditer(text):
        if "://" not in match.group(1) and not match.group(1).startswith("mailto:"):
            yield line_of(text, match.start()), match.group(1)


if __name__ == "__main__":
    sys.exit(main())
