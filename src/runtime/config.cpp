#include "runtime/config.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/http_trust.h"

namespace kontor::runtime {
namespace {

using enum SettingKind;

constexpr Setting kSettings[] = {
    {"listen", kAddress, "127.0.0.1:8080", "Where the shop answers"},
    {"data", kText, "./data", "The folder of the embedded store, mails and the sandbox gateway's charges"},
    {"store", kText, "", "postgresql://… for PostgreSQL; empty for the embedded store in the data folder"},
    {"postgres_batch", kNumber, "128", "Functions that share a transaction on PostgreSQL; 1: each has its own", 1, 256},
    {"io_threads", kNumber, "0",
     "Event loops; each answers requests on a thread of its own. 0: one, on PostgreSQL one a core and four at most", 0,
     256},
    {"workers", kNumber, "2", "Threads for work that burns CPU", 1, 256},
    {"search_threads", kNumber, "0",
     "Threads that answer listings and searches over the embedded store; 0: one a core and four at most", 0, 64},
    {"log_format", kChoice, "text", "How log lines look", 0, 0, "text|json"},
    {"log_file", kText, "", "Where log lines go, reopened on SIGUSR1; empty: standard error"},
    {"log_level", kChoice, "info", "The least level that is logged", 0, 0, "debug|info|warning|error"},
    {"access_log", kSwitch, "on", "A log line for every request"},
    {"admin_token", kText, "", "A bearer token with the role admin; empty for none", 0, 0, {}, true},
    {"secret_key",
     kText,
     "",
     "Signs guest tokens and cursors; empty: made at first start and kept in the data folder",
     0,
     0,
     {},
     true},
    {"limits", kSwitch, "on", "Rate limits; off only for measurements"},
    {"risk", kSwitch, "on", "Risk scoring; off only for measurements"},
    {"risk_high_value", kNumber, "50000", "What counts as a high value for a new account, in minor units", 1,
     1'000'000'000},
    {"risk_review", kNumber, "40", "Above so many points staff look at a purchase", 0, 1000},
    {"risk_reject", kNumber, "70", "Above so many points it is refused", 0, 1000},
    {"capture", kChoice, "now", "When a card is charged: with the order, or when its first parcel leaves", 0, 0,
     "now|later"},
    {"currency", kText, "USD", "The shop's currency, ISO 4217"},
    {"locale", kText, "en-US",
     "How pages, mails and invoices write amounts, numbers and dates: a language and a country, BCP 47"},
    {"locales", kNames, "", "Beside locale: among which visitors may choose how numbers and dates are written"},
    {"time_zone", kText, "UTC", "By whose clock dates are written and weekdays begin: an IANA name, as Europe/Berlin"},
    {"warehouse_choice", kChoice, "balanced",
     "Which of equally few warehouses an order comes from, where its buyer does not say", 0, 0, "balanced|speed|cost"},
    {"transit_standard", kText, "1-2 2-3 2-5 4-7 5-12 3-8",
     "Days of transit, the earliest and the latest, in the zones local, regional, national, continental, overseas and "
     "unknown"},
    {"transit_express", kText, "1-1 1-2 1-2 2-3 2-5 2-4", "The same for express delivery"},
    {"express_price", kNumber, "-1", "What express delivery costs, in the currency's smallest unit; -1: not offered",
     -1, 1'000'000'000},
    {"reconcile_minutes", kNumber, "60",
     "How often stock rows are compared with their movements and reservations; 0: never", 0, 100'000},
    {"reconcile_repairs", kSwitch, "on", "What differs there is set right, by a movement; off: only reported"},
    {"oversold_wait_hours", kNumber, "24",
     "How long a buyer whose goods turn out to be missing may choose to wait for them before they are cancelled; 0: at "
     "once",
     0, 10'000},
    {"cart_reminder_hours", kNumber, "24",
     "How long a customer's cart is left alone before a mail reminds of it, once; 0: never", 0, 10'000},
    {"cart_last_reminder_days", kNumber, "3", "How long before it is emptied a last mail comes; 0: none", 0, 90},
    {"search_words", kChoice, "with_consent",
     "Whose searches are counted by their words: of visitors who agreed to it, or of all who did not refuse", 0, 0,
     "with_consent|unless_refused"},
    {"consent_bar", kSwitch, "on",
     "Pages ask visitors once whether they may be counted; off: they may still say so where the foot of each page "
     "leads"},
    {"behaviour_keep_days", kNumber, "400", "How long daily figures of products and searches are kept", 31, 10'000},
    {"sale_buffer", kNumber, "0",
     "Percent of what is on hand that pages and listings do not show as being for sale; it is sold all the same", 0,
     90},
    {"sold_out_ms", kNumber, "1000",
     "How long a refusal for want of stock is remembered, and repeated without asking the store; 0: not at all", 0,
     60'000},
    {"ready_bytes_mb", kNumber, "64", "Memory for answers kept ready", 1, 1'000'000},
    {"packed_bytes_mb", kNumber, "512",
     "Memory for answers kept packed, once the ready ones do not hold all that is asked for; 0: none", 0, 1'000'000},
    {"picture_bytes_mb", kNumber, "32", "Memory for pictures kept ready", 1, 1'000'000},
    {"cart_cache_mb", kNumber, "64", "Memory for carts that were looked at; 0: none", 0, 1'000'000},
    {"listing_answers_mb", kNumber, "256", "Memory for answers of listings, searches and suggestions; 0: none", 0,
     1'000'000},
    {"sitemap_addresses", kNumber, "10000",
     "Addresses of one sitemap; with more of them, /sitemap.xml is an index of several", 1, 50'000},
    {"cache_mb", kNumber, "16", "Memory for what is kept for a while beside the store: counts of wrong codes", 1,
     1'000'000},
    {"warm_up", kNumber, "10000",
     "After a start the answers and pages of so many products are made ahead, those first that sell and are looked at "
     "most; 0: none",
     0, 1'000'000},
    {"warm_up_seconds", kNumber, "60", "How long that may take", 1, 86'400},
    {"mail_folder", kText, "", "Where mails are written as files; empty: mails in the data folder"},
    {"fetch_images", kSwitch, "off", "Imports fetch the pictures that their rows name, where they do not say"},
    {"fetch_private_addresses", kSwitch, "off",
     "Pictures may be fetched from private addresses too: for intranets and tests"},
    {"mail_from", kText, "", "Whom mails come from: shop@example.com, or Name <shop@example.com>"},
    {"smtp_url", kText, "", "The mail server: smtp://host:587 or smtps://host:465; empty: mails are written as files"},
    {"smtp_user", kText, "", "Who we are to the mail server; empty: nobody"},
    {"smtp_password", kText, "", "The mail server's password", 0, 0, {}, true},
    {"smtp_tls", kChoice, "required", "TLS to the mail server: required, when offered, or off", 0, 0,
     "required|offered|off"},
    {"smtp_ca_file", kText, "", "Whose certificates are believed of the mail server; empty: the system's"},
    {"smtp_timeout_ms", kNumber, "30000", "How long one mail may take", 100, 600'000},
    {"public_url", kText, "", "The shop's address in mails and links; empty: http:// and the listen address"},
    {"demo_products", kNumber, "2000", "How many products serve --demo puts into an empty store", 1, 1'000'000},
    {"tls_cert", kText, "", "PEM file of the certificate and its chain; with tls_key, listen speaks HTTPS"},
    {"tls_key", kText, "", "PEM file of the certificate's key, without a pass phrase"},
    {"redirect_listen", kOptionalAddress, "", "With TLS: a plain port that sends every request to HTTPS"},
    {"hsts_max_age", kNumber, "2592000",
     "Seconds that browsers shall come over HTTPS only, told over HTTPS; 0: not told", 0, 63'072'000},
    {"admin_listen", kOptionalAddress, "",
     "Where the back office answers; /api/v1/admin and /metrics then answer only there"},
    {"admin_tls", kSwitch, "off", "The back office speaks HTTPS, with the certificate of tls_cert"},
    {"compression", kSwitch, "on", "Compress text answers for clients that take gzip or brotli"},
    {"trusted_proxies", kNetworks, "",
     "Proxies (addresses or networks) whose X-Forwarded-For, -Proto and -Host are believed"},
    {"hosts", kHosts, "", "Host names the shop answers to, beside loopback's; empty: to any"},
    {"cors_origins", kOrigins, "",
     "Sites whose scripts may use /api, such as https://app.example.org; *: all, without credentials"},
    {"gateway", kChoice, "sandbox", "The payment gateway", 0, 0, "sandbox"},
    {"gateway_timeout_ms", kNumber, "5000", "How long a gateway is waited for", 1, 120'000},
    {"gateway_failures", kNumber, "10", "After so many failed calls in a row no card is charged for a while", 1,
     1'000'000},
    {"gateway_rest_ms", kNumber, "5000",
     "How long the first such while is; each that follows is twice as long, to a minute", 1, 60'000},
    {"gateway_calls", kNumber, "256", "Charges that may wait for the gateway at once; more are told to come again", 1,
     1'000'000},
    {"gateway_webhook_secrets",
     kText,
     "",
     "Secrets of 16 characters or more that sign the gateway's webhooks, a blank between two; empty: none is taken",
     0,
     0,
     {},
     true},
    {"gateway_retries", kNumber, "1", "How often a call without an answer is repeated with the same key", 0, 10},
    {"otlp_endpoint", kText, "",
     "Where traces go, by OTLP over HTTP, as http://127.0.0.1:4318; empty: nothing is traced"},
    {"trace_sample", kNumber, "100", "Of so many requests one is traced, and those whose traceparent says so; 1: all",
     1, 1'000'000'000},
    {"body_limit", kNumber, "1048576", "Bytes of a request body, import and media excepted", 1024, 1 << 30},
    {"header_limit", kNumber, "16384", "Bytes of a request's line and headers", 1024, 1 << 20},
    {"header_timeout_ms", kNumber, "10000", "How long a request's headers may take", 100, 600'000},
    {"body_timeout_ms", kNumber, "30000", "How long a request's body may pause", 100, 600'000},
    {"write_timeout_ms", kNumber, "30000", "How long a client may leave an answer unread", 100, 600'000},
    {"idle_timeout_ms", kNumber, "75000", "How long a connection may be silent between requests", 100, 3'600'000},
    {"max_connections", kNumber, "20000", "Connections at once", 1, 10'000'000},
    {"degradation", kSwitch, "on",
     "The shop does without extras by itself while it is busy; off: only as it is set by hand"},
    {"degradation_delay_ms", kText, "100 250 500 1000",
     "How long what is ready waits on an event loop when levels 1 to 4 begin"},
    {"degradation_requests", kText, "400 800 1200 1600",
     "How many requests are at work on an event loop when levels 1 to 4 begin"},
    {"degradation_rise_ms", kNumber, "1000", "How long one of the two is reached before the level rises", 0, 600'000},
    {"degradation_fall_ms", kNumber, "10000", "How long both are below 60 percent of it before the level falls, by one",
     0, 3'600'000},
    {"event_keep_days", kNumber, "7", "How long events stay in the log that every consumer has taken", 1, 3650},
    {"shutdown_grace_ms", kNumber, "10000", "How long running requests may finish when the program is told to stop", 0,
     600'000},
};

const Setting* find_setting(std::string_view name) {
  for (const auto& setting : kSettings)
    if (setting.name == name) return &setting;
  return nullptr;
}

bool is_list(SettingKind kind) { return kind == kNetworks || kind == kHosts || kind == kOrigins || kind == kNames; }

std::string env_name(std::string_view name) {
  std::string out = "KONTOR_";
  for (const char c : name) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(", \t\n", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(", \t\n", at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

// What a list's pieces must be, for the first that is something else; "" when all are good.
std::string check_list(SettingKind kind, const std::string& value) {
  const auto pieces = pieces_of(value);
  for (const std::string_view piece : pieces) {
    const std::string found = " ('" + std::string(piece) + "' is none)";
    if (kind == kNetworks && !parse_network(piece)) return "addresses or networks such as 10.0.0.0/8" + found;
    if (kind == kHosts && !is_host_name(piece)) return "host names without port, such as shop.example.org" + found;
    if (kind == kOrigins && piece == "*" && pieces.size() > 1) return "origins, or * alone";
    if (kind == kOrigins && piece != "*" && !is_origin(piece))
      return "origins such as https://app.example.org, without path or default port" + found;
  }
  return "";
}

// What is wrong with the value; "" when nothing is. Switches come out as on or off.
std::string check(const Setting& setting, std::string& value) {
  switch (setting.kind) {
    case kText:
      return value.find('\0') == std::string::npos ? "" : "a text without NUL";
    case kNumber: {
      const auto number = parse_number(value);
      if (number && *number >= setting.min && *number <= setting.max) return "";
      return "a whole number from " + std::to_string(setting.min) + " to " + std::to_string(setting.max);
    }
    case kSwitch: {
      const auto lower = ascii_lower(value);
      if (lower == "on" || lower == "true" || lower == "yes" || lower == "1")
        value = "on";
      else if (lower == "off" || lower == "false" || lower == "no" || lower == "0")
        value = "off";
      else
        return "on or off";
      return "";
    }
    case kChoice: {
      const auto choices = split(setting.choices, '|');
      if (std::find(choices.begin(), choices.end(), value) != choices.end()) return "";
      return "one of " + std::string(setting.choices);
    }
    case kOptionalAddress:
      if (value.empty()) return "";
      [[fallthrough]];
    case kAddress:
      return parse_address(value) ? "" : "an address such as 127.0.0.1:8080";
    case kNetworks:
    case kHosts:
    case kOrigins:
    case kNames:
      return check_list(setting.kind, value);
  }
  return "";
}

std::string known_names(std::string_view near) {
  std::string out;
  for (const auto& setting : kSettings) {
    if (!near.empty() && setting.name.front() != near.front()) continue;
    out += out.empty() ? "" : ", ";
    out += setting.name;
  }
  return out.empty() ? "see 'kontor config'" : "perhaps " + out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + '"';
}

// A TOML value as the text a flag would have; nullopt for dates and the like. A list of texts comes with commas.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    std::string out;
    for (const auto& piece : *array) {
      if (!piece.is_string()) return std::nullopt;
      out += (out.empty() ? "" : ", ") + piece.as_string()->get();
    }
    return out;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "on" : "off";
  return std::nullopt;
}

struct FileValue {
  std::string name;
  std::optional<std::string> value;
  bool is_list = false;
  unsigned line = 0;
};

// `[gateway] timeout_ms = 1` is gateway_timeout_ms.
void collect(const toml::table& table, const std::string& prefix, std::vector<FileValue>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table())
      collect(*inner, name + "_", out);
    else
      out.push_back({name, text_of(node), node.is_array(), node.source().begin.line});
  }
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::string example_settings() {
  std::string out =
      "# Every setting of Kontor with its default, as kontor config --example prints them. A flag (--log-format json)\n"
      "# and an environment variable (KONTOR_LOG_FORMAT=json) come before this file.\n";
  for (const auto& setting : kSettings) {
    out += "\n# " + std::string(setting.words);
    if (setting.kind == kNumber) out += ", " + std::to_string(setting.min) + " to " + std::to_string(setting.max);
    if (setting.kind == kChoice) {
      out += ": ";
      for (const char c : setting.choices) out += c == '|' ? std::string(", ") : std::string(1, c);
    }
    out += setting.secret ? ". Better in the environment.\n" : ".\n";
    const std::string value(setting.initial);
    out += "# " + std::string(setting.name) + " = " + (setting.kind == kNumber ? value : quoted(value)) + "\n";
  }
  return out;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? std::string_view("127.0.0.1") : text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (host.empty()) host = "0.0.0.0";
  if (host.front() == '[') {
    if (host.size() < 4 || host.back() != ']') return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.find_first_of(" \t/[]") != std::string_view::npos || digits.empty() || digits.front() == '-')
    return std::nullopt;
  const auto port = parse_number(digits);
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  return Address{std::string(host), static_cast<int>(*port)};
}

Result<void> Config::set(std::string_view name, std::string value, std::string origin) {
  const Setting* setting = find_setting(name);
  if (name == "trust_proxy")
    return fail(Errc::kInvalid, "config.unknown_setting",
                origin + ": trust_proxy is gone; name the proxies' addresses in trusted_proxies.");
  if (setting == nullptr)
    return fail(Errc::kInvalid, "config.unknown_setting",
                origin + ": there is no setting '" + std::string(name) + "' (" + known_names(name) + ").");
  const std::string given = setting->secret ? "(hidden)" : value;
  const auto wanted = check(*setting, value);
  if (!wanted.empty())
    return fail(Errc::kInvalid, "config.bad_value",
                origin + ": '" + given + "' is no " + std::string(name) + "; it must be " + wanted + ".");
  entries_[std::string(name)] = Entry{std::move(value), std::move(origin)};
  return {};
}

Result<void> Config::read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::getline(in, text, '\0');  // all of it; a folder opens and does not read
  if (const int why = errno; !in.is_open() || in.bad())
    return fail(Errc::kInvalid, "config.bad_file", file + " cannot be read: " + std::strerror(why) + ".");
  const auto parsed = toml::parse(text, file);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(
        Errc::kInvalid, "config.bad_file",
        file + ", line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()) + ".");
  }
  std::vector<FileValue> values;
  collect(parsed.table(), "", values);
  for (auto& value : values) {
    const std::string origin = "file " + file + " line " + std::to_string(value.line);
    const Setting* setting = find_setting(value.name);
    if (!value.value || (value.is_list && setting != nullptr && !is_list(setting->kind)))
      return fail(Errc::kInvalid, "config.bad_value",
                  origin + ": '" + value.name + "' must be a text, a whole number or a switch.");
    TRY_DO(set(value.name, std::move(*value.value), origin));
  }
  return {};
}

Result<Config> Config::load(const Sources& sources) {
  Config config;
  for (const auto& setting : kSettings) TRY_DO(config.set(setting.name, std::string(setting.initial), "default"));
  if (!sources.file.empty()) TRY_DO(config.read_file(sources.file));
  if (sources.environment) {
    for (const auto& setting : kSettings) {
      const auto name = env_name(setting.name);
      if (auto value = sources.environment(name))
        TRY_DO(config.set(setting.name, std::move(*value), "environment " + name));
    }
  }
  for (const auto& [flag, value] : sources.flags) {
    std::string name = flag;
    std::replace(name.begin(), name.end(), '-', '_');
    std::string shown = name;
    std::replace(shown.begin(), shown.end(), '_', '-');
    TRY_DO(config.set(name, value, "flag --" + shown));
  }
  return config;
}

const Config::Entry& Config::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  KONTOR_ASSERT(found != entries_.end());
  return found->second;
}

std::int64_t Config::number(std::string_view name) const {
  KONTOR_ASSERT(find_setting(name) != nullptr && find_setting(name)->kind == kNumber);
  return parse_number(text(name)).value();
}

bool Config::on(std::string_view name) const {
  KONTOR_ASSERT(find_setting(name) != nullptr && find_setting(name)->kind == kSwitch);
  return text(name) == "on";
}

std::vector<std::string> Config::list(std::string_view name) const {
  KONTOR_ASSERT(find_setting(name) != nullptr && is_list(find_setting(name)->kind));
  std::vector<std::string> out;
  for (const std::string_view piece : pieces_of(text(name))) out.emplace_back(piece);
  return out;
}

Address Config::address(std::string_view name) const {
  const Setting* setting = find_setting(name);
  KONTOR_ASSERT(setting != nullptr && (setting->kind == kAddress || setting->kind == kOptionalAddress));
  return parse_address(text(name)).value();
}

std::string Config::shown() const {
  std::string out;
  for (const auto& setting : kSettings) {
    const Entry& found = entry(setting.name);
    out += "# " + std::string(setting.words) + ".\n";
    std::string line =
        std::string(setting.name) + " = " + (setting.kind == kNumber ? found.value : quoted(found.value));
    if (setting.secret && !found.value.empty())
      line = "# " + std::string(setting.name) + " is set and not shown";  // and not read back
    if (line.size() < 40) line.append(40 - line.size(), ' ');
    out += line + "  # " + found.origin + "\n";
  }
  return out;
}

}  // namespace kontor::runtime
