// Small pictures for tests, written here byte by byte where the format allows, so that a test may also write wrong
// ones.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kontor::testing {

inline std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

inline std::string png_chunk(std::string_view kind, std::string_view content) {
  const std::string body = std::string(kind) + std::string(content);
  return big_endian(static_cast<std::uint32_t>(content.size())) + body + big_endian(crc32_of(body));
}

// zlib's format without compression.
inline std::string stored(std::string_view bytes) {
  std::string out = "\x78\x01";
  std::uint32_t a = 1, b = 0;
  for (std::size_t at = 0;;) {
    const std::size_t size = bytes.size() - at < 65535 ? bytes.size() - at : 65535;
    const bool last = at + size == bytes.size();
    out += last ? '\1' : '\0';
    for (const auto n : {size, ~size}) out += {static_cast<char>(n & 255), static_cast<char>(n >> 8 & 255)};
    out += bytes.substr(at, size);
    at += size;
    if (last) break;
  }
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return out + big_endian(b << 16 | a);
}

// A PNG whose head says width × height; its pixels are those of `rows` rows, so that it may lie.
inline std::string png(std::uint32_t width, std::uint32_t height, std::uint32_t rows, std::string_view more = {}) {
  std::string pixels;
  for (std::uint32_t y = 0; y < rows; ++y) {
    pixels += '\0';
    for (std::uint32_t x = 0; x < width; ++x)
      pixels += {static_cast<char>(x < width / 2 ? 200 : 20), 30, static_cast<char>(y % 200)};
  }
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1A\n"s +
         png_chunk("IHDR", big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5)) +
         std::string(more) + png_chunk("IDAT", stored(pixels)) + png_chunk("IEND", "");
}
inline std::string png(std::uint32_t width, std::uint32_t height) { return png(width, height, height); }

// 2 × 2 pixels a frame.
inline std::string gif(int frames) {
  using namespace std::string_literals;
  std::string out = "GIF89a\2\0\2\0\x80\0\0\xC8\0\0\0\0\xC8"s;
  for (int i = 0; i < frames; ++i) out += "!\xF9\4\0\5\0\0\0,\0\0\0\0\2\0\2\0\0\2\2\x0C\n\0"s;
  return out + ";";
}

inline std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 255);
  }
  return out;
}

// 48 × 24, its left half red, its right half blue. With an orientation (1 to 8) it carries EXIF that says so, and a
// place where it was taken.
inline std::string jpeg(int orientation = 0) {
  std::string out = from_base64(
      "/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREy"
      "YVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAYADADASIAAhEBAxEB/8QAFQAB"
      "AQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAABgUH/8QAGBEBAAMBAAAAAAAAAAAAAA"
      "AAAAVDgcH/2gAMAwEAAhEDEQA/AIICYYiWqJZFAWZ1Bm694AEaCqAM6PBLAigLM6gzde8ACNBf/9k=");
  if (orientation == 0) return out;
  using namespace std::string_literals;
  std::string exif =
      "Exif\0\0MM\0*\0\0\0\x08\0\2"s       // two entries
      "\x01\x0E\0\2\0\0\0\x0E\0\0\0\x26"s  // ImageDescription
      "\x01\x12\0\3\0\0\0\1\0"s;           // Orientation
  exif += static_cast<char>(orientation);
  exif += "\0\0\0\0\0\0at my own home"s;
  const auto size = static_cast<std::uint16_t>(exif.size() + 2);
  return out.substr(0, 2) + "\xFF\xE1" + std::string{static_cast<char>(size >> 8), static_cast<char>(size & 255)} +
         exif + out.substr(2);
}

// 48 × 24, lossless, with EXIF.
inline std::string webp() {
  return from_base64(
      "UklGRv4AAABXRUJQVlA4WAoAAAAIAAAALwAAFwAAVlA4TB0AAAAvL8AFAA8wHqegPRPy/EcLxILJ/KUz6I7of1Q4AQBFWElGugAAAEV4aWYAAE"
      "lJKgAIAAAABgASAQMAAQAAAAEAAAAaAQUAAQAAAFYAAAAbAQUAAQAAAF4AAAAoAQMAAQAAAAIAAAATAgMAAQAAAAEAAABphwQAAQAAAGYAAAAA"
      "AAAAOGMAAOgDAAA4YwAA6AMAAAYAAJAHAAQAAAAwMjEwAZEHAAQAAAABAgMAAKAHAAQAAAAwMTAwAaADAAEAAAD//wAAAqAEAAEAAAAwAAAAA6"
      "AEAAEAAAAYAAAAAAAAAA==");
}

}  // namespace kontor::testing
