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
};

class Accounts {
 public:
  Accounts(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  // kConflict "accounts.email_taken", also when the customer exists already.
  Result<Customer> create(CustomerId id, const std::string& email, const std::string& name);
  Result<std::optional<Customer>> find(CustomerId id);  // nothing for guests
  Result<std::optional<Customer>> find_by_email(const std::string& email);
  // Ids above `last`, ascending, at most `limit`: for walks over everything.
  Result<std::vector<Customer>> after(CustomerId last, int limit);

 private:
  db::Store& store_;
  Clock& clock_;
};

}  // namespace kontor::accounts
