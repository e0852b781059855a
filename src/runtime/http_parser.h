// Reads requests off the wire: the head by Beast's parser behind stricter checks of our own, chunked bodies by a small
// decoder. Everything by which two HTTP programs could disagree about where a request ends is refused, never repaired.
#pragma once
#include <cstdint>
#include <string_view>

#include "runtime/http.h"

namespace kontor::runtime {

// Why a request is not served; the connection is closed after it is said. All texts are literals.
struct Refusal {
  int status = 400;
  std::string_view code = "bad_request";
  std::string_view reason;  // "request.word"
  std::string_view detail;
};

enum class Framing { kNone, kLength, kChunked };

struct HeadRules {
  std::size_t line_bytes = 8 * 1024;   // longer request lines are 414
  std::size_t head_bytes = 16 * 1024;  // longer heads are 431
  std::size_t headers = 100;           // more are 431
  bool require_host = true;            // of HTTP/1.1
};

// One parsed head. The views in it point into the parsed input.
struct Head {
  http::Request request;  // method, target, path, query and headers are set
  std::size_t bytes = 0;  // of the input, the blank line included
  Framing framing = Framing::kNone;
  std::uint64_t content_length = 0;
  bool http10 = false;
  bool keep_alive = true;
  bool expect_continue = false;
  bool cookies = false;  // there are some
  std::string_view if_none_match;
  std::string_view accept_encoding;
  std::string_view origin;
  std::string_view traceparent;
  std::string_view forwarded_for;
  std::string_view forwarded_proto;
  std::string_view forwarded_host;

  // The input was copied from `from` to `to`: the views follow it.
  void move_views(const char* from, const char* to);
};

enum class Parsed { kMore, kHead, kRefused };
// kMore: the head is not complete, nothing was consumed. `head` is filled for kHead only, `refusal` for kRefused only.
Parsed parse_head(std::string_view input, const HeadRules& rules, Head& head, Refusal& refusal);

// False for paths with dot segments, encoded or not (also behind encoded slashes and backslashes), NUL, or broken
// escapes.
bool path_is_clean(std::string_view path);

// Takes a chunked body apart. Extensions are skipped, trailers are dropped; both are bounded.
class ChunkDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  // of the input
    std::string_view data;     // a piece of the body, part of the input; may be empty
  };
  // Goes on until a piece of body, the end, an error or the end of the input.
  Step next(std::string_view input);
  bool done() const { return state_ == State::kDone; }
  bool bad() const { return state_ == State::kBad; }

 private:
  enum class State {
    kSizeFirst,
    kSize,
    kExtension,
    kQuoted,
    kQuotedPair,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
    kDone,
    kBad
  };
  State on_byte(unsigned char byte);
  State on_size_byte(unsigned char byte);
  State on_extension_byte(unsigned char byte);
  State on_trailer_byte(unsigned char byte);

  State state_ = State::kSizeFirst;
  std::uint64_t left_ = 0;  // of the chunk
  int digits_ = 0;
  unsigned char before_ = 0;  // the extension's byte before this one
  std::size_t overhead_ = 0;  // extension and trailer bytes so far
};

}  // namespace kontor::runtime
