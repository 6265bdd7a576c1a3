#!/usr/bin/env python3
"""Fails on files over 400 lines, functions over 60 lines, and words that do not belong in the project.

Usage: check_style.py [ROOT]. Prints one "file:line: what" for each finding; exit code 1 when there is one.
A C++ function is measured from its signature to its closing brace; a lambda counts to the function it stands in.
"""

import ast
import os
import re
import sys

from source_tree import line_of, project_files, read, without_directives, without_literals

FILE_LINES = 400
FUNCTION_LINES = 60

CODE_ENDINGS = (".cpp", ".hpp", ".py", ".sh", ".cmake", ".ts", ".tsx", ".mjs", "CMakeLists.txt")
CODE_FILES = {"dev", ".ci/run"}
PROSE_ENDINGS = (".md", ".yaml", ".service", ".html")
OWN_FOLDER = "tests/architecture/"  # the checks themselves name what they look for

ANYWHERE = [
    (r"\bTODO\b|\bFIXME\b|\bXXX\b", "unfinished work belongs in an issue"),
    (r"helper session|\bthe workplace\b|(?<![\w.])/(?:work|home)/|\.\./shared/(?!vectors\b|data\b)",
     "a reader of the project does not know that place"),
]
IN_CODE = [
    (r"\bcust_", "write customer"),
    (r"(?i)\bhack\b|\butils\b", "name the idea"),
    (r"\bco_await\b|\bco_yield\b|\bco_return\b", "g++ 12 miscompiles coroutines"),
    (r"\busing namespace\b", "write the names out"),
    (r"std::atomic<\s*std::shared_ptr", "use the snapshot holder"),
]


def main():
    default_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    root = sys.argv[1] if len(sys.argv) > 1 else default_root
    findings = find_all(root)
    print("\n".join(findings) if findings else "style: every file keeps the limits")
    return 1 if findings else 0


def find_all(root):
    findings = []
    for path in project_files(root):
        is_code = path.endswith(CODE_ENDINGS) or path in CODE_FILES
        if not is_code and not path.endswith(PROSE_ENDINGS):
            continue
        text = read(root, path)
        if is_code:
            findings += check_lengths(path, text)
        if not path.startswith(OWN_FOLDER):
            findings += check_words(path, text, ANYWHERE + (IN_CODE if is_code else []))
    return findings


def check_lengths(path, text):
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}:{FILE_LINES + 1}: {lines} lines, at most {FILE_LINES}: one idea a file"
    for name, first, last in functions_of(path, text):
        if last - first + 1 > FUNCTION_LINES:
            yield f"{path}:{first}: function {name} has {last - first + 1} lines, at most {FUNCTION_LINES}"


def check_words(path, text, rules):
    for pattern, reason in rules:
        for match in re.finditer(pattern, text):
            yield f"{path}:{line_of(text, match.start())}: '{match.group()}': {reason}"


def functions_of(path, text):
    if path.endswith((".cpp", ".hpp")):
        return cpp_functions(without_directives(without_literals(text)))
    if path.endswith(".py"):
        return python_functions(text)
    return []


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def cpp_functions(text):
    """Name, first and last line of every function; the text has no comments, literals and directives.

    Walks the brackets. At namespace or class scope the text before a brace, back to the last end of a declaration,
    tells what the brace opens.
    """
    opened = []
    start = 0
    for match in re.finditer(r"[{}();]", text):
        character, position = match.group(), match.start()
        at_scope = all(kind == "scope" for kind in opened)
        if character == "(":
            opened.append("parenthesis")
        elif character == "{":
            opened.append(kind_of_brace(text[start:position]) if at_scope else "inner")
            start = position + 1 if opened[-1] == "scope" else start
        elif character == ";":
            start = position + 1 if at_scope else start
        elif opened:
            kind = opened.pop()
            if kind == "function":
                yield described(text, start, position)
            if kind in ("function", "scope"):
                start = position + 1


LABELS = re.compile(r"\s*(?:(?:public|private|protected)\s*:\s*)*")
INITIALIZERS = re.compile(r"\)\s*(?:noexcept\b[^:]*)?:(?!:)")
FUNCTION_END = re.compile(
    r"\)\s*(?:const\b\s*|noexcept\b\s*|override\b\s*|final\b\s*|mutable\b\s*|try\b\s*|&+\s*)*"
    r"(?:->[^()=]*|requires\b.*)?$",
    re.DOTALL,
)


def kind_of_brace(header):
    header = header.strip()
    if INITIALIZERS.search(header):  # Foo() : a_{1}, b_(2) {
        return "function" if header[-1] in ")}" else "initializer"
    if FUNCTION_END.search(header):
        return "function"
    if re.search(r"\b(?:namespace|extern|class|struct|union|enum)\b", header) and "=" not in header:
        return "scope"
    return "initializer"


def described(text, start, end):
    header = text[start:text.index("{", start)]
    name = re.search(r"([\w:~]+)\s*\(", header)
    first = line_of(text, start + LABELS.match(header).end())
    return (name.group(1) if name else "without a name"), first, line_of(text, end)


if __name__ == "__main__":
    sys.exit(main())
