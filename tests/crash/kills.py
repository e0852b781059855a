"""kill -9 of the real program, again and again, at random moments and at named points, while buyers buy with slow, timing-out,
declined and several cards, cancel orders and parts of them, and give up what waits. After each kill `kontor check` reads the whole
store; after each round all must settle: every acknowledged order is there once, under its key, and the gateway keeps exactly what
the orders say.
"""
import collections
import http.client
import json
import os
import random
import subprocess
import threading
import time

# Where the process kills itself (src/app/kill_points.h), and what that moment means. "random" is killed from outside.
POINTS = {
    "random": "at any moment",
    "after checkout.insert": "reserved, nothing charged",
    "before charge": "the gateway not asked yet",
    "after charge": "charged, the order not placed",
    "in orders.insert": "in the middle of placing the order",
    "after orders.insert": "placed, the buyer not answered",
    "after checkout.apply": "a step of the journal is durable",
    "in checkout.open_cancellation": "in the middle of cancelling",
    "after checkout.open_cancellation": "cancelled, no money given back",
    "before refund": "the refund not asked for yet",
    "after refund": "given back, the books not written",
    "in payments.set_state": "in the middle of the books",
    "after payments.set_state": "the books are written",
    "before void": "undoing, the charge still held",
    "after void": "the charge let go, the stock still held",
    "before capture": "authorised, the capture not asked for",
    "after capture": "captured, the books not written",
    "after find": "reconciliation has asked the gateway",
}
ADDRESS = {"name": "Ada", "line1": "1 Main St", "city": "Springfield", "postal_code": "62701", "country": "US"}
RARE = ("open_cancellation", "orders.insert", "refund", "void", "capture", "find", "set_state")  # these come less often: the first will do
TOKENS = ["tok_approve"] * 8 + ["tok_twice", "tok_decline", "tok_slow", "tok_timeout", "tok_timeout_uncharged", "tok_step_up"]
SETTINGS = {"KONTOR_GATEWAY_TIMEOUT_MS": 150}
NAMED_WAIT_S = 6
SETTLE_S = 100
AWAY = (OSError, http.client.HTTPException, ValueError, KeyError)


class Buyer(threading.Thread):
    """Buys until told to stop; asks again under the same key until there is an answer, as a shop's page does."""

    def __init__(self, crowd, number):
        super().__init__(daemon=True)
        self.crowd, self.number, self.luck = crowd, number, random.Random(crowd.seed * 1000 + number)
        self.turn = 0

    def run(self):
        while not self.crowd.stop.is_set():
            self.turn += 1
            try:
                self.one()
            except AWAY:
                self.crowd.stop.wait(0.02)

    def ask(self, method, path, token=None, body=None, key=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if key:
            headers["Idempotency-Key"] = key
        return self.crowd.ask(method, path, json.dumps(body) if body is not None else None, headers)

    def one(self):
        token = None
        for offer in self.luck.sample(self.crowd.offers, 2):
            status, answered, _ = self.ask("POST", "/api/v1/cart/items", token, {"offer_id": offer, "quantity": self.luck.randint(1, 3)})
            if status != 200:
                return
            token = token or next(v for k, v in answered if k.lower() == "session-token")
        cards = [{"method": "card", "token": self.luck.choice(TOKENS)}]
        if self.luck.random() < 0.25:
            cards.insert(0, {"method": "card", "token": "tok_approve", "amount": {"amount": 100, "currency": "USD"}})
        gift = self.luck.random()
        if gift < 0.1:  # by the gift card alone, or a part of it
            cards = [{"method": "gift_card", "token": self.crowd.gift_card["code"]}]
        elif gift < 0.3:
            cards.insert(0, {"method": "gift_card", "token": self.crowd.gift_card["code"], "amount": {"amount": 70, "currency": "USD"}})
        purchase = {"token": token, "key": f"{self.crowd.seed}-{self.number}-{self.turn}",
                    "body": {"email": "a@example.com", "shipping_address": ADDRESS, "payments": cards}}
        with self.crowd.lock:
            self.crowd.open.append(purchase)
        while not self.crowd.stop.is_set():
            try:
                if self.crowd.settle(purchase):
                    break
            except AWAY:
                pass
            self.crowd.stop.wait(0.02)
        if purchase.get("order"):
            self.afterwards(purchase)

    def afterwards(self, purchase):
        what = self.luck.random()
        if what > 0.8:
            return
        wish = {} if what < 0.4 else {"lines": [{"offer_id": self.luck.choice(self.crowd.offers), "quantity": 1}]}
        self.ask("POST", f"/api/v1/orders/{purchase['order']}/cancel", purchase["token"], wish, purchase["key"] + "-cancel")


class Crowd:
    def __init__(self, shop, offers, seed, gift_card, count=6):
        self.shop, self.offers, self.seed, self.gift_card = shop, offers, seed, gift_card
        self.open = []      # purchases without a last answer
        self.orders = {}    # order id -> purchase
        self.refused = collections.Counter()
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.buyers = [Buyer(self, number) for number in range(count)]
        for buyer in self.buyers:
            buyer.start()

    def ask(self, method, path, body, headers, timeout=10):
        if not self.shop.port:
            raise OSError("it is being started")
        return self.shop.request(method, path, body, headers, timeout=timeout)

    def leave(self):
        self.stop.set()
        for buyer in self.buyers:
            buyer.join(30)

    def settle(self, purchase):
        """One look at the purchase; True once its last answer is there. What waits behind a 202 is completed or given up."""
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + purchase["token"]}
        if "checkout" not in purchase:
            status, answered, body = self.ask("POST", "/api/v1/checkout", json.dumps(purchase["body"]),
                                              {**headers, "Idempotency-Key": purchase["key"]})
            answer = json.loads(body)
            if status == 201:
                return self.bought(purchase, answer["order_id"])
            if status == 202:
                place = next(v for k, v in answered if k.lower() == "location")
                purchase["checkout"] = place.rsplit("/", 1)[1]
                return False
            if status in (503, 500) or answer.get("code") in ("in_progress", "conflict"):
                return False
            return self.came_to(purchase, answer.get("code"))
        path = "/api/v1/checkouts/" + purchase["checkout"]
        status, _, body = self.ask("GET", path, None, headers)
        if status != 200:
            return False
        view = json.loads(body)
        if view["state"] == "completed":
            return self.bought(purchase, view["order_id"])
        if view["state"] in ("payment_pending", "payment_unknown", "created", "inventory_reserved"):
            if view.get("next_action"):
                what = "/cancel" if sum(map(ord, purchase["key"])) % 2 else "/complete"
                self.ask("POST", path + what, "{}" if what == "/complete" else None, headers)
            time.sleep(0.01)
            return False
        return self.came_to(purchase, view["state"])

    def bought(self, purchase, order):
        with self.lock:
            earlier = self.orders.get(order)
            if earlier is not None and earlier is not purchase:
                raise AssertionError(f"{order} was promised to two purchases: {earlier['key']} and {purchase['key']}")
            if purchase.get("order", order) != order:
                raise AssertionError(f"{purchase['key']} was promised {purchase['order']} and {order}")
            purchase["order"] = order
            self.orders[order] = purchase
            if purchase in self.open:
                self.open.remove(purchase)
        return True

    def came_to(self, purchase, words):
        with self.lock:
            self.refused[words] += 1
            if purchase in self.open:
                self.open.remove(purchase)
        return True


def gateway_books(folder):
    """What the gateway holds by payment: the last line of each charge."""
    books = {}
    with open(os.path.join(folder, "gateway-charges.ndjson"), encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            books[line["key"]] = line
    return books


def all_orders(shop, admin):
    orders, cursor = {}, None
    while True:
        path = "/api/v1/admin/orders?limit=100" + ("&cursor=" + cursor if cursor else "")
        status, _, body = shop.request("GET", path, None, admin)
        if status != 200:
            raise AssertionError(f"the list of orders answers {status}")
        page = json.loads(body)
        for order in page["items"]:
            if order["id"] in orders:
                raise AssertionError(f"{order['id']} is listed twice")
            orders[order["id"]] = order
        cursor = page["next_cursor"]
        if not cursor:
            return orders


def kept_of(payment):
    """What the shop keeps of it, in the smallest unit: neither given back nor let go before it was taken."""
    if payment["status"] == "voided":
        return 0
    return payment["amount"]["amount"] - payment["refunded"]["amount"] - (payment.get("released") or {"amount": 0})["amount"]


def disagreement(shop, admin, gift_card):
    """The first thing in which the gateway's charges, the gift card and the orders differ, or ''."""
    orders = all_orders(shop, admin)
    of_payment = {}
    status, _, body = shop.request("GET", "/api/v1/admin/gift-cards/" + gift_card["id"], None, admin)
    left = json.loads(body)["balance"]["amount"]
    paid = sum(kept_of(payment) for order in orders.values() for payment in order["payments"] if payment["method"] == "gift_card")
    if left != gift_card["issued"]["amount"] - paid:
        return f"the gift card has {left} left of {gift_card['issued']['amount']}, and orders have {paid} of it"
    for order in orders.values():
        paid = 0
        for payment in order["payments"]:
            of_payment[payment["id"]] = (order, payment)
            paid += kept_of(payment)
        due = 0 if order["status"] == "cancelled" else order["current_totals"]["total"]["amount"]
        if paid != due:
            return f"{order['id']} is {order['status']}, costs {due}, and {paid} are paid"
    for key, charge in gateway_books(shop.data).items():
        holds = charge["state"] in ("captured", "authorised", "refunded")
        keeps = charge["amount"] - charge["refunded"] if holds else 0
        order, payment = of_payment.get(key, (None, None))
        if payment is None and keeps:
            return f"the gateway keeps {keeps} under {key}, and no order has it"
        if payment is None:
            continue
        shown = kept_of(payment)
        if keeps != shown or charge["state"] == "authorised":
            return f"the gateway has {key} {charge['state']} with {keeps}, {order['id']} shows {payment['status']} with {shown}"
    return ""


def sound(shop, when):
    settings, shop.settings = shop.settings, {k: v for k, v in shop.settings.items() if not k.startswith("KONTOR_KILL")}
    try:
        result = shop.run("check")
    finally:
        shop.settings = settings
    if result.returncode != 0:
        raise AssertionError(f"kontor check after {when}: {result.stdout}{result.stderr}")


def wait_for_death(shop, seconds):
    deadline = time.monotonic() + seconds
    while shop.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return shop.process.poll() is not None


class Tally:
    """What came of all rounds; it is filled as they go on, so that a finding does not lose what went before."""

    def __init__(self):
        self.kills, self.orders, self.charges = collections.Counter(), 0, 0


class Killing:
    """One round on one store: so many kills, then all must settle."""

    def __init__(self, shop, admin, offers, seed, gift_card, tally):
        self.shop, self.admin, self.offers, self.seed, self.tally = shop, admin, offers, seed, tally
        self.gift_card = gift_card
        self.luck = random.Random(seed)

    def run(self, count, points):
        crowd = Crowd(self.shop, self.offers, self.seed, self.gift_card)
        try:
            for number in range(count):
                self.kill(points[(self.seed + number) % len(points)])
            self.start_plainly()
        finally:
            crowd.leave()
        self.settle(crowd)

    def start_plainly(self):
        self.shop.settings = {k: v for k, v in self.shop.settings.items() if not k.startswith("KONTOR_KILL")}
        self.shop.start()

    def kill(self, point):
        shop = self.shop
        shop.settings = {k: v for k, v in shop.settings.items() if not k.startswith("KONTOR_KILL")}
        if point != "random":
            shop.settings.update({"KONTOR_KILL_AT": point, "KONTOR_KILL_NTH": 1 if point.endswith(RARE) else self.luck.randint(1, 20)})
        try:
            shop.start()
            if point == "random":
                time.sleep(self.luck.uniform(0.02, 0.8))  # the moment differs from run to run; each must do
            elif not wait_for_death(shop, NAMED_WAIT_S):
                point = "random"
        except RuntimeError:
            if shop.process is None or shop.process.poll() != -9:
                raise  # it ended, and not by its own hand
        shop.kill()
        self.tally.kills[point] += 1
        sound(shop, "a kill " + point)

    def settle(self, crowd):
        shop = self.shop
        deadline = time.monotonic() + SETTLE_S
        while crowd.open and time.monotonic() < deadline:
            for purchase in list(crowd.open):
                crowd.settle(purchase)
            time.sleep(0.02)
        if crowd.open:
            raise AssertionError(f"{len(crowd.open)} purchases have no answer: {crowd.open[0]}")
        differs = "nobody looked"
        while differs and time.monotonic() < deadline:
            differs = disagreement(shop, self.admin, self.gift_card)
            if differs:
                time.sleep(0.2)
        if differs:
            raise AssertionError(differs)
        for order, purchase in crowd.orders.items():
            if not self.same_answer(crowd, purchase, order):
                raise AssertionError(f"{order} was promised to {purchase['key']}, which has forgotten it")
        self.tally.orders += len(crowd.orders)
        self.tally.charges += len(gateway_books(shop.data))
        shop.stop_cleanly()
        sound(shop, "all has settled")

    def same_answer(self, crowd, purchase, order):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + purchase["token"]}
        status, _, _ = crowd.ask("GET", "/api/v1/orders/" + order, None, headers)
        if status != 200:
            return False
        status, _, body = crowd.ask("POST", "/api/v1/checkout", json.dumps(purchase["body"]),
                                    {**headers, "Idempotency-Key": purchase["key"]})
        answer = json.loads(body)
        return answer.get("order_id") == order if status == 201 else status == 202 and "checkout" in purchase


def commit(root):
    said = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return said.stdout.strip() or "unknown"
