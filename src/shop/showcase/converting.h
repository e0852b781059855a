// Prices in a currency that the goods are not priced in: what a price list for everybody says, else converted by the
// operator's table of rates, and marked so. What is bought in it is priced by pricing, in the same way.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "shop/showcase/product_detail.h"

namespace kontor::showcase {

// One table of rates, for the whole of an answer.
class Converter {
 public:
  virtual ~Converter() = default;
  // kInvalid "pricing.no_rate".
  virtual Result<Money> convert(Money amount, Currency to) const = 0;
  virtual Result<ConvertedView> rate(Currency from, Currency to) const = 0;
  // What lists for everybody ask in this currency, of those offers that they name; of products the lowest of theirs.
  virtual Result<std::map<OfferId, Money>> listed(std::span<const OfferId> offers, Currency to) const = 0;
  virtual Result<std::map<ProductId, Money>> listed(std::span<const ProductId> products, Currency to) const = 0;
  virtual std::vector<Currency> currencies() const = 0;  // between which it converts, by their codes
};
// Where it comes from; pricing behind it.
class ConverterSource {
 public:
  virtual ~ConverterSource() = default;
  virtual std::shared_ptr<const Converter> converter() const = 0;  // null: there is no table
  // Told after another table holds. One listener, before serving; called from any thread.
  virtual void on_change(std::function<void()> told) = 0;
};

class Showcase;

// A product with its offers in this currency, or else all of them converted. kInvalid "pricing.no_rate".
Result<ProductDetail> detail_in(Showcase& showcase, const ConverterSource* rates, const ProductState& state,
                                Currency currency);

}  // namespace kontor::showcase
