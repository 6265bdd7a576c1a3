"""What the checks share: the files of the project, and C++ text without comments, literals or directives."""

import os
import re

SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__"}

COMMENT_OR_LITERAL = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | R"(?P<mark>[^(\s]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def project_files(root):
    """Paths from the root, sorted; build folders and hidden folders but .ci are left out."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [
            name for name in subfolders
            if name not in SKIPPED_FOLDERS and (not name.startswith(".") or name == ".ci")
        ]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(path.replace(os.sep, "/") for path in found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    """The same lines and columns, comments blank."""
    return COMMENT_OR_LITERAL.sub(lambda match: blank(match) if match.group("comment") else match.group(), text)


def without_literals(text):
    """The same lines and columns, comments, strings and characters blank."""
    return COMMENT_OR_LITERAL.sub(blank, text)


def without_directives(text):
    return DIRECTIVE.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
