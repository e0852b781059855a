// A clerk who sets units aside by hand and gives them back, sells them or lets them expire: inventory's face asked
// directly, in ways in which a checkout asks only by accident. Each step is done twice, and what must be refused is
// tried.
#pragma once
#include "sim/process.h"

namespace kontor::sim {

// On a fiber, until all deals are done.
void deal_by_hand(Process& process);

}  // namespace kontor::sim
