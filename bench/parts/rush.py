"""The rush: checkouts of three lines over many offers, on a store that grows to many orders; and one hot item."""
import json
import os
import sqlite3
import statistics
import time

from parts import floors

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
COMMITS = 400  # a second, of the disk alone: about as many as there are when 6,000 checkouts share them
PORTION = 100_000  # sessions opened at once: their requests lie in a file


def id_text(prefix, number):
    return prefix + "_" + "".join(LETTERS[number >> 5 * k & 31] for k in range(12, -1, -1))


def row(number, on_hand, name):
    return json.dumps({"external_id": f"rush-{name}", "title": f"Thing {name}", "brand": f"Brand {number % 97}",
                       "category_path": ["Rush", f"Group {number % 60}"],
                       "offers": [{"sku": f"R-{name}", "price": {"amount": 500 + number % 9000, "currency": "USD"},
                                   "stock": [{"warehouse": "main", "on_hand": on_hand}]}]}) + "\n"


def store_of(bench, tools, offers):
    data, rows = os.path.join(bench.folder, "rush"), os.path.join(bench.folder, "rush.ndjson")
    os.makedirs(data)
    with open(rows, "w", encoding="utf-8") as file:
        file.writelines(row(n, 1_000_000_000, str(n)) for n in range(offers))
        file.write(row(0, 100, "hot"))
    done = tools.subprocess.run([os.path.join(bench.build, "kontor"), "import", rows, "--data", data], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("import failed: " + done.stdout + done.stderr)
    os.remove(rows)
    return data


def offer_ids(data):
    """(product, offer) pairs and the hot offer, straight from the file: paging through a million takes too long."""
    with sqlite3.connect(f"file:{data}/catalog.db?mode=ro", uri=True) as store:
        hot = store.execute("SELECT id FROM catalog_offers WHERE sku = 'R-hot'").fetchone()[0]
        ids = [(None, id_text("off", n)) for n, in store.execute("SELECT id FROM catalog_offers WHERE sku <> 'R-hot' ORDER BY id")]
    return ids, id_text("off", hot)


def sell(bench, shop, offers, count, tag):
    """So many checkouts as fast as they go, carts filled before; answers the load's figures, portion by portion."""
    done = []
    for at in range(0, count, PORTION):
        tokens = bench.sessions(shop, offers, min(PORTION, count - at), lines=3)
        requests = bench.checkouts(tokens, f"{tag}-{at}")
        os.sync()
        done.append(bench.load(shop.port, requests, connections=128))
    return done


def paced(bench, shop, offers, rate, seconds, tag):
    count, tokens = int(rate * (seconds + 1) * 1.05), []
    while len(tokens) < count:
        tokens += bench.sessions(shop, offers, min(PORTION, count - len(tokens)), lines=3)
    requests = bench.checkouts(tokens, tag)
    del tokens
    os.sync()
    return bench.load(shop.port, requests, connections=256, seconds=seconds, warm=1, rate=rate)


def lag(shop):
    """The most events that a consumer is behind."""
    _, _, body = shop.request("GET", "/metrics")
    return max((float(line.rsplit(" ", 1)[1]) for line in body.decode().splitlines()
                if line.startswith("kontor_consumer_lag_events")), default=0.0)


def caught_up(shop):
    """Seconds until every durable consumer has come to what is in the log now; returns when all have, by the metrics (which are
    taken once a second)."""
    began = time.monotonic()
    with sqlite3.connect(f"file:{shop.data}/shop.db?mode=ro", uri=True) as store:
        head = store.execute("SELECT MAX(id) FROM outbox_events").fetchone()[0] or 0
        while time.monotonic() - began < 600:
            slowest = store.execute("SELECT MIN(position) FROM consumer_positions WHERE stream = 'shop'").fetchone()[0]
            if (slowest or 0) >= head:
                break
            time.sleep(0.005)
    seconds = time.monotonic() - began
    while lag(shop) > 0 and time.monotonic() - began < 600:
        time.sleep(0.2)
    return seconds


def written(shop):
    """Rows changed and pages put into the log so far, over all files of the store."""
    _, _, body = shop.request("GET", "/metrics")
    return [sum(float(line.rsplit(" ", 1)[1]) for line in body.decode().splitlines() if line.startswith(name + "{"))
            for name in ("kontor_store_rows_total", "kontor_store_log_pages_total")]


def writes_of_a_checkout(bench, shop, offers, count=10_000):
    """Rows and pages that a checkout of three lines costs in a rush, its consumers' share included."""
    requests = bench.checkouts(bench.sessions(shop, offers, count, lines=3), "counted")
    caught_up(shop)
    before = written(shop)
    sold = bench.load(shop.port, requests, connections=128)["statuses"].get("201", count)
    caught_up(shop)
    return [(after - then) / sold for after, then in zip(written(shop), before)]


def slow(shop, seconds=0.1):
    """How many write functions, waits for their turn and commits of the shop's file took longer so far: whether a stall is the
    disk's or the program's."""
    _, _, body = shop.request("GET", "/metrics")
    out = {}
    for part in ("write", "queue_wait", "commit"):
        name, within, every = f"kontor_store_{part}_seconds", 0.0, 0.0
        for line in body.decode().splitlines():
            if not line.startswith(name) or 'place="shop"' not in line:
                continue
            value = float(line.rsplit(" ", 1)[1])
            if line.startswith(name + "_count"):
                every = value
            elif "_bucket" in line and 'le="+Inf"' not in line and float(line.split('le="')[1].split('"')[0]) <= seconds:
                within = max(within, value)
        out[part] = every - within
    return out


def orders_page(bench, tools, shop, tokens):
    path = os.path.join(bench.folder, "orders.req")
    tools.write_requests(path, [tools.http_request("GET", "/api/v1/orders", t) for t in tokens])
    return statistics.median(bench.load(shop.port, path, connections=16, seconds=3, warm=1, random=1)["p50_ms"] for _ in range(3))


def hot_item(bench, shop, offer):
    tokens = bench.sessions(shop, [(None, offer)], 10_000)
    began = time.monotonic()
    figures = bench.load(shop.port, bench.checkouts(tokens, f"hot-{began}"), connections=256)
    return {"seconds": sum(figures["statuses"].values()) / figures["per_second"], "statuses": figures["statuses"]}


def long_run(bench, shop, offers, seconds):
    """Minutes at 6,000/s; then the disk alone for as long, with as many bytes a second, since every answer waits for it."""
    before, pages = slow(shop), written(shop)[1]
    run = paced(bench, shop, offers, 6000, seconds, "long")
    over = {part: count - before[part] for part, count in slow(shop).items()}
    size = (written(shop)[1] - pages) * 4096 / seconds / COMMITS
    out = {"minutes": seconds / 60, "over_100_ms": over, **{key: run[key] for key in ("per_second", "p50_ms", "p99_ms", "max_ms", "statuses")}}
    bench.say(f"  the same for {seconds / 60:.0f} minutes", f"{run['per_second']:.0f}/s, p99 {run['p99_ms']:.1f} ms, longest {run['max_ms']:.0f} ms",
              "asked: no stall over 100 ms")
    bench.say("  over 100 ms in the store then", f"{over['commit']:.0f} functions waited for a commit, {over['queue_wait']:.0f} for a turn, {over['write']:.0f} wrote")
    disk = out["disk"] = floors.sync(bench, seconds, COMMITS, size)
    bench.say(f"  the disk alone, {COMMITS} commits/s of {size / 1024:.0f} KiB", f"p99 {disk['p99_ms']:.1f} ms, longest {disk['max_ms']:.0f} ms, "
              f"{disk['over_100_ms']} over 100 ms")
    return out


def measure(bench, tools):
    offers_wanted, orders_wanted = bench.a.catalogue, bench.a.orders
    data = store_of(bench, tools, offers_wanted)
    offers, hot = offer_ids(data)
    results = {"offers": len(offers)}
    with bench.shop(data) as shop:
        results["hot_item"] = hot_item(bench, shop, hot)
        bench.say("hot item: 10,000 attempts for 100 units", f"{results['hot_item']['seconds']:.2f} s {results['hot_item']['statuses']}",
                  "asked: under 1 s, 100 orders")
        young = sell(bench, shop, offers, 30_000, "young")
        results["per_second_young"] = statistics.median(f["per_second"] for f in young)
        rows, pages = writes_of_a_checkout(bench, shop, offers)
        results["rows_per_checkout"], results["pages_per_checkout"] = rows, pages
        bench.say("  a checkout writes, consumers included", f"{rows:.1f} rows, {pages:.1f} pages of the log", "asked: at most 36 rows")
        tokens = bench.sessions(shop, offers, 1000, lines=1)
        bench.load(shop.port, bench.checkouts(tokens, "own"), connections=16)
        results["orders_ms_young"] = orders_page(bench, tools, shop, tokens)
        sold = sell(bench, shop, offers, orders_wanted, "grow")
        results["per_second"] = statistics.median(f["per_second"] for f in sold)
        results["seconds"] = sum(PORTION / f["per_second"] for f in sold)
        results["max_ms"] = max(f["max_ms"] for f in sold)
        results["lag_seconds"] = caught_up(shop)
        bench.say(f"checkouts while {orders_wanted} orders come in", f"{results['per_second']:.0f}/s, longest {results['max_ms']:.0f} ms",
                  "asked: at least 9,000/s")
        bench.say("  consumers behind at the end", f"{results['lag_seconds']:.1f} s", "asked: under 1 s")
        runs = [paced(bench, shop, offers, 6000, bench.a.seconds, f"paced{turn}") for turn in range(bench.a.rounds)]
        results["p99_ms_at_6000"] = statistics.median(f["p99_ms"] for f in runs)
        results["max_ms_at_6000"] = max(f["max_ms"] for f in runs)
        bench.say("  6,000/s offered, on the grown store", f"p99 {results['p99_ms_at_6000']:.1f} ms, longest {results['max_ms_at_6000']:.0f} ms",
                  "asked: under 40 ms, no stall over 100")
        if bench.a.minutes:
            results["long"] = long_run(bench, shop, offers, 60 * bench.a.minutes)
        old = sell(bench, shop, offers, 30_000, "old")
        results["per_second_old"] = statistics.median(f["per_second"] for f in old)
        results["orders_ms_old"] = orders_page(bench, tools, shop, tokens)
        bench.say("  cost of a checkout, many orders to few", f"{results['per_second_young'] / results['per_second_old']:.2f}", "asked: under 1.3")
        bench.say("  GET /orders, the same", f"{results['orders_ms_old'] / results['orders_ms_young']:.2f}", "asked: under 1.3")
    results["sqlite_per_second"] = floors.sqlite(bench, offers_wanted)
    results["rate_against_sqlite"] = results["per_second"] / results["sqlite_per_second"]
    bench.say("  rate against bare SQLite", f"{results['rate_against_sqlite']:.2f} of {results['sqlite_per_second']:.0f}/s", "asked: at least 0.6")
    bench.results["rush"] = results
