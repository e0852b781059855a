"""Carts as shoppers use them: adding, durable, and looking, with three promotions at work; on a store with few carts and on one that
holds many. Sessions are opened before."""
import json
import os
import statistics

LINES = 5
FEW = 10_000
PORTION = 100_000  # sessions opened at once: their requests lie in a file
SALES = [("10 % from five", "tiered", {}),
         ("Three for two", "buy_x_get_y", {"buy": 2, "get": 1}),
         ("A tenth", "percentage", {"basis_points": 1000})]


def promote(shop, tools):
    for label, kind, parameters in SALES:
        body = json.dumps({"name": label, "label": label, "type": kind, "parameters": parameters})
        status, _, answer = shop.request("POST", "/api/v1/admin/promotions", body,
                                         {"Authorization": "Bearer " + tools.ADMIN, "Content-Type": "application/json"})
        if status != 201:
            raise RuntimeError(answer.decode())


def figures(bench, shop, tokens, offers, tools):
    """Rate and p99 of both calls; the p99 at half the rate that is asked for."""
    paths = {"add": os.path.join(bench.folder, "carts-add.req"), "get": os.path.join(bench.folder, "carts-get.req")}
    one = lambda n: {"offer_id": offers[(n * 31 + 7) % len(offers)][1], "quantity": 1}  # noqa: E731
    tools.write_requests(paths["add"], [tools.http_request("POST", "/api/v1/cart/items", t, one(n)) for n, t in enumerate(tokens)])
    tools.write_requests(paths["get"], [tools.http_request("GET", "/api/v1/cart", t) for t in tokens])
    out = {}
    for kind, half in (("get", 15_000), ("add", 7_500)):
        closed = [bench.load(shop.port, paths[kind], connections=128, seconds=bench.a.seconds, warm=1, random=1) for _ in range(bench.a.rounds)]
        paced = [bench.load(shop.port, paths[kind], connections=256, seconds=bench.a.seconds, warm=1, random=1, rate=half) for _ in range(bench.a.rounds)]
        if set(closed[0]["statuses"]) - {"200", "409"}:
            raise RuntimeError(f"{kind} answered {closed[0]['statuses']}")
        out[kind] = {"per_second": statistics.median(f["per_second"] for f in closed),
                     "p99_ms_at_half": statistics.median(f["p99_ms"] for f in paced), "statuses": closed[0]["statuses"]}
    return out


def measure(bench, tools):
    results = {}
    with bench.shop(bench.products(2000)) as shop:
        promote(shop, tools)
        offers = bench.offers(shop, 2000)
        few = bench.sessions(shop, offers, FEW, lines=LINES)
        results["few"] = figures(bench, shop, few, offers, tools)
        for _ in range(0, bench.a.carts - FEW, PORTION):
            bench.sessions(shop, offers, PORTION)
        os.sync()
        results["many"] = figures(bench, shop, few, offers, tools)
    few, many = results["few"], results["many"]
    bench.say("GET /cart, 5 lines, 3 promotions", f"{many['get']['per_second']:.0f}/s, p99 {many['get']['p99_ms_at_half']:.1f} ms at 15,000/s",
              "asked: at least 30,000/s, under 10 ms")
    bench.say("POST /cart/items, durable", f"{many['add']['per_second']:.0f}/s, p99 {many['add']['p99_ms_at_half']:.1f} ms at 7,500/s",
              "asked: at least 15,000/s, under 10 ms")
    for kind in ("get", "add"):
        results[kind + "_cost"] = few[kind]["per_second"] / many[kind]["per_second"]
        bench.say(f"  cost of {kind} with {bench.a.carts} carts against {FEW}", f"{results[kind + '_cost']:.2f}", "asked: under 1.3")
    bench.results["carts"] = results
