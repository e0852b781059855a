// Gift cards and store credit: money of customers that the shop keeps. Owns credit_accounts, credit_movements and
// credit_charges in the home `customer`. A balance changes by guarded statements alone, never below zero, each change
// once by its key and together with its entry in the books where it is issued or withdrawn; what payments take comes
// through HouseGateway (house_gateway.h), keyed by the payment, and is booked with the payment.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/payment_gateway.h"
#include "ports/random.h"
#include "services/check_report.h"
#include "services/misses.h"
#include "shop/credit/credit_state.h"
#include "shop/credit/events.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"

namespace kontor::credit {

enum class CreditKind { kGiftCard = 1, kStoreCredit = 2 };
constexpr auto enum_names(CreditKind) {
  return std::array{EnumName<CreditKind>{CreditKind::kGiftCard, "gift_card"},
                    EnumName<CreditKind>{CreditKind::kStoreCredit, "store_credit"}};
}

// The most that staff put on one card or give at once, and that one account may ever hold.
inline constexpr std::int64_t kMostIssuedMinor = 100'000'000, kMostHeldMinor = 1'000'000'000'000;
// How long a card goes on that had expired when money came back to it.
inline constexpr std::int64_t kGraceMs = 30 * kDayMs;

struct Account {
  CreditId id;
  CreditKind kind = CreditKind::kGiftCard;
  CreditState state = CreditState::kActive;
  CustomerId customer;  // of store credit
  Money balance;
  Money issued;  // all that was ever put on it, less what was withdrawn
  std::optional<Time> expires;
  std::string ending;  // of the code, for people
  std::string email, note;
  OrderId order;  // that bought it
  OrderLineId line;
  Time created, updated;
};

enum class MovementKind { kIssued = 1, kWithdrawn = 2, kSpent = 3, kGivenBack = 4, kRefunded = 5 };
constexpr auto enum_names(MovementKind) {
  using K = MovementKind;
  return std::array{EnumName<K>{K::kIssued, "issued"}, EnumName<K>{K::kWithdrawn, "withdrawn"},
                    EnumName<K>{K::kSpent, "spent"}, EnumName<K>{K::kGivenBack, "given_back"},
                    EnumName<K>{K::kRefunded, "refunded"}};
}

struct Movement {
  std::string entry;  // "issue", "spend:pay_…"
  MovementKind kind = MovementKind::kIssued;
  Money amount;  // what the account has more
  Time at;
  std::string actor;
  std::string reason;
};

struct NewCard {
  Money amount;
  std::optional<Time> expires;
  std::string email, note;
};

struct IssuedCard {
  Account account;
  std::string code;  // known to nobody but whoever is told it now
};

// A card whose buyer, or receiver, has not been sent the code yet.
struct UnsentCard {
  Account account;
  std::string code;
};

// Who asks about a code, for counting those that guess. `peer` is "" where nobody guesses.
struct Asker {
  CustomerId customer;
  std::string peer = {};
};

// In the write that issues or changes: what the caller must know, or say, of it.
using CardFunction = std::function<Result<void>(db::Tx&, const IssuedCard&)>;
using AccountFunction = std::function<Result<void>(db::Tx&, const Account&, const Movement&)>;

// For tests of the tests only: mistakes that the simulator must find.
struct PlantedBugs {
  bool keep_what_is_held = false;  // a payment that is given up keeps what it held of a card
};

class Credits {
 public:
  struct Parts {  // not owned; they outlive the Credits
    db::Store& store;
    orders::Orders& orders;
    Clock& clock;
    IdSource& ids;
    Random& random;
    Cache* cache = nullptr;  // where wrong codes are counted; null: they are not
  };
  struct Settings {
    // Wrong codes within ten minutes, of one customer and of one address; then no code is looked at for a while.
    std::size_t most_wrong_codes = 10;
    std::size_t most_wrong_codes_of_address = 100;
    std::function<void()> on_wrong_code = {};
  };
  Credits(const Parts& parts, Settings settings)
      : parts_(parts),
        settings_(std::move(settings)),
        wrong_codes_(parts_.cache, "gift_cards", {settings_.most_wrong_codes}),
        wrong_codes_of_addresses_(parts_.cache, "gift_cards.address", {settings_.most_wrong_codes_of_address}) {}

  // For staff. `also` runs in the write. kInvalid "credit.wrong_amount", "credit.wrong_expiry", "credit.card_number".
  Result<IssuedCard> issue(const NewCard& card, const std::string& by, const CardFunction& also);
  // Stops a card; repeating it is harmless. kNotFound "credit.no_such_card"; kInvalidTransition once it is withdrawn.
  Result<Account> disable(CreditId id, const db::Function& also);
  // More store credit for a customer, or less of it: kConflict "credit.not_enough" when there is not that much.
  Result<Account> adjust(CustomerId customer, Money amount, const std::string& reason, const std::string& by,
                         const AccountFunction& also);

  Result<std::optional<Account>> find(CreditId id);
  Result<std::vector<Account>> cards_before(CreditId before, int limit);  // newest first; 0: from the newest
  Result<std::vector<Account>> store_credit(CustomerId customer);         // one a currency
  Result<std::vector<Movement>> movements(CreditId id, int limit);        // newest first
  // What somebody typed. kInvalid "credit.no_such_card" at /code, counted; kRateLimited after too many.
  Result<Account> by_code(std::string_view typed, const Asker& asker);
  // Whether a purchase in this currency may be paid with it now: kConflict "credit.expired", "credit.disabled",
  // "credit.other_currency". How much there is, is another question.
  static Result<void> usable(const Account& account, Currency currency, Time now);

  // Once all of the order's payments are captured: a card for each unit of a gift card in it that was not cancelled, of
  // what was paid for it. Repeating it makes none.
  Result<void> issue_for(OrderId order);
  // Inside the write that cancels lines (home customer): as many cards as were cancelled go back, unless they were
  // used: kNotCancellable "credit.card_used".
  Result<void> follow(db::Tx& tx, const orders::Order& order);

  // The code is forgotten once the mail is written.
  Result<std::optional<UnsentCard>> unsent(CreditId id);
  Result<void> sent(CreditId id);

  // What payments do, each in one write; as the port PaymentGateway says, for charges that have an account. `find`
  // answers kNone for what is not one of those.
  Result<Charge> take(CreditId account, const ChargeRequest& request);
  Result<Charge> capture(const std::string& key, Money amount);
  Result<Charge> find_charge(const std::string& key);
  // An unknown key is noted as given up, so that it takes nothing later, and answered kNone.
  Result<Charge> give_up(const std::string& key);
  Result<Charge> give_back(const std::string& key, const std::string& refund_key, Money amount);
  Result<std::vector<std::pair<std::string, Charge>>> all_charges();

  // Each balance is the sum of its movements and what was issued less what payments have of it, is not negative, and
  // stands in the books as it was issued.
  Result<void> check(services::CheckReport& report, payments::Ledger& ledger);
  PlantedBugs& planted_bugs() { return bugs_; }

 private:
  Account new_account(CreditKind kind, Money amount, Time now);
  Result<void> put_on(db::Tx& tx, const Account& account, const Movement& movement, payments::Account from);
  Result<void> take_back(db::Tx& tx, Account& account, Time now);
  Result<std::vector<IssuedCard>> cards_for(const orders::Order& order);

  const Parts parts_;
  const Settings settings_;
  services::Misses wrong_codes_, wrong_codes_of_addresses_;
  PlantedBugs bugs_;
};

// How checkout hands an account to the gateway, and whether a token is one of these: no card's may be.
std::string token_of(CreditId id);
bool is_credit_token(std::string_view token);
std::optional<CreditId> credit_in(std::string_view token);

}  // namespace kontor::credit
