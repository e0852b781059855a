// Mails that leave nowhere: a test looks at what was sent.
#pragma once
#include <vector>

#include "ports/messenger.h"

namespace kontor::testing {

struct Outgoing : Messenger {
  std::vector<Mail> sent;
  Result<void> send(const Mail& mail) override {
    sent.push_back(mail);
    return {};
  }
};

}  // namespace kontor::testing
