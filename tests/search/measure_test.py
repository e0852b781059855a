#!/usr/bin/env python3
"""The arithmetic by hand, and that queries, definitions and parts belong together. Needs no shop and, but for one test, no data."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import catalogue
import judgements
import measure
import misspelt
from measure import Bm25, dcg, ndcg, recall


class Arithmetic(unittest.TestCase):
    def test_dcg_by_hand(self):
        # 7/log2(2) + 3/log2(3) + 0 + 1/log2(5) = 7 + 1.892789 + 0.430677
        self.assertAlmostEqual(dcg([3, 2, 0, 1]), 9.323466, places=6)
        self.assertEqual(dcg([]), 0)

    def test_ndcg_is_one_for_the_ideal_order_and_less_for_any_other(self):
        judged = {"a": 3, "b": 2, "c": 1}
        self.assertAlmostEqual(ndcg(["a", "b", "c"], judged), 1)
        # (3 + 7/log2(3) + 0.5) / (7 + 3/log2(3) + 0.5): 7.916508 / 9.392789
        self.assertAlmostEqual(ndcg(["b", "a", "c"], judged), 0.842828, places=6)
        self.assertEqual(ndcg(["x", "y"], judged), 0)

    def test_the_ideal_is_that_of_the_whole_catalogue_and_ends_at_ten(self):
        judged = {str(n): 3 for n in range(40)}
        self.assertAlmostEqual(ndcg([str(n) for n in range(10)], judged), 1)
        # one right product of many, at the first place: 1 / sum of 1/log2(rank + 1) over ten ranks = 1 / 4.543559
        self.assertAlmostEqual(ndcg(["0"], judged), 0.220092, places=6)
        self.assertEqual(ndcg(["x"] * 10 + ["0"], judged), 0)

    def test_a_product_shown_twice_counts_once(self):
        self.assertAlmostEqual(ndcg(["a", "a", "a"], {"a": 3, "b": 3, "c": 3}), 1 / (1 + 0.630930 + 0.5), places=6)

    def test_a_query_without_an_answer_has_no_ndcg(self):
        self.assertIsNone(ndcg(["a"], {}))
        self.assertAlmostEqual(measure.mean([None, 1, 0.5]), 0.75)

    def test_recall_counts_what_is_good_or_better(self):
        self.assertEqual(recall(["a", "x", "b"], {"a": 3, "b": 1, "c": 2}), 0.5)
        self.assertEqual(recall(["a"], {str(n): 3 for n in range(200)} | {"a": 3}, at=1), 1)

    def test_bm25_by_hand(self):
        index = Bm25(["red tea", "green tea", "tea tea of iron"])  # lengths 2, 2, 4: 8/3 in the mean
        # idf of tea, which all three have: ln(1 + 0.5/3.5) = 0.133531; 2.2 / (1 + 1.2 * (0.25 + 0.75 * 0.75)) = 1.113924
        self.assertAlmostEqual(index.scores("tea")[0], 0.148744, places=6)
        # 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 1.5)) = 1.205479
        self.assertAlmostEqual(index.scores("Tea!")[2], 0.160969, places=6)
        self.assertEqual(index.search("tea"), [2, 0, 1])
        self.assertEqual(index.search("green tea")[0], 1)
        self.assertEqual(index.search("coffee"), [])


class Judged(unittest.TestCase):
    def test_every_query_has_a_definition_and_a_part(self):
        asked = measure.queries()
        self.assertGreaterEqual(len(asked), 150)
        self.assertEqual(len({q.id for q in asked}), len(asked))
        self.assertEqual({q.text for q in asked}, set(judgements.GRADES))
        self.assertGreaterEqual(3.3 * sum(q.final for q in asked), len(asked))

    def test_a_definition_grades_by_what_holds(self):
        rows = [{"id": n, "title": t, "supplier": s, "price": p, "name": t} for n, t, s, p in [
            (1, "HP Pavilion 15 Notebook Silver 39.6 cm (15.6\")", "HP", 50000), (2, "Acer Aspire 3 Notebook Black", "Acer", 85000),
            (3, "Targus Classic notebook case 39.6 cm (15.6\") Briefcase", "Targus", 2000)]]
        made = [catalogue.Product(row) for row in rows]
        self.assertEqual(judgements.GRADES["hp laptop"].expand(made), {"icecat-1": 3, "icecat-2": 1})
        self.assertEqual(judgements.GRADES["laptops under $800"].expand(made), {"icecat-1": 3, "icecat-2": 1})
        self.assertEqual(judgements.GRADES["notebook bag"].expand(made), {"icecat-3": 3})


class Misspelt(unittest.TestCase):
    def test_each_kind_of_edit_is_one_edit(self):
        import random
        luck = random.Random(1)
        for _ in range(200):
            self.assertEqual(len(misspelt.edited("printer", "insert", luck)), 8)
            self.assertEqual(len(misspelt.edited("printer", "delete", luck)), 6)
            self.assertEqual(sum(a != b for a, b in zip("printer", misspelt.edited("printer", "replace", luck))), 1)
            self.assertEqual(sorted(misspelt.edited("printer", "swap", luck)), sorted("printer"))

    def test_the_thousand_are_the_same_every_time_and_no_words(self):
        made = catalogue.products()
        if made is None:
            self.skipTest(f"skipped: {catalogue.FILE} is not in {catalogue.DATA}")
        first = misspelt.cases(made, 100)
        self.assertEqual(first, misspelt.cases(made, 100))
        known = misspelt.vocabulary(made)
        for case in first:
            self.assertNotIn(case.wrong, known)
            self.assertIn(case.right, known)
            self.assertGreaterEqual(len(case.right), 5)


if __name__ == "__main__":
    unittest.main()
