// A payment gateway. Every call carries a key of ours; the same key again is the same attempt and never a second
// charge. A timeout is Errc::kTimeout: the outcome is unknown, not "no". Only tokens travel here, never card numbers.
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

namespace kontor {

struct ChargeRequest {
  std::string key;    // idempotency key: the payment attempt's id
  std::string token;  // the payment method
  Money amount;
  CheckoutId checkout;  // for the gateway's statement and its webhooks
  bool capture = true;
};

enum class ChargeState {
  kAuthorised,
  kCaptured,
  kDeclined,
  kRequiresAction,
  kVoided,
  kRefunded,
  kRejectedByRisk,
  kNone
};

struct Charge {
  ChargeState state = ChargeState::kNone;  // kNone: the gateway never heard of the key
  std::string reference;                   // the gateway's own id
  Money amount;
  std::string decline_code;  // kDeclined: "card_declined", "insufficient_funds", "expired_card"
  std::string action_url;    // kRequiresAction
  Money refunded;            // so far
};

// A line of the gateway's charge file: money that moved, as the gateway booked it.
struct ChargeLine {
  enum class Kind { kCapture, kRefund, kVoid };  // kVoid: the whole capture was given back, or never came to be
  Kind kind = Kind::kCapture;
  std::string key;
  std::string refund_key;  // kRefund
  Money amount;
  Time at;
};

// A card as the gateway keeps it for its holder: what people tell cards apart by, and nothing that could be stolen.
struct CardOnFile {
  std::string token;  // charges it, again and again
  std::string brand;  // "visa"
  std::string last4;
  int expires_month = 0;
  int expires_year = 0;
};

// A webhook as it came over the wire; views live for the call.
struct WebhookCall {
  std::function<std::string_view(std::string_view name)> header;  // "" when it is not there
  std::string_view body;
};

// What a webhook says, as far as anybody acts upon it.
struct GatewayNews {
  std::string event;    // the gateway's id of it; the same when it is delivered again
  std::string key;      // the attempt's
  CheckoutId checkout;  // 0: nothing of ours
};

class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;
  virtual std::string_view name() const = 0;
  // kTimeout: unknown; kGatewayUnavailable: it certainly did nothing.
  virtual Result<Charge> charge(const ChargeRequest& request) = 0;
  // Takes `amount`, more than nothing, of what was only authorised (`capture` false), and releases the rest; the
  // charge's amount is then what was taken. More than was authorised is kConflict. Repeating it is harmless; what is
  // not authorised any more stays what it is, and the answer says so.
  virtual Result<Charge> capture(const std::string& key, Money amount) = 0;
  // The buyer says that the step (kRequiresAction) is taken: what the attempt is now. Repeating is harmless.
  virtual Result<Charge> confirm_action(const std::string& key) { return find(key); }
  // What became of the attempt; kNone when it never arrived.
  virtual Result<Charge> find(const std::string& key) = 0;
  // Gives an authorisation or a whole capture back. Repeating it, or voiding what never happened, succeeds; a charge
  // with this key that arrives later is refused by the gateway.
  virtual Result<Charge> void_charge(const std::string& key) = 0;
  // Gives `amount` of a captured charge back; `refund_key` makes it repeatable. More than was captured is kConflict.
  virtual Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) = 0;
  // Keeps the card behind `token` for further purchases of this customer. Repeating it answers the same card.
  // kInvalid "gateway.unknown_token" when there is no such card, kPaymentDeclined when it is not taken any more.
  virtual Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) = 0;
  // The news of a webhook, once it is certain that the gateway sent it. kUnauthorised as check_webhook()
  // (webhook_signature.h); kInvalid and kMalformed for a signed body that makes no sense.
  virtual Result<GatewayNews> read_webhook(const WebhookCall& call) = 0;
  // Every charge the gateway holds, for reconciliation and `kontor check`.
  virtual Result<std::vector<std::pair<std::string, Charge>>> all_charges() = 0;
  // What the gateway booked with `from` <= at < `until`, in its order: for the daily settlement. May wait.
  virtual Result<std::vector<ChargeLine>> charge_file(Time from, Time until) = 0;
};

}  // namespace kontor
