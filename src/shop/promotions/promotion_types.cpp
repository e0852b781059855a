#include <algorithm>
#include <array>
#include <set>

#include "base/assert.h"
#include "shop/promotions/promotion_type.h"
#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

// In the order of their names.
constexpr std::array kTypes = {kBundle, kBuyXGetY,   kFirstOrder, kFixedAmount, kFreeShipping,
                               kGift,   kMembership, kPercentage, kTiered};
static_assert(std::is_sorted(kTypes.begin(), kTypes.end(),
                             [](const PromotionType& a, const PromotionType& b) { return a.name < b.name; }));

}  // namespace

std::span<const PromotionType> promotion_types() { return kTypes; }

const PromotionType* find_type(std::string_view name) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& type) { return type.name == name; });
  return found == kTypes.end() ? nullptr : &*found;
}

Error below_parameters(Error error) {
  for (FieldError& field : error.fields) field.field = "/parameters" + field.field;
  return error;
}

tl::unexpected<Error> wrong_parameters(Wrong wrong) {
  KONTOR_ASSERT(!wrong.empty());
  Error error{Errc::kInvalid, "promotions.wrong_parameters", wrong.front().message, std::move(wrong), {}, 0};
  return fail(below_parameters(std::move(error)));
}

void check_amounts(std::span<const Money> amounts, std::string_view field, Wrong& wrong) {
  std::set<Currency> seen;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const std::string at = std::string(field) + "/" + std::to_string(i);
    if (amounts[i].amount_minor() <= 0 || amounts[i].amount_minor() > kMaxAmountMinor)
      wrong.push_back({at + "/amount", "out_of_range", "An amount is more than 0."});
    if (!seen.insert(amounts[i].currency()).second)
      wrong.push_back({at + "/currency", "duplicate", "Give one amount per currency."});
  }
}

}  // namespace kontor::promotions
