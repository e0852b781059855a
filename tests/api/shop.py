"""Starts the real program on a fresh store, and stops it."""
import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

ADMIN = "test-admin-token-0123456789abcdef"


class Shop:
    """A running `kontor serve` in a temporary folder, or on its own PostgreSQL database."""

    def __init__(self, build, postgres=False, settings=None, data=None, extra=()):
        self.build, self.postgres, self.settings, self.extra = build, postgres, dict(settings or {}), list(extra)
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="kontor-api-")
        self.database = None
        self.process = None
        self.port, self.ports, self.tls = 0, {}, False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        if self.database:
            self._sql(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
        if os.path.exists(self.data + ".log"):
            os.unlink(self.data + ".log")

    def _sql(self, text):
        url = os.environ["KONTOR_TEST_POSTGRES"]
        subprocess.run(["psql", url, "-qc", text], check=True, capture_output=True)

    def store_arguments(self):
        if not self.postgres:
            return []
        if not self.database:
            self.database = "api_" + os.path.basename(self.data).replace("-", "_").lower()
            self._sql(f'CREATE DATABASE "{self.database}"')
        url = os.environ["KONTOR_TEST_POSTGRES"]
        head, _, tail = url.partition("?")
        head = re.sub(r"(postgresql://[^/]*)(/[^?]*)?$", rf"\1/{self.database}", head)
        return ["--store", head + ("?" + tail if tail else "")]

    def environment(self):
        env = dict(os.environ, KONTOR_ADMIN_TOKEN=ADMIN, KONTOR_LIMITS="off", KONTOR_RISK="off",
                   KONTOR_DEGRADATION="off")
        env.update({k: str(v) for k, v in self.settings.items()})
        return env

    def command(self, *arguments):
        return [os.path.join(self.build, "kontor"), *arguments, "--data", self.data, *self.store_arguments()]

    def run(self, *arguments, **options):
        """Another command of the program on the same store (the server must be stopped for the embedded one)."""
        return subprocess.run(self.command(*arguments), env=self.environment(), capture_output=True, text=True, timeout=300,
                              **options)

    def start(self):
        command = self.command("serve", "--listen", "127.0.0.1:0", *self.extra)
        # Into a file, not a pipe: whoever reads a pipe takes the time that is measured.
        self.log_file = open(self.data + ".log", "ab+", buffering=0)
        begins = self.log_file.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(command, env=self.environment(), stdout=self.log_file, stderr=subprocess.STDOUT)
        while not self.port:
            ended = self.process.poll() is not None
            with open(self.data + ".log", "rb") as file:
                file.seek(begins)
                banner = file.read().decode("utf-8", "replace")
            doors = dict(re.findall(r"^(Shop and API|Back office|To HTTPS from): +(https?://127\.0\.0\.1:\d+)", banner, re.M))
            if "Shop and API" in doors and "Documentation" in banner and banner.endswith("\n"):
                self.ports = {name: url.rsplit(":", 1)[1] for name, url in doors.items()}
                self.tls = doors["Shop and API"].startswith("https:")
                self.port = int(self.ports["Shop and API"])
            elif ended:
                raise RuntimeError("the program did not start: " + "".join(self.log[-20:]))
            else:
                time.sleep(0.002)

    @property
    def log(self):
        """The lines that the program wrote, the latest megabyte of them."""
        try:
            with open(self.data + ".log", "rb") as file:
                file.seek(max(0, os.path.getsize(self.data + ".log") - (1 << 20)))
                return file.read().decode("utf-8", "replace").splitlines(keepends=True)
        except OSError:
            return []

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.process, self.port = None, 0

    def stop_cleanly(self):
        """SIGTERM; the program must end with 0 and without a sanitizer's word."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            raise RuntimeError("the program did not stop within 30 s of SIGTERM:\n" + "".join(self.log[-20:]))
        if code != 0:
            raise RuntimeError(f"the program ended with {code}:\n" + "".join(self.log[-60:]))
        self.process, self.port = None, 0

    def request(self, method, path, body=None, headers=None, timeout=60):
        """(status, headers as list, body bytes)."""
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout,
                                                     context=ssl._create_unverified_context())
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()
