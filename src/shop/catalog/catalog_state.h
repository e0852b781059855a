// The statuses of a product: what each means for the public, and from which to which staff and imports may take it.
// Whoever asks whether a product is shown, listed or sold asks here.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "base/described.h"
#include "base/state_table.h"

namespace kontor::catalog {

enum class ProductStatus { kDraft = 0, kActive = 1, kInactive = 2, kSuspended = 3, kDiscontinued = 4 };
constexpr auto enum_names(ProductStatus) {
  return std::array{EnumName<ProductStatus>{ProductStatus::kDraft, "draft"},
                    EnumName<ProductStatus>{ProductStatus::kActive, "active"},
                    EnumName<ProductStatus>{ProductStatus::kInactive, "inactive"},
                    EnumName<ProductStatus>{ProductStatus::kSuspended, "suspended"},
                    EnumName<ProductStatus>{ProductStatus::kDiscontinued, "discontinued"}};
}

struct StatusMeaning {
  ProductStatus status;
  bool shown;    // its page is there for everybody; else it is not found
  bool listed;   // in listings, searches, cards and recommendations
  bool buyable;  // goes into carts and through checkouts
  std::string_view words;
};
inline constexpr std::array kStatusMeanings = {
    // status, shown, listed, buyable
    StatusMeaning{ProductStatus::kDraft, false, false, false, "Being prepared; nobody but staff sees it"},
    StatusMeaning{ProductStatus::kActive, true, true, true, "On sale"},
    StatusMeaning{ProductStatus::kInactive, false, false, false, "Taken from the shelves for a while"},
    StatusMeaning{ProductStatus::kSuspended, false, false, false, "Stopped until it is looked into: a recall, a claim"},
    StatusMeaning{ProductStatus::kDiscontinued, true, false, false, "No longer sold; its page stays and says so"}};

constexpr const StatusMeaning& meaning_of(ProductStatus status) {
  return kStatusMeanings[static_cast<std::size_t>(status)];
}

// Staff name the status that they want. A new product may begin with any. A draft was never sold, so there is nothing
// to suspend or to discontinue; and what was suspended or discontinued is known to buyers and is no draft again.
inline constexpr auto kStatusTable = state_table<ProductStatus, ProductStatus>({
    //   from                          wanted                        to                            emits
    {ProductStatus::kDraft, ProductStatus::kActive, ProductStatus::kActive, "product.changed"},
    {ProductStatus::kDraft, ProductStatus::kInactive, ProductStatus::kInactive, "product.changed"},
    {ProductStatus::kActive, ProductStatus::kDraft, ProductStatus::kDraft, "product.changed"},
    {ProductStatus::kActive, ProductStatus::kInactive, ProductStatus::kInactive, "product.changed"},
    {ProductStatus::kActive, ProductStatus::kSuspended, ProductStatus::kSuspended, "product.changed"},
    {ProductStatus::kActive, ProductStatus::kDiscontinued, ProductStatus::kDiscontinued, "product.changed"},
    {ProductStatus::kInactive, ProductStatus::kDraft, ProductStatus::kDraft, "product.changed"},
    {ProductStatus::kInactive, ProductStatus::kActive, ProductStatus::kActive, "product.changed"},
    {ProductStatus::kInactive, ProductStatus::kSuspended, ProductStatus::kSuspended, "product.changed"},
    {ProductStatus::kInactive, ProductStatus::kDiscontinued, ProductStatus::kDiscontinued, "product.changed"},
    {ProductStatus::kSuspended, ProductStatus::kActive, ProductStatus::kActive, "product.changed"},
    {ProductStatus::kSuspended, ProductStatus::kInactive, ProductStatus::kInactive, "product.changed"},
    {ProductStatus::kSuspended, ProductStatus::kDiscontinued, ProductStatus::kDiscontinued, "product.changed"},
    {ProductStatus::kDiscontinued, ProductStatus::kActive, ProductStatus::kActive, "product.changed"},
    {ProductStatus::kDiscontinued, ProductStatus::kInactive, ProductStatus::kInactive, "product.changed"},
});
static_assert(kStatusTable.deterministic() && kStatusTable.emits_on_every_move());

constexpr bool statuses_are_in_order() {
  for (std::size_t i = 0; i < kStatusMeanings.size(); ++i) {
    const StatusMeaning& one = kStatusMeanings[i];
    if (static_cast<std::size_t>(one.status) != i) return false;
    if ((one.buyable && !one.listed) || (one.listed && !one.shown)) return false;
  }
  return kStatusMeanings.size() == enum_names(ProductStatus{}).size();
}
static_assert(statuses_are_in_order());

}  // namespace kontor::catalog
