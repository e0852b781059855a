#include "shop/shipping/shipping_consumers.h"

#include "shop/shipping/events.h"

namespace kontor::shipping {

services::Consumer memory_consumer(Shipping& shipping) {
  services::Consumer consumer;
  consumer.name = "shipping.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(ZoneChanged::kName)};
  consumer.handle = [&shipping](const LoggedEvent&) { return shipping.reload(); };
  return consumer;
}

}  // namespace kontor::shipping
