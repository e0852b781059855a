"""Which eviction keeps what is asked for: hit ratios on made-up traces, ours beside LRU and models of others; and what a
read costs in the program's table, beside the one it had before."""
import json
import os
import subprocess

POLICIES = ("ours", "former", "lru", "clock", "sieve", "s3fifo", "most_read")


def measure(bench):
    done = subprocess.run([os.path.join(bench.build, "kontor-eviction")], stdout=subprocess.PIPE, text=True, check=True)
    r = bench.results["eviction"] = json.loads(done.stdout)
    print("  percent of hits        " + "".join(f"{name:>11}" for name in POLICIES))
    for row in r["hit_percent"]:
        print(f"  {row['mix']:<6} s={row['skew']:.1f}, room {row['room_percent']:>2} %" + "".join(f"{row[name]:11.2f}" for name in POLICIES))
    for name in POLICIES[1:-1]:
        gains = [row[name] - row["ours"] for row in r["hit_percent"]]
        r[f"{name}_over_ours_mean"] = sum(gains) / len(gains)
        bench.say(f"{name} over ours, points: mean, least, most", f"{sum(gains) / len(gains):+.2f}, {min(gains):+.2f}, {max(gains):+.2f}",
                  "asked: ours is not below LRU" if name == "lru" else "")
    for row in r["nanoseconds"]:
        bench.say(f"a read, s={row['skew']:.1f}, room 5 %, ns: ours, former", f"{row['ours']:.0f}, {row['former']:.0f}", "")
