// Shipping costs nothing, by any option or by those that are named.
#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct FreeShipping {
  std::vector<std::string> options;
  ShippingWish wish;

  static constexpr auto fields() {
    return described(Field("options", &FreeShipping::options, "Shipping options; none: whichever is chosen",
                           Length{0, 50}, Default{}));
  }
  void check(Wrong&) const {}
  void apply(Basket&) const {}
  const ShippingWish* shipping() const { return &wish; }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_free_shipping(const json::Raw& raw) {
  TRY(const auto document, json::parse(raw.text));
  auto parameters = json::read_document<FreeShipping>(document);
  if (!parameters) return fail(below_parameters(std::move(parameters.error())));
  parameters->wish.options = parameters->options;
  return std::make_shared<const RuleOf<FreeShipping>>(std::move(*parameters));
}

}  // namespace kontor::promotions
