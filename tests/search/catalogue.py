"""The real products, and small predicates over them of which kinds (kinds.py) and judgements (judgements.py) are made.

A predicate is an `Is`: `title("hdmi") & ~brand("C2G")`. Products come from the data folder beside the checkout, never from this one.
"""
import gzip
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("KONTOR_TEST_DATA", os.path.join(ROOT, "../shared/data"))
FILE = "icecat-products.jsonl.gz"


class Product:
    def __init__(self, row):
        self.id = f"icecat-{row['id']}"  # as tools/convert_icecat names it
        self.title, self.brand, self.price = row["title"], row["supplier"], row["price"] / 100
        self.description = row.get("short_description") or ""
        self.name = row["name"]
        self.attributes = {re.sub(r"_+", "_", key[7:]).strip("_"): value for key, value in row.items() if key.startswith("attr_")}
        self.low = self.title.lower()
        self.lower = f"{self.low} | {self.description.lower()}"


def products(data=DATA):
    """All of them, or nothing where the data is not there."""
    path = os.path.join(data, FILE)
    if not os.path.exists(path):
        return None
    with gzip.open(path, encoding="utf-8", mode="rt") as file:
        return [Product(json.loads(line)) for line in file]


class Is:
    """A predicate over products: & | ~ make others of it."""

    def __init__(self, holds):
        self.holds = holds

    def __call__(self, product):
        return self.holds(product)

    def remember(self):
        """Asks once a product; what was made of this before remembers with it."""
        answers, ask = {}, self.holds

        def recalled(product):
            if product.id not in answers:
                answers[product.id] = ask(product)
            return answers[product.id]
        self.holds = recalled

    def __and__(self, other):
        return Is(lambda p: self.holds(p) and other.holds(p))

    def __or__(self, other):
        return Is(lambda p: self.holds(p) or other.holds(p))

    def __invert__(self):
        return Is(lambda p: not self.holds(p))


NOTHING = Is(lambda p: False)


def title(pattern):
    found = re.compile(pattern).search
    return Is(lambda p: found(p.low) is not None)


def text(pattern):
    """Title or description."""
    found = re.compile(pattern).search
    return Is(lambda p: found(p.lower) is not None)


def brand(*names):
    wanted = {name.lower() for name in names}
    return Is(lambda p: p.brand.lower() in wanted)


def attribute(name, pattern="."):
    """A text attribute that matches; any without a pattern."""
    found = re.compile(pattern, re.I).search
    return Is(lambda p: name in p.attributes and found(str(p.attributes[name])) is not None)


def number(name, low, high=float("inf")):
    """A number attribute within [low, high]; false where the data is silent."""
    return Is(lambda p: isinstance(p.attributes.get(name), (int, float)) and low <= p.attributes[name] <= high)


def known(name):
    return Is(lambda p: name in p.attributes)


def yes(name):
    return Is(lambda p: p.attributes.get(name) is True)


def costs(low, high=float("inf")):
    return Is(lambda p: low <= p.price <= high)


def quantity(of):
    """`of` gives a number of a product, or None. The result takes bounds: `INCHES(27)`, `METRES(2.9, 3.1)`."""
    def within(low, high=None):
        high = low if high is None else high
        return Is(lambda p: of(p) is not None and low * 0.985 <= of(p) <= high * 1.015)
    within.known = Is(lambda p: of(p) is not None)
    return within


def _inches(p):
    if isinstance(p.attributes.get("display_diagonal"), (int, float)):
        return p.attributes["display_diagonal"]
    found = re.search(r'(\d+(?:\.\d+)?)\s?(?:"|”|\'\'|-?inch|in\b)', p.lower)
    return float(found.group(1)) if found else None


def _metres(p):
    if isinstance(p.attributes.get("cable_length"), (int, float)):
        return p.attributes["cable_length"]
    found = re.search(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s?-?(metres?|meters?|m|ft|feet|foot|')(?![a-z\d])", p.lower)
    if not found:
        return None
    value = float(found.group(1).replace(",", "."))
    return value if found.group(2).startswith("m") else value * 0.3048


def _gigabytes_in_title(p):
    """The largest capacity that the title names: that of a stick, a card, a drive, a module."""
    found = [float(n.replace(",", ".")) * {"t": 1000, "g": 1, "m": 0.001}[unit] for n, unit in
             re.findall(r"(?<![\d.,])(\d+(?:[.,]\d+)?)[\s-]?([tgm])b\b(?!/s|it)", p.low)]
    return max(found) if found else None


def _ram(p):
    value = p.attributes.get("internal_memory")
    return None if not isinstance(value, (int, float)) else value if value < 256 else value / 1024  # some are in MB


INCHES, METRES, GIGABYTES, RAM = quantity(_inches), quantity(_metres), quantity(_gigabytes_in_title), quantity(_ram)
FEET = lambda low, high=None: METRES(low * 0.3048, None if high is None else high * 0.3048)  # noqa: E731
