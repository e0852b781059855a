// A store that tells of every commit of this process, so that what follows events need not look for them. Everything
// else is the store behind it.
#pragma once
#include <functional>

#include "ports/db.h"

namespace kontor::app {

class TellingStore final : public db::Store {
 public:
  explicit TellingStore(db::Store& store) : store_(store) {}

  // Called after each write that succeeded, on its caller's fiber or thread; must be quick and never wait. Before the
  // first write from elsewhere.
  void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }

  Result<void> write(db::Homes homes, const db::Function& function) override {
    auto written = store_.write(homes, function);
    if (written && listener_) listener_();
    return written;
  }
  Result<void> read(db::Homes homes, const db::Function& function) override { return store_.read(homes, function); }
  Result<void> look(db::Homes homes, const db::Function& function) override { return store_.look(homes, function); }
  bool together(db::Homes homes) const override { return store_.together(homes); }
  std::vector<Place> places() const override { return store_.places(); }
  std::string_view engine() const override { return store_.engine(); }

 private:
  db::Store& store_;
  std::function<void()> listener_;
};

}  // namespace kontor::app
