#include "shop/telemetry/telemetry_api.h"

#include "services/cursor.h"

namespace kontor::telemetry {
namespace {

constexpr std::size_t kMostEvents = 100;              // of one call
constexpr std::size_t kBodyLimit = 64 * 1024;         // bytes
constexpr std::int64_t kMostResults = 1'000'000'000;  // that a search may claim

struct EventBody {
  Kind type = Kind::kView;
  std::optional<ProductId> product_id;
  std::optional<std::string> query;
  std::optional<std::int64_t> results;
  std::optional<std::int64_t> position;
  std::optional<std::string> arm;

  static constexpr auto fields() {
    using E = EventBody;
    return described(
        Field("type", &E::type,
              "view, click, cart, search or listing: a category, or what a search found, was looked at"),
        Field("product_id", &E::product_id, "What was looked at, clicked on or put into a cart"),
        Field("query", &E::query, "What was searched for; of a click, where it was found", Length{1, 1000}),
        Field("results", &E::results, "Of a search: how many were found", Range{0, kMostResults}),
        Field("position", &E::position, "Of a click: where it stood, from 1, counted over all pages",
              Range{1, kMostResults}),
        Field("arm", &E::arm, "The arm of an experiment that it belongs to", Length{1, 64}));
  }
};

struct EventsBody {
  bool consent = false;
  std::vector<EventBody> events;

  static constexpr auto fields() {
    return described(
        Field("consent", &EventsBody::consent, "Whether the visitor agreed to it; if not, nothing is kept"),
        Field("events", &EventsBody::events, "What happened", Length{1, kMostEvents}));
  }
};

struct Accepted {
  std::int64_t accepted = 0;

  static constexpr auto fields() {
    return described(Field("accepted", &Accepted::accepted, "How many will be counted"));
  }
};

Result<void> check_events(const std::vector<EventBody>& events) {
  Error error{Errc::kInvalid, "telemetry.bad_event", {}, {}, {}, 0};
  const auto wrong = [&](std::size_t at, std::string_view field, std::string_view code, std::string words) {
    error.fields.push_back(
        {"/events/" + std::to_string(at) + "/" + std::string(field), std::string(code), std::move(words)});
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventBody& one = events[i];
    if (one.type == Kind::kSearch) {
      if (!one.query) wrong(i, "query", "required", "A search has words.");
      if (!one.results) wrong(i, "results", "required", "Say how many were found.");
      if (one.product_id) wrong(i, "product_id", "contradiction", "A search is of no product.");
    } else if (one.type == Kind::kListing) {
      if (one.product_id) wrong(i, "product_id", "contradiction", "A listing is of no product.");
      if (one.results) wrong(i, "results", "contradiction", "Only searches have results.");
    } else {
      if (!one.product_id) wrong(i, "product_id", "required", "Say of which product.");
      if (one.results) wrong(i, "results", "contradiction", "Only searches have results.");
    }
    if (one.type == Kind::kSearch || one.type == Kind::kClick) continue;
    if (one.query) wrong(i, "query", "contradiction", "Only searches and clicks have words.");
    if (one.arm) wrong(i, "arm", "contradiction", "Only searches and clicks belong to an arm.");
    if (one.position) wrong(i, "position", "contradiction", "Only clicks have a position.");
  }
  if (error.fields.empty()) return {};
  error.detail = error.fields.front().message;
  return fail(std::move(error));
}

struct SearchRow {
  std::string query;
  std::int64_t searches = 0, zero_results = 0, clicks = 0;
  double click_through = 0;
  Nullable<double> mean_position;

  static constexpr auto fields() {
    using R = SearchRow;
    return described(Field("query", &R::query, "As somebody wrote it"), Field("searches", &R::searches, "How often"),
                     Field("zero_results", &R::zero_results, "How often nothing was found"),
                     Field("clicks", &R::clicks, "How often a product was chosen from what was found"),
                     Field("click_through", &R::click_through, "Clicks a search"),
                     Field("mean_position", &R::mean_position, "Where they stood; null where nobody said"));
  }
};

struct ArmRow {
  std::string arm;
  std::int64_t searches = 0, zero_results = 0, clicks = 0;
  double click_through = 0;
  Nullable<double> mean_position;

  static constexpr auto fields() {
    using R = ArmRow;
    return described(Field("arm", &R::arm, "Experiment and arm"), Field("searches", &R::searches, "How often"),
                     Field("zero_results", &R::zero_results, "How often nothing was found"),
                     Field("clicks", &R::clicks, "How often a product was chosen from what was found"),
                     Field("click_through", &R::click_through, "Clicks a search"),
                     Field("mean_position", &R::mean_position, "Where they stood; null where nobody said"));
  }
};

struct Totals {
  std::int64_t searches = 0, zero_results = 0, views = 0, listings = 0, clicks = 0, carts = 0;

  static constexpr auto fields() {
    using T = Totals;
    return described(Field("searches", &T::searches, "Searches, also those whose words are not kept"),
                     Field("zero_results", &T::zero_results, "Searches that found nothing"),
                     Field("views", &T::views, "Products looked at"),
                     Field("listings", &T::listings, "Categories and results of searches looked at"),
                     Field("clicks", &T::clicks, "Products chosen"),
                     Field("carts", &T::carts, "Products put into a cart"));
  }
};

struct SearchesView {
  Time from;
  std::int64_t days = 0;
  Totals totals;
  std::vector<SearchRow> most_searched, without_results;
  std::vector<ArmRow> arms;

  static constexpr auto fields() {
    using V = SearchesView;
    return described(Field("from", &V::from, "When the first of the days began (UTC)"),
                     Field("days", &V::days, "How many days, today included"),
                     Field("totals", &V::totals, "Of everybody who did not refuse"),
                     Field("most_searched", &V::most_searched, "The most frequent first"),
                     Field("without_results", &V::without_results, "What found nothing, the most frequent first"),
                     Field("arms", &V::arms, "By arms of experiments"));
  }
};

struct ProductRow {
  ProductId product_id;
  std::int64_t views = 0, clicks = 0, carts = 0, purchases = 0, units = 0;

  static constexpr auto fields() {
    using R = ProductRow;
    return described(Field("product_id", &R::product_id, "Which"), Field("views", &R::views, "How often looked at"),
                     Field("clicks", &R::clicks, "How often chosen from a list"),
                     Field("carts", &R::carts, "How often put into a cart"),
                     Field("purchases", &R::purchases, "How many orders have it"),
                     Field("units", &R::units, "How many were bought, less those cancelled"));
  }
};

struct ProductsView {
  Time from;
  std::int64_t days = 0;
  std::vector<ProductRow> items;

  static constexpr auto fields() {
    using V = ProductsView;
    return described(Field("from", &V::from, "When the first of the days began (UTC)"),
                     Field("days", &V::days, "How many days, today included"),
                     Field("items", &V::items, "The first so many by `sort`"));
  }
};

constexpr Range kDays{1, 400};

struct SearchesQuery {
  std::int64_t days = 7;
  std::int64_t limit = services::kListLimitDefault;

  static constexpr auto fields() {
    using Q = SearchesQuery;
    return described(Field("days", &Q::days, "Of how many days, today included", kDays, Default{}),
                     Field("limit", &Q::limit, "How many of each list", services::kListLimit, Default{}));
  }
};

struct ProductsQuery {
  std::int64_t days = 7;
  ProductSort sort = ProductSort::kViews;
  std::int64_t limit = services::kListLimitDefault;

  static constexpr auto fields() {
    using Q = ProductsQuery;
    return described(Field("days", &Q::days, "Of how many days, today included", kDays, Default{}),
                     Field("sort", &Q::sort, "By views, clicks, carts or units", Default{}),
                     Field("limit", &Q::limit, "How many", services::kListLimit, Default{}));
  }
};

double rounded(double value) {
  constexpr double kPlaces = 10'000;
  return static_cast<double>(static_cast<std::int64_t>(value * kPlaces + 0.5)) / kPlaces;
}

template <class Row>
std::vector<Row> rows_of(const std::vector<QueryFigures>& all) {
  std::vector<Row> out;
  for (const auto& [text, f] : all) {
    Row row{text, f.searches, f.zero_results, f.clicks, 0, {}};
    if (f.searches > 0) row.click_through = rounded(static_cast<double>(f.clicks) / static_cast<double>(f.searches));
    if (f.placed > 0)
      row.mean_position.emplace(rounded(static_cast<double>(f.positions) / static_cast<double>(f.placed)));
    out.push_back(std::move(row));
  }
  return out;
}

Result<Accepted> take(const ApiParts& parts, const http::Call& call, const EventsBody& in) {
  TRY_DO(check_events(in.events));
  TRY(const auto shopper, parts.shoppers.of(call.request));
  Visit visit = visit_of(call.request, parts.visitors.number(shopper.customer));
  if (!in.consent)
    visit.consent = Consent::kRefused;
  else if (visit.consent == Consent::kUnsaid)
    visit.consent = Consent::kGiven;
  for (const EventBody& one : in.events)
    parts.telemetry.observe({one.type, visit, one.product_id.value_or(ProductId()),
                             one.query ? std::string_view(*one.query) : std::string_view(), one.results.value_or(0),
                             one.position.value_or(0), one.arm ? std::string_view(*one.arm) : std::string_view(),
                             true});
  const bool counts = visit.consent == Consent::kGiven && !visit.bot;
  return Accepted{counts ? static_cast<std::int64_t>(in.events.size()) : 0};
}

Result<SearchesView> searches(const ApiParts& parts, const http::Call& call, const SearchesQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kMerchandiser));
  TRY(const auto report, parts.telemetry.searches(static_cast<int>(in.days), static_cast<int>(in.limit)));
  const DayFigures& t = report.totals;
  return SearchesView{report.from,
                      in.days,
                      {t.searches, t.zero_results, t.views, t.listings, t.clicks, t.carts},
                      rows_of<SearchRow>(report.most_searched),
                      rows_of<SearchRow>(report.without_results),
                      rows_of<ArmRow>(report.arms)};
}

Result<ProductsView> products(const ApiParts& parts, const http::Call& call, const ProductsQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kMerchandiser));
  TRY(const auto found, parts.telemetry.products(static_cast<int>(in.days), in.sort, static_cast<int>(in.limit)));
  ProductsView view{parts.telemetry.first_of(static_cast<int>(in.days)), in.days, {}};
  for (const auto& one : found)
    view.items.push_back({one.product, one.views, one.clicks, one.carts, one.purchases, one.units});
  return view;
}

}  // namespace

void add_telemetry_routes(http::Router& router, const ApiParts& parts) {
  http::Router events(router.base());
  events.post<EventsBody, Accepted>(
      "/events",
      {"What visitors of a shop front did; counted by the day, with their consent and without knowing them",
       {"telemetry.bad_event", "services.bad_token", "services.cross_site"},
       202,
       "events"},
      [parts](http::Call& call, const EventsBody& in) { return take(parts, call, in); });
  for (http::Endpoint endpoint : events.endpoints()) {
    endpoint.body_limit = kBodyLimit;
    router.add(std::move(endpoint));
  }
  router.get<SearchesQuery, SearchesView>(
      "/admin/reports/searches",
      {"What is searched for, what of it finds nothing, and what is chosen", {}, 200, "admin"},
      [parts](http::Call& call, const SearchesQuery& in) { return searches(parts, call, in); });
  router.get<ProductsQuery, ProductsView>(
      "/admin/reports/products", {"What is looked at, put into carts and bought", {}, 200, "admin"},
      [parts](http::Call& call, const ProductsQuery& in) { return products(parts, call, in); });
}

}  // namespace kontor::telemetry
