// Customers who gave their name: one row each, in the home `customer`. Guests are customers without a row; their orders
// carry the e-mail they were placed with. An e-mail belongs to one customer, whatever its upper and lower case.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::accounts {

struct Customer {
  CustomerId id;
  std::string email;
  std::string name;
  Time created, updated;
  std::optional<Time> member_until;        // of the membership, if there is one
  std::vector<std::string> segments = {};  // groups that staff put customers into: "vip"
  bool cart_mails = true;                  // wants to hear of what lies in the cart
};

// What is changed of a customer; what is absent stays.
struct CustomerChange {
  std::optional<std::optional<Time>> member_until;
  std::optional<std::vector<std::string>> segments;
  std::optional<bool> cart_mails = {};
};

class Accounts {
 public:
  Accounts(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  // kConflict "accounts.email_taken", also when the customer exists already.
  Result<Customer> create(CustomerId id, const std::string& email, const std::string& name);
  Result<std::optional<Customer>> find(CustomerId id);  // nothing for guests
  Result<std::optional<Customer>> find_by_email(const std::string& email);
  // kNotFound "accounts.no_such_customer". `beside` runs in the same write function; it may be empty.
  Result<Customer> change(CustomerId id, const CustomerChange& change, const db::Function& beside = {});
  // Ids above `last`, ascending, at most `limit`: for walks over everything.
  Result<std::vector<Customer>> after(CustomerId last, int limit);

 private:
  db::Store& store_;
  Clock& clock_;
};

}  // namespace kontor::accounts
