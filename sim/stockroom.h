// The staff behind the shelves: they carry goods between two warehouses and take deliveries in, while shoppers buy.
#pragma once
#include "sim/process.h"

namespace kontor::sim {

// For as long as the process lives; on a fiber. An act that got no answer is done again under its reference.
void move_goods(Process& process);
// Buyers whose goods are missing say that they wait, or that they do not, or nothing.
void answer_letters(Process& process);

}  // namespace kontor::sim
