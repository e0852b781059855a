#include "services/signer.h"

#include <sodium.h>

#include "base/assert.h"

namespace kontor::services {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string blake2b(std::string_view bytes) {
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), bytes_of(bytes), bytes.size(), nullptr,
                     0);
  return out;
}

bool same_secret(std::string_view a, std::string_view b) {
  const auto left = blake2b(a);
  const auto right = blake2b(b);
  return sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

Signer::Signer(std::string_view secret, std::string_view purpose) {
  KONTOR_ASSERT(sodium_init() >= 0);
  KONTOR_ASSERT(secret.size() >= 16 && !purpose.empty());
  const auto root = blake2b(secret);
  crypto_generichash(key_.data(), key_.size(), bytes_of(purpose), purpose.size(), bytes_of(root), root.size());
}

std::array<std::uint8_t, Signer::kMarkBytes> Signer::mark(std::string_view payload, std::string_view context) const {
  std::array<std::uint8_t, kMarkBytes> out;
  crypto_generichash_state state;
  const std::uint64_t size = context.size();  // keeps context and payload apart
  crypto_generichash_init(&state, key_.data(), key_.size(), out.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
  crypto_generichash_update(&state, bytes_of(context), context.size());
  crypto_generichash_update(&state, bytes_of(payload), payload.size());
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

std::string Signer::seal(std::string_view payload, std::string_view context) const {
  std::string plain(payload);
  const auto signature = mark(payload, context);
  plain.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  std::string out(sodium_base64_encoded_len(plain.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(plain), plain.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.resize(out.size() - 1);  // the terminating zero
  return out;
}

std::optional<std::string> Signer::open(std::string_view sealed, std::string_view context) const {
  std::string plain(sealed.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int decoded = sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), sealed.data(),
                                        sealed.size(), nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (decoded != 0 || end != sealed.data() + sealed.size() || size < kMarkBytes) return std::nullopt;
  plain.resize(size);
  const auto payload = std::string_view(plain).substr(0, size - kMarkBytes);
  const auto signature = mark(payload, context);
  if (sodium_memcmp(signature.data(), plain.data() + payload.size(), kMarkBytes) != 0) return std::nullopt;
  plain.resize(payload.size());
  return plain;
}

}  // namespace kontor::services
