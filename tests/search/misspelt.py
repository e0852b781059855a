"""The 1,000 misspelt queries: one edit of a word of a title, with the brand or another word of the same title beside it."""
import collections
import random
import re

from measure import words

EDITS = ("insert", "delete", "replace", "swap")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SEED = 20261129
Case = collections.namedtuple("Case", "edit wrong right beside")


def vocabulary(products):
    return {word for p in products for word in words(f"{p.title} {p.description} {p.brand}")}


def edited(word, edit, luck):
    at = luck.randrange(len(word) - (edit == "swap"))
    if edit == "insert":
        return word[:at] + luck.choice(LETTERS) + word[at:]
    if edit == "delete":
        return word[:at] + word[at + 1:]
    if edit == "replace":
        return word[:at] + luck.choice(LETTERS.replace(word[at], "")) + word[at + 1:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2:]


def cases(products, count=1000, seed=SEED):
    """As many of each edit, from products drawn evenly. The same at every run over the same data."""
    luck, known, made, taken = random.Random(seed), vocabulary(products), [], set()
    while len(made) < count:
        product = luck.choice(products)
        title = words(product.title)
        long_words = [word for word in title if re.fullmatch(r"[a-z]{5,}", word)]
        if not long_words:
            continue
        right = luck.choice(long_words)
        others = [word for word in dict.fromkeys(title) if word != right and len(word) > 1]
        brand = " ".join(words(product.brand))
        beside = brand if brand and right not in brand and luck.random() < 0.5 else luck.choice(others) if others else None
        edit = EDITS[len(made) % len(EDITS)]
        wrong = edited(right, edit, luck)
        if beside is None or wrong == right or wrong in known or (wrong, beside) in taken:
            continue
        taken.add((wrong, beside))
        made.append(Case(edit, wrong, right, beside))
    return made
