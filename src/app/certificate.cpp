#include "app/certificate.h"

#include <utility>

namespace kontor::app {
namespace {

constexpr std::int64_t kLookMs = 2000;
constexpr std::int64_t kWarnMs = 14 * kDayMs;
constexpr std::int64_t kTicketKeysMs = 12 * kHourMs;  // a reload makes new ones

Result<void> check_settings(const runtime::Config& config) {
  const bool certificate = !config.text("tls_cert").empty();
  if (certificate != !config.text("tls_key").empty())
    return fail(Errc::kInvalid, "config.bad_value",
                "tls_cert and tls_key come together: the one is set without the other.");
  if (certificate) return {};
  if (!config.text("redirect_listen").empty())
    return fail(Errc::kInvalid, "config.bad_value",
                "redirect_listen sends requests to HTTPS, which needs tls_cert and tls_key.");
  if (config.on("admin_tls")) return fail(Errc::kInvalid, "config.bad_value", "admin_tls needs tls_cert and tls_key.");
  return {};
}

}  // namespace

Certificate::Certificate(std::unique_ptr<runtime::Tls> tls, const Clock& clock, runtime::Log& log)
    : tls_(std::move(tls)), clock_(clock), log_(log) {}

Result<std::unique_ptr<Certificate>> Certificate::open(const runtime::Config& config, const Clock& clock,
                                                       runtime::Log& log, runtime::Metrics& metrics) {
  TRY_DO(check_settings(config));
  if (config.text("tls_cert").empty()) return std::unique_ptr<Certificate>();
  TRY(auto tls, runtime::Tls::load({config.text("tls_cert"), config.text("tls_key")}, clock.now()));
  auto out = std::unique_ptr<Certificate>(new Certificate(std::move(tls), clock, log));
  metrics.watch("kontor_tls_certificate_expires_seconds", "When the TLS certificate expires, in Unix time",
                [held = out.get()] { return held->tls_->expires().ms / 1000; });
  out->tell();
  return out;
}

void Certificate::tell() const {
  const Time expires = tls_->expires();
  const std::string when = to_rfc3339(expires);
  log_.info("the certificate was read", {{"expires", std::string_view(when)}});
  if (expires <= clock_.now()) {
    log_.error("the certificate has expired", {{"expires", std::string_view(when)}});
  } else if (expires <= clock_.now().plus_ms(kWarnMs)) {
    log_.warning("the certificate expires soon", {{"expires", std::string_view(when)}});
  }
}

void Certificate::watch(runtime::Workers& workers) {
  for (;;) {
    asked_.wait_for(kLookMs);
    Result<void> read;
    bool tried = false;
    const bool must = std::exchange(must_, false) || tls_->loaded_at().plus_ms(kTicketKeysMs) <= clock_.now();
    const auto asked = workers.run([&] {
      tried = must || tls_->changed();
      if (tried) read = tls_->reload(clock_.now());
    });
    if (!asked) {
      must_ = must;
      continue;
    }
    if (!tried) continue;
    if (read) {
      tell();
    } else {
      log_.error("the new certificate is not taken; the old one stays",
                 {{"why", std::string_view(read.error().detail)}});
    }
  }
}

void Certificate::read_again() {
  must_ = true;
  asked_.wake();
}

}  // namespace kontor::app
