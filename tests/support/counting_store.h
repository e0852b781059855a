// A store that counts what it is asked: statements by name (one for many sets of parameters counts once, as it goes
// once to a server) and functions.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "ports/db.h"

namespace kontor::testing {

class CountingStore : public db::Store {
 public:
  explicit CountingStore(db::Store& inner) : inner_(inner) {}
  Result<void> write(db::Homes homes, const db::Function& function) override {
    return inner_.write(homes, counted("write", function));
  }
  Result<void> read(db::Homes homes, const db::Function& function) override {
    return inner_.read(homes, counted("read", function));
  }
  Result<void> look(db::Homes homes, const db::Function& function) override {
    return inner_.look(homes, counted("read", function));
  }
  bool together(db::Homes homes) const override { return inner_.together(homes); }
  std::vector<Place> places() const override { return inner_.places(); }
  std::string_view engine() const override { return inner_.engine(); }

  // Since the last call: "cart.find" to how often; "write" and "read" are functions.
  std::map<std::string, int> counts() {
    const std::lock_guard lock(mutex_);
    return std::exchange(counts_, {});
  }

 private:
  class CountingTx : public db::Tx {
   public:
    CountingTx(db::Tx& inner, CountingStore& store) : inner_(inner), store_(store) {}
    Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override {
      store_.count(query.name);
      return inner_.run_params(query, params);
    }
    Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override {
      store_.count(query.name);
      return inner_.ask_params(query, params);
    }
    Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                               std::span<const std::vector<db::Param>> sets) override {
      store_.count(query.name);
      return inner_.run_each(query, sets);
    }
    Result<std::vector<db::Rows>> ask_each(const db::Query& query,
                                           std::span<const std::vector<db::Param>> sets) override {
      store_.count(query.name);
      return inner_.ask_each(query, sets);
    }
    Result<void> attempt(const std::function<Result<void>()>& part) override { return inner_.attempt(part); }
    bool serial_in_commit_order() const override { return inner_.serial_in_commit_order(); }

   private:
    db::Tx& inner_;
    CountingStore& store_;
  };

  void count(std::string_view name) {
    const std::lock_guard lock(mutex_);
    ++counts_[std::string(name)];
  }
  db::Function counted(std::string_view kind, const db::Function& function) {
    return [this, kind, &function](db::Tx& tx) {
      count(kind);
      CountingTx counting(tx, *this);
      return function(counting);
    };
  }

  db::Store& inner_;
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

}  // namespace kontor::testing
