// Compressed answers: which form is chosen, that it says the same, and what is never compressed.
#include <brotli/decode.h>
#include <zlib.h>

#include <set>

#include "runtime/http_compress.h"
#include "runtime/http_server_test.h"

namespace kontor::runtime {
namespace {

using http::choose_encoding;
using http::Encoding;
using testing::get;
using testing::RawClient;
using testing::TestServer;

std::string unzipped(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(4 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  const std::size_t size = out.size() - stream.avail_out;
  inflateEnd(&stream);
  return out.substr(0, size);
}

std::string unbrotlied(std::string_view bytes) {
  std::string out(4 << 20, '\0');
  std::size_t size = out.size();
  CHECK(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_DECODER_RESULT_SUCCESS);
  return out.substr(0, size);
}

std::string header(const testing::Answer& answer, std::string_view name) {
  const auto at = answer.head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + 4 + name.size();
  return answer.head.substr(from, answer.head.find("\r\n", from) - from);
}

TEST_CASE("the encoding is the client's choice") {
  constexpr unsigned kAll = 6, kGzipOnly = 2;
  struct Row {
    std::string_view header;
    Encoding of_all, of_gzip;
  };
  constexpr auto none = Encoding::kIdentity, gzip = Encoding::kGzip, br = Encoding::kBrotli;
  for (const Row& row : std::initializer_list<Row>{{"", none, none},
                                                   {"gzip", gzip, gzip},
                                                   {"gzip, deflate, br, zstd", br, gzip},
                                                   {"br", br, none},
                                                   {"BR;q=1.0, GZip", br, gzip},
                                                   {"gzip;q=1, br;q=0.9", gzip, gzip},
                                                   {"gzip ; q=0.5 , br ; q=0.5", br, gzip},
                                                   {"gzip;q=0, br;q=0.000", none, none},
                                                   {"identity, gzip;q=0.5", none, none},
                                                   {"identity;q=0.5, gzip;q=0.4, br;q=0.6", br, none},
                                                   {"*", br, gzip},
                                                   {"*;q=0", none, none},
                                                   {"*;q=0.1, br;q=0", gzip, gzip},
                                                   {"identity;q=0, *;q=0", none, none},
                                                   {"x-gzip", gzip, gzip},
                                                   {"gzip;q=2", none, none},
                                                   {"gzip;q=0.1234", none, none},
                                                   {"gzip;q=", none, none},
                                                   {"gzip;level=1", none, none},
                                                   {"deflate, compress", none, none},
                                                   {",,;;q=1,gzip,", gzip, gzip},
                                                   {"gzipped", none, none}}) {
    CAPTURE(row.header);
    CHECK(choose_encoding(row.header, kAll) == row.of_all);
    CHECK(choose_encoding(row.header, kGzipOnly) == row.of_gzip);
    CHECK(choose_encoding(row.header, 0) == none);
  }
}

TEST_CASE("compressed texts say the same") {
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 100'000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  for (const std::string& text : {std::string("x"), TestServer::long_text(), std::string(1 << 20, 'a'), noise}) {
    for (const auto effort : {http::Effort::kFast, http::Effort::kOnce})
      CHECK(unzipped(http::compress(Encoding::kGzip, effort, text)) == text);
    CHECK(unbrotlied(http::compress(Encoding::kBrotli, http::Effort::kOnce, text)) == text);
  }
  for (const auto* type : {"application/json", "text/html; charset=utf-8", "IMAGE/SVG+XML", "application/problem+json"})
    CHECK_MESSAGE(http::is_compressible(type), type);
  for (const auto* type : {"image/jpeg", "application/octet-stream", "application/zip", "video/mp4", ""})
    CHECK_MESSAGE(!http::is_compressible(type), type);
}

TEST_CASE("kept bytes get a form for each encoding, with a tag of its own") {
  TestServer shop;
  RawClient client(shop.port());
  const std::string text = TestServer::long_text();
  std::set<std::string> tags;
  for (int round = 0; round < 2; ++round) {
    for (const auto* accepted : {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: gzip, br\r\n"}) {
      const auto answer = client.ask(get("/t/kept", accepted));
      const std::string encoding = header(answer, "Content-Encoding");
      CHECK(encoding == (accepted[0] == '\0' ? "" : std::string_view(accepted).find("br") > 100 ? "gzip" : "br"));
      CHECK((encoding.empty()   ? answer.body
             : encoding == "br" ? unbrotlied(answer.body)
                                : unzipped(answer.body)) == text);
      CHECK(answer.has("\r\nVary: Accept-Encoding\r\n"));
      CHECK(answer.has("\r\nX-Content-Type-Options: nosniff\r\n"));
      const std::string tag = header(answer, "ETag");
      tags.insert(tag);

      client.say(get("/t/kept", accepted, "HEAD"));
      const auto head = client.answer(true);
      CHECK(head.status == 200);
      CHECK(header(head, "Content-Length") == std::to_string(answer.body.size()));
      CHECK(header(head, "Content-Encoding") == encoding);
      CHECK(header(head, "ETag") == tag);

      const auto same = client.ask(get("/t/kept", std::string(accepted) + "If-None-Match: " + tag + "\r\n"));
      CHECK(same.status == 304);
      CHECK(header(same, "ETag") == tag);
      CHECK(same.has("\r\nVary: Accept-Encoding\r\n"));
      CHECK(header(same, "Content-Encoding").empty());
    }
  }
  CHECK(tags.size() == 3);
  CHECK(shop.grown == 2);
  // What a client holds uncompressed is still good; what it holds compressed is another thing than the plain bytes.
  const std::string plain = header(client.ask(get("/t/kept")), "ETag");
  const auto held = client.ask(get("/t/kept", "Accept-Encoding: br\r\nIf-None-Match: " + plain + "\r\n"));
  CHECK(held.status == 304);
  CHECK(header(held, "ETag") == plain);
  for (const auto& tag : tags)
    CHECK(client.ask(get("/t/kept", "If-None-Match: " + tag + "\r\n")).status == (tag == plain ? 304 : 200));
}

TEST_CASE("many may ask for a form at once") {
  TestServer shop;
  const std::string text = TestServer::long_text();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 32; ++i) clients.push_back(std::make_unique<RawClient>(shop.port()));
  for (auto& client : clients) client->say(get("/t/kept", "Accept-Encoding: br\r\n"));
  int compressed = 0;
  for (auto& client : clients) {
    const auto answer = client->answer();
    const bool small = header(answer, "Content-Encoding") == "br";
    compressed += small ? 1 : 0;
    CHECK((small ? unbrotlied(answer.body) : answer.body) == text);
  }
  CHECK(compressed > 0);
  CHECK(shop.grown == 1);
}

TEST_CASE("an answer of the moment is zipped when that is worth it and safe") {
  TestServer shop;
  RawClient client(shop.port());
  constexpr std::string_view kZip = "Accept-Encoding: gzip, br\r\n";
  const std::string text = TestServer::long_text();
  for (const std::size_t bytes : {std::size_t{1024}, std::size_t{4096}, std::size_t{20'000}}) {
    const std::string target = "/t/made/json/" + std::to_string(bytes);
    const auto answer = client.ask(get(target, kZip));
    CHECK(header(answer, "Content-Encoding") == "gzip");
    CHECK(answer.has("\r\nVary: Accept-Encoding\r\n"));
    CHECK(unzipped(answer.body) == text.substr(0, bytes));
    const auto plain = client.ask(get(target));
    CHECK(plain.body == text.substr(0, bytes));
    CHECK(plain.has("\r\nVary: Accept-Encoding\r\n"));
    client.say(get(target, kZip, "HEAD"));
    CHECK(header(client.answer(true), "Content-Length") == std::to_string(answer.body.size()));
  }
  const auto fresh = client.ask(get("/t/fresh", kZip));
  CHECK(header(fresh, "Content-Encoding") == "gzip");
  CHECK(unzipped(fresh.body) == text);
  for (const auto* left : {"/t/made/json/1023", "/t/made/jpeg/20000", "/t/made/json/20000?Cache-Control:no-store",
                           "/t/made/json/20000?set-cookie:a=b", "/t/made/json/20000?Session-Token:x",
                           "/t/made/json/20000?ETag:x", "/t/made/json/20000?Content-Encoding:br", "/t/ready"}) {
    const auto answer = client.ask(get(left, kZip));
    CAPTURE(left);
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.has("gzip"));
    CHECK_FALSE(answer.has("Vary: Accept-Encoding"));
  }
  CHECK(client.ask(get("/t/pieces", kZip)).has("Transfer-Encoding: chunked"));
}

}  // namespace
}  // namespace kontor::runtime
