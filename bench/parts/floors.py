"""What a checkout is measured against: the same rows over bare SQLite, and pgbench on the same PostgreSQL."""
import json
import os
import re
import statistics
import subprocess
import tempfile

BATCH = 64
OFFERS = 2000
SEGMENTS = 250


def sqlite(bench, offers=OFFERS):
    """Checkouts a second of kontor-floor-sqlite, the median of the rounds."""
    found = []
    for _ in range(bench.a.rounds):
        folder = tempfile.mkdtemp(dir=bench.folder)
        command = [os.path.join(bench.build, "kontor-floor-sqlite"), folder, str(bench.a.seconds), str(BATCH), str(offers)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError("kontor-floor-sqlite: " + done.stderr)
        found.append(json.loads(done.stdout)["per_second"])
    return statistics.median(found)


def sync(bench, seconds, commits_per_second, size):
    """What the disk alone makes commits of this size wait, at this pace."""
    command = [os.path.join(bench.build, "kontor-floor-sync"), os.path.join(bench.folder, "sync.floor"), str(seconds),
               str(max(1, round(commits_per_second))), str(max(4096, round(size)))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("kontor-floor-sync: " + done.stderr)
    return json.loads(done.stdout)


class PostgresServer:
    """The private server of tools/with_postgres, with fsync, by its socket; KONTOR_TEST_POSTGRES says where while it lives."""

    def __init__(self, root):
        self.command = [os.path.join(root, "tools/with_postgres"), "sh", "-c", 'echo "$KONTOR_TEST_POSTGRES_SOCKET"; exec cat >/dev/null']

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError("PostgreSQL did not start")
        os.environ["KONTOR_TEST_POSTGRES"] = self.url
        self.settle()
        return self

    def settle(self):
        """A server that has been selling for a while writes its log into segments that it used before; a new one makes each as it
        gets there, sixteen megabytes of zeros that the next commit waits for."""
        script = "".join(f"CREATE TABLE used_{n} (); DROP TABLE used_{n}; SELECT pg_switch_wal();\n" for n in range(SEGMENTS))
        subprocess.run(["psql", self.url, "-qAt"], input=script + "CHECKPOINT;\n", check=True, capture_output=True, text=True)

    def __exit__(self, *_):
        del os.environ["KONTOR_TEST_POSTGRES"]
        self.process.stdin.close()
        self.process.wait()


def pgbench(bench, url):
    """Transactions a second of `pgbench -M prepared -c 8 -j 2 -s 10`, the median of the rounds."""
    tool = next((p for p in ["/usr/bin/pgbench"] if os.path.exists(p)), "pgbench")
    done = subprocess.run([tool, "-i", "-q", "-s", "10", url], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("pgbench -i: " + done.stderr)
    found = []
    for _ in range(bench.a.rounds):
        done = subprocess.run([tool, "-M", "prepared", "-c", "8", "-j", "2", "-T", str(max(1, round(bench.a.seconds))), url],
                              capture_output=True, text=True)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode != 0 or not rate:
            raise RuntimeError("pgbench: " + done.stdout + done.stderr)
        found.append(float(rate.group(1)))
    return statistics.median(found)
