// A reference model beside the real modules: plain maps, led by the facts in the outbox and by what shoppers were told,
// and compared with the store's own rows after each write that succeeded. It outlives the process, so what a crash
// takes away, or leaves half done, is seen at the first write of the next life.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "ports/db.h"

namespace kontor::sim {

class Model {
 public:
  explicit Model(std::function<void(const std::string&)> problem) : problem_(std::move(problem)) {}
  // More may be promised than there is (backorders, a count of less than was believed); and stock rows may change by
  // hand, behind everybody's back: then the maps follow the rows, and only what is promised to whom is compared.
  void expect(bool owes, bool tampers) { owes_ = owes, tampers_ = tampers; }

  // What the rows and the outbox say at the end of one write function.
  struct Event {
    std::int64_t id = 0;
    std::string name, subject, body;
  };
  struct Units {
    std::int64_t on_hand = 0, promised = 0;  // promised: reserved or sold, and not sent
    std::int64_t least = 0;                  // of the rows, the least that is left to sell in one warehouse
  };
  struct OrderRow {
    std::int64_t state = 0, total = 0;
  };
  struct PaymentRow {
    OrderId order;
    std::int64_t state = 0, amount = 0, refunded = 0;
  };
  struct Sight {
    std::int64_t number = 0;  // of the looks, in the order in which the store carried the functions out
    bool changed = false;     // without it the rest is empty
    std::vector<std::int64_t> digest;
    std::vector<Event> events;
    std::map<OfferId, Units> stock;
    std::map<OrderId, OrderRow> orders;
    std::map<PaymentId, PaymentRow> payments;
    std::int64_t entries_out_of_balance = 0;  // of the ledger
    std::int64_t at_gateway = 0;              // its account's balance, and what payments took of gift cards
    std::map<ShipmentId, std::string> sent;   // items of shipments that left by these events
  };
  // Inside the write function, as its last statements.
  Result<void> look(db::Tx& tx, Sight& sight);
  // Once the write has succeeded: takes the events into the maps, and compares them with the rows.
  void follow(const Sight& sight);

  // A shopper was told of the order.
  void acknowledged(OrderId order);
  bool knows(OrderId order) const { return orders_.contains(order); }
  std::int64_t comparisons() const { return comparisons_; }

 private:
  struct Order {
    std::string state;
    std::int64_t total = 0;
  };
  struct Payment {
    OrderId order;
    std::int64_t amount = 0, refunded = 0;
    std::int64_t released = 0;  // of what was promised, let go before it was taken
    bool taken = false, voided = false;
  };
  Result<void> take(const Event& event, const Sight& sight);
  Result<void> take_stock(const Event& event, const Sight& sight);
  Result<void> take_order(const Event& event);
  Result<void> take_payment(const Event& event);
  void compare_stock(const Sight& sight);
  void compare_orders(const Sight& sight);
  void compare_payments(const Sight& sight);
  void compare_ledger(const Sight& sight);
  void differs(const std::string& words) { problem_("model: " + words); }

  std::function<void(const std::string&)> problem_;
  bool owes_ = false, tampers_ = false;
  std::int64_t looks_ = 0;
  std::int64_t followed_ = 0;
  std::int64_t last_event_ = 0;
  std::int64_t comparisons_ = 0;
  std::vector<std::int64_t> digest_;
  std::map<OfferId, Units> stock_;
  std::map<CheckoutId, std::map<OfferId, std::int64_t>> held_;
  std::map<OrderId, Order> orders_;
  std::set<CheckoutId> bought_;
  std::map<PaymentId, Payment> payments_;
};

// The store with the model beside it. Everything else is the store behind it.
class ModelledStore : public db::Store {
 public:
  ModelledStore(db::Store& store, Model& model) : store_(store), model_(model) {}
  // Looks now. What was committed is in the store a moment before its writer goes on and tells the model of it, and a
  // crash may come between.
  Result<void> catch_up();
  // Called after each write that succeeded, as the program does it.
  void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }
  Result<void> write(db::Homes homes, const db::Function& function) override;
  Result<void> read(db::Homes homes, const db::Function& function) override { return store_.read(homes, function); }
  bool together(db::Homes homes) const override { return store_.together(homes); }
  std::int64_t writes() const { return writes_; }  // that succeeded
  std::vector<Place> places() const override { return store_.places(); }
  std::string_view engine() const override { return store_.engine(); }

 private:
  db::Store& store_;
  Model& model_;
  std::function<void()> listener_;
  std::int64_t writes_ = 0;
};

}  // namespace kontor::sim
