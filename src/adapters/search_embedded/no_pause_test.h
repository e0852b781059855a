// For tests that ask the index and let nobody go ahead of them.
#pragma once
#include "ports/search_index.h"

namespace kontor::search_embedded {

inline const search_index::Pause kNoPause;

}  // namespace kontor::search_embedded
