#include "adapters/gateway_sandbox/sandbox_gateway.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/described.h"
#include "base/text.h"
#include "ports/webhook_signature.h"
#include "runtime/fiber.h"
#include "runtime/json.h"

namespace kontor::gateway_sandbox {
namespace {

constexpr std::string_view kDeclineCodes[] = {"", "card_declined", "insufficient_funds", "expired_card",
                                              "invalid_token"};
constexpr std::uint8_t kCardDeclined = 1, kInsufficientFunds = 2, kExpiredCard = 3, kInvalidToken = 4;

struct Card {
  std::string_view token, brand, last4;
};
constexpr Card kCards[] = {{"tok_approve", "visa", "4242"},       {"tok_decline", "visa", "0002"},
                           {"tok_insufficient", "visa", "9995"},  {"tok_slow", "mastercard", "4444"},
                           {"tok_timeout", "mastercard", "3222"}, {"tok_timeout_uncharged", "mastercard", "5100"},
                           {"tok_twice", "amex", "0005"},         {"tok_step_up", "visa", "3155"},
                           {"tok_fraud", "visa", "0019"}};

constexpr auto kStateNames = std::array{EnumName<ChargeState>{ChargeState::kAuthorised, "authorised"},
                                        EnumName<ChargeState>{ChargeState::kCaptured, "captured"},
                                        EnumName<ChargeState>{ChargeState::kDeclined, "declined"},
                                        EnumName<ChargeState>{ChargeState::kRequiresAction, "requires_action"},
                                        EnumName<ChargeState>{ChargeState::kVoided, "voided"},
                                        EnumName<ChargeState>{ChargeState::kRefunded, "refunded"},
                                        EnumName<ChargeState>{ChargeState::kRejectedByRisk, "rejected_by_risk"},
                                        EnumName<ChargeState>{ChargeState::kNone, "none"}};

std::string_view state_name(ChargeState state) {
  for (const auto& entry : kStateNames)
    if (entry.value == state) return entry.name;
  return "none";
}
std::optional<ChargeState> state_of(std::string_view name) {
  for (const auto& entry : kStateNames)
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

// One line of the file: the state of a charge after an operation.
struct Line {
  std::string op;
  std::string key;
  std::string state;
  std::int64_t amount = 0;
  std::string currency;
  std::int64_t refunded = 0;
  std::optional<std::string> checkout_id;
  std::optional<std::string> decline_code;
  std::optional<std::string> refund_key;
  std::optional<std::int64_t> refund_amount;
  std::optional<bool> capture;
  std::optional<std::string> at;

  static constexpr auto fields() {
    return described(
        Field("op", &Line::op, "charge, capture, confirm, void or refund"), Field("key", &Line::key, "The attempt"),
        Field("state", &Line::state, "After the operation"), Field("amount", &Line::amount, "Minor units"),
        Field("currency", &Line::currency, "ISO 4217"), Field("refunded", &Line::refunded, "Minor units so far"),
        Field("checkout_id", &Line::checkout_id, "Whose"), Field("decline_code", &Line::decline_code, "Why not"),
        Field("refund_key", &Line::refund_key, "Makes the refund repeatable"),
        Field("refund_amount", &Line::refund_amount, "Minor units of this refund"),
        Field("capture", &Line::capture, "false: only authorised until it is captured"),
        Field("at", &Line::at, "When"));
  }
};

struct WebhookBody {
  std::string id;
  std::string type;
  std::string key;
  CheckoutId checkout_id;
  std::string state;

  static constexpr auto fields() {
    using B = WebhookBody;
    return described(
        Field("id", &B::id, "The event", Length{1, 200}), Field("type", &B::type, "charge.changed", Length{1, 60}),
        Field("key", &B::key, "The attempt", Length{1, 255}), Field("checkout_id", &B::checkout_id, "Whose"),
        Field("state", &B::state, "What it became", Length{1, 40}));
  }
};

// Known to nobody: the sandbox's own webhooks come by the same way as everybody's.
std::string own_secret() {
  std::array<std::uint8_t, 32> luck{};
  KONTOR_ASSERT(::getrandom(luck.data(), luck.size(), 0) == static_cast<ssize_t>(luck.size()));
  return to_hex(luck);
}

Error timed_out() {
  return Error{Errc::kTimeout, "gateway.timeout", "The payment gateway did not answer in time.", {}, {}, 0};
}

// When a line was written, without reading the rest of it: a file of years is searched for one day.
std::optional<Time> time_of(std::string_view line) {
  constexpr std::string_view kBefore = "\"at\":\"";
  const auto at = line.rfind(kBefore);
  if (at == line.npos) return {};
  line.remove_prefix(at + kBefore.size());
  return parse_rfc3339(line.substr(0, line.find('"')));
}

// nullopt: no money moved.
Result<std::optional<ChargeLine>> booked(std::string_view text, Time at) {
  TRY(const auto line, json::read<Line>(text));
  const auto state = state_of(line.state);
  const auto currency = Currency::parse(line.currency);
  if (!state || !currency) return fail(Errc::kInvalid, "gateway.bad_line", "neither state nor currency may be unknown");
  ChargeLine out{ChargeLine::Kind::kCapture, line.key, {}, Money::minor(line.amount, *currency), at};
  if (line.refund_key) {
    out.kind = ChargeLine::Kind::kRefund;
    out.refund_key = *line.refund_key;
    out.amount = Money::minor(line.refund_amount.value_or(0), *currency);
  } else if (*state == ChargeState::kVoided) {
    out.kind = ChargeLine::Kind::kVoid;
  } else if (*state != ChargeState::kCaptured) {
    return std::optional<ChargeLine>();
  }
  return out.amount.amount_minor() > 0 ? std::optional(std::move(out)) : std::nullopt;
}

bool holds_money(ChargeState state) { return state == ChargeState::kCaptured || state == ChargeState::kAuthorised; }

}  // namespace

std::string webhook_body(const std::string& event, const std::string& key, CheckoutId checkout, ChargeState state) {
  return json::print(WebhookBody{event, "charge.changed", key, checkout, std::string(state_name(state))});
}

Result<GatewayNews> read_webhook_body(std::string_view text) {
  TRY(auto body, json::read<WebhookBody>(text));
  return GatewayNews{std::move(body.id), std::move(body.key), body.checkout_id};
}

SandboxGateway::SandboxGateway(Options options, Clock& clock)
    : options_(std::move(options)), clock_(clock), secrets_(options_.webhook_secrets) {
  secrets_.push_back(own_secret());
}

Result<GatewayNews> SandboxGateway::read_webhook(const WebhookCall& call) {
  TRY_DO(check_webhook(call.header(kSignatureHeader), call.body, secrets_, clock_.now()));
  return read_webhook_body(call.body);
}

Result<std::unique_ptr<SandboxGateway>> SandboxGateway::open(Options options, Clock& clock) {
  std::unique_ptr<SandboxGateway> gateway(new SandboxGateway(std::move(options), clock));
  TRY_DO(gateway->load());
  return gateway;
}

SandboxGateway::~SandboxGateway() {
  if (file_ >= 0) ::close(file_);
}

// A kill may leave half a line at the end; that operation was never answered, so the half is cut off.
Result<void> SandboxGateway::load() {
  if (options_.folder.empty()) return {};
  const std::string path = this->path();
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0)
    return fail(Errc::kUnavailable, "gateway.charges_unreadable", path + ": " + std::string(std::strerror(errno)));
  std::ifstream in(path, std::ios::binary);
  std::string line;
  std::int64_t whole = 0, number = 0;
  while (std::getline(in, line)) {
    if (in.eof()) break;  // no line end: half a line
    ++number;
    whole += static_cast<std::int64_t>(line.size()) + 1;
    if (const auto loaded = load_line(line); !loaded)
      return fail(Errc::kUnavailable, "gateway.charges_unreadable",
                  path + ", line " + std::to_string(number) + ": " + loaded.error().detail);
  }
  if (::ftruncate(file_, whole) != 0)
    return fail(Errc::kUnavailable, "gateway.charges_unreadable", path + ": " + std::string(std::strerror(errno)));
  size_ = whole;
  return {};
}

Result<void> SandboxGateway::load_line(std::string_view text) {
  TRY(const auto line, json::read<Line>(text));
  const auto state = state_of(line.state);
  const auto currency = Currency::parse(line.currency);
  if (!state || !currency) return fail(Errc::kInvalid, "gateway.bad_line", "neither state nor currency may be unknown");
  Record& record = slot(line.key);
  record.state = *state;
  record.amount = line.amount;
  record.currency = *currency;
  record.refunded = line.refunded;
  if (line.checkout_id)
    if (const auto checkout = CheckoutId::parse(*line.checkout_id)) record.checkout = checkout->value;
  if (line.decline_code)
    for (std::uint8_t i = 0; i < std::size(kDeclineCodes); ++i)
      if (kDeclineCodes[i] == *line.decline_code) record.decline = i;
  record.capture = line.capture.value_or(true);
  if (line.refund_key) refunds_[*line.refund_key] = line.refund_amount.value_or(0);
  return {};
}

SandboxGateway::Record* SandboxGateway::look_up(const std::string& key) {
  if (const auto id = PaymentId::parse(key)) {
    const auto found = by_payment_.find(id->value);
    return found == by_payment_.end() ? nullptr : &found->second;
  }
  const auto found = by_text_.find(key);
  return found == by_text_.end() ? nullptr : &found->second;
}

SandboxGateway::Record& SandboxGateway::slot(const std::string& key) {
  if (const auto id = PaymentId::parse(key)) return by_payment_[id->value];
  return by_text_[key];
}

Charge SandboxGateway::as_charge(const std::string& key, const Record& record) const {
  Charge charge;
  charge.state = record.state;
  charge.reference = "sbx_" + key;
  charge.amount = Money::minor(record.amount, record.currency);
  charge.refunded = Money::minor(record.refunded, record.currency);
  charge.decline_code = kDeclineCodes[record.decline];
  if (record.state == ChargeState::kRequiresAction)
    charge.action_url = "https://sandbox.invalid/step-up/" + percent_encode(key);
  return charge;
}

// One write() a line: with O_APPEND it is there as a whole, or not at all, when the process is killed.
Result<void> SandboxGateway::append(std::string_view operation, const std::string& key, const Record& record,
                                    std::string_view extra) {
  std::string line = "{\"op\":\"";
  line += operation;
  line += "\",\"key\":";
  json::print_text(line, key);
  line += ",\"state\":\"";
  line += state_name(record.state);
  line += "\",\"amount\":";
  json::print_int(line, record.amount);
  line += ",\"currency\":\"";
  line += record.currency.code();
  line += "\",\"refunded\":";
  json::print_int(line, record.refunded);
  if (record.checkout != 0) line += ",\"checkout_id\":\"" + CheckoutId{record.checkout}.text() + "\"";
  if (record.decline != 0) line += ",\"decline_code\":\"" + std::string(kDeclineCodes[record.decline]) + "\"";
  if (!record.capture) line += ",\"capture\":false";
  line += extra;
  line += ",\"at\":\"" + to_rfc3339(clock_.now()) + "\"}\n";
  if (file_ < 0) {
    lines_ += line;
    return {};
  }
  const auto written = ::write(file_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) {
    size_ += written;
    return {};
  }
  if (::ftruncate(file_, size_) != 0)
    return fail(Errc::kGatewayUnavailable, "gateway.charges_not_written", std::strerror(errno));
  return fail(Errc::kGatewayUnavailable, "gateway.charges_not_written", "The file of charges cannot be written.");
}

Result<Charge> SandboxGateway::settle(const ChargeRequest& request) {
  Record record;
  record.amount = request.amount.amount_minor();
  record.currency = request.amount.currency();
  record.checkout = request.checkout.value;
  record.capture = request.capture;
  const std::string& token = request.token;
  if (token == "tok_approve" || token == "tok_slow" || token == "tok_timeout" || token == "tok_twice") {
    record.state = request.capture ? ChargeState::kCaptured : ChargeState::kAuthorised;
  } else if (token == "tok_step_up") {
    record.state = ChargeState::kRequiresAction;
  } else if (token == "tok_fraud") {
    record.state = ChargeState::kRejectedByRisk;
  } else {
    record.state = ChargeState::kDeclined;
    record.decline = token == "tok_decline"        ? kCardDeclined
                     : token == "tok_insufficient" ? kInsufficientFunds
                     : token == "tok_expired_card" ? kExpiredCard
                                                   : kInvalidToken;
  }
  const std::lock_guard lock(mutex_);
  if (const Record* earlier = look_up(request.key)) return as_charge(request.key, *earlier);
  TRY_DO(append("charge", request.key, record, ""));
  slot(request.key) = record;
  return as_charge(request.key, record);
}

void SandboxGateway::ring(const ChargeRequest& request, const Charge& charge, int times) {
  if (sink_ == nullptr) return;
  const auto body = webhook_body("evt_" + request.key + "_charged", request.key, request.checkout, charge.state);
  const auto signature = sign_webhook(secrets_.back(), clock_.now(), body);
  const WebhookCall call{[&](std::string_view name) {
                           return iequals_ascii(name, kSignatureHeader) ? std::string_view(signature)
                                                                        : std::string_view();
                         },
                         body};
  for (int i = 0; i < times; ++i) sink_->deliver(call);
}

Result<Charge> SandboxGateway::charge(const ChargeRequest& request) {
  if (request.token == "tok_timeout_uncharged") {
    runtime::sleep_for(options_.timeout_ms);
    return fail(timed_out());
  }
  if (request.token == "tok_unreachable")
    return fail(Errc::kGatewayUnavailable, "gateway.unreachable", "The payment gateway cannot be reached.");
  if (request.token == "tok_slow") {
    bool known = false;
    {
      const std::lock_guard lock(mutex_);
      known = look_up(request.key) != nullptr;
    }
    if (!known) runtime::sleep_for(std::min(options_.slow_ms, options_.timeout_ms));
  }
  TRY(auto charge, settle(request));
  if (request.token == "tok_twice") ring(request, charge, 2);
  if (request.token == "tok_timeout" || (request.token == "tok_slow" && options_.slow_ms > options_.timeout_ms)) {
    if (request.token == "tok_timeout") runtime::sleep_for(options_.timeout_ms);
    return fail(timed_out());
  }
  return charge;
}

Result<Charge> SandboxGateway::capture(const std::string& key, Money amount) {
  const std::lock_guard lock(mutex_);
  Record* record = look_up(key);
  if (record == nullptr) return Charge{};
  if (record->state != ChargeState::kAuthorised) return as_charge(key, *record);
  if (amount.currency() != record->currency || amount.amount_minor() <= 0 || amount.amount_minor() > record->amount)
    return fail(Errc::kConflict, "gateway.capture_too_large", "More than was authorised cannot be captured.");
  Record captured = *record;
  captured.amount = amount.amount_minor();
  captured.state = ChargeState::kCaptured;
  TRY_DO(append("capture", key, captured, ""));
  *record = captured;
  return as_charge(key, captured);
}

Result<Charge> SandboxGateway::confirm_action(const std::string& key) {
  const std::lock_guard lock(mutex_);
  Record* record = look_up(key);
  if (record == nullptr) return Charge{};
  if (record->state != ChargeState::kRequiresAction) return as_charge(key, *record);
  Record confirmed = *record;
  confirmed.state = record->capture ? ChargeState::kCaptured : ChargeState::kAuthorised;
  TRY_DO(append("confirm", key, confirmed, ""));
  *record = confirmed;
  return as_charge(key, confirmed);
}

// Every card that can be tried out looks different, so that a list of them can be read.
Result<CardOnFile> SandboxGateway::keep_card(const std::string& token, CustomerId) {
  if (token == "tok_expired_card")
    return fail(Errc::kPaymentDeclined, "gateway.expired_card", "The card has expired; another may do.");
  for (const auto& [known, brand, last4] : kCards)
    if (token == known) return CardOnFile{token, std::string(brand), std::string(last4), 12, 2039};
  return fail(Errc::kInvalid, "gateway.unknown_token", "The gateway knows no card under this token.");
}

Result<Charge> SandboxGateway::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const Record* record = look_up(key);
  return record == nullptr ? Charge{} : as_charge(key, *record);
}

// An unknown key is remembered as voided, so that a charge which is still on its way is refused when it arrives.
Result<Charge> SandboxGateway::void_charge(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const Record* record = look_up(key);
  Record voided = record == nullptr ? Record{} : *record;
  const bool open = record == nullptr || holds_money(voided.state) || voided.state == ChargeState::kRequiresAction;
  if (!open) return as_charge(key, voided);
  voided.state = ChargeState::kVoided;
  TRY_DO(append("void", key, voided, ""));
  slot(key) = voided;
  return as_charge(key, voided);
}

Result<Charge> SandboxGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  const std::lock_guard lock(mutex_);
  Record* record = look_up(key);
  if (record == nullptr) return fail(Errc::kNotFound, "gateway.no_such_charge", "There is no charge under this key.");
  if (refunds_.contains(refund_key)) return as_charge(key, *record);
  const bool captured = record->state == ChargeState::kCaptured;
  if (!captured || amount.currency() != record->currency || amount.amount_minor() <= 0 ||
      amount.amount_minor() > record->amount - record->refunded)
    return fail(Errc::kConflict, "gateway.refund_too_large", "More than was captured cannot be given back.");
  Record after = *record;
  after.refunded += amount.amount_minor();
  if (after.refunded == after.amount) after.state = ChargeState::kRefunded;
  std::string extra = ",\"refund_key\":";
  json::print_text(extra, refund_key);
  extra += ",\"refund_amount\":";
  json::print_int(extra, amount.amount_minor());
  TRY_DO(append("refund", key, after, extra));
  *record = after;
  refunds_[refund_key] = amount.amount_minor();
  return as_charge(key, after);
}

Result<std::vector<std::pair<std::string, Charge>>> SandboxGateway::all_charges() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, Charge>> all;
  all.reserve(by_payment_.size() + by_text_.size());
  for (const auto& [id, record] : by_payment_)
    all.emplace_back(PaymentId{id}.text(), as_charge(PaymentId{id}.text(), record));
  for (const auto& [key, record] : by_text_) all.emplace_back(key, as_charge(key, record));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

Result<std::vector<ChargeLine>> SandboxGateway::charge_file(Time from, Time until) {
  constexpr std::int64_t kLinesAtOnce = 20'000;  // then others run
  std::int64_t whole = 0;
  std::unique_ptr<std::istream> in;
  {
    const std::lock_guard lock(mutex_);
    whole = file_ < 0 ? static_cast<std::int64_t>(lines_.size()) : size_;
    if (file_ < 0) in = std::make_unique<std::istringstream>(lines_);
  }
  if (!in) in = std::make_unique<std::ifstream>(path(), std::ios::binary);
  std::vector<ChargeLine> lines;
  std::string line;
  for (std::int64_t read = 0, count = 1; read < whole && std::getline(*in, line); ++count) {
    read += static_cast<std::int64_t>(line.size()) + 1;
    if (count % kLinesAtOnce == 0 && runtime::on_fiber()) runtime::yield();
    const auto at = time_of(line);
    if (!at || *at < from || *at >= until) continue;
    TRY(auto money, booked(line, *at));
    if (money) lines.push_back(std::move(*money));
  }
  if (!*in && !in->eof())
    return fail(Errc::kGatewayUnavailable, "gateway.charges_unreadable", path() + " cannot be read.");
  return lines;
}

}  // namespace kontor::gateway_sandbox
