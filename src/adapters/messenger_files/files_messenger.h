// "Sends" mails by appending them to a mailbox file a day (mails/2026-11-21.mbox), which mail programs open: for
// development, tests and shops without a mail server. A file a mail costs 0.2 ms of a processor, and a shop in a rush
// sends thousands a second. A mail that is sent twice stands there twice, with the same Message-ID.
#pragma once
#include <mutex>
#include <string>

#include "ports/clock.h"
#include "ports/mail_text.h"

namespace kontor::messenger_files {

class FilesMessenger final : public Messenger {
 public:
  // The folder is made when it is missing.
  FilesMessenger(std::string folder, Mailbox from, Clock& clock);
  ~FilesMessenger() override;
  FilesMessenger(const FilesMessenger&) = delete;
  FilesMessenger& operator=(const FilesMessenger&) = delete;

  // Beside the port's errors: kUnavailable "messenger.cannot_write" and kFull "messenger.full" when the folder does not
  // take it.
  Result<void> send(const Mail& mail) override;

 private:
  Result<void> open_mailbox(const std::string& path);
  void close_mailbox();

  const std::string folder_;
  const Mailbox from_;
  Clock& clock_;
  std::mutex mutex_;
  std::string path_;  // of the mailbox that is open
  int fd_ = -1;
};

// The mail as an entry of a mailbox (the form called mboxrd): a line "From ", the mail, an empty line; lines of it that
// begin like the first one are quoted.
std::string mailbox_entry(std::string_view mail, std::string_view from, Time now);

}  // namespace kontor::messenger_files
