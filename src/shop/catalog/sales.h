// Sale prices with a start and an end, and the history of prices. A sale changes no base price: the offer's row carries
// the timetable of its sales, purchases go by it and the clock, to the millisecond; what pages show is turned to it by
// turn(), which is due when a sale begins or ends, and emits `offer.price_changed`. Owns catalog_sales, catalog_turns
// and catalog_price_history, in the home `catalog`.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "shop/catalog/catalog.h"

namespace kontor {
KONTOR_ID(Sale, "sale");
}  // namespace kontor

namespace kontor::catalog {

enum class SaleState { kPlanned = 0, kRunning = 1, kOver = 2, kCancelled = 3 };
constexpr auto enum_names(SaleState) {
  return std::array{EnumName<SaleState>{SaleState::kPlanned, "planned"},
                    EnumName<SaleState>{SaleState::kRunning, "running"}, EnumName<SaleState>{SaleState::kOver, "over"},
                    EnumName<SaleState>{SaleState::kCancelled, "cancelled"}};
}

struct Sale {
  SaleId id;
  SaleId batch;  // those that were planned together have one
  OfferId offer;
  Money price;
  Time starts, ends;  // at `ends` it is over
  std::string label;
  Time created;
  std::optional<Time> cancelled;

  SaleState state(Time now) const {
    if (cancelled) return SaleState::kCancelled;
    return now < starts ? SaleState::kPlanned : now < ends ? SaleState::kRunning : SaleState::kOver;
  }
};

// From `at` on the offer cost `price`, and until then `previous`.
struct PastPrice {
  Time at;
  Money price, previous;
};

class Sales {
 public:
  static constexpr std::size_t kMostOpen = 20;        // sales of one offer that are not over
  static constexpr std::size_t kMostAtOnce = 5000;    // offers in one batch
  static constexpr std::int64_t kMostDays = 3 * 366;  // how long a sale may be, and how far ahead it may begin
  static constexpr std::int64_t kHistoryDays = 400;   // how long history is kept; 30 are needed
  static constexpr std::int64_t kClockMayDifferMs = 5000;

  Sales(db::Store& store, Clock& clock, IdSource& ids) : store_(store), clock_(clock), ids_(ids) {}

  using Beside = Catalog::Beside;
  struct Terms {
    std::optional<Time> starts;  // now
    Time ends;
    std::string label;
  };
  struct Wish {
    OfferId offer;
    Money price;
  };
  struct Refused {
    OfferId offer;
    Error why;
  };
  struct Planned {
    SaleId batch;
    std::vector<Sale> sales;
    std::vector<Refused> refused;  // "catalog.no_such_offer", "catalog.wrong_sale", "catalog.too_many_sales"
  };
  // Each offer for itself: what is refused is named, the rest is planned; sales that begin now are in effect at once.
  // kInvalid "catalog.wrong_sale" for times that make no sense, then nothing is planned. Of an Error half way,
  // nothing stays in effect.
  Result<Planned> plan(std::span<const Wish> wishes, const Terms& terms, const Beside& beside = {});
  // What `off` leaves of the base prices of all offers that are sold in this category and below it, of this brand
  // (exactly one of them), or of these offers. kInvalid "catalog.too_many_offers".
  struct Selection {
    std::vector<OfferId> offers;
    CategoryId category;
    std::string brand;
  };
  Result<std::vector<Wish>> reduced(const Selection& which, BasisPoints off);

  struct Filter {
    OfferId offer;  // 0: any
    SaleId batch;   // 0: any
    SaleId before;  // keyset: ids below it; 0: from the newest
    int limit = 20;
  };
  Result<std::vector<Sale>> list(const Filter& filter);  // newest first
  // A sale, or all of a batch, that is not over; how many were. Repeating it is harmless. kNotFound
  // "catalog.no_such_sale".
  Result<int> cancel(SaleId sale_or_batch, const Beside& beside = {});

  // Turns at most `limit` offers whose sales began or ended; how many there were, and when the next one is due. To be
  // called again and again, by any number of processes: an offer that follows its timetable is left alone. What was
  // missed meanwhile is made up for.
  struct Turned {
    int offers = 0;
    std::optional<Time> next;
  };
  Result<Turned> turn(int limit = 50);

  // Newest first, from before `before` on. kNotFound "catalog.no_such_offer".
  Result<std::vector<PastPrice>> history(OfferId offer, std::optional<Time> before, int limit);
  // Forgets history and sales from before kHistoryDays, at most `limit` rows of each; how many rows.
  Result<int> prune(int limit);

  // As Catalog::on_change.
  void on_change(std::function<void(std::span<const ProductId>)> told) { told_ = std::move(told); }
  Time now() const { return clock_.now(); }

 private:
  Result<void> plan_some(std::span<const Wish> wishes, std::span<const Sale> drawn, Planned& planned,
                         const Beside& beside);
  Result<std::vector<ProductId>> withdraw(std::span<const Sale> sales, const Beside& beside);
  void tell(std::span<const ProductId> products) const {
    if (told_ && !products.empty()) told_(products);
  }

  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  std::function<void(std::span<const ProductId>)> told_;
};

}  // namespace kontor::catalog
