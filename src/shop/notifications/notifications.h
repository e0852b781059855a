// Mails to buyers about their orders. Looks the address up by the order's id, since events carry no personal data.
// Owns no table: a repeated event is the same mail with the same key, which the messenger sends once.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/event_log.h"
#include "ports/messenger.h"
#include "shop/orders/orders.h"

namespace kontor::notifications {

enum class Occasion { kConfirmed, kShipped, kCancelled, kLinesCancelled, kRefunded };

class Notifications {
 public:
  Notifications(orders::Orders& orders, Messenger& messenger, std::string shop_name)
      : orders_(orders), messenger_(messenger), shop_name_(std::move(shop_name)) {}

  // `key` is unique per event. An order that is gone, or has no address, gets no mail, and that is no failure.
  Result<void> tell(Occasion occasion, OrderId order, const std::string& key);

 private:
  orders::Orders& orders_;
  Messenger& messenger_;
  std::string shop_name_;
};

}  // namespace kontor::notifications
