#include "shop/promotions/promotions_consumers.h"

#include "shop/catalog/events.h"
#include "shop/promotions/events.h"

namespace kontor::promotions {

// A category that moved takes its products out of a promotion, or into it.
services::Consumer memory_consumer(Promotions& promotions) {
  services::Consumer consumer;
  consumer.name = "promotions.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(PromotionChanged::kName), std::string(catalog::CategoryChanged::kName)};
  consumer.handle = [&promotions](const LoggedEvent&) -> Result<void> {
    promotions.changed();
    return {};
  };
  return consumer;
}

}  // namespace kontor::promotions
