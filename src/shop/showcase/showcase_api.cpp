#include "shop/showcase/showcase_api.h"

#include "services/languages.h"
#include "services/ready_endpoint.h"
#include "shop/showcase/converting.h"
#include "shop/showcase/product_detail.h"

namespace kontor::showcase {
namespace {

struct DetailQuery {
  std::optional<Currency> currency;
  std::optional<std::string> locale, country;
  static constexpr auto fields() {
    return described(
        Field("currency", &DetailQuery::currency,
              "Prices in it; converted when there is none and the shop has a rate, else null"),
        Field("locale", &DetailQuery::locale,
              "Texts in this language where there are any; absent: as Accept-Language says", Length{0, 35}),
        Field("country", &DetailQuery::country, "Where it shall go", Length{0, 2}));
  }
};

struct RelatedQuery {
  std::optional<Currency> currency;
  std::optional<std::string> locale;
  static constexpr auto fields() {
    return described(
        Field("currency", &RelatedQuery::currency, "Prices in it; converted when there are none"),
        Field("locale", &RelatedQuery::locale,
              "Titles in this language where there are any; absent: as Accept-Language says", Length{0, 35}));
  }
};

std::vector<std::string> wished_languages(const http::Call& call, const std::optional<std::string>& locale) {
  if (locale) return {*locale};
  return services::accepted_languages(call.request.header("Accept-Language"));
}

void add_related_route(http::Router& router, Showcase& showcase, const ConverterSource* rates) {
  router.add(services::ready_endpoint<RelatedQuery, RelatedCards>(
      "/products/{id}/related",
      {"What staff put beside a product, by kind: only what is on sale",
       {"catalog.no_such_product", "pricing.no_rate"},
       200,
       "products"},
      [&showcase, rates](http::Call& call, const RelatedQuery& query) -> Result<http::Response> {
        TRY(const auto id, call.id<ProductId>("id"));
        TRY_DO(showcase.ready(id));  // what is not shown has nothing beside it
        TRY(const auto beside, showcase.related(id));
        const Currency currency = query.currency.value_or(showcase.settings().currency);
        const auto wished = wished_languages(call, query.locale);
        TRY(const auto cards, cards_beside(showcase, rates, beside, currency, wished));
        http::Response response;
        response.ready = http::make_ready("application/json", kCaching, json::print(cards),
                                          cards.by_language && !query.locale ? "Vary: Accept-Language\r\n" : "");
        return response;
      }));
}

// With what depends on the request in it.
Result<http::Response> answer(Showcase& showcase, const ConverterSource* rates, ProductId id, const DetailQuery& query,
                              std::span<const std::string> wished) {
  TRY(const ProductState now, showcase.state(id));
  TRY(auto detail, detail_in(showcase, rates, now, query.currency.value_or(showcase.settings().currency)));
  translate(detail, now, wished, showcase.settings().locale);
  std::string headers;
  if (detail.locales && !query.locale) headers += "Vary: Accept-Language\r\n";
  if (detail.locale) headers += "Content-Language: " + *detail.locale + "\r\n";
  http::Response response;
  response.ready = http::make_ready("application/json", kCaching, json::print(detail), headers);
  return response;
}

}  // namespace

void add_showcase_routes(http::Router& router, Showcase& showcase, const ConverterSource* rates) {
  auto product = services::ready_endpoint<DetailQuery, ProductDetail>(
      "/products/{id}", {"A product with its offers", {"catalog.no_such_product", "pricing.no_rate"}, 200, "products"},
      [&showcase, rates](http::Call& call, const DetailQuery& query) -> Result<http::Response> {
        TRY(const auto id, call.id<ProductId>("id"));
        const auto wished = wished_languages(call, query.locale);
        if (query.currency && *query.currency != showcase.settings().currency)
          return answer(showcase, rates, id, query, wished);
        http::Response response;
        TRY(response.ready, showcase.ready(id));
        // Most products have texts in one language, whoever asks for which.
        if (!wished.empty() && response.ready->by_language) return answer(showcase, rates, id, query, wished);
        return response;
      });
  product.inline_read = [&showcase](std::string_view id) -> std::shared_ptr<const http::ReadyBytes> {
    const auto parsed = ProductId::parse(id);
    return parsed ? showcase.ready_at_hand(*parsed) : nullptr;
  };
  product.fetch_ahead = [&showcase](std::string_view id, http::Ahead& ahead) {
    if (ahead.step == 0) ahead.key = ProductId::parse(id).value_or(ProductId{}).value;
    if (ahead.key != 0) showcase.fetch_ahead({ahead.key}, ahead);
  };
  product.grown = [&showcase](std::string_view id, const std::shared_ptr<const http::ReadyBytes>& bytes) {
    if (const auto parsed = ProductId::parse(id)) showcase.weigh_again(*parsed, bytes);
  };
  router.add(std::move(product));
  add_related_route(router, showcase, rates);
  add_category_routes(router, showcase);
}

}  // namespace kontor::showcase
