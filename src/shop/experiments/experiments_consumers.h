// Orders into the figures of experiments, exactly once; and what each process does when experiments have changed.
#pragma once
#include "services/consumers.h"
#include "shop/experiments/experiments.h"

namespace kontor::experiments {

services::Consumer orders_consumer(const Experiments& experiments);
services::Consumer memory_consumer(Experiments& experiments);  // harmless at any time

}  // namespace kontor::experiments
