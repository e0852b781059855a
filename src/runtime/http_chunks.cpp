#include <algorithm>
#include <cstring>

#include "runtime/http_parser.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kMaxOverhead = 16 * 1024;  // extensions and trailers of one body

int hex_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
bool is_token(unsigned char c) {
  if (c <= 0x20 || c >= 0x7f) return false;
  return std::strchr("\"(),/:;<=>?@[\\]{}", c) == nullptr;
}
bool is_text(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

}  // namespace

ChunkDecoder::Step ChunkDecoder::next(std::string_view input) {
  Step step;
  while (step.consumed < input.size() && !done() && !bad()) {
    if (state_ == State::kData) {
      const auto piece = std::min<std::uint64_t>(left_, input.size() - step.consumed);
      step.data = input.substr(step.consumed, piece);
      step.consumed += piece;
      left_ -= piece;
      if (left_ == 0) state_ = State::kDataCr;
      return step;
    }
    state_ = on_byte(static_cast<unsigned char>(input[step.consumed++]));
  }
  return step;
}

ChunkDecoder::State ChunkDecoder::on_byte(unsigned char byte) {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
      return on_size_byte(byte);
    case State::kExtension:
    case State::kQuoted:
    case State::kQuotedPair:
      return on_extension_byte(byte);
    case State::kSizeLf:
      if (byte != '\n') return State::kBad;
      digits_ = 0;
      return left_ > 0 ? State::kData : State::kTrailerStart;
    case State::kDataCr:
      return byte == '\r' ? State::kDataLf : State::kBad;
    case State::kDataLf:
      return byte == '\n' ? State::kSizeFirst : State::kBad;
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
      return on_trailer_byte(byte);
    case State::kEndLf:
      return byte == '\n' ? State::kDone : State::kBad;
    case State::kData:
    case State::kDone:
    case State::kBad:
      break;
  }
  return State::kBad;
}

ChunkDecoder::State ChunkDecoder::on_size_byte(unsigned char byte) {
  const int digit = hex_digit(byte);
  if (digit >= 0) {
    if (++digits_ > 15) return State::kBad;
    left_ = (state_ == State::kSizeFirst ? 0 : left_ * 16) + static_cast<std::uint64_t>(digit);
    return State::kSize;
  }
  if (state_ == State::kSizeFirst) return State::kBad;
  before_ = ';';
  if (byte == ';') return State::kExtension;
  if (byte == '\r') return State::kSizeLf;
  return State::kBad;  // also blanks: some readers skip them, some do not
}

// name[=token|"quoted"], separated by ';', no blanks.
ChunkDecoder::State ChunkDecoder::on_extension_byte(unsigned char byte) {
  if (++overhead_ > kMaxOverhead) return State::kBad;
  if (state_ == State::kQuotedPair) return is_text(byte) ? State::kQuoted : State::kBad;
  if (state_ == State::kQuoted) {
    if (byte == '\\') return State::kQuotedPair;
    if (byte == '"') {
      before_ = '"';
      return State::kExtension;
    }
    return is_text(byte) ? State::kQuoted : State::kBad;
  }
  const unsigned char before = before_;
  before_ = byte;
  const bool after_word = is_token(before) || before == '"';
  if (byte == '\r') return after_word ? State::kSizeLf : State::kBad;
  if (byte == ';') return after_word ? State::kExtension : State::kBad;
  if (byte == '=') return is_token(before) ? State::kExtension : State::kBad;
  if (byte == '"') return before == '=' ? State::kQuoted : State::kBad;
  return is_token(byte) && before != '"' ? State::kExtension : State::kBad;
}

ChunkDecoder::State ChunkDecoder::on_trailer_byte(unsigned char byte) {
  if (++overhead_ > kMaxOverhead) return State::kBad;
  switch (state_) {
    case State::kTrailerStart:
      if (byte == '\r') return State::kEndLf;
      return is_token(byte) ? State::kTrailerName : State::kBad;
    case State::kTrailerName:
      if (byte == ':') return State::kTrailerValue;
      return is_token(byte) ? State::kTrailerName : State::kBad;
    case State::kTrailerValue:
      if (byte == '\r') return State::kTrailerLf;
      return is_text(byte) ? State::kTrailerValue : State::kBad;
    default:
      return byte == '\n' ? State::kTrailerStart : State::kBad;
  }
}

}  // namespace kontor::runtime
