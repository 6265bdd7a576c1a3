"""How the scripts of this folder run: as unittest, with --slow for the long form, telling what was skipped and why."""

import os
import sys
import tempfile
import unittest

from support.programs import PROGRAMS

SLOW = "--slow" in sys.argv


class Case(unittest.TestCase):
    """A test with a folder of its own, that is gone afterwards."""

    longMessage = True

    def folder(self):
        folder = tempfile.TemporaryDirectory(prefix="segmentd_outside_")
        self.addCleanup(folder.cleanup)
        return folder.name

    def enter(self, context):
        """Enters a context that ends with the test."""
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value


def run():
    """Runs the cases of the calling script; the exit code says how it went."""
    for program in ("segmentd", "segmentctl"):
        if not os.path.exists(os.path.join(PROGRAMS, program)):
            sys.exit(f"{program} is not in {PROGRAMS}; build it, or name its folder in SEGMENTD_BIN")
    names = [argument for argument in sys.argv if argument != "--slow"]
    result = unittest.main(argv=names, exit=False, verbosity=1).result
    for case, reason in result.skipped:
        print(f"skipped: {case.id()}: {reason}")
    sys.exit(0 if result.wasSuccessful() else 1)
