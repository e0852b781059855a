#include "runtime/http_compress.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <array>

#include "base/assert.h"
#include "base/text.h"

namespace kontor::http {
namespace {

constexpr int kGzipFast = 1, kGzipOnce = 6, kBrotliQuality = 5;
constexpr int kGzipWindow = 15 + 16;  // with gzip's header and checksum

// Keeps the quarter of a megabyte that zlib needs, for the next body on this thread.
class Deflater {
 public:
  explicit Deflater(int level) {
    KONTOR_ASSERT(deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string run(std::string_view body) {
    KONTOR_ASSERT(deflateReset(&stream_) == Z_OK);
    std::string out(deflateBound(&stream_, body.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // zlib's type knows no const
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    KONTOR_ASSERT(deflate(&stream_, Z_FINISH) == Z_STREAM_END);
    out.erase(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
};

std::string gzip(Effort effort, std::string_view body) {
  thread_local Deflater fast(kGzipFast);
  thread_local Deflater once(kGzipOnce);
  return (effort == Effort::kFast ? fast : once).run(body);
}

std::string brotli(std::string_view body) {
  std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
  std::string out(size, '\0');
  KONTOR_ASSERT(BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                                      reinterpret_cast<const std::uint8_t*>(body.data()), &size,
                                      reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE);
  out.resize(size);
  return out;
}

// "0.5" in thousandths; -1 when it is no quality.
int quality_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
  int out = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return -1;
  for (std::size_t i = 2, unit = 100; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return -1;
    out += (text[i] - '0') * static_cast<int>(unit);
  }
  return out <= 1000 ? out : -1;
}

// The quality after "gzip;", 1 without one.
int quality_in(std::string_view parameters) {
  const std::string_view text = trim(parameters);
  if (text.empty()) return 1000;
  return text.starts_with("q=") || text.starts_with("Q=") ? quality_of(text.substr(2)) : -1;
}

}  // namespace

std::string_view encoding_name(Encoding encoding) {
  return encoding == Encoding::kGzip ? "gzip" : encoding == Encoding::kBrotli ? "br" : "identity";
}

Encoding choose_encoding(std::string_view header, unsigned available) {
  int gzip_q = -1, brotli_q = -1, identity_q = -1, other_q = -1;
  while (!header.empty()) {
    const auto comma = header.find(',');
    const std::string_view item = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    const auto semicolon = item.find(';');
    const std::string_view name = trim(item.substr(0, semicolon));
    const int q = quality_in(semicolon == std::string_view::npos ? std::string_view() : item.substr(semicolon + 1));
    if (q < 0) continue;
    if (iequals_ascii(name, "br")) brotli_q = q;
    if (iequals_ascii(name, "gzip") || iequals_ascii(name, "x-gzip")) gzip_q = q;
    if (iequals_ascii(name, "identity")) identity_q = q;
    if (name == "*") other_q = q;
  }
  const auto weigh = [&](Encoding encoding, int q) {
    return (available & bit_of(encoding)) == 0 ? 0 : q >= 0 ? q : other_q >= 0 ? other_q : 0;
  };
  const int of_gzip = weigh(Encoding::kGzip, gzip_q), of_brotli = weigh(Encoding::kBrotli, brotli_q);
  if (of_brotli > 0 && of_brotli >= of_gzip && of_brotli >= identity_q) return Encoding::kBrotli;
  return of_gzip > 0 && of_gzip >= identity_q ? Encoding::kGzip : Encoding::kIdentity;
}

bool is_compressible(std::string_view content_type) {
  const std::string type = ascii_lower(trim(content_type.substr(0, content_type.find(';'))));
  constexpr std::array<std::string_view, 6> kTypes = {"application/json",          "application/javascript",
                                                      "application/xml",           "application/x-ndjson",
                                                      "application/manifest+json", "image/svg+xml"};
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  for (const auto known : kTypes)
    if (type == known) return true;
  return false;
}

std::string compress(Encoding encoding, Effort effort, std::string_view body) {
  KONTOR_ASSERT(encoding != Encoding::kIdentity);
  KONTOR_ASSERT(body.size() < (1u << 30));
  return encoding == Encoding::kGzip ? gzip(effort, body) : brotli(body);
}

}  // namespace kontor::http
