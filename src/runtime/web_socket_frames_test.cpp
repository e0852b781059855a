#include "runtime/web_socket_frames.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace kontor::runtime {
namespace {

std::string bytes(std::initializer_list<int> all) {
  std::string out;
  for (const int byte : all) out += static_cast<char>(byte);
  return out;
}

// As a client sends it.
std::string masked(int first, const std::string& payload) {
  const std::string mask = "\x37\xfa\x21\x3d";
  std::string out = bytes({first});
  if (payload.size() < 126)
    out += static_cast<char>(0x80 | payload.size());
  else
    out += bytes({0x80 | 126, static_cast<int>(payload.size() >> 8), static_cast<int>(payload.size() & 0xff)});
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

// What came of it: the texts, or the code it ends with.
std::string read_frames(const std::string& input, std::size_t at_once = 1) {
  FrameReader reader;
  FrameReader::Piece piece;
  std::string out;
  for (std::size_t at = 0; at <= input.size(); at += at_once) {
    reader.feed(std::string_view(input).substr(at, at_once));
    for (;;) {
      const auto step = reader.next(piece);
      if (step == FrameReader::Step::kBad) return out + "!" + std::to_string(reader.bad());
      if (step == FrameReader::Step::kMore) break;
      out += std::to_string(static_cast<int>(piece.opcode)) + ":" + piece.payload + " ";
    }
  }
  return out;
}

TEST_CASE("the samples of RFC 6455") {
  CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(make_frame(Opcode::kText, "Hello") == bytes({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));
  CHECK(read_frames(bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})) == "1:Hello ");
  CHECK(make_frame(Opcode::kText, std::string(256, 'x')).substr(0, 4) == bytes({0x81, 0x7e, 0x01, 0x00}));
  CHECK(make_frame(Opcode::kText, std::string(65536, 'x')).substr(0, 10) ==
        bytes({0x81, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}));
  CHECK(make_close(1001) == bytes({0x88, 0x02, 0x03, 0xe9}));
}

TEST_CASE("texts in fragments, control frames between them, byte by byte and at once") {
  const auto input = masked(0x01, "Hel") + masked(0x89, "?") + masked(0x80, "lo") + masked(0x81, std::string(300, 'y'));
  for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, input.size()})
    CHECK(read_frames(input, at_once) == "9:? 1:Hello 1:" + std::string(300, 'y') + " ");
  CHECK(read_frames(masked(0x8a, "") + masked(0x88, bytes({3, 232}))) == "10: 8:" + bytes({3, 232}) + " ");
  CHECK(read_frames(masked(0x81, "")) == "1: ");
}

TEST_CASE("what a client must not send ends it") {
  CHECK(read_frames(bytes({0x81, 0x01, 'x'})) == "!1002");               // not masked
  CHECK(read_frames(masked(0xc1, "x")) == "!1002");                      // an extension
  CHECK(read_frames(masked(0x83, "x")) == "!1002");                      // no such opcode
  CHECK(read_frames(masked(0x80, "x")) == "!1002");                      // continues nothing
  CHECK(read_frames(masked(0x01, "x") + masked(0x81, "y")) == "!1002");  // begins anew in the middle
  CHECK(read_frames(masked(0x09, "x")) == "!1002");                      // a control frame in fragments
  CHECK(read_frames(masked(0x89, std::string(126, 'x'))) == "!1002");    // a long one
  CHECK(read_frames(masked(0x82, "x")) == "!1003");                      // bytes
  CHECK(read_frames(masked(0x81, "\xff")) == "!1007");                   // no UTF-8
  CHECK(read_frames(masked(0x81, std::string(16385, 'x'))) == "!1009");  // too long
  CHECK(read_frames(masked(0x01, std::string(16000, 'x')) + masked(0x80, std::string(1000, 'x'))) == "!1009");
  CHECK(read_frames(bytes({0x81, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0})) == "!1009");
}

TEST_CASE("between messages nothing is held") {
  FrameReader reader;
  FrameReader::Piece piece;
  reader.feed(masked(0x81, std::string(1000, 'x')));
  CHECK(reader.next(piece) == FrameReader::Step::kPiece);
  CHECK(reader.idle());
  reader.feed(masked(0x01, "x"));
  CHECK(reader.next(piece) == FrameReader::Step::kMore);
  CHECK_FALSE(reader.idle());
}

}  // namespace
}  // namespace kontor::runtime
