// Compressed forms of answers: which encoding a client wants, what is worth compressing, and the compressing itself.
#pragma once
#include <string>
#include <string_view>

#include "runtime/http.h"

namespace kontor::http {

// Shorter bodies fit a packet or two either way.
inline constexpr std::size_t kWorthCompressing = 1024;

// Of the encodings in `available` (bits of ReadyBytes::made) the one an Accept-Encoding header prefers; equal
// preferences go to the smaller result. Identity where there is no header, and where it forbids everything.
Encoding choose_encoding(std::string_view accept_encoding, unsigned available);
std::string_view encoding_name(Encoding encoding);
constexpr unsigned bit_of(Encoding encoding) { return 1u << static_cast<unsigned>(encoding); }

// Text, JSON, XML, SVG and scripts; media come compressed already.
bool is_compressible(std::string_view content_type);

enum class Effort {
  kFast,  // for one answer
  kOnce,  // for bytes that are sent many times
};
// kGzip or kBrotli; brotli takes the effort that is worth it for kOnce. Beyond a few KB a matter for the workers.
std::string compress(Encoding encoding, Effort effort, std::string_view body);

}  // namespace kontor::http
