// Threads whose work may come later than everything else's.
#pragma once

namespace kontor::runtime {

// From now on this thread has a tenth of a usual one's share of a processor that both want. Repeating it is cheap.
void lower_thread_priority();

}  // namespace kontor::runtime
