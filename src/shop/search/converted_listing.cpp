// Listings in a currency that nothing is priced in: asked in the shop's, answered converted.
#include "runtime/fiber.h"
#include "runtime/thread_priority.h"
#include "shop/search/search.h"

namespace kontor::search {
namespace {

using showcase::Converter;

Result<void> change(Money& money, const Converter& by, Currency to) {
  TRY(money, by.convert(money, to));
  return {};
}

Result<void> change(std::int64_t& minor, Currency from, const Converter& by, Currency to) {
  TRY(const Money money, by.convert(Money::minor(minor, from), to));
  minor = money.amount_minor();
  return {};
}

Result<void> convert(ListingAnswer& answer, const Converter& by, Currency to) {
  std::vector<ProductId> ids;
  for (const Item& item : answer.items) ids.push_back(item.id);
  TRY(const auto listed, by.listed(ids, to));
  for (Item& item : answer.items) {
    if (!answer.converted) {
      TRY(answer.converted, by.rate(item.price.currency(), to));
    }
    TRY_DO(change(item.price, by, to));
    if (item.list_price) TRY_DO(change(*item.list_price, by, to));
    if (const auto own = listed.find(item.id); own != listed.end()) {
      item.price = own->second;  // what a list says stands alone: it is no reduction of anything
      item.list_price.reset();
    }
  }
  if (!answer.converted) return {};
  for (PriceRange& range : answer.facets.price_ranges) {
    TRY_DO(change(range.min, answer.converted->from, by, to));
    if (range.max) TRY_DO(change(*range.max, answer.converted->from, by, to));
  }
  return {};
}

// The question as it is asked in the shop's currency.
Result<void> ask_in(ListingRequest& request, const Converter& by, Currency shop) {
  const Currency asked = request.currency.value_or(shop);
  TRY_DO(by.rate(shop, asked));
  if (request.price_min) TRY_DO(change(*request.price_min, asked, by, shop));
  if (request.price_max) TRY_DO(change(*request.price_max, asked, by, shop));
  request.currency = shop;
  return {};
}

}  // namespace

Result<std::shared_ptr<const Converter>> Search::converter_to(std::optional<Currency> currency) const {
  if (!currency || *currency == showcase_.settings().currency || rates_ == nullptr) return nullptr;
  TRY(const bool sold, is_sold_in(*currency));
  return sold ? nullptr : rates_->converter();
}

Result<SuggestAnswer> Search::suggest(std::string_view prefix, std::size_t limit, std::optional<Currency> currency,
                                      std::span<const std::string> wished) {
  const Currency shop = showcase_.settings().currency, asked = currency.value_or(shop);
  TRY(const auto table, converter_to(currency));
  std::optional<showcase::ConvertedView> rate;
  if (table) {
    TRY(rate, table->rate(shop, asked));
  }
  TRY(auto answer, suggestions_.suggest(prefix, limit, table ? shop : asked, wished));
  if (!table || answer.products.empty()) return answer;
  answer.converted = std::move(rate);
  std::vector<ProductId> ids;
  for (const SuggestedProduct& product : answer.products) ids.push_back(product.id);
  TRY(const auto listed, table->listed(ids, asked));
  for (SuggestedProduct& product : answer.products) {
    TRY_DO(change(product.price, *table, asked));
    if (const auto own = listed.find(product.id); own != listed.end()) product.price = own->second;
  }
  return answer;
}

Result<ListingAnswer> Search::answer(ListingRequest request, bool with_facets) {
  ListingAnswer answer;
  TRY_DO(this->answer(request, with_facets, [&](ListingAnswer&& made) { answer = std::move(made); }));
  return answer;
}

// Not on the loop, which has better to do, unless so many search already that one more may wait for its turn there.
Result<void> Search::answer(const ListingRequest& request, bool with_facets, const Take& take) {
  const auto here = [&]() -> Result<void> {
    TRY(auto made, answer_here(request, with_facets));
    take(std::move(made));
    return {};
  };
  if (searchers_ == nullptr || !runtime::on_fiber()) return here();
  settle();
  std::optional<Result<void>> done;
  const auto ran = searchers_->run([&] {
    runtime::lower_thread_priority();
    done.emplace(here());
  });
  return ran ? std::move(*done) : here();
}

Result<ListingAnswer> Search::answer_here(ListingRequest request, bool with_facets) {
  const runtime::LowPriority behind_buying;
  const std::optional<Currency> asked = request.currency;
  const Currency shop = showcase_.settings().currency;
  TRY(const auto table, converter_to(asked));
  if (table) TRY_DO(ask_in(request, *table, shop));
  TRY(ListingQuery query, listing_query(request, *this));
  query.index.with_facets = with_facets;
  do_without(query);
  TRY(ListingAnswer answer, request.plain.value_or(true) ? read_and_list(query) : listing(query));
  seal_cursor(answer, query, cursors_);
  TRY_DO(describe_attributes(answer, query, request.locale));
  do_without(answer);
  if (table) TRY_DO(convert(answer, *table, *asked));
  return answer;
}

}  // namespace kontor::search
