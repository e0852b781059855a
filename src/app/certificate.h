// The certificate of the running program: read at start, read again on SIGHUP and when its files change, with words in
// the log and its end in the metrics.
#pragma once
#include <atomic>
#include <memory>

#include "ports/clock.h"
#include "runtime/config.h"
#include "runtime/fiber.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/tls.h"

namespace kontor::app {

class Certificate {
 public:
  // Null where the settings name none. kInvalid: one line on the settings or the files.
  static Result<std::unique_ptr<Certificate>> open(const runtime::Config& config, const Clock& clock, runtime::Log& log,
                                                   runtime::Metrics& metrics);
  const runtime::Tls& tls() const { return *tls_; }

  // On a fiber, until the loop ends: looks after the files every two seconds. A new certificate that is no good is
  // logged, and the old one stays.
  void watch(runtime::Workers& workers);
  // From the loop of that fiber: read the files now.
  void read_again();

 private:
  Certificate(std::unique_ptr<runtime::Tls> tls, const Clock& clock, runtime::Log& log);
  void tell() const;

  std::unique_ptr<runtime::Tls> tls_;
  const Clock& clock_;
  runtime::Log& log_;
  runtime::Parker asked_;
  bool must_ = false;
};

}  // namespace kontor::app
