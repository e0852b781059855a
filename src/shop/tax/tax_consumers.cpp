#include "shop/tax/tax_consumers.h"

#include "shop/tax/events.h"

namespace kontor::tax {

services::Consumer memory_consumer(Taxes& taxes) {
  services::Consumer consumer;
  consumer.name = "tax.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(RatesChanged::kName)};
  consumer.handle = [&taxes](const LoggedEvent&) { return taxes.reload(); };
  return consumer;
}

}  // namespace kontor::tax
