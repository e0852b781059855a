#include "shop/risk/risk_api.h"

#include "base/card_number.h"

namespace kontor::risk {
namespace {

constexpr std::size_t kLongestDevice = 200;

struct ListReviews {
  ReviewState state = ReviewState::kOpen;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("state", &ListReviews::state, "open, approved, rejected or expired", Default{}),
                     Field("limit", &ListReviews::limit, "How many at once", services::kListLimit, Default{}),
                     Field("cursor", &ListReviews::cursor, "next_cursor of the page before"));
  }
};

struct DeviceBody {
  std::string reason;

  static constexpr auto fields() {
    return described(Field("reason", &DeviceBody::reason, "Why, for colleagues", Length{1, 500},
                           Format{"text without card numbers", free_of_card_numbers}));
  }
};

using ReviewPage = services::Page<Review>;
using DevicePage = services::Page<Device>;

Result<ReviewPage> reviews(const ApiParts& parts, const http::Call& call, const ListReviews& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kSupport));
  const std::string query = "admin/risk/reviews/" + std::string(name_of(in.state));
  TRY(const auto after, parts.cursors.after(query, in.cursor, 1));
  const auto before = after ? std::optional(CheckoutId{after->numbers[0]}) : std::nullopt;
  ReviewPage page;
  TRY(page.items, parts.risk.list(in.state, before, static_cast<int>(in.limit) + 1));
  if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
    page.items.pop_back();
    page.next_cursor.emplace(parts.cursors.make(query, {{page.items.back().checkout_id.value}, ""}));
  }
  return page;
}

Result<Review> review(const ApiParts& parts, const http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kSupport));
  TRY(const auto id, call.id<CheckoutId>("id"));
  TRY(auto found, parts.risk.find(id));
  if (!found) return fail(Errc::kNotFound, "risk.no_such_review", "There is no such review.");
  return std::move(*found);
}

Result<DevicePage> devices(const ApiParts& parts, const http::Call& call, const services::PageQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kSupport));
  constexpr std::string_view kQuery = "admin/risk/devices";
  TRY(const auto after, parts.cursors.after(kQuery, in.cursor, 0));
  DevicePage page;
  TRY(page.items, parts.risk.devices(after ? after->text : "", static_cast<int>(in.limit) + 1));
  if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
    page.items.pop_back();
    page.next_cursor.emplace(parts.cursors.make(kQuery, {{}, page.items.back().device}));
  }
  return page;
}

Result<std::string> device_in(const http::Call& call) {
  const std::string device(call.param("device"));
  if (device.empty() || device.size() > kLongestDevice)
    return fail(Errc::kNotFound, "risk.no_such_device", "A device's fingerprint has 1 to 200 bytes.");
  return device;
}

Result<http::None> list_device(const ApiParts& parts, const http::Call& call, const DeviceBody& in) {
  TRY(const auto staff, parts.shoppers.require_role(call, services::Role::kSupport));
  TRY(const auto device, device_in(call));
  if (holds_card_number(device))
    return invalid("risk.card_number", "/device", "card_number", "A card number is no device's fingerprint.");
  const auto entry = parts.audit.entry(staff.caller(), "risk.list_device", device);
  TRY_DO(parts.risk.list_device(device, in.reason, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return http::None{};
}

Result<http::None> unlist_device(const ApiParts& parts, const http::Call& call) {
  TRY(const auto staff, parts.shoppers.require_role(call, services::Role::kSupport));
  TRY(const auto device, device_in(call));
  const auto entry = parts.audit.entry(staff.caller(), "risk.unlist_device", device);
  TRY_DO(parts.risk.unlist_device(device, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return http::None{};
}

}  // namespace

void add_risk_routes(http::Router& router, const ApiParts& parts) {
  router.get<ListReviews, ReviewPage>(
      "/admin/risk/reviews",
      {"Purchases that looked like fraud, by what was decided, newest first", {"request.bad_cursor"}, 200, "admin"},
      [parts](http::Call& call, const ListReviews& in) { return reviews(parts, call, in); });
  router.get<http::None, Review>("/admin/risk/reviews/{id}",
                                 {"One of them, by its checkout", {"risk.no_such_review"}, 200, "admin"},
                                 [parts](http::Call& call, http::None) { return review(parts, call); });
  router.get<services::PageQuery, DevicePage>(
      "/admin/risk/devices", {"Devices known for fraud", {"request.bad_cursor"}, 200, "admin"},
      [parts](http::Call& call, const services::PageQuery& in) { return devices(parts, call, in); });
  router.put<DeviceBody, http::None>(
      "/admin/risk/devices/{device}",
      {"A device is known for fraud", {"risk.no_such_device", "risk.card_number"}, 204, "admin"},
      [parts](http::Call& call, const DeviceBody& in) { return list_device(parts, call, in); });
  router.del<http::None, http::None>("/admin/risk/devices/{device}",
                                     {"It is no more", {"risk.no_such_device"}, 204, "admin"},
                                     [parts](http::Call& call, http::None) { return unlist_device(parts, call); });
}

}  // namespace kontor::risk
