// Measures the embedded search index without a shop around it, and SQLite's FTS5 on the same products and questions as
// the floor. Prints one JSON object; what is done meanwhile goes to standard error. Times are of the processor, but
// those of what happens beside something else.
//
//   kontor-search [--products 1000000] [--small 100000] [--questions 20000] [--floor-questions 200] [--no-floor]
//   [--folder .]
//   kontor-search --write-shop FOLDER [--products N] [--questions N]      the same products as rows to import
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "adapters/search_embedded/embedded_index.h"
#include "fts5.h"
#include "products.h"
#include "shop_rows.h"

namespace {

using namespace kontor;
using search_embedded::EmbeddedIndex;
using search_index::Query;

struct Options {
  std::int64_t products = 1'000'000, small = 100'000;
  std::size_t questions = 20'000, floor_questions = 200;
  bool floor = true;
  std::string folder = ".";  // for the snapshot
  std::string shop_rows;     // only write these
};

// What this thread used of its processor: neighbours on the machine do not count.
double used() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void wait_until(double at) {
  const double left = at - now();
  if (left > 0)
    std::this_thread::sleep_until(std::chrono::steady_clock::now() +
                                  std::chrono::nanoseconds(static_cast<std::int64_t>(left * 1e9)));
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

struct Times {
  double mean_us = 0, median_us = 0, p99_us = 0, most_us = 0;
};
Times times_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  double sum = 0;
  for (const double one : seconds) sum += one;
  const auto at = [&](double share) {
    return seconds[std::min(seconds.size() - 1,
                            static_cast<std::size_t>(share * static_cast<double>(seconds.size())))] *
           1e6;
  };
  return {sum / static_cast<double>(seconds.size()) * 1e6, at(0.5), at(0.99), seconds.back() * 1e6};
}

std::map<std::string, double> results;
void say(const std::string& name, double value) {
  results[name] = value;
  std::fprintf(stderr, "  %-36s %.4g\n", name.c_str(), value);
}
void say(const std::string& name, const Times& times) {
  say(name + "_mean_us", times.mean_us);
  say(name + "_median_us", times.median_us);
  say(name + "_p99_us", times.p99_us);
  say(name + "_most_us", times.most_us);
}

Query query_of(const std::string& text) {
  Query query;
  query.text = text;
  return query;
}

// The products come from memory, so that making them is not measured.
double build(EmbeddedIndex& index, std::int64_t count) {
  search_bench::Products products;
  index.set_categories(products.categories());
  constexpr std::int64_t kAtOnce = 5'000;
  double took = 0;
  std::vector<search_index::Document> batch;
  for (std::int64_t done = 0; done < count; done += kAtOnce) {
    batch.clear();
    for (std::int64_t i = 0; i < kAtOnce; ++i) batch.push_back(products.next());
    const double from = used();
    index.upsert(batch);
    took += used() - from;
  }
  const double from = used();
  index.refresh(Time{});
  while (index.work({})) {
  }
  return took + used() - from;
}

Times ask_all(const EmbeddedIndex& index, const std::vector<Query>& queries, std::int64_t* matches = nullptr) {
  std::vector<double> seconds;
  std::int64_t sum = 0;
  for (const Query& query : queries) {
    const double from = used();
    const auto answer = index.search(query, {});
    seconds.push_back(used() - from);
    sum += answer->total;
  }
  if (matches != nullptr) *matches = sum;
  return times_of(std::move(seconds));
}

std::vector<Query> queries_of(const std::vector<std::string>& texts) {
  std::vector<Query> queries;
  for (const std::string& text : texts) queries.push_back(query_of(text));
  return queries;
}

void measure_kinds(const EmbeddedIndex& index, const std::vector<std::string>& texts) {
  for (std::size_t words = 1; words <= 4; ++words) {
    std::vector<Query> queries;
    for (const std::string& text : texts)
      if (std::count(text.begin(), text.end(), ' ') == static_cast<std::ptrdiff_t>(words - 1))
        queries.push_back(query_of(text));
    say("words_" + std::to_string(words), ask_all(index, queries));
  }
  std::vector<Query> filtered, sorted, bare, misspelt;
  for (std::size_t i = 0; i < std::min<std::size_t>(texts.size(), 4'000); ++i) {
    Query query = query_of(texts[i]);
    query.with_facets = false;
    bare.push_back(query);
    query.with_facets = true;
    query.sort = search_index::Sort::kPriceAsc;
    sorted.push_back(query);
    query = query_of(texts[i]);
    query.categories = {CategoryId{1 + static_cast<std::int64_t>(i) % 10}};
    query.price_max = 50'000;
    query.attributes.push_back({"color", {"black", "white"}, {}, {}});
    filtered.push_back(query);
    query = query_of(texts[i]);
    std::swap(query.text[1], query.text[2]);
    misspelt.push_back(query);
  }
  say("without_facets", ask_all(index, bare));
  say("by_price", ask_all(index, sorted));
  say("three_filters", ask_all(index, filtered));
  say("misspelt", ask_all(index, misspelt));
  std::vector<Query> browse;
  for (std::int64_t i = 0; i < 400; ++i) {
    Query query;
    query.categories = {CategoryId{i % 2 == 0 ? 1'000 + i : 101 + i % 50}};
    query.sort = i % 3 == 0 ? search_index::Sort::kBestSelling : search_index::Sort::kPriceAsc;
    browse.push_back(query);
  }
  say("browse_category", ask_all(index, browse));
}

// Price and stock changes by one thread beside questions by another.
void measure_changes(EmbeddedIndex& index, const std::vector<std::string>& texts, std::int64_t products) {
  constexpr double kSeconds = 5;
  constexpr int kChangesPerSecond = 5'000, kQuestionsPerSecond = 1'000;
  std::atomic<bool> stop{false};
  std::int64_t changed = 0;
  std::thread writer([&] {
    const double from = now();
    for (std::int64_t step = 0; !stop; ++step) {
      std::vector<search_index::Change> changes;
      for (int i = 0; i < kChangesPerSecond / 100; ++i) {
        const std::int64_t id = (step * 7'919 + i * 104'729) % products + 1;
        changes.push_back({ProductId{id << 22}, {{Currency(), 100 + step}}, step % 2 == 0, {}, {}, {}});
      }
      changed += static_cast<std::int64_t>(index.change(changes));
      wait_until(from + static_cast<double>(step + 1) / 100);
    }
  });
  std::vector<double> seconds;
  const double from = now();
  for (std::size_t i = 0; now() - from < kSeconds; ++i) {
    const double due = from + static_cast<double>(i) / kQuestionsPerSecond;
    wait_until(due);
    static_cast<void>(index.search(query_of(texts[i % texts.size()]), {}));
    seconds.push_back(now() - due);
  }
  stop = true;
  writer.join();
  say("changes_per_second", static_cast<double>(changed) / kSeconds);
  say("beside_changes", times_of(std::move(seconds)));
}

// Products that come in, beside questions, and when they are found.
void measure_arrivals(EmbeddedIndex& index) {
  search_bench::Products products;
  std::vector<double> found;
  for (int i = 0; i < 50; ++i) {
    std::vector<search_index::Document> documents;
    for (int k = 0; k < 100; ++k) documents.push_back(products.next());
    documents.back().texts[0].title = "zyxwvarrival" + std::string(1, static_cast<char>('a' + i % 26)) + " thing";
    const double from = now();
    index.upsert(documents);
    index.refresh(Time{});
    found.push_back(now() - from);
    index.work({});
  }
  say("hundred_products_found", times_of(std::move(found)));
}

void measure_snapshot(EmbeddedIndex& index, const std::string& folder, const Query& query) {
  const std::string path = folder + "/kontor-search.snapshot";
  double from = now();
  if (!index.save(path, "position")) std::exit(1);
  say("snapshot_write_s", now() - from);
  from = now();
  EmbeddedIndex other({});
  if (!other.load(path) || !other.search(query, {})) std::exit(1);
  say("snapshot_read_s", now() - from);
  std::ifstream file(path, std::ios::ate | std::ios::binary);
  say("snapshot_bytes", static_cast<double>(file.tellg()));
  ::unlink(path.c_str());
}

// A completion for each product and 200,000 questions; what is typed are their beginnings, one in ten with a slip.
void measure_suggest(EmbeddedIndex& index, std::int64_t count) {
  search_bench::Products products;
  std::vector<search_index::Completion> completions;
  std::vector<std::string> typed;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(count, 300'000); ++i) {
    const auto document = products.next();
    const std::string& title = document.texts[0].title;
    const std::int64_t weight = document.figures.sold;
    if (i % 3 == 0)
      completions.push_back({search_index::CompletionKind::kProduct, title, weight, document.id.value});
    else
      completions.push_back({search_index::CompletionKind::kQuery, title.substr(0, title.find(' ', 8)), weight, 0});
    std::string prefix = title.substr(0, 1 + static_cast<std::size_t>(i) % 12);
    if (i % 10 == 9 && prefix.size() > 5) std::swap(prefix[2], prefix[3]);
    if (i % 15 == 0) typed.push_back(std::move(prefix));
    if (i % 15 == 9) typed.push_back(std::move(prefix));
  }
  double from = used();
  index.set_completions(std::move(completions));
  say("suggest_build_s", used() - from);
  std::vector<double> seconds;
  for (const std::string& prefix : typed) {
    from = used();
    static_cast<void>(index.suggest(prefix, 10));
    seconds.push_back(used() - from);
  }
  const Times times = times_of(std::move(seconds));
  say("suggest", times);
  say("suggest_per_second", 1e6 / times.mean_us);
}

void measure_floor(const Options& options, const std::vector<std::string>& texts, const Times& own) {
  search_bench::Fts5 floor;
  search_bench::Products products;
  double from = used();
  for (std::int64_t i = 0; i < options.products; ++i) floor.add(products.next());
  floor.finish();
  say("fts5_build_per_second", static_cast<double>(options.products) / (used() - from));
  std::vector<double> seconds;
  for (std::size_t i = 0; i < std::min(options.floor_questions, texts.size()); ++i) {
    from = used();
    floor.ask(texts[i]);
    seconds.push_back(used() - from);
  }
  const Times times = times_of(std::move(seconds));
  say("fts5", times);
  say("times_faster_than_fts5", times.mean_us / own.mean_us);
  say("times_faster_than_fts5_median", times.median_us / own.median_us);
}

Options options_of(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const auto is = [&](const char* name) { return std::strcmp(words[i], name) == 0; };
    if (is("--no-floor"))
      options.floor = false;
    else if (i + 1 < count && is("--products"))
      options.products = std::atoll(words[++i]);
    else if (i + 1 < count && is("--small"))
      options.small = std::atoll(words[++i]);
    else if (i + 1 < count && is("--questions"))
      options.questions = static_cast<std::size_t>(std::atoll(words[++i]));
    else if (i + 1 < count && is("--floor-questions"))
      options.floor_questions = static_cast<std::size_t>(std::atoll(words[++i]));
    else if (i + 1 < count && is("--write-shop"))
      options.shop_rows = words[++i];
    else if (i + 1 < count && is("--folder"))
      options.folder = words[++i];
    else
      std::exit(2);
  }
  return options;
}

}  // namespace

int main(int count, char** words) {
  const Options options = options_of(count, words);
  if (!options.shop_rows.empty())
    return search_bench::write_shop_rows(options.shop_rows, options.products, options.questions) ? 0 : 1;
  double small_mean = 0;
  if (options.small > 0) {
    EmbeddedIndex index({});
    build(index, options.small);
    const auto queries = queries_of(search_bench::questions(options.questions / 4, options.small, 4));
    ask_all(index, queries);
    const Times times = ask_all(index, queries);
    small_mean = times.mean_us;
    say("small", times);
  }
  const std::int64_t before = resident_bytes();
  EmbeddedIndex index({});
  const double took = build(index, options.products);
  say("build_per_second", static_cast<double>(options.products) / took);
  say("segments", static_cast<double>(index.figure().segments));
  say("index_bytes_per_product", static_cast<double>(index.figure().bytes) / static_cast<double>(options.products));
  say("resident_bytes_per_product",
      static_cast<double>(resident_bytes() - before) / static_cast<double>(options.products));
  const auto texts = search_bench::questions(options.questions, options.products, 4);
  const auto queries = queries_of(texts);
  ask_all(index, queries);
  std::int64_t matches = 0;
  const Times times = ask_all(index, queries, &matches);
  say("search", times);
  say("matches_mean", static_cast<double>(matches) / static_cast<double>(queries.size()));
  say("per_second_one_core", 1e6 / times.mean_us);
  if (small_mean > 0) say("times_dearer_than_small", times.mean_us / small_mean);
  measure_kinds(index, texts);
  measure_suggest(index, options.products);
  measure_snapshot(index, options.folder, queries.front());
  if (options.floor) {
    const std::vector<Query> same(queries.begin(), queries.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                         options.floor_questions, queries.size())));
    measure_floor(options, texts, ask_all(index, same));
  }
  measure_changes(index, texts, options.products);
  measure_arrivals(index);
  const char* separator = "{";
  for (const auto& [name, value] : results) {
    std::printf("%s\"%s\": %.6g", separator, name.c_str(), value);
    separator = ", ";
  }
  std::printf("}\n");
  return 0;
}
