"""A whole shop of many products, searched over HTTP: how soon it answers after a start, what a question and a suggestion cost on one
core, and what happens to either world while the other is busy."""
import json
import os
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.parse

from parts import rush

ROWS = 250      # of a bulk call
CHANGES = 5000  # a second: prices and stock, half of each
SEARCHES = 1000  # a second beside them


def store_of(bench, tools):
    """A data folder with the products that kontor-search makes, and its questions."""
    folder = os.path.abspath(bench.a.keep) if bench.a.keep else bench.folder
    rows, data = os.path.join(folder, f"rows-{bench.a.catalogue}"), os.path.join(folder, f"browse-{bench.a.catalogue}")
    if not os.path.isdir(data):
        os.makedirs(rows, exist_ok=True)
        subprocess.run([os.path.join(bench.build, "kontor-search"), "--write-shop", rows, "--products", str(bench.a.catalogue)], check=True)
        began = time.monotonic()
        done = subprocess.run([os.path.join(bench.build, "kontor"), "import", rows + "/products.ndjson", "--data", data + ".part"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError("import failed: " + done.stdout + done.stderr)
        os.remove(rows + "/products.ndjson")
        os.rename(data + ".part", data)
        print(f"  {bench.a.catalogue} products imported in {time.monotonic() - began:.0f} s", flush=True)

    def requests(name, path, key):
        with open(f"{rows}/{name}.txt", encoding="ascii") as file:
            lines = [line.rstrip("\n") for line in file]
        tools.write_requests(out := f"{bench.folder}/{name}.req", [tools.http_request("GET", f"/api/v1/{path}?{key}=" + urllib.parse.quote(line)) for line in lines])
        return out, lines
    return data, requests("questions", "search", "q"), requests("beginnings", "search/suggest", "q")


def first_search(shop, question):
    """Seconds until a search is answered from the whole index."""
    began = time.monotonic()
    while True:
        status, _, body = shop.request("GET", "/api/v1/search?q=" + urllib.parse.quote(question))
        answer = json.loads(body)
        if status == 200 and answer["total_count"] > 0 and not answer.get("partial"):
            return time.monotonic() - began
        if time.monotonic() - began > 600:
            raise RuntimeError(f"no whole answer in ten minutes: {status} {body[:200]}")
        time.sleep(0.02)


def learnt(shop, typed):
    """Waits until what a start does beside its first answers is done: suggestions are the last of it."""
    first_search(shop, typed)
    for _ in range(3000):
        _, _, body = shop.request("GET", "/api/v1/search/suggest?q=" + urllib.parse.quote(typed[:3]))
        if json.loads(body)["products"]:
            return
        time.sleep(0.1)
    raise RuntimeError("no suggestions in five minutes")


def changes(bench, tools, offers, seconds):
    """Two files of bulk calls, prices and stock, enough for so long."""
    calls = int(seconds * CHANGES / 2 / ROWS * 1.2) + 20
    turn = [0]

    def rows(make):
        turn[0] += 1
        return {"items": [make(offers[(turn[0] * 7919 + k * 104729) % len(offers)][0]) for k in range(ROWS)]}
    out = []
    for name, make in (("prices", lambda sku: {"sku": sku, "price": {"amount": 500 + turn[0] % 9000, "currency": "USD"}}),
                       ("inventory", lambda sku: {"sku": sku, "on_hand": 1_000_000 + turn[0]})):
        tools.write_requests(path := f"{bench.folder}/{name}.req",
                             [tools.http_request("POST", f"/api/v1/admin/{name}/bulk", tools.ADMIN, rows(make)) for _ in range(calls)])
        out.append(path)
    return out


class Finding(threading.Thread):
    """Changes one price after the other and asks until a search by that price has it."""

    def __init__(self, shop, tools, sku):
        super().__init__()
        self.shop, self.tools, self.sku, self.over, self.took = shop, tools, sku, threading.Event(), []

    def run(self):
        _, _, offers = self.shop.request("GET", "/api/v1/admin/offers?sku=" + self.sku, None, {"Authorization": "Bearer " + self.tools.ADMIN})
        product = json.loads(offers)["items"][0]["product_id"]
        staff = {"Authorization": "Bearer " + self.tools.ADMIN, "Content-Type": "application/json"}
        while not self.over.is_set():
            amount = 20_000_000 + len(self.took)
            body = json.dumps({"items": [{"sku": self.sku, "price": {"amount": amount, "currency": "USD"}}]})
            self.shop.request("POST", "/api/v1/admin/prices/bulk", body, staff)
            began = time.monotonic()
            while time.monotonic() - began < 30:
                _, _, found = self.shop.request("GET", f"/api/v1/products?ids={product}&price_min={amount}&price_max={amount}")
                if json.loads(found)["total_count"] == 1:
                    break
                time.sleep(0.01)
            self.took.append(time.monotonic() - began)
            self.over.wait(0.2)


def beside(*work):
    """Runs functions at the same time; answers what each answered."""
    out = [None] * len(work)

    def one(at):
        out[at] = work[at]()
    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in out:
        raise RuntimeError("a load beside another failed")
    return out


class Idlers:
    """On each core a program of the lowest priority that computes and nothing else: what any work costs that yields as well as it can."""

    def __enter__(self):
        self.running = [subprocess.Popen(["nice", "-n", "19", "sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count())]

    def __exit__(self, *_):
        for process in self.running:
            process.kill()
            process.wait()


def skus(data):
    with sqlite3.connect(f"file:{data}/catalog.db?mode=ro", uri=True) as store:
        return [(sku, rush.id_text("off", n)) for n, sku in store.execute("SELECT id, sku FROM catalog_offers ORDER BY id")]


def alone(bench, data, questions, typed, r):
    """One core serves, the other asks."""
    shop = bench.shop(data, pin=0)
    with shop:
        r["first_build_seconds"] = first_search(shop, questions[1][0])
        shop.stop_cleanly()
    began = time.monotonic()
    with shop:
        first_search(shop, questions[1][0])
        r["restart_seconds"] = time.monotonic() - began
        bench.say("restart to the first search", f"{r['restart_seconds']:.2f} s ({r['first_build_seconds']:.0f} s without its file)", "asked: under 5 s")
        learnt(shop, questions[1][0])
        for name, requests in (("search", questions[0]), ("suggest", typed[0])):
            bench.load(shop.port, requests, pin=1, connections=8)
            fast = [bench.load(shop.port, requests, pin=1, connections=8, seconds=bench.a.seconds, warm=1, random=1, spin=1) for _ in range(bench.a.rounds)]
            calm = [bench.load(shop.port, requests, pin=1, connections=32, seconds=bench.a.seconds, warm=1, random=1, spin=1, rate=SEARCHES)
                    for _ in range(bench.a.rounds)]
            r[name] = {"per_second": statistics.median(f["per_second"] for f in fast), "statuses": fast[0]["statuses"],
                       **{f"{key}_at_1000": statistics.median(f[key] for f in calm) for key in ("p50_ms", "p99_ms")}}
    # The same where nobody asked the same before: no answer is kept.
    with bench.shop(data, pin=0, more={"KONTOR_LISTING_ANSWERS_MB": "0"}) as bare:
        learnt(bare, questions[1][0])
        bench.load(bare.port, questions[0], pin=1, connections=8)
        fast = [bench.load(bare.port, questions[0], pin=1, connections=8, seconds=bench.a.seconds, warm=1, random=1, spin=1) for _ in range(bench.a.rounds)]
        calm = [bench.load(bare.port, questions[0], pin=1, connections=32, seconds=bench.a.seconds, warm=1, random=1, spin=1, rate=SEARCHES)
                for _ in range(bench.a.rounds)]
        r["search_anew"] = {"per_second": statistics.median(f["per_second"] for f in fast),
                            **{f"{key}_at_1000": statistics.median(f[key] for f in calm) for key in ("p50_ms", "p99_ms")}}
    s, t, a = r["search"], r["suggest"], r["search_anew"]
    bench.say("searches with facets on one core", f"{s['per_second']:.0f}/s", "asked: at least 4,000/s")
    bench.say("  at 1,000/s", f"median {s['p50_ms_at_1000']:.2f} ms, p99 {s['p99_ms_at_1000']:.2f} ms", "asked: 0.5 ms, 5 ms")
    bench.say("searches that nobody asked before", f"{a['per_second']:.0f}/s; at 1,000/s median {a['p50_ms_at_1000']:.2f} ms, p99 {a['p99_ms_at_1000']:.2f} ms")
    bench.say("suggestions on one core", f"{t['per_second']:.0f}/s", "asked: at least 20,000/s")
    bench.say("  at 1,000/s", f"p99 {t['p99_ms_at_1000']:.2f} ms", "asked: under 2 ms")


def together(bench, tools, data, questions, r):
    offers = skus(data)
    seconds = max(bench.a.seconds, 10)
    with bench.shop(data) as shop:
        learnt(shop, questions[1][0])
        bench.load(shop.port, questions[0], connections=8)
        search = lambda **how: (lambda: bench.load(shop.port, questions[0], connections=32, seconds=seconds, warm=1, random=1, **how))  # noqa: E731
        rounds = []
        for _ in range(bench.a.rounds):
            prices, stock = changes(bench, tools, offers[1000:], seconds + 3)
            finding = Finding(shop, tools, offers[0][0])
            finding.start()
            # A little more is offered, since each connection of so slow a load begins with a rest.
            pace = {"connections": 8, "seconds": seconds, "warm": 1, "rate": CHANGES / 2 / ROWS * 1.2}
            found, *bulk = beside(search(rate=SEARCHES), lambda: bench.load(shop.port, prices, **pace), lambda: bench.load(shop.port, stock, **pace))
            finding.over.set()
            finding.join()
            rounds.append({"changes_per_second": sum(b["per_second"] for b in bulk) * ROWS, "bulk_p99_ms": max(b["p99_ms"] for b in bulk),
                           "p50_ms": found["p50_ms"], "p99_ms": found["p99_ms"], "found_most_s": max(finding.took)})
        r["beside_changes"] = {key: statistics.median(f[key] for f in rounds) for key in rounds[0]}
        b = r["beside_changes"]
        bench.say("prices and stock by bulk calls", f"{b['changes_per_second']:.0f}/s", "asked: 5,000/s")
        bench.say("  1,000 searches/s beside them", f"median {b['p50_ms']:.2f} ms, p99 {b['p99_ms']:.1f} ms", "asked: p99 under 20 ms")
        bench.say("  a price is found after at most", f"{b['found_most_s']:.2f} s", "asked: within 1 s")
        buying_beside(bench, shop, offers, search, r, seconds)
        r["memory_mb"] = tools.memory_bytes(shop.process.pid) / 1e6


def buying_beside(bench, shop, offers, search, r, seconds):
    """Checkouts alone, beside searches, and beside programs that only compute."""
    rate, found, asked = 1000, {"alone": [], "idlers": [], "1000": [], "most": []}, []

    def buying(name):
        requests = bench.checkouts(bench.sessions(shop, offers, int(rate * (seconds + 1) * 1.05), lines=3), name)
        return lambda: bench.load(shop.port, requests, connections=256, seconds=seconds, warm=1, rate=rate)
    for turn in range(bench.a.rounds):
        found["alone"].append(rush.paced(bench, shop, offers, rate, seconds, f"quiet{turn}"))
        bought = buying(f"idlers{turn}")
        with Idlers():
            found["idlers"].append(bought())
        found["1000"].append(beside(buying(f"paced{turn}"), search(rate=SEARCHES))[0])
        bought, most = beside(buying(f"busy{turn}"), search())
        found["most"].append(bought)
        asked.append(most["per_second"])
    c = r["checkout"] = {"rate": rate, "statuses": found["most"][0]["statuses"], "searches_per_second": statistics.median(asked)}
    for key in ("p50_ms", "p99_ms"):
        for name, suffix in (("alone", "alone"), ("idlers", "beside_idlers"), ("1000", "beside_1000"), ("most", "beside")):
            c[f"{key}_{suffix}"] = statistics.median(f[key] for f in found[name])
    say = lambda what, suffix, asked="": bench.say(what, f"median {c['p50_ms_' + suffix]:.1f} ms, p99 {c['p99_ms_' + suffix]:.1f} ms", asked)  # noqa: E731
    say(f"checkouts at {rate}/s alone", "alone")
    say("  beside programs of the lowest priority", "beside_idlers")
    say("  beside 1,000 searches/s", "beside_1000", "asked: keeps its p99")
    say(f"  beside {c['searches_per_second']:.0f} searches/s, as many as can be", "beside")


def measure(bench, tools):
    data, questions, typed = store_of(bench, tools)
    r = bench.results["browse"] = {"products": bench.a.catalogue}
    alone(bench, data, questions, typed, r)
    together(bench, tools, data, questions, r)
