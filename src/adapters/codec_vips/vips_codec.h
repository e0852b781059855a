// Pictures by libvips, with its loaders for JPEG, PNG, WebP and GIF and no other. The library is loaded at the first
// picture, not with the program: it and what it needs would double the memory of a shop at rest. It stays loaded.
#pragma once
#include <functional>

#include "ports/picture_codec.h"
#include "runtime/fiber.h"

namespace kontor::codec_vips {

class VipsCodec final : public PictureCodec {
 public:
  // With `workers` pictures are worked on there, as many at once as there are; without, on the calling thread.
  explicit VipsCodec(runtime::Workers* workers = nullptr) : workers_(workers) {}

  Result<CleanPicture> clean(std::string_view bytes) override;
  Result<std::string> shrink(std::string_view bytes, std::int64_t width) override;

 private:
  Result<void> off_the_loop(const std::function<void()>& work) const;
  runtime::Workers* workers_;
};

}  // namespace kontor::codec_vips
