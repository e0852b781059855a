// Who asks: a guest, a customer, staff, or nobody yet. Reads the bearer token or the browser's cookie of a request.
// Guests are customers of kind guest; their token is signed and carries the customer id, so no row exists until the
// first write. Requests that change something by cookie must come from the same origin.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "runtime/http.h"
#include "services/signer.h"

namespace kontor::services {

enum class Role : unsigned { kSupport = 1, kMerchandiser = 2, kWarehouse = 4, kFinance = 8, kAdmin = 16 };
constexpr auto enum_names(Role) {
  return std::array{EnumName<Role>{Role::kSupport, "support"}, EnumName<Role>{Role::kMerchandiser, "merchandiser"},
                    EnumName<Role>{Role::kWarehouse, "warehouse"}, EnumName<Role>{Role::kFinance, "finance"},
                    EnumName<Role>{Role::kAdmin, "admin"}};
}

struct Roles {
  unsigned bits = 0;
  // Admin stands for every role.
  constexpr bool has(Role role) const {
    return (bits & (static_cast<unsigned>(role) | static_cast<unsigned>(Role::kAdmin))) != 0;
  }
  constexpr Roles with(Role role) const { return Roles{bits | static_cast<unsigned>(role)}; }
};

struct Shopper {
  enum class Kind { kNone, kGuest, kCustomer, kStaff };
  Kind kind = Kind::kNone;
  CustomerId customer;  // of guests and customers
  Roles roles;          // of staff
  std::string name;     // of staff, for the audit log: "admin"
  bool fresh = false;   // a guest made by this very request
  bool by_cookie = false;

  bool buys() const { return static_cast<bool>(customer); }
  // The same text for the same asker: scope of idempotency keys, actor of the audit log. "" for nobody.
  std::string caller() const {
    return customer ? customer.text() : (kind == Kind::kStaff ? "staff:" + name : std::string());
  }
};

// A token and until when it holds.
struct Issued {
  std::string token;
  CustomerId customer;
  Time expires;
};

// The value of a Set-Cookie that lives so long (0: it is removed), for this site alone and not for scripts.
std::string set_cookie(std::string_view name, std::string_view value, std::int64_t life_ms, bool secure);

class Shoppers {
 public:
  struct Settings {
    std::string secret;            // signing_secret()
    std::string admin_token = {};  // KONTOR_ADMIN_TOKEN; empty: there is none
    std::int64_t guest_days = 90;
    // Told once when a token goes out in a cookie without Secure (plain HTTP from another machine); may be empty.
    std::function<void()> on_plain_cookie = {};
    std::function<void()> on_new_guest = {};  // a visitor got a first token; may be empty
  };
  Shoppers(Clock& clock, Random& random, IdSource& ids, Settings settings);

  // Who the token says; kind none when there is no token, or only a cookie that is no longer good.
  // kUnauthorised "services.bad_token" for a bad or expired bearer token; kForbidden "services.cross_site" for a
  // request that changes something by cookie and does not come from the same origin.
  Result<Shopper> of(const http::Request& request) const;

  // The same, and a new guest when there is nobody: its token goes into Session-Token and Set-Cookie of the answer. A
  // guest whose token has used up half of its life gets a new one for the same customer. For calls on the cart.
  // kForbidden "services.staff_buys_nothing" for staff tokens.
  Result<Shopper> welcome(http::Call& call) const;

  // Who a token of the body says: nullopt for one that is not of this shop, or has expired. The sources' errors.
  Result<std::optional<Shopper>> of_token(std::string_view token) const { return by_token(token); }

  // The guest whose session the browser still carries beside the customer's who asks by cookie: hand_over() leaves it
  // there when a customer's token takes a guest's place, for the guest's cart to be merged.
  std::optional<CustomerId> guest_beside(const http::Request& request, const Shopper& shopper) const;
  void drop_guest_beside(http::Call& call) const;

  // A guest or customer, else kUnauthorised "services.sign_in".
  Result<Shopper> require_buyer(const http::Request& request) const;
  // Staff with the role (or admin), else kUnauthorised "services.sign_in", kForbidden "services.role_needed".
  Result<Shopper> require_role(const http::Request& request, Role role) const;
  // Staff of any role.
  Result<Shopper> require_staff(const http::Request& request) const;
  Result<Shopper> require_role(const http::Call& call, Role role) const { return require_role(call.request, role); }

  // For other kinds of tokens (accounts): asked for tokens that begin with `prefix`. nullopt: no such token. Before
  // serving.
  using Source = std::function<Result<std::optional<Shopper>>(std::string_view token)>;
  void add_source(std::string prefix, Source source);

  Issued issue_guest() const;                     // a new guest, in a bucket of luck
  Issued issue_guest(CustomerId customer) const;  // a new token for a guest that exists
  // For a customer with an account, whoever has made sure that it is theirs. Signed, and cannot be taken back: it holds
  // an hour.
  Issued issue_customer(CustomerId customer) const;
  // Puts a token into the answer, as Session-Token and as the cookie; also for tokens of other sources. A guest's whose
  // place it takes goes into a cookie beside it for a week.
  void hand_over(http::Call& call, const Issued& issued) const;

  // Whether a browser says that the request comes from one of this site's own pages.
  static bool same_site(const http::Request& request);

  static constexpr std::string_view kGuestPrefix = "kg_";
  static constexpr std::string_view kCustomerPrefix = "kc_";

 private:
  Result<std::optional<Shopper>> by_token(std::string_view token) const;
  std::optional<Issued> open_guest(std::string_view token) const;
  static Issued seal(const Signer& signer, std::string_view prefix, CustomerId customer, Time expires);
  std::optional<Issued> open(const Signer& signer, std::string_view prefix, std::string_view token) const;

  Clock& clock_;
  Random& random_;
  IdSource& ids_;
  Signer signer_;
  Signer customer_signer_;
  Settings settings_;
  std::map<std::string, Source> sources_;
  mutable std::atomic<bool> told_plain_{false};
};

}  // namespace kontor::services
