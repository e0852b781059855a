#include "shop/showcase/showcase_api.h"

#include "shop/showcase/listing.h"
#include "shop/showcase/listing_request.h"
#include "shop/showcase/product_detail.h"

namespace kontor::showcase {
namespace {

constexpr std::string_view kCaching = "public, max-age=60, stale-while-revalidate=300";

struct DetailQuery {
  std::optional<Currency> currency;
  std::optional<std::string> locale, country;
  static constexpr auto fields() {
    return described(Field("currency", &DetailQuery::currency, "Prices in it; price is null when there is none"),
                     Field("locale", &DetailQuery::locale, "For texts in other languages", Length{0, 35}),
                     Field("country", &DetailQuery::country, "Where it shall go", Length{0, 2}));
  }
};

http::Response ready_response(std::string_view body) {
  http::Response response;
  response.ready = http::make_ready("application/json", kCaching, body);
  return response;
}

// What the docs say of an answer that is printed elsewhere.
template <class Out>
void describe(http::Endpoint& endpoint) {
  endpoint.response_schema = openapi::type_name<Out>();
  openapi::append_schema<Out>(endpoint.response_schema_json, endpoint.schemas, Rules{}, openapi::Direction::kAnswer);
}

// An endpoint whose query is described and whose answer comes as bytes.
template <class Query, class Out, class Handler>
http::Endpoint endpoint_of(std::string pattern, http::About about, Handler handler) {
  http::Endpoint endpoint =
      http::detail::query_endpoint<Query, http::Response>(std::move(pattern), std::move(about), std::move(handler));
  describe<Out>(endpoint);
  return endpoint;
}

Result<http::Response> list(const ListingRequest& request, Showcase& showcase, const services::Cursors& cursors) {
  TRY(const ListingQuery query, listing_query(request, showcase, cursors));
  TRY(ListingAnswer answer, showcase.listing(query));
  seal_cursor(answer, query, cursors);
  return ready_response(json::print(answer));
}

}  // namespace

void add_showcase_routes(http::Router& router, Showcase& showcase, const services::Cursors& cursors) {
  const auto listing = [&showcase, &cursors](http::Call&, const ListingRequest& request) {
    return list(request, showcase, cursors);
  };
  router.add(endpoint_of<ListingRequest, ListingAnswer>(
      "/products", {"Products by filter, with facets", {"request.bad_cursor"}, 200, "products"}, listing));
  router.add(endpoint_of<ListingRequest, ListingAnswer>(
      "/search", {"The same as /products", {"request.bad_cursor"}, 200, "products"}, listing));
  router.add(endpoint_of<ListingRequest, ListingAnswer>(
      "/categories/{id}/products",
      {"Products of a category and what is below it",
       {"catalog.no_such_category", "request.bad_cursor"},
       200,
       "categories"},
      [&showcase, &cursors](http::Call& call, ListingRequest request) -> Result<http::Response> {
        TRY(const auto category, showcase.category(call.param("id")));
        if (!category) return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
        if (!request.category.empty())
          return invalid("request.invalid", "?category", "unknown_field", "The category is named by the path.");
        request.category = {category->id.text()};
        return list(request, showcase, cursors);
      }));
  auto product = endpoint_of<DetailQuery, ProductDetail>(
      "/products/{id}", {"A product with its offers", {"catalog.no_such_product"}, 200, "products"},
      [&showcase](http::Call& call, const DetailQuery& query) -> Result<http::Response> {
        TRY(const auto id, call.id<ProductId>("id"));
        if (query.currency && *query.currency != showcase.settings().currency) {
          TRY(const std::string body, showcase.detail_json(id, *query.currency));
          return ready_response(body);
        }
        http::Response response;
        TRY(response.ready, showcase.ready(id));
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
}

}  // namespace kontor::showcase
