#!/usr/bin/env python3
"""Each check passes a small good tree and fails, with place and rule, on a tree with one mistake."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))

RULES = """
base:
rules/features: base
rules/scoring: base
daemon/net: base
daemon/engine/*: base rules/*
tests/*: *
library boost/asio: daemon/net
library Eigen in sources: rules/scoring
pure: base rules/*
"""
GOOD_TREE = {
    "tests/architecture/rooms.txt": RULES,
    "base/money.hpp": "#pragma once\n",
    "rules/features/count.hpp": '#include "base/money.hpp"\n#include <vector>\n',
    "rules/features/count.cpp": '#include "rules/features/count.hpp"\n// #include "daemon/net/server.hpp"\n',
    "rules/scoring/fit.cpp": "#include <Eigen/Dense>\n",
    "daemon/net/server.hpp": "#include <boost/asio.hpp>\n#include <thread>\n",
    "daemon/engine/identity/merge.cpp": '#include "rules/features/count.hpp"\n',
    "tests/unit/server_test.cpp": '#include <boost/asio.hpp>\n#include "daemon/net/server.hpp"\n',
    "docs/start.md": "[money](../base/money.hpp#L1) and [elsewhere](https://example.com/a)\n",
}


def run(check, tree, *arguments):
    """Exit code and output of a check over a tree of path -> text."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        command = [sys.executable, os.path.join(HERE, check), root, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr


class CheckTest(unittest.TestCase):
    check = ""

    def passes(self, change):
        code, output = run(self.check, {**GOOD_TREE, **change})
        self.assertEqual((0, 1), (code, len(output.splitlines())), output)

    def fails(self, change, *expected):
        code, output = run(self.check, {**GOOD_TREE, **change})
        self.assertEqual((1, 1), (code, len(output.splitlines())), output)
        for text in expected:
            self.assertIn(text, output)


class Rooms(CheckTest):
    check = "check_rooms.py"

    def test_a_tree_within_its_rooms_passes(self):
        self.passes({})

    def test_a_sideways_include_fails(self):
        self.fails({"rules/scoring/bad.cpp": '\n#include "rules/features/count.hpp"\n'},
                   "rules/scoring/bad.cpp:2: includes rules/features/count.hpp", "may include only: base")

    def test_an_upward_include_fails(self):
        self.fails({"base/bad.hpp": '#include "daemon/net/server.hpp"\n'}, "base/bad.hpp:1", "may include only: itself")

    def test_an_upward_include_in_angle_brackets_fails(self):
        self.fails({"base/bad.hpp": "#include <daemon/net/server.hpp>\n"}, "base/bad.hpp:1")

    def test_a_header_that_is_not_there_fails(self):
        self.fails({"base/bad.cpp": '#include "money.hpp"\n'}, "base/bad.cpp:1", "named from the root")

    def test_a_folder_without_a_line_fails(self):
        self.fails({"rules/pricing/price.hpp": ""}, "rules/pricing holds C++ and has no line")

    def test_a_line_that_is_no_rule_fails(self):
        self.fails({"tests/architecture/rooms.txt": RULES + "rules/pricing base\n"}, "rooms.txt:", "'name: folders'")

    def test_a_library_outside_its_room_fails(self):
        self.fails({"rules/features/bad.cpp": "#include <boost/asio/ip/tcp.hpp>\n"},
                   "rules/features/bad.cpp:1", "belongs to daemon/net")

    def test_a_header_with_a_library_for_sources_fails(self):
        self.fails({"rules/scoring/bad.hpp": "#include <Eigen/Dense>\n"}, "bad.hpp:1", "for .cpp files only")

    def test_a_thread_in_a_pure_folder_fails(self):
        self.fails({"rules/features/bad.cpp": "#include <thread>\n"}, "bad.cpp:1", "rules/features is pure")

    def test_a_clock_in_a_pure_folder_fails(self):
        self.fails({"base/bad.cpp": "\nauto t = std::chrono::system_clock::now();\n"},
                   "base/bad.cpp:2: system_clock::now", "base is pure")

    def test_a_clock_in_a_comment_passes(self):
        self.passes({"base/good.cpp": '// never system_clock::now\nauto text = "getenv";\n'})


def function_of_lines(lines):
    return "int f(int x) {\n" + "    ++x;\n" * (lines - 2) + "}\n"


LONG_BODY = "{\n" + "    ++x;\n" * 60 + "}\n"


class Style(CheckTest):
    check = "check_style.py"

    def test_a_file_and_a_function_at_the_limit_pass(self):
        self.passes({"base/a.cpp": function_of_lines(60) + "// more\n" * 340})

    def test_a_file_over_the_limit_fails(self):
        self.fails({"base/a.cpp": "// more\n" * 401}, "base/a.cpp:401: 401 lines")

    def test_a_function_over_the_limit_fails(self):
        self.fails({"base/a.cpp": "namespace a {\n" + function_of_lines(61) + "}\n"}, "a.cpp:2: function f has 61")

    def test_every_shape_of_function_is_seen(self):
        for signature in ("int C::f(int x) const noexcept ", "auto f(int x) -> std::vector<int> ",
                          "C::f(int x) : a_{x}, b_(x) ", "template <class T>\nint f(T x = {}) ",
                          'TEST_CASE("a } in a name") ', "static const auto f = [](int x) ",
                          "struct C : B {\n  public:\n    int a{0};\n    int f(int x) override "):
            with self.subTest(signature):
                end = "};\n" if signature.startswith(("static", "struct")) else ""
                body = LONG_BODY.rstrip() + end if signature.startswith("static") else LONG_BODY + end
                self.fails({"base/a.cpp": signature + body}, "base/a.cpp:", "lines, at most 60")

    def test_a_long_class_or_table_is_no_function(self):
        members = "    int a(int x) { return x; }\n" * 70
        self.passes({"base/a.hpp": "class C final {\n" + members + "};\nconst int t[] = {\n" + "1,\n" * 70 + "};\n"})

    def test_brackets_in_literals_and_macros_do_not_count(self):
        text = "#define OPEN(x) \\\n    if (x) {\nchar a = '{';\nauto b = R\"({{)\"; // {\nint c = 1'000'000;\n"
        self.fails({"base/a.cpp": text + function_of_lines(61)}, "base/a.cpp:6: function f has 61")

    def test_a_long_python_function_fails(self):
        self.fails({"tests/outside/a.py": "def f():\n" + "    pass\n" * 60}, "a.py:1: function f has 61")

    def test_banned_words_fail(self):
        for text in ("// TODO later\n", "int cust_id;\n", "// a hack\n", '#include "base/utils/x.hpp"\n', "co_await x;\n",
                     "using namespace std;\n", "std::atomic<std::shared_ptr<int>> p;\n"):
            with self.subTest(text):
                self.fails({"base/a.cpp": text}, "base/a.cpp:1: '")

    def test_places_that_no_reader_knows_fail(self):
        for text in ("see /work/notes\n", "[d](../shared/DESIGN.md)\n", "found in a helper session\n"):
            with self.subTest(text):
                self.fails({"docs/a.md": text}, "docs/a.md:1: '")

    def test_the_folders_of_vectors_and_data_pass(self):
        self.passes({"tests/conformance/a.cpp": 'auto v = "../shared/vectors";\nauto d = "../shared/data";\n'})


class Links(CheckTest):
    check = "check_links.py"

    def test_links_that_lead_somewhere_pass(self):
        self.passes({"docs/a.md": "[start](start.md) [base](../base)\n```\n[x](not_a_link)\n```\n"})

    def test_a_link_that_leads_nowhere_fails(self):
        self.fails({"docs/a.md": "\nSee [there](gone.md).\n"}, "docs/a.md:2: links to gone.md")


class Systemd(unittest.TestCase):
    def check(self, text):
        command = ["bash", os.path.join(HERE, "check_systemd.sh")]
        with tempfile.TemporaryDirectory() as folder:
            unit = os.path.join(folder, "segmentd.service")
            with open(unit, "w", encoding="utf-8") as file:
                file.write(text)
            return subprocess.run([*command, unit], capture_output=True, text=True, timeout=60, check=False)

    def hardened(self):
        with open(os.path.join(HERE, "../../systemd/segmentd.service"), encoding="utf-8") as file:
            return file.read()

    def test_an_exposed_unit_fails(self):
        done = self.check("[Service]\nExecStart=/usr/bin/segmentd --settings x\n")
        self.assertEqual(1, done.returncode)
        self.assertIn("more exposed than 1.5", done.stderr)

    def test_an_unknown_key_fails(self):
        done = self.check(self.hardened().replace("WatchdogSec=", "WatchDogSeconds="))
        self.assertEqual(1, done.returncode)
        self.assertIn("WatchDogSeconds", done.stderr)


if __name__ == "__main__":
    unittest.main()
