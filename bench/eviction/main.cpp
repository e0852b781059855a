// Which eviction keeps what will be asked for: replays made-up traces against the program's own cache and against
// models of LRU, CLOCK, SIEVE and S3-FIFO, and counts the hits: these figures are the same on every machine. What a
// read costs is timed as well, of the program's table and of the one that it had before. Prints one JSON object.
//
//   kontor-eviction [--keys 200000] [--reads 4000000] [--seed 1]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "policies.h"

namespace {

using namespace eviction;

struct Options {
  Key keys = 200'000;
  std::size_t reads = 4'000'000;
  std::uint64_t seed = 1;
};

struct Named {
  const char* name;
  std::unique_ptr<Policy> (*make)(Key keys, std::size_t room);
};
template <class P>
std::unique_ptr<Policy> made(Key keys, std::size_t room) {
  return std::make_unique<P>(keys, room);
}
constexpr Named kPolicies[] = {{"ours", made<Shelf>},  {"former", made<Former>}, {"lru", made<Lru>},
                               {"clock", made<Clock>}, {"sieve", made<Sieve>},   {"s3fifo", made<S3Fifo>}};

// Percent of hits, but for the first quarter, in which it fills.
double hits(Policy& policy, const std::vector<Key>& trace) {
  const std::size_t begins = trace.size() / 4;
  std::size_t found = 0;
  for (std::size_t i = 0; i < trace.size(); ++i) found += policy.read(trace[i]) && i >= begins ? 1 : 0;
  return 100.0 * static_cast<double>(found) / static_cast<double>(trace.size() - begins);
}

// What holding the most read keys of the whole trace would come to: no policy that knows the future of single reads not
// beats it by much where popularity stays.
double most_read(Key keys, std::size_t room, const std::vector<Key>& trace) {
  const std::size_t begins = trace.size() / 4;
  std::vector<std::uint32_t> counts(keys);
  for (std::size_t i = begins; i < trace.size(); ++i) ++counts[trace[i]];
  std::sort(counts.rbegin(), counts.rend());
  std::size_t found = 0;
  for (std::size_t i = 0; i < room; ++i) found += counts[i];
  return 100.0 * static_cast<double>(found) / static_cast<double>(trace.size() - begins);
}

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const auto value = std::strtoull(words[i + 1], nullptr, 10);
    if (std::strcmp(words[i], "--keys") == 0) options.keys = static_cast<Key>(value);
    if (std::strcmp(words[i], "--reads") == 0) options.reads = value;
    if (std::strcmp(words[i], "--seed") == 0) options.seed = value;
  }
  return options;
}

}  // namespace

int main(int count, char** words) {
  const Options options = read_options(count, words);
  std::printf("{\"keys\":%u,\"reads\":%zu,\"seed\":%llu,\"hit_percent\":[", options.keys, options.reads,
              static_cast<unsigned long long>(options.seed));
  const char* between = "";
  for (const Mix mix : {Mix::kPlain, Mix::kScan, Mix::kDrift}) {
    for (const double skew : {0.8, 1.0, 1.2}) {
      const auto trace = make_trace(mix, skew, options.keys, options.reads, options.seed);
      for (const unsigned percent : {1u, 5u, 10u}) {
        const std::size_t room = std::size_t{options.keys} * percent / 100;
        std::printf("%s{\"mix\":\"%s\",\"skew\":%.1f,\"room_percent\":%u", between, std::string(name_of(mix)).c_str(),
                    skew, percent);
        for (const auto& policy : kPolicies)
          std::printf(",\"%s\":%.2f", policy.name, hits(*policy.make(options.keys, room), trace));
        std::printf(",\"most_read\":%.2f}", most_read(options.keys, room, trace));
        between = ",";
        std::fflush(stdout);
      }
    }
  }
  std::printf("],\"nanoseconds\":[");
  between = "";
  for (const double skew : {0.8, 1.0, 1.2}) {
    const auto trace = make_trace(Mix::kPlain, skew, options.keys, options.reads, options.seed);
    const Costs each = costs(trace, options.keys / 20);
    std::printf("%s{\"skew\":%.1f,\"room_percent\":5,\"ours\":%.1f,\"former\":%.1f}", between, skew, each.ours,
                each.former);
    between = ",";
  }
  std::printf("]}\n");
  return 0;
}
