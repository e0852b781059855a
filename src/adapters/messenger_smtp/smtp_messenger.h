// Hands mails to a mail server by SMTP (libcurl), on the workers. Connections are kept and used again. The server's
// "no" to one mail is told apart from a server that cannot be reached or does not want us just now: the first is final,
// the second is worth another try.
#pragma once
#include <memory>
#include <string>

#include "ports/clock.h"
#include "ports/mail_text.h"
#include "ports/messenger.h"
#include "runtime/fiber.h"

namespace kontor::messenger_smtp {

enum class Tls {
  kRequired,  // no mail and no password without it
  kOffered,   // when the server offers it
  kOff,
};

struct Options {
  std::string url;  // smtp://host:587 (STARTTLS) or smtps://host:465; a path is the name that we say hello with
  std::string user;
  std::string password;
  Mailbox from;
  Tls tls = Tls::kRequired;
  std::string ca_file;  // whose certificates are believed; empty: the system's
  std::int64_t timeout_ms = 30'000;
};

class SmtpMessenger final : public Messenger {
 public:
  // kInvalid "config.bad_value" for a URL that is none. Does not connect.
  static Result<std::unique_ptr<SmtpMessenger>> open(Options options, Clock& clock, runtime::Workers* workers);
  ~SmtpMessenger() override;

  // Beside the port's errors: kUnavailable "messenger.unavailable", kTimeout "messenger.timeout". A refusal's detail is
  // the server's words without the address. A password or a sender that the server does not take counts as unavailable:
  // that is no fault of the mail.
  Result<void> send(const Mail& mail) override;

 private:
  struct Impl;
  explicit SmtpMessenger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::messenger_smtp
