#include "adapters/messenger_smtp/smtp_messenger.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/text.h"

namespace kontor::messenger_smtp {
namespace {

// What one conversation is about, and what was said last.
struct Talk {
  std::string_view left;  // of the mail's text
  std::string command;    // the last one's first word
  std::string reply;      // the last line of the server
  bool over = false;

  // A server's refusal of this one mail: its "no" to the recipient or to the text (or, 552, to its size). 530 asks for
  // a password or for TLS, which is no answer to the mail.
  bool is_refusal() const {
    if (!reply.starts_with('5') || reply.starts_with("530")) return false;
    return command == "RCPT" || command == "DATA" || (command == "MAIL" && reply.starts_with("552"));
  }
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* talk) {
  auto& left = static_cast<Talk*>(talk)->left;
  const std::size_t some = std::min(size * count, left.size());
  std::memcpy(to, left.data(), some);
  left.remove_prefix(some);
  return some;
}

// Listens to the lines both ways; of our own only the verb is kept, since AUTH is followed by a password.
int listen(CURL*, curl_infotype type, char* data, std::size_t size, void* talk) {
  auto& heard = *static_cast<Talk*>(talk);
  const std::string_view line(data, size);
  if (type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT) return 0;
  // The polite end after a refusal is not what it was about.
  heard.over = heard.over || (type == CURLINFO_HEADER_OUT && line.starts_with("QUIT"));
  if (heard.over) return 0;
  if (type == CURLINFO_HEADER_OUT) heard.command = line.substr(0, line.find_first_of(" \r\n"));
  if (type == CURLINFO_HEADER_IN) heard.reply = line.substr(0, line.find_first_of("\r\n"));
  return 0;
}

std::string without(std::string text, std::string_view address) {
  for (auto at = text.find(address); at != std::string::npos; at = text.find(address))
    text.replace(at, address.size(), "recipient");
  return text;
}

}  // namespace

struct SmtpMessenger::Impl {
  Options options;
  Clock& clock;
  runtime::Workers* workers;
  std::mutex mutex;
  std::vector<CURL*> idle;  // with their open connections

  Impl(Options given, Clock& clock_, runtime::Workers* workers_)
      : options(std::move(given)), clock(clock_), workers(workers_) {}
  ~Impl() {
    for (CURL* handle : idle) curl_easy_cleanup(handle);
  }

  CURL* take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CURL* handle = idle.back();
        idle.pop_back();
        return handle;
      }
    }
    return curl_easy_init();
  }

  void set_up(CURL* handle, Talk& talk, char* error) const {
    curl_easy_reset(handle);  // keeps the connections
    curl_easy_setopt(handle, CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeout_ms));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
    curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, 30L);
    const long tls = options.tls == Tls::kRequired  ? CURLUSESSL_ALL
                     : options.tls == Tls::kOffered ? CURLUSESSL_TRY
                                                    : CURLUSESSL_NONE;
    curl_easy_setopt(handle, CURLOPT_USE_SSL, tls);
    if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    if (!options.user.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, options.user.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, options.password.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(handle, CURLOPT_READDATA, &talk);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(talk.left.size()));
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, listen);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &talk);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  }

  Result<void> deliver(const Mail& mail) {
    const std::string text = mail_text(mail, options.from, clock.now());
    Talk talk;
    talk.left = text;
    std::array<char, CURL_ERROR_SIZE> error{};
    CURL* handle = take();
    if (handle == nullptr) return fail(Errc::kUnavailable, "messenger.unavailable", "There is no memory for a mail.");
    set_up(handle, talk, error.data());
    const std::string sender = "<" + options.from.address + ">";
    const std::string recipient = "<" + mail.to + ">";
    curl_slist* recipients = curl_slist_append(nullptr, recipient.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    const CURLcode outcome = curl_easy_perform(handle);
    curl_easy_reset(handle);
    curl_slist_free_all(recipients);
    {
      const std::lock_guard lock(mutex);
      idle.push_back(handle);
    }
    if (outcome == CURLE_OK) return {};
    std::string said = error[0] != '\0' ? error.data() : curl_easy_strerror(outcome);
    if (!talk.reply.empty()) said += "; the server said: " + talk.reply;
    said = without(said, mail.to);
    if (outcome == CURLE_OPERATION_TIMEDOUT) return fail(Errc::kTimeout, "messenger.timeout", said);
    if (talk.is_refusal()) return fail(Errc::kInvalid, "messenger.refused", said);
    return fail(Errc::kUnavailable, "messenger.unavailable", said);
  }
};

Result<std::unique_ptr<SmtpMessenger>> SmtpMessenger::open(Options options, Clock& clock, runtime::Workers* workers) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const bool smtp = options.url.starts_with("smtp://") || options.url.starts_with("smtps://");
  CURLU* parts = curl_url();
  const bool fine =
      smtp && curl_url_set(parts, CURLUPART_URL, options.url.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  char* user = nullptr;
  const bool with_user = fine && curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK;
  curl_free(user);
  curl_url_cleanup(parts);
  if (!fine || with_user)
    return fail(Errc::kInvalid, "config.bad_value",
                with_user ? "smtp_url holds a user; smtp_user and smtp_password are the place for it."
                          : "smtp_url is no smtp://host:587 or smtps://host:465.");
  return std::unique_ptr<SmtpMessenger>(new SmtpMessenger(std::make_unique<Impl>(std::move(options), clock, workers)));
}

SmtpMessenger::SmtpMessenger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SmtpMessenger::~SmtpMessenger() = default;

Result<void> SmtpMessenger::send(const Mail& mail) {
  TRY_DO(check_address(mail.to));
  if (impl_->workers == nullptr) return impl_->deliver(mail);
  Result<void> done;
  TRY_DO(impl_->workers->run([&] { done = impl_->deliver(mail); }));
  return done;
}

}  // namespace kontor::messenger_smtp
