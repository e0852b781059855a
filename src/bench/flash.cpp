#include "bench/flash.h"

#include <boost/json.hpp>

namespace kontor::bench {
namespace {

constexpr int kProducts = 3;
constexpr std::int64_t kRefusals = 200;  // after the last unit: some must hear that it is over

enum FlashKind { kFlashAddToCart, kFlashCheckout };

// The list under `name`, each of it an object; an Error names what was asked.
Result<boost::json::array> objects(const json::Document& document, std::string_view name, const std::string& path) {
  if (document.root().is_object()) {
    const auto* list = document.root().get_object().if_contains(name);
    if (list != nullptr && list->is_array()) {
      bool all = true;
      for (const auto& one : list->get_array()) all = all && one.is_object();
      if (all) return list->get_array();
    }
  }
  return fail(Errc::kUnavailable, "bench.unexpected", path + " answered without a list of " + std::string(name) + ".");
}

std::string text_of(const boost::json::value& object, std::string_view name) {
  const auto* value = object.get_object().if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::int64_t number_of(const boost::json::value& object, std::string_view name) {
  const auto* value = object.get_object().if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

Result<FlashSale> prepare_flash(const Target& target, const std::string& admin_token, std::uint64_t run,
                                std::int64_t units_each) {
  FlashSale sale;
  sale.units_each = units_each;
  std::string rows;
  std::vector<std::string> names;
  for (int i = 0; i < kProducts; ++i) {
    names.push_back("bench-flash-" + std::to_string(run) + "-" + std::to_string(i));
    rows += R"({"external_id":")" + names.back() + R"(","title":"Flash sale )" + std::to_string(i) +
            R"(","category_path":["Bench"],"offers":[{"sku":")" + names.back() +
            R"(","price":{"amount":999,"currency":"USD"},"stock":[{"warehouse":"main","on_hand":)" +
            std::to_string(units_each) + "}]}]}\n";
  }
  TRY_DO(ask(target, {"POST", "/api/v1/admin/import?format=ndjson", rows, admin_token, "application/x-ndjson"}));
  for (const auto& name : names) {
    const std::string path = "/api/v1/admin/products?external_id=" + name;
    TRY(const auto found, ask_json(target, {.path = path, .token = admin_token}));
    TRY(const auto items, objects(found, "items", path));
    if (items.size() != 1) return fail(Errc::kUnavailable, "bench.not_imported", name + " is not in the shop.");
    const auto* offers = items[0].get_object().if_contains("offers");
    if (offers == nullptr || !offers->is_array() || offers->get_array().size() != 1)
      return fail(Errc::kUnavailable, "bench.unexpected", path + " answered a product without its offer.");
    sale.products.push_back(text_of(items[0], "id"));
    sale.offers.push_back(text_of(offers->get_array()[0], "id"));
  }
  return sale;
}

FlashVisits::FlashVisits(const FlashSale& sale, const Target& target, std::uint64_t run)
    : sale_(sale), writer_(target), luck_(run), run_(std::to_string(run)) {}

const std::vector<std::string>& FlashVisits::kinds() const {
  static const std::vector<std::string> names{"POST cart/items", "POST checkout"};
  return names;
}

void FlashVisits::begin(Visit& visit, std::string& request) {
  visit.kind = kFlashAddToCart;
  writer_.add_to_cart(request, sale_.products[luck_.below(sale_.products.size())], {});
}

bool FlashVisits::go_on(Visit& visit, const Answer& answer, std::string& request) {
  if (visit.kind == kFlashAddToCart && answer.status == 200) {
    visit.kind = kFlashCheckout;
    visit.token = header_of(answer.head, "Session-Token");
    writer_.buy(request, visit.token, "flash-" + run_ + "-" + std::to_string(++keys_));
    return true;
  }
  if (visit.kind == kFlashCheckout && answer.status == 201) buyers_.push_back(visit.token);
  if (answer.status == 409) ++refused_;
  return false;
}

bool FlashVisits::finished() const {
  return static_cast<std::int64_t>(buyers_.size()) >= sale_.units() && refused_ >= kRefusals;
}

Result<FlashVerdict> verify_flash(const Target& target, const std::string& admin_token, const FlashSale& sale,
                                  const FlashVisits& visits) {
  FlashVerdict verdict;
  verdict.units = sale.units();
  verdict.promised = static_cast<std::int64_t>(visits.buyers().size());
  for (const auto& token : visits.buyers()) {
    const std::string path = "/api/v1/orders";
    TRY(const auto page, ask_json(target, {.path = path, .token = token}));
    TRY(const auto orders, objects(page, "items", path));
    verdict.orders += static_cast<std::int64_t>(orders.size());
  }
  for (const auto& offer : sale.offers) {
    const std::string path = "/api/v1/admin/inventory?offer_id=" + offer;
    TRY(const auto page, ask_json(target, {.path = path, .token = admin_token}));
    TRY(const auto rows, objects(page, "items", path));
    for (const auto& row : rows) {
      verdict.allocated += number_of(row, "allocated");
      verdict.left += number_of(row, "sellable");
    }
  }
  return verdict;
}

}  // namespace kontor::bench
