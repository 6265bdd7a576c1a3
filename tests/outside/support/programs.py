"""The two built programs as a person or a service manager runs them: segmentctl once, segmentd in the background."""

import json
import os
import shutil
import signal
import subprocess
import time

from support.http_calls import Client

SOURCE = os.environ.get("SEGMENTD_SOURCE_DIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
PROGRAMS = os.environ.get("SEGMENTD_BIN") or os.path.join(SOURCE, "build/release/bin")
DATA = os.environ.get("SEGMENTD_DATA") or os.path.join(SOURCE, "../shared/data")
VECTORS = os.environ.get("SEGMENTD_VECTORS") or os.path.join(SOURCE, "../shared/vectors")

COMMAND_SECONDS = 90
READY_SECONDS = 60
STOP_SECONDS = 40


def workspace_folder(name):
    return os.path.join(SOURCE, "tests/workspaces", name)


def copy_workspace(name, folder):
    return shutil.copytree(workspace_folder(name), os.path.join(folder, "workspace_" + name))


def published(folder, name):
    """The path of a file of real data, or None where that data is not at hand."""
    path = os.path.abspath(os.path.join(folder, name))
    return path if os.path.exists(path) else None


class Finished:
    """What a command left: its exit code and what it wrote."""

    def __init__(self, arguments, process):
        self.command = "segmentctl " + " ".join(arguments)
        self.code = process.returncode
        self.output = process.stdout
        self.errors = process.stderr

    def __str__(self):
        return f"$ {self.command}\nexit {self.code}\n{self.output[-2000:]}{self.errors[-2000:]}"


def segmentctl(*arguments):
    """Runs a command and gives what it left, whatever the exit code."""
    process = subprocess.run([os.path.join(PROGRAMS, "segmentctl"), *arguments], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=False)
    return Finished(arguments, process)


def segmentctl_json(*arguments):
    """The JSON value that a command prints; AssertionError unless it succeeds."""
    finished = segmentctl(*arguments, "--json")
    assert finished.code == 0, finished
    return json.loads(finished.output)


class Store:
    """A workspace folder and a store directory, as nearly every command takes them."""

    def __init__(self, workspace, data):
        self.workspace = workspace
        self.data = data

    def ask(self, command, *arguments):
        return segmentctl_json(command, "--workspace", self.workspace, "--data", self.data, *arguments)

    def run(self, command, *arguments):
        return segmentctl(command, "--workspace", self.workspace, "--data", self.data, *arguments)


class Daemon:
    """A running segmentd on a free port of this machine; its log lies beside the store."""

    def __init__(self, store, settings=(), port=0):
        self.store = store
        self.settings = list(settings)
        self.port = port
        self.process = None
        self.clients = []
        self.log_path = store.data.rstrip("/") + ".log"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close_clients()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def command(self, port_file):
        command = [os.path.join(PROGRAMS, "segmentd"), "--workspace", self.store.workspace, "--data", self.store.data,
                   "--listen", f"127.0.0.1:{self.port}", "--port-file", port_file]
        for setting in self.settings:
            command += ["--set", setting]
        return command

    def start(self):
        """Returns once the port file holds the port."""
        port_file = self.store.data.rstrip("/") + ".port"
        if os.path.exists(port_file):
            os.remove(port_file)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(port_file), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_SECONDS
        while not read_number(port_file):
            if self.process.poll() is not None:
                raise AssertionError(f"segmentd ended with {self.process.returncode}\n{self.log_tail()}")
            assert time.monotonic() < deadline, f"segmentd wrote no port\n{self.log_tail()}"
            time.sleep(0.005)
        self.bound_port = read_number(port_file)
        self.url = f"http://127.0.0.1:{self.bound_port}"
        with open(os.path.join(self.store.data, "token"), encoding="utf-8") as file:
            self.token = file.read().strip()
        return self

    def client(self, token=None):
        self.clients.append(Client(self.bound_port, self.token if token is None else token))
        return self.clients[-1]

    def close_clients(self):
        for client in self.clients:
            client.close()
        self.clients.clear()

    def status(self):
        """The state once all that was taken in is durable."""
        deadline = time.monotonic() + 20
        while True:
            status = segmentctl_json("status", "--url", self.url)
            if status["is_durable"] and status["waiting"] == 0:
                return status
            assert time.monotonic() < deadline, status
            time.sleep(0.02)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it in the polite way; the exit code."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_tail(self):
        return self.log_text()[-3000:]


def read_number(path):
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def wait_until(claim, seconds, what):
    """Waits until claim() gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = claim()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)
