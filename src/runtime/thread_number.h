// A small number of one's own for every thread: 0, 1, 2 … in the order in which threads first ask. Never given twice.
// For spreading what many threads count or note over several places; nothing may depend on it for being right.
#pragma once

namespace kontor::runtime {

unsigned thread_number();

}  // namespace kontor::runtime
