"""POST /checkout on PostgreSQL, with one process (a loop a core) and with three of one loop on one database: all at once, at 2,000/s offered, and all on one
offer; beside pgbench on the same server."""
import os
import statistics
import threading

from parts import floors

RATE = 2000
CONNECTIONS = 256
PROCESSES = 3
PRODUCTS = 2000


class Beside:
    """One more process on the database of another."""

    def __init__(self, tools, bench, shop):
        self.shop = tools.Shop(bench.build, postgres=True, settings=shop.settings)
        self.database = shop.database

    def __enter__(self):
        self.shop.database = self.database
        self.shop.start()
        return self.shop

    def __exit__(self, *_):
        self.shop.kill()
        self.shop.database = None  # the first one's, which removes it
        self.shop.__exit__()


class Load:
    """Purchases by fresh guests over all processes, each its share."""

    def __init__(self, bench, shops, offers):
        self.bench, self.shops, self.offers, self.turn = bench, shops, offers, 0

    def run(self, count, offers=None, lines=3, **options):
        self.turn += 1
        shops, requests = self.shops, []
        for n in range(len(shops)):
            tokens = self.bench.sessions(shops[0], offers or self.offers, count // len(shops), lines=lines)
            path = self.bench.checkouts(tokens, f"g{len(shops)}-{self.turn}-{n}")
            requests.append(path + f".{n}")
            os.rename(path, requests[-1])
        if "rate" in options:
            options["rate"] /= len(shops)
        found = [None] * len(shops)

        def one(n):
            found[n] = self.bench.load(shops[n].port, requests[n], connections=CONNECTIONS // len(shops), **options)

        threads = [threading.Thread(target=one, args=(n,)) for n in range(len(shops))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        statuses = {}
        for figure in found:
            for status, times in figure["statuses"].items():
                statuses[status] = statuses.get(status, 0) + times
        return {"per_second": sum(f["per_second"] for f in found), "p50_ms": max(f["p50_ms"] for f in found),
                "p99_ms": max(f["p99_ms"] for f in found), "statuses": statuses}


def rounds_of(bench, shops, offers):
    load, seconds = Load(bench, shops, offers), bench.a.seconds
    spread, paced, hot = [], [], []
    for _ in range(bench.a.rounds):
        spread.append(load.run(int(3500 * seconds)))
        paced.append(load.run(int(RATE * (seconds + 1) * 1.1), seconds=seconds, warm=1, rate=RATE))
        hot.append(load.run(int(2500 * seconds), offers=offers[:1], lines=1))
    middle = lambda figures, key: statistics.median(f[key] for f in figures)  # noqa: E731
    return {"per_second": middle(spread, "per_second"), "p99_ms": middle(spread, "p99_ms"), "statuses": spread[0]["statuses"],
            "p50_ms_at_2000": middle(paced, "p50_ms"), "p99_ms_at_2000": middle(paced, "p99_ms"),
            "per_second_at_2000": middle(paced, "per_second"),
            "hot_per_second": middle(hot, "per_second"), "hot_statuses": hot[0]["statuses"]}


def say(bench, what, r):
    bench.say(f"POST /checkout on PostgreSQL, {what}", f"{r['per_second']:.0f}/s, p99 {r['p99_ms']:.1f} ms {r['statuses']}",
              "asked: at least 4,000/s")
    bench.say(f"  at {RATE}/s offered", f"{r['per_second_at_2000']:.0f}/s, p50 {r['p50_ms_at_2000']:.1f}, p99 {r['p99_ms_at_2000']:.1f} ms",
              "asked: under 60 ms")
    bench.say("  all on one offer", f"{r['hot_per_second']:.0f}/s {r['hot_statuses']}",
              f"{r['hot_per_second'] / r['per_second']:.2f} of the above; asked: at least 0.5")


def measure(bench, tools):
    bench.products(PRODUCTS)  # for its rows
    with floors.PostgresServer(tools.ROOT) as server:
        with tools.Shop(bench.build, postgres=True, settings={"KONTOR_LOG_LEVEL": "info", "KONTOR_POSTGRES_BATCH": str(bench.a.postgres_batch)}) as shop:
            with open(os.path.join(bench.folder, "products.ndjson"), "rb") as file:
                rows = file.read()
            shop.request("POST", "/api/v1/admin/import?format=ndjson", rows,
                         {"Authorization": "Bearer " + tools.ADMIN, "Content-Type": "application/x-ndjson"}, timeout=600)
            offers = bench.offers(shop, PRODUCTS)
            r = rounds_of(bench, [shop], offers)
            say(bench, "one process", r)
            floor = floors.pgbench(bench, server.url)
            r["pgbench_per_second"], r["rate_against_pgbench"] = floor, r["per_second"] / floor
            bench.say("  rate against pgbench", f"{r['rate_against_pgbench']:.2f} of {floor:.0f}/s", "asked: at least 0.6")
            shop.kill()
            shop.settings["KONTOR_IO_THREADS"] = "1"  # three loops on two cores are enough
            shop.start()
            with Beside(tools, bench, shop) as second, Beside(tools, bench, shop) as third:
                several = rounds_of(bench, [shop, second, third], offers)
            say(bench, f"{PROCESSES} processes", several)
            r["three_processes"] = several
    r["postgres_batch"] = bench.a.postgres_batch
    bench.results["checkout_postgres"] = r
