#!/usr/bin/env python3
"""./dev setup on machines that lack something, played with stand-ins for apt-get and dpkg-query."""

import os
import shutil
import subprocess
import tempfile
import unittest

DEV = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../dev")
TOOLS = ("bash", "cat", "dirname", "env", "grep", "nproc")
EVERYTHING_INSTALLED = 'for package; do echo "installed $package"; done\n'
TWO_MISSING = EVERYTHING_INSTALLED.replace("; done", "; done | grep -v -e 'libre2-dev$' -e 'catch2$'")
APT = 'echo "apt-get $*"\n'


def is_debian_12():
    with open("/etc/os-release", encoding="utf-8") as file:
        lines = file.read().splitlines()
    return "ID=debian" in lines and 'VERSION_ID="12"' in lines


def run(*arguments, stand_ins, as_nobody=False):
    """A copy of ./dev in a folder of its own, with only TOOLS and the stand-ins to call."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(DEV, folder)
        os.mkdir(os.path.join(folder, "bin"))
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(folder, "bin", tool))
        for name, text in stand_ins.items():
            path = os.path.join(folder, "bin", name)
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + text)
            os.chmod(path, 0o755)
        other = {"user": 65534, "group": 65534, "extra_groups": []} if as_nobody and os.geteuid() == 0 else {}
        return subprocess.run(["bash", os.path.join(folder, "dev"), *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={"PATH": os.path.join(folder, "bin")}, timeout=60,
                              check=False, **other)


class Usage(unittest.TestCase):
    def test_an_unknown_command_prints_the_usage_and_ends_with_2(self):
        for words in ([], ["frobnicate"], ["setup", "frobnicate"], ["build", "frobnicate"]):
            with self.subTest(words):
                done = run(*words, stand_ins={})
                self.assertEqual(2, done.returncode)
                self.assertIn("Usage: ./dev COMMAND", done.stderr)

    def test_a_system_without_apt_is_told_what_it_needs(self):
        done = run("setup", stand_ins={})

        self.assertEqual(1, done.returncode)
        self.assertIn("Boost 1.81", done.stderr)
        self.assertIn("cmake --preset release", done.stderr)


@unittest.skipUnless(is_debian_12(), "not Debian 12")
class Setup(unittest.TestCase):
    def test_nothing_missing_says_and_installs_nothing(self):
        done = run("setup", "test", stand_ins={"apt-get": APT, "dpkg-query": EVERYTHING_INSTALLED})

        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    @unittest.skipUnless(os.geteuid() == 0, "not root")
    def test_root_installs_exactly_what_is_missing(self):
        done = run("setup", "test", stand_ins={"apt-get": APT, "dpkg-query": TWO_MISSING})

        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("apt-get update\napt-get install --yes --no-install-recommends libre2-dev catch2\n", done.stdout)

    def test_a_run_needs_no_test_packages(self):
        done = run("setup", "run", as_nobody=True, stand_ins={"apt-get": APT, "dpkg-query": TWO_MISSING})

        self.assertIn("These Debian packages are missing: libre2-dev\n", done.stderr)

    def test_without_root_and_sudo_the_missing_packages_are_printed(self):
        refusing_sudo = {"sudo": "exit 1\n"}
        for sudo in ({}, refusing_sudo):
            with self.subTest(sudo):
                done = run("setup", "test", as_nobody=True,
                           stand_ins={"apt-get": APT, "dpkg-query": TWO_MISSING, **sudo})

                self.assertEqual((1, ""), (done.returncode, done.stdout))
                self.assertIn("These Debian packages are missing: libre2-dev catch2\n", done.stderr)
                self.assertIn("apt-get install --no-install-recommends libre2-dev catch2", done.stderr)


if __name__ == "__main__":
    unittest.main()
