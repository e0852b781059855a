// Reads a file that was named from outside, below a folder that was named by the operator. Blocking, of the local disk.
#pragma once
#include <cstddef>
#include <string>

#include "base/result.h"

namespace kontor::runtime {

// `name` is relative, "front.jpg" or "shoes/front.jpg"; it cannot leave the folder, and links are not followed.
// kInvalid "runtime.bad_file_name", kNotFound "runtime.no_such_file", kTooLarge "runtime.file_too_large" beyond
// `most_bytes`, kUnavailable "runtime.cannot_read".
Result<std::string> read_below(const std::string& folder, const std::string& name, std::size_t most_bytes);

}  // namespace kontor::runtime
