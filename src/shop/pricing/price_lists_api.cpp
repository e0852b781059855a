#include "shop/pricing/price_lists_api.h"

#include <memory>

#include "base/text.h"
#include "runtime/json.h"
#include "services/if_match.h"

namespace kontor::pricing {
namespace {

using services::Role;

constexpr std::size_t kMostBytes = 4u << 20;

struct PriceListIn {
  Currency currency;
  std::vector<std::string> segments;
  std::optional<Time> starts_at, ends_at;
  std::int64_t priority = 0;

  static constexpr auto fields() {
    using V = PriceListIn;
    return described(
        Field("currency", &V::currency, "Of its prices"),
        Field("segments", &V::segments, "Whose prices they are; empty: everybody's", Length{0, 50}, Default{}),
        Field("starts_at", &V::starts_at, "From then on"), Field("ends_at", &V::ends_at, "Until then"),
        Field("priority", &V::priority, "Of the lists that apply, the highest counts", Range{-1000, 1000}, Default{}));
  }
};

struct PriceListView {
  std::string code;
  Currency currency;
  std::vector<std::string> segments;
  std::optional<Time> starts_at, ends_at;
  std::int64_t priority = 0, version = 1;
  Time created_at, updated_at;

  static constexpr auto fields() {
    using V = PriceListView;
    return described(Field("code", &V::code, "Its name"), Field("currency", &V::currency, "Of its prices"),
                     Field("segments", &V::segments, "Whose prices they are; empty: everybody's"),
                     Field("starts_at", &V::starts_at, "From then on"), Field("ends_at", &V::ends_at, "Until then"),
                     Field("priority", &V::priority, "Of the lists that apply, the highest counts"),
                     Field("version", &V::version, "For If-Match"), Field("created_at", &V::created_at, "Made"),
                     Field("updated_at", &V::updated_at, "Last changed"));
  }
};

using PriceListsView = services::Page<PriceListView>;

struct ListedPrice {
  OfferId offer_id;
  Money price;
  static constexpr auto fields() {
    return described(Field("offer_id", &ListedPrice::offer_id, "The offer"),
                     Field("price", &ListedPrice::price, "What it costs those customers"));
  }
};

struct PricesTaken {
  std::int64_t prices = 0;
  static constexpr auto fields() { return described(Field("prices", &PricesTaken::prices, "How many were set")); }
};

using ListedPricePage = services::Page<ListedPrice>;

PriceListView view_of(const PriceList& l) {
  return {l.code, l.currency, l.segments, l.starts, l.ends, l.priority, l.version, l.created, l.updated};
}

Result<std::string> body_of(http::Call& call) {
  std::string body;
  while (true) {
    TRY(const std::string_view piece, call.body_reader->next());
    if (piece.empty()) return body;
    if (body.size() + piece.size() > kMostBytes)
      return fail(Errc::kTooLarge, "pricing.too_large", "Prices of at most 4 MB at once.");
    body += piece;
  }
}

// A list, or a line each.
Result<std::vector<ListedPrice>> entries_of(std::string_view body) {
  if (trim(body).starts_with('[')) return json::read<std::vector<ListedPrice>>(body);
  std::vector<ListedPrice> entries;
  for (const auto line : split(body, '\n')) {
    if (trim(line).empty()) continue;
    auto entry = json::read<ListedPrice>(line);
    if (!entry) {
      Error error = std::move(entry.error());
      const std::string at = "/" + std::to_string(entries.size());
      for (FieldError& field : error.fields) field.field = at + field.field;
      return fail(std::move(error));
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

class PriceListHandlers {
 public:
  explicit PriceListHandlers(const PriceListsApi& api) : p_(api) {}

  Result<PriceListsView> list(http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto all, p_.lists.lists());
    PriceListsView out;
    for (const auto& one : all) out.items.push_back(view_of(one));
    return out;
  }

  Result<PriceListView> show(http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto found, p_.lists.find(std::string(call.param("code"))));
    call.set_header("ETag", services::version_etag(found.version));
    return view_of(found);
  }

  Result<PriceListView> put(http::Call& call, const PriceListIn& in) const {
    TRY(const auto who, p_.shoppers.require_role(call, Role::kMerchandiser));
    PriceList wish;
    wish.code = std::string(call.param("code"));
    wish.currency = in.currency;
    wish.segments = in.segments;
    wish.starts = in.starts_at;
    wish.ends = in.ends_at;
    wish.priority = in.priority;
    TRY(const auto kept,
        p_.lists.put(wish, services::if_match(call.request), noting(who, "pricing.list_change", wish.code)));
    call.set_header("ETag", services::version_etag(kept.version));
    return view_of(kept);
  }

  Result<http::None> remove(http::Call& call) const {
    TRY(const auto who, p_.shoppers.require_role(call, Role::kMerchandiser));
    const std::string code(call.param("code"));
    TRY_DO(p_.lists.remove(code, services::if_match(call.request), noting(who, "pricing.list_remove", code)));
    return http::None{};
  }

  Result<PricesTaken> put_prices(http::Call& call) const {
    TRY(const auto who, p_.shoppers.require_role(call, Role::kMerchandiser));
    const std::string code(call.param("code"));
    TRY(const std::string body, body_of(call));
    TRY(const auto entries, entries_of(body));
    if (entries.empty() || entries.size() > PriceLists::kMostPrices)
      return invalid("pricing.wrong_prices", "", entries.empty() ? "too_short" : "too_long",
                     "1 to " + std::to_string(PriceLists::kMostPrices) + " prices at once.");
    std::vector<ListPrice> prices;
    for (const auto& [offer, price] : entries) prices.push_back({offer, price});
    TRY_DO(p_.lists.put_prices(code, prices, noting(who, "pricing.list_prices", code)));
    return PricesTaken{static_cast<std::int64_t>(prices.size())};
  }

  Result<ListedPricePage> prices(http::Call& call, const services::PageQuery& query) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kMerchandiser));
    const std::string code(call.param("code"));
    const std::string question = "admin.price-lists|" + code;
    TRY(const auto key, p_.cursors.after(question, query.cursor, 1));
    TRY(auto found, p_.lists.prices(code, OfferId{key ? key->numbers[0] : 0}, static_cast<int>(query.limit) + 1));
    ListedPricePage page;
    const bool more = found.size() > static_cast<std::size_t>(query.limit);
    if (more) found.resize(static_cast<std::size_t>(query.limit));
    for (const auto& [offer, price] : found) page.items.push_back({offer, price});
    if (more) page.next_cursor = Nullable<std::string>(p_.cursors.make(question, {{found.back().offer.value}, ""}));
    return page;
  }

  Result<http::None> remove_price(http::Call& call) const {
    TRY(const auto who, p_.shoppers.require_role(call, Role::kMerchandiser));
    const std::string code(call.param("code"));
    TRY(const auto offer, call.id<OfferId>("offer"));
    TRY_DO(p_.lists.remove_price(code, offer, noting(who, "pricing.list_price_remove", code)));
    return http::None{};
  }

 private:
  PriceLists::Beside noting(const services::Shopper& who, std::string action, std::string subject) const {
    return [entry = p_.audit.entry(who.caller(), std::move(action), std::move(subject))](db::Tx& tx) {
      return services::Audit::record(tx, entry);
    };
  }

  PriceListsApi p_;
};

void add_prices_route(http::Router& router, const std::shared_ptr<const PriceListHandlers>& on) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kPut;
  endpoint.pattern = "/admin/price-lists/{code}/prices";
  endpoint.about = {
      "Sets prices of a list, and leaves the others: a JSON list or a line (NDJSON) each",
      {"services.sign_in", "services.role_needed", "pricing.no_such_list", "pricing.wrong_prices", "pricing.too_large"},
      200,
      "admin"};
  endpoint.streamed = true;
  endpoint.handle = [on](http::Call& call) -> http::Response {
    const auto taken = on->put_prices(call);
    if (!taken) return http::problem(taken.error(), call.request.request_id);
    http::Response response;
    response.body = json::print(*taken);
    return response;
  };
  router.add(std::move(endpoint));
}

}  // namespace

void add_price_lists_routes(http::Router& router, const PriceListsApi& api) {
  using http::Call, http::None;
  const auto on = std::make_shared<const PriceListHandlers>(api);
  const std::vector<std::string_view> writes{"services.sign_in",       "services.role_needed",
                                             "pricing.no_such_list",   "pricing.wrong_list",
                                             "pricing.too_many_lists", "pricing.version_conflict"};
  router.get<None, PriceListsView>("/admin/price-lists", {"All price lists", {}, 200, "admin"},
                                   [on](Call& call, None) { return on->list(call); });
  router.get<None, PriceListView>("/admin/price-lists/{code}",
                                  {"One price list", {"pricing.no_such_list"}, 200, "admin"},
                                  [on](Call& call, None) { return on->show(call); });
  router.put<PriceListIn, PriceListView>("/admin/price-lists/{code}",
                                         {"Makes a price list or says it anew; its prices stay", writes, 200, "admin"},
                                         [on](Call& call, const PriceListIn& in) { return on->put(call, in); });
  router.del<None, None>("/admin/price-lists/{code}", {"Removes a price list with its prices", writes, 204, "admin"},
                         [on](Call& call, None) { return on->remove(call); });
  add_prices_route(router, on);
  router.get<services::PageQuery, ListedPricePage>(
      "/admin/price-lists/{code}/prices", {"Its prices", {"pricing.no_such_list", "request.bad_cursor"}, 200, "admin"},
      [on](Call& call, const services::PageQuery& in) { return on->prices(call, in); });
  router.del<None, None>("/admin/price-lists/{code}/prices/{offer}", {"Removes one price", writes, 204, "admin"},
                         [on](Call& call, None) { return on->remove_price(call); });
}

}  // namespace kontor::pricing
