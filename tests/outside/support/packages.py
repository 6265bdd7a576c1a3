"""Unmodified packages from npm, by sdk/package-lock.json, installed once into build/node_modules."""

import fcntl
import json
import os
import shutil
import subprocess

from support.programs import SOURCE

FOLDER = os.path.join(SOURCE, "tests/outside/sdk")
INSTALLED = os.path.join(SOURCE, "build")
INSTALL_SECONDS = 60


def install():
    """Puts the packages into build/node_modules; the reason why not, or None. One test at a time."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node or npm is not installed"
    os.makedirs(INSTALLED, exist_ok=True)
    with open(os.path.join(INSTALLED, "npm.lock"), "w", encoding="utf-8") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return None if is_installed() else run_npm()


def run_npm():
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(FOLDER, name), INSTALLED)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]
    try:
        npm = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"npm ci took more than {INSTALL_SECONDS} s"
    return None if npm.returncode == 0 else f"npm ci failed: {npm.stderr.strip()[-300:]}"


def is_installed():
    """The lock file that npm keeps in node_modules names every package of ours in the same version. Optional ones
    are for other machines."""
    try:
        with open(os.path.join(INSTALLED, "node_modules/.package-lock.json"), encoding="utf-8") as file:
            found = json.load(file)["packages"]
    except (FileNotFoundError, ValueError):
        return False
    with open(os.path.join(FOLDER, "package-lock.json"), encoding="utf-8") as file:
        wanted = json.load(file)["packages"]
    return all(found.get(name, {}).get("version") == package.get("version") for name, package in wanted.items()
               if name and not package.get("optional"))
