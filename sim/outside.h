// What stands for mail and web around the simulated shop.
#pragma once
#include <map>
#include <string>

#include "ports/messenger.h"
#include "ports/web_fetcher.h"

namespace kontor::sim {

// Drops a repetition of a key, as the port allows, and counts what it kept.
class MailBox : public Messenger {
 public:
  Result<void> send(const Mail& mail) override {
    ++mails[mail.key];
    ++to[mail.to];
    return {};
  }
  std::map<std::string, int> mails;
  std::map<std::string, int> to;
};

// The simulated world has no web.
class NoWeb : public WebFetcher {
 public:
  Result<std::string> get(const std::string&, const std::function<bool()>&) override {
    return fail(Errc::kUnavailable, "web.no_answer");
  }
};

}  // namespace kontor::sim
