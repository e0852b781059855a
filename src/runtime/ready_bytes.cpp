// Answers that are made once: one block of memory each, with compressed forms beside it when someone asks for them.
#include <algorithm>
#include <new>

#include "base/assert.h"
#include "base/with_tail.h"
#include "runtime/http_compress.h"
#include "runtime/http_safety.h"

namespace kontor::http {
namespace {

// What a form's pointer says when there is none.
constexpr std::uintptr_t kNotYet = 0, kBeingMade = 1, kUseless = 2;

// Lays the texts of ready bytes behind them.
struct Texts {
  std::string_view etag, full, not_modified, name;
  std::size_t size() const { return etag.size() + full.size() + not_modified.size() + name.size(); }
  void put(ReadyBytes& ready, char* at) const {
    const auto copy = [&at](std::string_view text) {
      char* const begin = at;
      at = std::copy(text.begin(), text.end(), at);
      return std::string_view(begin, text.size());
    };
    ready.name = copy(name);
    ready.full = copy(full);
    ready.not_modified = copy(not_modified);
    ready.etag = copy(etag);
  }
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  KONTOR_ASSERT(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

}  // namespace

ReadyBytes::~ReadyBytes() {
  for (auto& form : forms_) {
    const auto* made = reinterpret_cast<const ReadyBytes*>(form.load(std::memory_order_relaxed));
    if (form.load(std::memory_order_relaxed) <= kUseless) continue;
    made->~ReadyBytes();
    ::operator delete(const_cast<ReadyBytes*>(made));
  }
}

std::atomic<std::uintptr_t>& ReadyBytes::place(Encoding encoding) const {
  KONTOR_ASSERT(encoding != Encoding::kIdentity);
  return forms_[encoding == Encoding::kGzip ? 0 : 1];
}

unsigned ReadyBytes::made() const {
  unsigned out = 0;
  for (const Encoding encoding : {Encoding::kGzip, Encoding::kBrotli})
    if (place(encoding).load(std::memory_order_acquire) > kUseless) out |= bit_of(encoding);
  return out;
}

const ReadyBytes& ReadyBytes::form(Encoding encoding) const {
  if (encoding == Encoding::kIdentity) return *this;
  const std::uintptr_t made = place(encoding).load(std::memory_order_acquire);
  return made > kUseless ? *reinterpret_cast<const ReadyBytes*>(made) : *this;
}

bool ReadyBytes::lacks(Encoding encoding) const {
  return compressible && encoding != Encoding::kIdentity && place(encoding).load(std::memory_order_relaxed) == kNotYet;
}

bool ReadyBytes::claim(Encoding encoding) const {
  std::uintptr_t expected = kNotYet;
  return lacks(encoding) && place(encoding).compare_exchange_strong(expected, kBeingMade);
}

void ReadyBytes::unclaim(Encoding encoding) const { place(encoding).store(kNotYet); }

void ReadyBytes::make_form(Encoding encoding, bool many_times) const {
  const std::string body = compress(encoding, many_times ? Effort::kOnce : Effort::kFast, full.substr(body_at));
  if (body.size() + body.size() / 8 >= full.size() - body_at) return place(encoding).store(kUseless);
  const std::string_view coding = encoding_name(encoding);
  const std::string tag = std::string(etag.substr(0, etag.size() - 1)) + "-" + std::string(coding) + "\"";
  std::string out = replaced(full.substr(0, full.rfind("Content-Length: ", body_at)), etag, tag);
  out.append("Content-Encoding: ").append(coding);
  out += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const std::size_t starts = out.size();
  out += body;
  const std::string same = replaced(not_modified, etag, tag);
  const Texts texts{tag, out, same, {}};
  auto* block = static_cast<char*>(::operator new(sizeof(ReadyBytes) + texts.size()));
  auto* made = new (block) ReadyBytes;
  texts.put(*made, block + sizeof(ReadyBytes));
  made->body_at = starts;
  place(encoding).store(reinterpret_cast<std::uintptr_t>(made), std::memory_order_release);
}

std::size_t ReadyBytes::weight() const {
  std::size_t out = sizeof(*this) + etag.size() + full.size() + not_modified.size() + name.size();
  for (const Encoding encoding : {Encoding::kGzip, Encoding::kBrotli})
    if (const ReadyBytes& other = form(encoding); &other != this) out += other.weight();
  return out;
}

std::shared_ptr<const ReadyBytes> make_ready(std::string_view content_type, std::string_view cache_control,
                                             std::string_view body, std::string_view more_headers,
                                             std::string_view name) {
  const std::string etag = strong_etag(body);
  const bool compressible = body.size() >= kWorthCompressing && is_compressible(content_type);
  std::string shared = "Cache-Control: " + std::string(cache_control) + "\r\nETag: " + etag + "\r\n";
  shared.append(more_headers);
  if (compressible) shared += "Vary: Accept-Encoding\r\n";
  std::string full = "HTTP/1.1 200 OK\r\nContent-Type: ";
  full.append(content_type).append("\r\n").append(shared);
  append_safety_lines(full, content_type, more_headers);
  full += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const std::size_t body_at = full.size();
  full += body;
  const std::string not_modified = "HTTP/1.1 304 Not Modified\r\n" + shared + "\r\n";
  const Texts texts{etag, full, not_modified, name};
  char* tail = nullptr;
  const auto ready = std::allocate_shared<ReadyBytes>(WithTail<ReadyBytes>(texts.size(), &tail));
  texts.put(*ready, tail);
  ready->body_at = body_at;
  ready->compressible = compressible;
  ready->by_language = more_headers.find("Vary: Accept-Language\r\n") != std::string_view::npos;
  return ready;
}

}  // namespace kontor::http
