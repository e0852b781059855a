// Sends messages to people. Delivery is at least once; `key` lets an adapter drop a repetition.
#pragma once
#include <string>

#include "base/result.h"

namespace kontor {

struct Mail {
  std::string key;  // unique per message: event and purpose
  std::string to;
  std::string subject;
  std::string text;  // plain text, UTF-8
  // Of a mail that the receiver may want no more of: the address that stops them, opened by people and posted to by
  // their programs (RFC 8058). "": mails like this one always come.
  std::string unsubscribe = {};
};

class Messenger {
 public:
  virtual ~Messenger() = default;
  // kInvalid "messenger.bad_address" and "messenger.refused": this mail can never go out, and no repetition helps. Any
  // other error is worth another try: kUnavailable, kTimeout, kFull.
  virtual Result<void> send(const Mail& mail) = 0;
};

}  // namespace kontor
