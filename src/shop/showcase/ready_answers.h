// The answers of GET /products/{id}, in bounded memory: what is asked for most as ready bytes; and where those may
// not hold all that is asked for, all packed as well, to a tenth of the size, from which an answer is made again in two
// microseconds instead of a hundred. A product that is dropped is never answered from what was read before.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "runtime/fiber.h"
#include "runtime/http.h"
#include "runtime/loading_cache.h"
#include "runtime/text_packer.h"

namespace kontor::showcase {

// Of answers that are the same for everybody.
inline constexpr std::string_view kCaching = "public, max-age=60, stale-while-revalidate=300";

class ReadyAnswers {
 public:
  using Bytes = std::shared_ptr<const http::ReadyBytes>;
  using Compose = std::function<Result<std::optional<std::string>>()>;  // the body; nullopt: there is none

  // Whether an answer that is made now shall tell browsers to keep it longer than usual, and may be kept so until
  // drop(). Asked from any thread; may be empty.
  using Keeps = std::function<bool(ProductId)>;

  // Megabytes of each kind; no packing with 0. `workers` may be null.
  ReadyAnswers(std::size_t ready_mb, std::size_t packed_mb, runtime::Workers* workers, Keeps keeps_longer = {});

  // Null: not at hand. Never waits.
  Bytes at_hand(ProductId id);
  void fetch_ahead(ProductId id, http::Ahead& ahead);
  // Null: there is none. What `compose` says.
  Result<Bytes> get(ProductId id, const Compose& compose);
  // The same ahead of anybody's asking, as long as there is room; false: there is not.
  Result<bool> make_ahead(ProductId id, const Compose& compose);
  // The bytes have grown by a compressed form: their weight is taken anew.
  void weigh_again(ProductId id, const Bytes& bytes) { ready_.put_if_same(id, bytes, bytes, bytes->weight()); }
  void drop(ProductId id);
  void clear();

  runtime::CacheStats ready_stats() const { return ready_.stats(); }
  runtime::CacheStats packed_stats() const { return packed_.stats(); }

 private:
  // A packed body behind its size, in one piece.
  struct Packed {
    std::string_view text;
  };
  using Ready = runtime::LoadingCache<ProductId, http::ReadyBytes>;
  using Rest = runtime::LoadingCache<ProductId, Packed>;

  Result<Ready::Loaded> load(ProductId id, const Compose& compose);
  Ready::Loaded made_of(ProductId id, std::string_view body) const;
  bool is_worth_keeping();
  void learn_from(const std::string& body);
  Result<Rest::Loaded> pack(const Compose& compose) const;

  runtime::Workers* workers_;
  const bool packs_;
  const Keeps keeps_longer_;
  runtime::TextPacker packer_;
  std::atomic<std::uint64_t> unpacked_{0};
  Rest packed_;
  Ready ready_;
};

}  // namespace kontor::showcase
