#include "runtime/web_socket_frames.h"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace kontor::runtime {
namespace {

constexpr std::uint16_t kProtocolError = 1002, kUnsupported = 1003, kBadText = 1007, kTooBig = 1009;
constexpr std::size_t kControlBytes = 125;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

}  // namespace

FrameReader::Step FrameReader::refuse(std::uint16_t code) {
  bad_ = code;
  return Step::kBad;
}

FrameReader::Step FrameReader::next(Piece& piece) {
  while (bad_ == 0) {
    if (input_.size() < 2) return Step::kMore;
    const auto first = static_cast<unsigned char>(input_[0]), second = static_cast<unsigned char>(input_[1]);
    const bool last = (first & 0x80) != 0, control = (first & 0x08) != 0;
    const auto opcode = static_cast<Opcode>(first & 0x0f);
    const bool known = opcode <= Opcode::kBinary || (opcode >= Opcode::kClose && opcode <= Opcode::kPong);
    // No extension was agreed upon, and every frame of a client is masked.
    if ((first & 0x70) != 0 || !known || (second & 0x80) == 0) return refuse(kProtocolError);
    std::uint64_t size = second & 0x7f;
    if (control && (!last || size > kControlBytes)) return refuse(kProtocolError);
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (input_.size() < 2 + more) return Step::kMore;
    if (more > 0) size = big_endian(std::string_view(input_).substr(2, more));
    if (size > kMessageBytes || message_.size() + size > kMessageBytes) return refuse(kTooBig);
    const std::size_t head = 2 + more + 4;
    if (input_.size() < head + size) return Step::kMore;
    std::string payload = input_.substr(head, size);
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ input_[2 + more + i % 4]);
    input_.erase(0, head + size);
    if (control) {
      piece = {opcode, std::move(payload)};
      return Step::kPiece;
    }
    if (opcode == Opcode::kBinary) return refuse(kUnsupported);
    if ((opcode == Opcode::kContinuation) != in_message_) return refuse(kProtocolError);
    message_ += payload;
    in_message_ = !last;
    if (!last) continue;
    if (!is_utf8(message_)) return refuse(kBadText);
    piece = {Opcode::kText, std::exchange(message_, {})};
    return Step::kPiece;
  }
  return Step::kBad;
}

void FrameReader::let_go() {
  if (!idle()) return;
  std::string().swap(input_);
  std::string().swap(message_);
}

std::string make_frame(Opcode opcode, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + 10);
  out += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xffff) {
    out += static_cast<char>(126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(127);
    append_big_endian(out, payload.size(), 8);
  }
  return out.append(payload);
}

std::string make_close(std::uint16_t code) {
  std::string payload;
  append_big_endian(payload, code, 2);
  return make_frame(Opcode::kClose, payload);
}

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> hash{};
  KONTOR_ASSERT(EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha1(), nullptr) == 1);
  std::array<unsigned char, 29> out{};
  EVP_EncodeBlock(out.data(), hash.data(), hash.size());
  return {reinterpret_cast<const char*>(out.data()), 28};
}

}  // namespace kontor::runtime
