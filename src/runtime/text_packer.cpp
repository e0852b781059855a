#include "runtime/text_packer.h"

#include <zdict.h>
#include <zstd.h>

#include "base/assert.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kDictionaryBytes = 64 << 10;
constexpr int kLevel = 3;

struct FreePacking {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

// What a thread needs, kept between texts.
ZSTD_CCtx* packing() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreePacking> context = [] {
    std::unique_ptr<ZSTD_CCtx, FreePacking> made(ZSTD_createCCtx());
    KONTOR_ASSERT(made != nullptr);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_dictIDFlag, 0);  // there is one dictionary
    return made;
  }();
  return context.get();
}

ZSTD_DCtx* unpacking() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreePacking> context(ZSTD_createDCtx());
  KONTOR_ASSERT(context != nullptr);
  return context.get();
}

}  // namespace

struct TextPacker::Dictionary {
  std::unique_ptr<ZSTD_CDict, FreePacking> to_pack;
  std::unique_ptr<ZSTD_DDict, FreePacking> to_unpack;
};

TextPacker::TextPacker(std::size_t sample_bytes) : sample_bytes_(sample_bytes) {}
TextPacker::~TextPacker() = default;

bool TextPacker::watch(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (enough_) return false;
  samples_ += text;
  sizes_.push_back(text.size());
  enough_ = samples_.size() >= sample_bytes_;
  return enough_;
}

void TextPacker::learn() {
  const std::lock_guard lock(mutex_);
  KONTOR_ASSERT(enough_ && dictionary_ == nullptr);
  std::string words(kDictionaryBytes, '\0');
  const std::size_t size = ZDICT_trainFromBuffer(words.data(), words.size(), samples_.data(), sizes_.data(),
                                                 static_cast<unsigned>(sizes_.size()));
  samples_ = {};
  sizes_ = {};
  if (ZDICT_isError(size) != 0) return;  // too few or too different
  auto made = std::make_unique<Dictionary>();
  made->to_pack.reset(ZSTD_createCDict(words.data(), size, kLevel));
  made->to_unpack.reset(ZSTD_createDDict(words.data(), size));
  if (!made->to_pack || !made->to_unpack) return;
  dictionary_ = std::move(made);
  learned_.store(dictionary_.get(), std::memory_order_release);
}

std::string TextPacker::pack(std::string_view text) const {
  const Dictionary* dictionary = learned_.load(std::memory_order_acquire);
  KONTOR_ASSERT(dictionary != nullptr);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = packing();
  ZSTD_CCtx_refCDict(context, dictionary->to_pack.get());
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size());
  ZSTD_CCtx_refCDict(context, nullptr);
  KONTOR_ASSERT(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

std::string TextPacker::unpack(std::string_view packed) const {
  const Dictionary* dictionary = learned_.load(std::memory_order_acquire);
  KONTOR_ASSERT(dictionary != nullptr);
  std::string out(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
  const std::size_t size = ZSTD_decompress_usingDDict(unpacking(), out.data(), out.size(), packed.data(), packed.size(),
                                                      dictionary->to_unpack.get());
  KONTOR_ASSERT(size == out.size());
  return out;
}

}  // namespace kontor::runtime
