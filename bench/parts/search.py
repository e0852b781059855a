"""The search index alone, beside SQLite's FTS5 with grouped facets on the same products and questions, on one core."""
import json
import os
import subprocess


def measure(bench):
    count = bench.a.catalogue
    command = ["taskset", "-c", "1", os.path.join(bench.build, "kontor-search"), "--products", str(count),
               "--small", str(count // 10), "--folder", bench.folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    r = bench.results["search"] = json.loads(done.stdout)
    say = bench.say
    say("a question with facets: median, p99", f"{r['search_median_us'] / 1000:.3f} ms, {r['search_p99_us'] / 1000:.2f} ms", "asked: 0.5 ms, 5 ms")
    say("questions on one core", f"{r['per_second_one_core']:,.0f}/s", "asked: 4,000/s")
    say("FTS5 with grouped facets, the same", f"{r['fts5_mean_us'] / 1000:.1f} ms: {r['times_faster_than_fts5']:.0f} times as long (medians: {r['times_faster_than_fts5_median']:.0f})", "asked: 40 times")
    say("a question at a tenth of the products", f"1/{r['times_dearer_than_small']:.1f} of it", "asked: 1/3 or more")
    say("memory a product", f"{r['index_bytes_per_product']:.0f} bytes ({r['resident_bytes_per_product']:.0f} resident)", "asked: 1,638 bytes")
    say("build", f"{r['build_per_second']:,.0f} products/s", "asked: 60,000/s")
    say("suggestions", f"{r['suggest_per_second']:,.0f}/s, p99 {r['suggest_p99_us']:.0f} µs", "asked: 20,000/s, 2 ms")
    say("snapshot: write, read", f"{r['snapshot_write_s']:.2f} s, {r['snapshot_read_s']:.2f} s", "asked: 5 s to the first search")
    say("beside 5,000 changes/s: p99", f"{r['beside_changes_p99_us'] / 1000:.2f} ms", "asked: 20 ms")
