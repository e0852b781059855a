// The frames of WebSockets: taken apart as they come from clients, made for them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace kontor::runtime {

enum class Opcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

// Whole texts and control frames out of a client's bytes. Everything that a client must not do ends it.
class FrameReader {
 public:
  static constexpr std::size_t kMessageBytes = 16 * 1024;

  struct Piece {
    Opcode opcode = Opcode::kText;  // kText, kClose, kPing, kPong
    std::string payload;
  };
  enum class Step { kMore, kPiece, kBad };
  // Bytes as they arrive; keeps what is not complete.
  void feed(std::string_view bytes) { input_.append(bytes); }
  Step next(Piece& piece);
  std::uint16_t bad() const { return bad_; }  // the close code that says why
  bool idle() const { return input_.empty() && message_.empty() && !in_message_; }
  void let_go();  // of memory, while idle

 private:
  Step refuse(std::uint16_t code);

  std::string input_;
  std::string message_;  // of fragments so far
  bool in_message_ = false;
  std::uint16_t bad_ = 0;
};

std::string make_frame(Opcode opcode, std::string_view payload);
std::string make_close(std::uint16_t code);
// The answer to a client's Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

}  // namespace kontor::runtime
