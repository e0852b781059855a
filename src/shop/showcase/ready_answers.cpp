#include "shop/showcase/ready_answers.h"

#include <algorithm>

#include "base/with_tail.h"

namespace kontor::showcase {
namespace {

constexpr std::string_view kLongerCaching = "public, max-age=600, stale-while-revalidate=3600";
// One with texts in other languages is not the same for whoever names some.
constexpr std::string_view kHasTranslations = ",\"locales\":[", kByLanguage = "Vary: Accept-Language\r\n";

// Early enough that nearly all are packed by the time that some have to leave; a small shop never gets there.
constexpr double kWorthLearning = 0.125;
constexpr double kCrowded = 0.9;
constexpr std::uint64_t kKeptOneIn = 8;

}  // namespace

ReadyAnswers::ReadyAnswers(std::size_t ready_mb, std::size_t packed_mb, runtime::Workers* workers, Keeps keeps_longer)
    : workers_(workers),
      packs_(packed_mb > 0),
      keeps_longer_(std::move(keeps_longer)),
      packed_(packed_mb << 20),
      ready_(ready_mb << 20) {}

ReadyAnswers::Ready::Loaded ReadyAnswers::made_of(ProductId id, std::string_view body) const {
  const bool longer = keeps_longer_ && keeps_longer_(id);
  // The list is the last member, so most answers need no look for it.
  const bool translated = body.ends_with("]}") && body.rfind(kHasTranslations) != std::string_view::npos;
  auto made = http::make_ready("application/json", longer ? kLongerCaching : kCaching, body,
                               translated ? kByLanguage : std::string_view());
  const std::size_t weight = made->weight();
  return {std::move(made), weight};
}

ReadyAnswers::Bytes ReadyAnswers::at_hand(ProductId id) {
  if (auto found = ready_.peek(id)) return std::move(*found);
  if (!packer_.can_pack()) return nullptr;
  const auto packed = packed_.peek(id);
  if (!packed || !*packed) return nullptr;
  return ready_.make_at_once(id, [&] {
    auto made = made_of(id, packer_.unpack((*packed)->text));
    // Dropped in between: good for who asked before, but not to be kept.
    if (packed_.peek(id) != packed || !is_worth_keeping()) made.weight = Ready::kNotKept;
    return made;
  });
}

// To make one again costs less than to make room by freeing another in memory that no processor cache holds. What many
// ask for is kept soon all the same.
bool ReadyAnswers::is_worth_keeping() {
  return unpacked_.fetch_add(1, std::memory_order_relaxed) % kKeptOneIn == 0 || !ready_.is_filled(kCrowded);
}

void ReadyAnswers::fetch_ahead(ProductId id, http::Ahead& ahead) {
  if (ahead.step == 0) {
    ahead.lines = ready_.slot_lines(id);
  } else if (ahead.step == 1) {
    ahead.lines = ready_.value_lines(id);
    if (ahead.lines[0] != nullptr || !packer_.can_pack())
      ahead.key = 0;  // no step more
    else
      ahead.lines = packed_.slot_lines(id);
  } else {
    ahead.lines = packed_.value_lines(id);
  }
}

Result<ReadyAnswers::Bytes> ReadyAnswers::get(ProductId id, const Compose& compose) {
  return ready_.get(id, [&] { return load(id, compose); });
}

Result<bool> ReadyAnswers::make_ahead(ProductId id, const Compose& compose) {
  if (ready_.is_filled(kCrowded)) return false;
  TRY_DO(ready_.make_ahead(id, [&] { return load(id, compose); }));
  return true;
}

Result<ReadyAnswers::Ready::Loaded> ReadyAnswers::load(ProductId id, const Compose& compose) {
  if (packer_.can_pack()) {
    // Its own flight, so that a drop reaches what is being packed too.
    TRY(const auto packed, packed_.get(id, [&] { return pack(compose); }));
    return packed ? made_of(id, packer_.unpack(packed->text)) : Ready::Loaded{};
  }
  TRY(const auto body, compose());
  if (!body) return Ready::Loaded{};
  if (packs_ && ready_.is_filled(kWorthLearning)) learn_from(*body);
  return made_of(id, *body);
}

void ReadyAnswers::learn_from(const std::string& body) {
  if (!packer_.watch(body)) return;
  const auto learn = [this] { packer_.learn(); };
  if (workers_ == nullptr || !workers_->run(learn)) learn();
}

Result<ReadyAnswers::Rest::Loaded> ReadyAnswers::pack(const Compose& compose) const {
  TRY(const auto body, compose());
  if (!body) return Rest::Loaded{};
  const std::string packed = packer_.pack(*body);
  char* tail = nullptr;
  const auto kept = std::allocate_shared<Packed>(WithTail<Packed>(packed.size(), &tail));
  std::copy(packed.begin(), packed.end(), tail);
  kept->text = {tail, packed.size()};
  return Rest::Loaded{kept, sizeof(Packed) + packed.size()};
}

// In this order: what is being made of a packed body notices that it has gone.
void ReadyAnswers::drop(ProductId id) {
  packed_.drop(id);
  ready_.drop(id);
}

void ReadyAnswers::clear() {
  packed_.clear();
  ready_.clear();
}

}  // namespace kontor::showcase
