// The headers that keep a browser from doing with an answer what it is not for: every answer carries them, ready bytes
// among their own. A handler that sets one of them itself has the last word (pages have a content policy of their own).
#pragma once
#include <string>
#include <string_view>

#include "runtime/http.h"

namespace kontor::http {

// Appends whole lines, without those that `given` (whole lines as well) has.
void append_safety_lines(std::string& out, std::string_view content_type, std::string_view given);
void append_safety_lines(std::string& out, const Response& response);

}  // namespace kontor::http
