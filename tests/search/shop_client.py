"""Asks a running shop by its API."""
import http.client
import json
import time
import urllib.parse


class SearchClient:
    """GET /api/v1/search of one shop, over one connection. `more` is added to every query, such as `typos=off`."""

    def __init__(self, url, more=""):
        self.address, self.more, self.connection = urllib.parse.urlsplit(url), more, None
        self.seconds = []

    def ask(self, query, limit=10):
        """The whole answer."""
        path = "/api/v1/search?" + urllib.parse.urlencode({"q": query, "limit": limit}) + (f"&{self.more}" if self.more else "")
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port or 80, timeout=60)
        began = time.monotonic()
        self.connection.request("GET", path, headers={"Accept": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        self.seconds.append(time.monotonic() - began)
        if answer.status != 200:
            raise RuntimeError(f"GET {path} was answered {answer.status}: {body[:300].decode(errors='replace')}")
        return json.loads(body)

    def ranking(self, query, limit=10):
        """External ids in their order; what has none keeps its place under its own id."""
        return [item.get("external_id") or item["id"] for item in self.ask(query, limit)["items"]]
