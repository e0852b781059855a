// Asking the processor for memory that is about to be used.
#pragma once
#include <array>

namespace kontor {

// Addresses in lines of memory that will be touched; null ones are nothing. They need not be valid any more.
using Lines = std::array<const void*, 3>;

// Does not wait for the line to arrive; but for its address, where no table at hand has it, a processor may. Then
// several calls in a row share that wait, and a lock between them does not let them. The empty statement keeps g++ from
// taking a function that does nothing else for one without effects, and leaving out its calls.
inline void fetch_lines(const Lines& lines) {
  for (const void* const line : lines)
    if (line != nullptr) __builtin_prefetch(line, 1);  // no table has the address 0: it would be looked for each time
  asm volatile("" : : "r"(lines.data()) : "memory");
}

}  // namespace kontor
