"""Pages as browsers ask for them: the server's p99 at 5,000 requests a second offered, and the CPU of a product page beside nginx
with the same bytes as a file."""
import json
import os
import statistics
import subprocess

RATE = 5000
PRODUCTS = 2000


def listed(shop, admin, wanted):
    """(slug of the product, slug of its category) of the first `wanted` products."""
    found, cursor = [], None
    while len(found) < wanted:
        path = "/api/v1/products?limit=100" + (f"&cursor={cursor}" if cursor else "")
        status, _, body = shop.request("GET", path, None, {"Authorization": "Bearer " + admin})
        page = json.loads(body)
        if status != 200:
            raise RuntimeError(body.decode())
        found += [p["slug"] for p in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    return found[:wanted]


def categories(shop):
    slugs, open_nodes = [], json.loads(shop.request("GET", "/api/v1/categories")[2])["items"]
    while open_nodes:
        node = open_nodes.pop()
        slugs.append(node["slug"])
        open_nodes += node["children"]
    return slugs


def requests_of(bench, shop, admin, tools):
    """A request file for each kind of page; the cart page is that of 2,000 guests with three lines each."""
    products = ["/p/" + slug for slug in listed(shop, admin, PRODUCTS)]
    tokens = bench.sessions(shop, bench.offers(shop, PRODUCTS), 2000, lines=3)
    kinds = {"product": [tools.http_request("GET", p, headers=["Accept-Encoding: identity"]) for p in products],
             "category": [tools.http_request("GET", "/c/" + slug) for slug in categories(shop)],
             "cart": [tools.http_request("GET", "/cart", token) for token in tokens]}
    paths = {}
    for kind, requests in kinds.items():
        paths[kind] = os.path.join(bench.folder, f"page-{kind}.req")
        tools.write_requests(paths[kind], requests)
    return paths, products[0]


def beside_nginx(bench, shop, path, one, tools):
    """CPU a product page, and of nginx with the same bytes as a file."""
    _, _, body = shop.request("GET", one)
    name = "page.html"
    nginx = bench.nginx(name, body)
    same = os.path.join(bench.folder, "page-same.req")
    tools.write_requests(same, [tools.http_request("GET", "/api/v1/products/" + name)])
    figures = {"kontor": [], "nginx": []}
    try:
        bench.wait_port(tools.NGINX_PORT)
        worker = int(subprocess.run(["pgrep", "-P", str(nginx.pid)], capture_output=True, text=True).stdout.split()[0])
        bench.load(shop.port, path, connections=64)  # every page once
        os.sync()  # as for the product reads
        for _ in range(bench.a.rounds):
            figures["nginx"].append(bench.timed(worker, tools.NGINX_PORT, same, 1))
            figures["kontor"].append(bench.timed(shop.process.pid, shop.port, path, 1))
    finally:
        nginx.terminate()
        nginx.wait()
    middle = {who: {key: statistics.median(f[key] for f in rounds) for key in ("per_second", "cpu_us")} for who, rounds in figures.items()}
    return {"answer_bytes": len(body), **middle, "cpu_against_nginx": middle["kontor"]["cpu_us"] / middle["nginx"]["cpu_us"]}


def measure(bench, tools):
    results = {"rate": RATE}
    with bench.shop(bench.products(PRODUCTS), pin=0) as shop:
        paths, one = requests_of(bench, shop, tools.ADMIN, tools)
        for kind, path in paths.items():
            bench.load(shop.port, path, connections=64)  # every page once
            rounds = [bench.load(shop.port, path, pin=1, connections=256, seconds=bench.a.seconds, warm=1, random=1, rate=RATE)
                      for _ in range(bench.a.rounds)]
            results[kind] = {key: statistics.median(f[key] for f in rounds) for key in ("per_second", "p50_ms", "p99_ms")}
            results[kind]["statuses"] = rounds[0]["statuses"]
            if set(rounds[0]["statuses"]) != {"200"}:
                raise RuntimeError(f"the {kind} page answered {rounds[0]['statuses']}")
            bench.say(f"{kind} page at {RATE}/s offered", f"{results[kind]['per_second']:.0f}/s, p99 {results[kind]['p99_ms']:.2f} ms")
        results["html"] = beside_nginx(bench, shop, paths["product"], one, tools)
    html = results["html"]
    bench.say(f"product page, {html['answer_bytes']} bytes", f"{html['kontor']['per_second']:.0f}/s, {html['kontor']['cpu_us']:.1f} µs CPU")
    bench.say("  CPU against nginx", f"{html['cpu_against_nginx']:.2f}", "asked: at most 1.1")
    bench.results["pages"] = results
