"""Reads a page and says what its JSON-LD holds, in words that a test can look for; fails when any of it is no JSON."""
import html.parser
import json
import sys


class Scripts(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.inside, self.found = False, []

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script" and dict(attributes).get("type") == "application/ld+json"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found.append(json.loads(data))


def offers_of(thing):
    offers = thing.get("offers", {})
    return offers.get("offers", [offers] if offers else [])


scripts = Scripts()
scripts.feed(sys.stdin.read())
things = [thing for one in scripts.found for thing in (one if isinstance(one, list) else [one])]
assert things and all(thing["@context"] == "https://schema.org" for thing in things)
print(" ".join(thing["@type"] for thing in things))
for thing in things:
    variants = thing.get("hasVariant", [])
    print("variants=%d" % len(variants), "varies=" + ",".join(thing.get("variesBy", [])), "gtin=" + thing.get("gtin", ""))
    for one in [thing] + variants:
        for extra in one.get("additionalProperty", []):
            print(extra["name"] + "=" + extra["value"])
    offers = [offer for one in [thing] + variants for offer in offers_of(one)]
    print("offers=" + ",".join(offer["price"] for offer in offers), json.dumps(offers), thing.get("offers", {}).get("@type", ""))
    rating = thing.get("aggregateRating")
    if rating:
        print("rating=%s/%s" % (rating["ratingValue"], rating["reviewCount"]))
    if thing["@type"] == "BreadcrumbList":
        print("crumbs=" + ">".join(step["name"] for step in thing["itemListElement"]))
    print(json.dumps(thing.get("potentialAction", "")))
