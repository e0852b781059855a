// Compressed answers. Ready bytes get each form once, on the workers, while the first who asked for it waits; whoever
// asks meanwhile gets them as they are. Other answers are compressed one by one, with little effort.
#include <algorithm>

#include "base/text.h"
#include "runtime/http_compress.h"
#include "runtime/http_server_impl.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kOnLoop = 4096;  // a shorter body is compressed faster than handed over
constexpr unsigned kGzipOnly = http::bit_of(http::Encoding::kGzip);
constexpr unsigned kAll = kGzipOnly | http::bit_of(http::Encoding::kBrotli);

// Answers that may hold a secret beside what a stranger chose (no-store, a new token) must not tell by their length
// what it is. An answer with a tag of its own keeps it for If-Match, and with it its bytes.
bool may_be_compressed(const http::Response& response) {
  if (response.next_piece != nullptr || response.body.size() < http::kWorthCompressing) return false;
  if (!http::is_compressible(response.content_type)) return false;
  for (const auto& [name, value] : response.headers) {
    if (iequals_ascii(name, "Cache-Control") && value.find("no-store") != std::string::npos) return false;
    for (const auto* other : {"Set-Cookie", "Session-Token", "ETag", "Content-Encoding", "Content-Range"})
      if (iequals_ascii(name, other)) return false;
  }
  return true;
}

}  // namespace

bool Server::Impl::lacks_form(const Exchange& exchange) const {
  const http::ReadyBytes& ready = *exchange.ready;
  if (!ready.compressible || exchange.head.accept_encoding.empty() || world.workers == nullptr) return false;
  return ready.lacks(http::choose_encoding(exchange.head.accept_encoding, kAll));
}

void Server::Impl::make_form(const Exchange& exchange, const http::Response& response,
                             const http::Dispatcher::Match& match) {
  const http::ReadyBytes& ready = *response.ready;
  if (!ready.compressible || exchange.head.accept_encoding.empty() || world.workers == nullptr) return;
  const bool many_times =
      match.endpoint != nullptr && match.endpoint->inline_read != nullptr && exchange.head.request.query.empty();
  const auto encoding = http::choose_encoding(exchange.head.accept_encoding, many_times ? kAll : kGzipOnly);
  if (!ready.claim(encoding)) return;
  if (!many_times && ready.full.size() <= kOnLoop) return ready.make_form(encoding, false);
  if (!world.workers->run([&] { ready.make_form(encoding, many_times); })) return ready.unclaim(encoding);
  if (many_times && match.endpoint->grown) match.endpoint->grown(match.last(), response.ready);
}

void Server::Impl::compress(const Exchange& exchange, http::Response& response) {
  if (world.workers == nullptr || !may_be_compressed(response)) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  const auto encoding = http::choose_encoding(exchange.head.accept_encoding, kGzipOnly);
  if (encoding == http::Encoding::kIdentity) return;
  std::string small;
  const auto work = [&] { small = http::compress(encoding, http::Effort::kFast, response.body); };
  if (response.body.size() <= kOnLoop) {
    work();
  } else if (!world.workers->run(work)) {
    return;  // they have more important things to do
  }
  if (small.size() >= response.body.size()) return;
  response.body = std::move(small);
  response.headers.emplace_back("Content-Encoding", http::encoding_name(encoding));
}

}  // namespace kontor::runtime
