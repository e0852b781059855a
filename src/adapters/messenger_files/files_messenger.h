// "Sends" mails by writing them as .eml files into a folder: for development, tests and shops without a mail server.
// A file appears whole or not at all, under a name made from the mail's key, so that a repetition leaves one mail.
#pragma once
#include <string>

#include "ports/clock.h"
#include "ports/mail_text.h"
#include "runtime/fiber.h"

namespace kontor::messenger_files {

class FilesMessenger final : public Messenger {
 public:
  // The folder is made when it is missing.
  // With `workers` the files are written there, and the sending fiber's loop goes on meanwhile.
  FilesMessenger(std::string folder, Mailbox from, Clock& clock, runtime::Workers* workers = nullptr);

  // Beside the port's errors: kUnavailable "messenger.cannot_write" and kFull "messenger.full" when the folder does not
  // take it.
  Result<void> send(const Mail& mail) override;

 private:
  Result<void> put(const Mail& mail) const;

  std::string folder_;
  Mailbox from_;
  Clock& clock_;
  runtime::Workers* workers_;
};

}  // namespace kontor::messenger_files
