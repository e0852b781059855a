// A payment gateway inside the program, for trying out and for tests: the token decides what happens (API.md, "Sandbox
// tokens"). Owns the file of charges, one JSON line each, written before the answer goes out, so that it survives a
// kill as a real gateway would. The same key is the same attempt: it never charges twice. Safe from any thread; waits
// only in slow and silent tokens.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/payment_gateway.h"

namespace kontor::gateway_sandbox {

// Where webhooks are delivered, before (and after) the answer arrives: what a gateway elsewhere would POST. Called on
// the fiber that charges; must not fail.
class WebhookSink {
 public:
  virtual ~WebhookSink() = default;
  virtual void deliver(const WebhookCall& call) = 0;
};

// The header that a webhook's signature travels in (ports/webhook_signature.h).
inline constexpr std::string_view kSignatureHeader = "Kontor-Signature";

// The body of a webhook.
std::string webhook_body(const std::string& event, const std::string& key, CheckoutId checkout, ChargeState state);
// What such a body says.
Result<GatewayNews> read_webhook_body(std::string_view body);

struct Options {
  std::string folder;              // where gateway-charges.ndjson lies; "" keeps the charges in memory only
  std::int64_t timeout_ms = 5000;  // how long a caller waits for a gateway that does not answer
  std::int64_t slow_ms = 2000;     // tok_slow
  // Who knows one of them may send webhooks; the newest first. Empty: nobody but the sandbox itself.
  std::vector<std::string> webhook_secrets = {};
};

class SandboxGateway : public PaymentGateway {
 public:
  // Reads the charges of earlier runs. kUnavailable "gateway.charges_unreadable" names the file and the reason.
  static Result<std::unique_ptr<SandboxGateway>> open(Options options, Clock& clock);
  ~SandboxGateway() override;

  void set_sink(WebhookSink* sink) { sink_ = sink; }  // not owned; before the first charge

  std::string_view name() const override { return "sandbox"; }
  Result<Charge> charge(const ChargeRequest& request) override;
  Result<Charge> capture(const std::string& key, Money amount) override;
  Result<Charge> confirm_action(const std::string& key) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override;
  Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) override;
  Result<GatewayNews> read_webhook(const WebhookCall& call) override;
  // Read through from the beginning each time: what a day takes is bounded by the disk, not by memory.
  Result<std::vector<ChargeLine>> charge_file(Time from, Time until) override;

 private:
  // One attempt; 40 bytes, since a measurement makes hundreds of thousands.
  struct Record {
    std::int64_t amount = 0;
    std::int64_t refunded = 0;
    std::int64_t checkout = 0;
    Currency currency;
    ChargeState state = ChargeState::kNone;
    std::uint8_t decline = 0;  // index into the decline codes
    bool capture = true;       // with the authorisation
  };

  SandboxGateway(Options options, Clock& clock);
  Result<void> load();
  Result<void> load_line(std::string_view line);
  Record* look_up(const std::string& key);  // null when unknown
  Record& slot(const std::string& key);
  Charge as_charge(const std::string& key, const Record& record) const;
  Result<Charge> settle(const ChargeRequest& request);  // what the token says, without waiting
  std::string path() const { return options_.folder + "/gateway-charges.ndjson"; }
  Result<void> append(std::string_view operation, const std::string& key, const Record& record, std::string_view extra);
  void ring(const ChargeRequest& request, const Charge& charge, int times);

  Options options_;
  Clock& clock_;
  WebhookSink* sink_ = nullptr;
  std::vector<std::string> secrets_;  // the given ones, and one of this process
  int file_ = -1;
  std::string lines_;                                    // instead of the file, without a folder
  std::int64_t size_ = 0;                                // of the file's whole lines
  std::mutex mutex_;                                     // never held while waiting
  std::unordered_map<std::int64_t, Record> by_payment_;  // keys that are payment ids, as all of ours are
  std::map<std::string, Record> by_text_;                // any other key
  std::map<std::string, std::int64_t> refunds_;          // refund key → amount
};

}  // namespace kontor::gateway_sandbox
