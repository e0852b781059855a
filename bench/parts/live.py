"""Open pages of carts: how soon each of many followers hears of a price, when it lies in one cart of them and when it lies in all."""
import base64
import json
import os
import resource
import select
import socket
import statistics
import struct
import time

PATIENCE = 30  # seconds for one round


class Follower:
    """One page: a WebSocket that follows its cart. What comes is only timed, not read, once it is open."""

    def __init__(self, port, token):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall((f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                 f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
        self.bytes = b""
        self.until(b"\r\n\r\n")
        if not self.bytes.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(self.bytes.decode("latin-1").split("\r\n")[0])
        text = b'{"type":"subscribe","channel":"cart"}'
        self.connection.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
        self.until(b"cart.changed")
        self.connection.setblocking(False)

    def until(self, words):
        while words not in self.bytes:
            piece = self.connection.recv(65536)
            if not piece:
                raise RuntimeError("the server closed a connection while it was opened")
            self.bytes += piece


def watch(poll, followers, waiting, began):
    """When each of `waiting` heard something, in seconds from `began`; what the others hear is counted."""
    heard, others = {}, 0
    while waiting - heard.keys():
        if time.monotonic() - began > PATIENCE:
            raise RuntimeError(f"{len(waiting) - len(heard)} followers heard nothing in {PATIENCE} s")
        for fd, _ in poll.poll(0.5):
            now = time.monotonic() - began
            if not followers[fd].connection.recv(1 << 16):
                raise RuntimeError("the server dropped a follower")
            if fd in waiting:
                heard.setdefault(fd, now)
            else:
                others += 1
    return sorted(heard.values()), others


def quiet(poll, followers):
    """Until nothing came for a second."""
    while ready := poll.poll(1):
        for fd, _ in ready:
            followers[fd].connection.recv(1 << 16)


def measure(bench, tools):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(bench.a.followers, hard - 500)
    try:
        with bench.shop(bench.products(2000)) as shop:
            follow(bench, tools, shop, count)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def set_price(shop, tools, offer, amount):
    body = json.dumps({"price": {"amount": amount, "currency": "USD"}})
    status, _, answer = shop.request("PATCH", "/api/v1/admin/offers/" + offer, body,
                                     {"Authorization": "Bearer " + tools.ADMIN, "Content-Type": "application/json"})
    if status != 200:
        raise RuntimeError(answer.decode())


def follow(bench, tools, shop, count):
    offers = bench.offers(shop, 2000)
    common, rare = offers[0][1], offers[1][1]
    tokens = bench.sessions(shop, [offers[0]], count)
    tools.write_requests(path := os.path.join(bench.folder, "rare.req"),
                         [tools.http_request("POST", "/api/v1/cart/items", tokens[0], {"offer_id": rare, "quantity": 1})])
    bench.load(shop.port, path, connections=1)
    before = tools.memory_bytes(shop.process.pid)
    poll, followers = select.epoll(), {}
    for token in tokens:
        follower = Follower(shop.port, token)
        followers[follower.connection.fileno()] = follower
        poll.register(follower.connection.fileno(), select.EPOLLIN)
    first = next(iter(followers))
    quiet(poll, followers)
    memory = (tools.memory_bytes(shop.process.pid) - before) / count
    rounds = {"one": [], "all": []}
    for n in range(bench.a.rounds):
        for kind, offer, waiting in (("one", rare, {first}), ("all", common, set(followers))):
            began = time.monotonic()
            set_price(shop, tools, offer, 700 + n)
            times, others = watch(poll, followers, waiting, began)
            if kind == "one" and others:
                raise RuntimeError(f"{others} followers heard of a price that is not theirs")
            rounds[kind].append({"half_s": times[len(times) // 2], "p99_s": times[len(times) * 99 // 100], "last_s": times[-1]})
            quiet(poll, followers)
    out = {kind: {name: statistics.median(r[name] for r in found) for name in found[0]} for kind, found in rounds.items()}
    out |= {"followers": count, "bytes_a_follower": memory}
    for follower in followers.values():
        follower.connection.close()
    bench.say(f"a price that lies in one of {count} followed carts", f"heard after {out['one']['last_s'] * 1000:.0f} ms", "asked: within 1 s")
    bench.say("a price that lies in all of them", f"half after {out['all']['half_s'] * 1000:.0f} ms, the last after {out['all']['last_s'] * 1000:.0f} ms",
              "asked: within 1 s")
    bench.say("  memory a follower", f"{memory / 1024:.1f} KiB")
    bench.results["live"] = out
