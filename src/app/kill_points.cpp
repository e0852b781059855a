#include "app/kill_points.h"

#include <csignal>
#include <cstdlib>
#include <set>

#include <unistd.h>

#include "app/front_gateway.h"

namespace kontor::app {
namespace {

// Hears which statements a function runs.
class HeardTx : public db::Tx {
 public:
  HeardTx(db::Tx& tx, KillPoints& points, std::set<std::string_view>& heard)
      : tx_(tx), points_(points), heard_(heard) {}
  Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override {
    auto done = tx_.run_params(query, params);
    if (done) hear(query);
    return done;
  }
  Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override {
    auto rows = tx_.ask_params(query, params);
    if (rows) hear(query);
    return rows;
  }
  Result<std::int64_t> insert_params(const db::Query& query, std::span<const db::Param> params) override {
    auto id = tx_.insert_params(query, params);
    if (id) hear(query);
    return id;
  }
  Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                             std::span<const std::vector<db::Param>> sets) override {
    auto done = tx_.run_each(query, sets);
    if (done) hear(query);
    return done;
  }
  Result<std::vector<db::Rows>> ask_each(const db::Query& query,
                                         std::span<const std::vector<db::Param>> sets) override {
    auto rows = tx_.ask_each(query, sets);
    if (rows) hear(query);
    return rows;
  }
  Result<std::vector<std::int64_t>> insert_each(const db::Query& query,
                                                std::span<const std::vector<db::Param>> sets) override {
    auto ids = tx_.insert_each(query, sets);
    if (ids) hear(query);
    return ids;
  }
  Result<void> later_params(const db::Query& query, std::span<const db::Param> params, Check check) override {
    auto done = tx_.later_params(query, params, check);
    if (done) hear(query);
    return done;
  }
  Result<void> attempt(const std::function<Result<void>()>& part) override { return tx_.attempt(part); }
  bool serial_in_commit_order() const override { return tx_.serial_in_commit_order(); }

 private:
  void hear(const db::Query& query) {
    points_.pass("in", query.name);
    heard_.insert(query.name);
  }
  db::Tx& tx_;
  KillPoints& points_;
  std::set<std::string_view>& heard_;
};

class KillingStore : public db::Store {
 public:
  KillingStore(std::unique_ptr<db::Store> store, KillPoints& points) : store_(std::move(store)), points_(points) {}
  Result<void> write(db::Homes homes, const db::Function& function) override {
    std::set<std::string_view> heard;
    auto written = store_->write(homes, [&](db::Tx& tx) -> Result<void> {
      heard.clear();
      HeardTx listening(tx, points_, heard);
      return function(listening);
    });
    if (written)
      for (const std::string_view name : heard) points_.pass("after", name);
    return written;
  }
  Result<void> read(db::Homes homes, const db::Function& function) override { return store_->read(homes, function); }
  Result<void> look(db::Homes homes, const db::Function& function) override { return store_->look(homes, function); }
  bool together(db::Homes homes) const override { return store_->together(homes); }
  std::vector<Place> places() const override { return store_->places(); }
  std::string_view engine() const override { return store_->engine(); }

 private:
  std::unique_ptr<db::Store> store_;
  KillPoints& points_;
};

class KillingGateway : public FrontGateway {
 public:
  KillingGateway(PaymentGateway& gateway, KillPoints& points) : FrontGateway(gateway), points_(points) {}
  Result<Charge> charge(const ChargeRequest& request) override {
    return around("charge", [&] { return gateway_.charge(request); });
  }
  Result<Charge> capture(const std::string& key, Money amount) override {
    return around("capture", [&] { return gateway_.capture(key, amount); });
  }
  Result<Charge> find(const std::string& key) override {
    return around("find", [&] { return gateway_.find(key); });
  }
  Result<Charge> void_charge(const std::string& key) override {
    return around("void", [&] { return gateway_.void_charge(key); });
  }
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override {
    return around("refund", [&] { return gateway_.refund(key, refund_key, amount); });
  }

 private:
  template <class Call>
  Result<Charge> around(std::string_view what, const Call& call) {
    points_.pass("before", what);
    auto answer = call();
    points_.pass("after", what);
    return answer;
  }
  KillPoints& points_;
};

}  // namespace

std::unique_ptr<KillPoints> KillPoints::from_environment() {
  const char* const point = std::getenv("KONTOR_KILL_AT");
  if (point == nullptr || *point == '\0') return nullptr;
  const char* const nth = std::getenv("KONTOR_KILL_NTH");
  return std::unique_ptr<KillPoints>(new KillPoints(point, nth == nullptr ? 1 : std::atoi(nth)));
}

std::unique_ptr<db::Store> KillPoints::in_front_of(std::unique_ptr<db::Store> store) {
  return std::make_unique<KillingStore>(std::move(store), *this);
}
std::unique_ptr<PaymentGateway> KillPoints::in_front_of(PaymentGateway& gateway) {
  return std::make_unique<KillingGateway>(gateway, *this);
}

void KillPoints::pass(std::string_view when, std::string_view what) {
  if (point_.size() != when.size() + 1 + what.size() || !point_.starts_with(when) || !point_.ends_with(what)) return;
  if (left_.fetch_sub(1) != 1) return;
  ::kill(::getpid(), SIGKILL);
}

}  // namespace kontor::app
