// What visitors do, counted by day: views, searches, clicks, carts, purchases, in the home `telemetry`. Sums and never
// a visitor: words of searches only with consent, nothing of who refuses, nothing of bots. Purchases are facts of the
// event log and exact; what is observed may be lost with the process (about a second of it), or for want of room.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "runtime/http.h"
#include "runtime/metrics.h"

namespace kontor::telemetry {

enum class Consent : std::uint8_t { kUnsaid, kGiven, kRefused };

// Who looks.
struct Visit {
  Consent consent = Consent::kUnsaid;
  bool bot = false;           // prefetches as well: nothing is observed
  std::uint64_t visitor = 0;  // services::Visitors::number(); 0: not known. Used only where consent is given

  std::uint64_t agreed() const { return consent == Consent::kGiven && !bot ? visitor : 0; }
};
// By DNT, Sec-GPC and the cookie `consent`: any no wins over any yes. Bots by User-Agent (none at all is one),
// prefetches by Sec-Purpose. Takes about a microsecond.
Visit visit_of(const http::Request& request, std::uint64_t visitor = 0);
bool is_bot(std::string_view user_agent);

enum class Kind : std::uint8_t { kView, kClick, kCart, kSearch, kListing };
constexpr auto enum_names(Kind) {
  return std::array{EnumName<Kind>{Kind::kView, "view"}, EnumName<Kind>{Kind::kClick, "click"},
                    EnumName<Kind>{Kind::kCart, "cart"}, EnumName<Kind>{Kind::kSearch, "search"},
                    EnumName<Kind>{Kind::kListing, "listing"}};
}

struct Observation {
  Kind kind = Kind::kView;
  Visit visit = {};
  ProductId product = {};       // of views, clicks and carts
  std::string_view query = {};  // of searches; of clicks, what was searched for. As it was typed
  std::int64_t results = 0;     // of searches: how many were found
  std::int64_t position = 0;    // of clicks: 1 is the first of the list, counted over its pages; 0: not said
  std::string_view arm = {};    // of searches and clicks: "experiment/arm", or nothing
  bool claimed = false;         // a client says so: products are looked up before they are counted
};

struct PopularQuery {
  std::string text;  // as somebody wrote it, in lower case
  std::int64_t weight = 0;
};
struct Sold {
  ProductId product;
  std::int64_t units = 0;  // of the last 30 days, less what was cancelled in them
};
struct Popularity {  // of the last 30 days
  ProductId product;
  std::int64_t views = 0, clicks = 0, carts = 0, purchases = 0, units = 0;
};

struct SearchFigures {
  std::int64_t searches = 0, zero_results = 0, clicks = 0, placed = 0, positions = 0;
};
struct QueryFigures {
  std::string query;
  SearchFigures figures;
};
struct DayFigures {
  std::int64_t views = 0, clicks = 0, carts = 0, searches = 0, zero_results = 0, listings = 0;
};
struct SearchReport {
  Time from;
  DayFigures totals;  // of everybody who did not refuse, also without words
  std::vector<QueryFigures> most_searched, without_results, arms;
};
enum class ProductSort { kViews, kClicks, kCarts, kUnits };
constexpr auto enum_names(ProductSort) {
  using S = ProductSort;
  return std::array{EnumName<S>{S::kViews, "views"}, EnumName<S>{S::kClicks, "clicks"}, EnumName<S>{S::kCarts, "carts"},
                    EnumName<S>{S::kUnits, "units"}};
}

class Telemetry {
 public:
  struct Settings {
    bool keeps_words = false;  // of searches also where nothing is said about consent
    std::int64_t keep_days = 400;
    // Which of these products there are; empty: all. Asked about what clients claim.
    std::function<Result<std::vector<ProductId>>(std::span<const ProductId>)> known = {};
    // Called by who observes, of the first since a drain and when there is little room left: there is something to
    // drain. Must not wait.
    std::function<void()> wake = {};
  };
  Telemetry(db::Store& store, Clock& clock, runtime::Metrics& metrics, Settings settings);
  ~Telemetry();

  // From any thread; takes no lock, never waits, and copies the texts. What finds no room is counted and dropped.
  void observe(const Observation& what);
  // Writes what was observed, a few statements in all; answers how many rows. On one fiber at a time, asserted.
  Result<int> drain();

  // The most searched first: a week halves the weight, most searches found something, and several people searched for
  // it, so that nobody's own words are shown to others. Reads a month of searches: for once an hour.
  Result<std::vector<PopularQuery>> popular_queries(int limit);
  Result<std::vector<Sold>> sold_of(std::span<const ProductId> products);  // those of which something was sold
  // By id above `after`: everything that sold, for building an index.
  Result<std::vector<Sold>> all_sold(ProductId after, int limit);
  // The same of products whose figure changed since then, also by days that left the 30; units may be 0. `since` is
  // when the round before began.
  struct Changes {
    Time since;
    ProductId after = {};
    int limit = 1000;
  };
  Result<std::vector<Sold>> changed_sales(const Changes& of);
  Result<std::vector<Popularity>> popularity(std::span<const ProductId> products);

  Result<SearchReport> searches(int days, int limit);
  Result<std::vector<Popularity>> products(int days, ProductSort sort, int limit);

  Time first_of(int days) const { return Time{(today() - days + 1) * kDayMs}; }  // when so many days began (UTC)

  // Removes old days and the long tail of queries, at most so many rows; how many went.
  Result<int> prune(int limit);

 private:
  struct Small;
  struct Text;
  struct Queues;
  struct Tallies;
  void gather();
  Result<void> look_up_claimed();
  Result<int> write_tallies();
  std::int64_t today() const { return clock_.now().ms / kDayMs; }
  Result<int> prune_tail(int limit);

  db::Store& store_;
  Clock& clock_;
  const Settings settings_;
  runtime::Counter &taken_, &dropped_, &bots_, &refused_;
  std::unique_ptr<Queues> queues_;
  std::unique_ptr<Tallies> tallies_;
  std::atomic<bool> woken_{false}, draining_{false};
  std::atomic<bool> full_day_{false};  // no further queries today
  std::int64_t pruned_day_ = 0;        // when old days last went, as far as this process knows
};

}  // namespace kontor::telemetry
