"""The arithmetic: which queries there are, which of them are kept for the end, nDCG, recall, and BM25 as the baseline."""
import collections
import hashlib
import math
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
Query = collections.namedtuple("Query", "id kind text final")


def is_final(query):
    return int(hashlib.sha256(query.encode()).hexdigest(), 16) % 3 == 0


def queries():
    with open(os.path.join(HERE, "queries.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    return [Query(id_, kind, text, is_final(text)) for id_, kind, text in rows]


def dcg(grades):
    """Gain 2^g-1, divided by log2 of rank + 1, the first rank being 1."""
    return sum((2 ** grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def ndcg(ranking, judged, at=10):
    """Of a list of external ids, against {external id: grade} of the whole catalogue. None where nothing is right at all.

    A product that is shown twice counts once, at its first place.
    """
    ideal = dcg(sorted(judged.values(), reverse=True)[:at])
    if ideal == 0:
        return None
    seen, grades = set(), []
    for product in ranking[:at]:
        grades.append(0 if product in seen else judged.get(product, 0))
        seen.add(product)
    return dcg(grades) / ideal


def recall(ranking, judged, at=100):
    """How many of the products of grade 2 and 3 are among the first `at`, of as many as could be."""
    right = {product for product, grade in judged.items() if grade >= 2}
    return len(right & set(ranking[:at])) / min(at, len(right)) if right else None


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else float("nan")


def words(text):
    return re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text).lower())


class Bm25:
    """Plain Okapi BM25 (k1 = 1.2, b = 0.75): words as they are, no stems, no synonyms, nothing left out; ties in the catalogue's order."""

    def __init__(self, texts, k1=1.2, b=0.75):
        self.postings, lengths = collections.defaultdict(list), []
        for number, text in enumerate(texts):
            counts = collections.Counter(words(text))
            lengths.append(sum(counts.values()))
            for word, count in counts.items():
                self.postings[word].append((number, count))
        average = sum(lengths) / len(lengths)
        self.norms = [k1 * (1 - b + b * length / average) for length in lengths]
        self.k1, self.size = k1, len(lengths)

    def scores(self, query):
        """{number of a text: its score}, of all that have a word of the query."""
        scores = collections.defaultdict(float)
        for word in words(query):
            found = self.postings.get(word, ())
            idf = math.log(1 + (self.size - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                scores[number] += idf * count * (self.k1 + 1) / (count + self.norms[number])
        return scores

    def search(self, query, limit=100):
        """Numbers of texts, best first."""
        scores = self.scores(query)
        return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def baseline(products):
    """query → external ids, by BM25 on title and description."""
    index = Bm25([f"{p.title} {p.description}" for p in products])
    return lambda query: [products[number].id for number in index.search(query)]
