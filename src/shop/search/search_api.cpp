#include "shop/search/search_api.h"

#include "runtime/fiber.h"
#include "services/languages.h"
#include "services/ready_endpoint.h"

namespace kontor::search {
namespace {

constexpr std::string_view kCaching = "public, max-age=60, stale-while-revalidate=300";
constexpr std::string_view kNotKept = "no-store";

std::string joined(const std::vector<std::string>& languages) {
  std::string text;
  for (const std::string& language : languages) text += language + ',';
  return text;
}

template <class Answer>
ReadyListing ready_of(const Answer& answer, bool by_language, bool passing) {
  ReadyListing made;
  made.by_language = by_language;
  made.keeps = !answer.converted.has_value();  // rates have a life of their own
  made.bytes = http::make_ready("application/json", passing ? kNotKept : kCaching, json::print(answer),
                                by_language ? "Vary: Accept-Language\r\n" : "");
  return made;
}

http::Response response_of(const ReadyListing& made) {
  http::Response response;
  response.ready = made.bytes;
  return response;
}

Result<http::Response> list(const ApiParts& parts, const http::Call& call, ListingRequest request) {
  const runtime::LowPriority behind_buying;
  const bool explained = request.explain.value_or(false);
  if (explained) TRY_DO(parts.shoppers.require_staff(call.request));
  const std::string words = request.q.value_or("");
  const bool first = !request.cursor;
  Trial trial;
  if (!words.empty() && parts.trial) trial = parts.trial(call.request);
  request.arm = trial.arm;
  const bool named = request.locale.has_value();
  if (!named) request.accepted = services::accepted_languages(call.request.header("Accept-Language"));
  const bool alone = explained || !trial.label.empty();
  const auto make = [&]() -> Result<ReadyListing> {
    const bool full = parts.search.answers_in_full();
    ReadyListing made;
    TRY_DO(parts.search.answer(request, true, [&](const ListingAnswer& answer) {
      const bool partial = answer.partial.value_or(false);
      made = ready_of(answer, !named && answer.by_language, alone || partial);
      made.found = answer.total_count;
      made.keeps = made.keeps && !partial;
    }));
    made.keeps = made.keeps && full && parts.search.answers_in_full();
    return made;
  };
  TRY(const ReadyListing made,
      alone ? make() : parts.search.ready().get(std::string(call.request.target), joined(request.accepted), make));
  if (!words.empty() && first && parts.searched) parts.searched(call.request, {words, made.found, trial});
  return response_of(made);
}

struct SuggestRequest {
  std::string q;
  std::int64_t limit = 8;
  std::optional<Currency> currency;
  std::optional<std::string> locale;
  static constexpr auto fields() {
    return described(
        Field("q", &SuggestRequest::q, "What was typed so far", Length{0, kLongestWords}, Default{}),
        Field("limit", &SuggestRequest::limit, "Of each group", Range{1, 10}, Default{}),
        Field("currency", &SuggestRequest::currency,
              "Of the products' prices, as in a listing; those that have none in it are left out"),
        Field("locale", &SuggestRequest::locale,
              "Names in this language where there are any; absent: as Accept-Language says", Length{0, 35}));
  }
};

Result<http::Response> suggest(const ApiParts& parts, const http::Call& call, const SuggestRequest& request) {
  const auto wished = request.locale ? std::vector<std::string>{*request.locale}
                                     : services::accepted_languages(call.request.header("Accept-Language"));
  const auto make = [&]() -> Result<ReadyListing> {
    TRY(const auto answer,
        parts.search.suggest(request.q, static_cast<std::size_t>(request.limit), request.currency, wished));
    return ready_of(answer, answer.by_language && !request.locale, false);
  };
  TRY(const ReadyListing made, parts.search.ready().get(std::string(call.request.target), joined(wished), make));
  return response_of(made);
}

}  // namespace

void add_search_routes(http::Router& router, const ApiParts& parts) {
  const auto add = [&](std::string pattern, std::string_view about) {
    router.add(services::ready_endpoint<ListingRequest, ListingAnswer>(
        std::move(pattern), {about, {"request.bad_cursor", "pricing.no_rate"}, 200, "products"},
        [parts](http::Call& call, const ListingRequest& request) { return list(parts, call, request); }));
  };
  add("/products", "Products by words and filters, with facets");
  add("/search", "The same as /products");
  router.add(services::ready_endpoint<SuggestRequest, SuggestAnswer>(
      "/search/suggest", {"What the search box offers for a beginning", {"pricing.no_rate"}, 200, "products"},
      [parts](http::Call& call, const SuggestRequest& request) { return suggest(parts, call, request); }));
  router.add(services::ready_endpoint<ListingRequest, ListingAnswer>(
      "/categories/{id}/products",
      {"Products of a category and what is below it",
       {"catalog.no_such_category", "request.bad_cursor"},
       200,
       "categories"},
      [parts](http::Call& call, ListingRequest request) -> Result<http::Response> {
        TRY(const auto category, parts.search.showcase().category(call.param("id")));
        if (!category) return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
        if (!request.category.empty())
          return invalid("request.invalid", "?category", "unknown_field", "The category is named by the path.");
        request.category = {category->id.text()};
        return list(parts, call, std::move(request));
      }));
}

}  // namespace kontor::search
