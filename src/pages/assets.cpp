#include "pages/assets.h"

#include <span>

#include "base/assert.h"
#include "base/text.h"
#include "pages/icon_svg.h"
#include "pages/shop_css.h"
#include "pages/shop_js.h"
#include "services/signer.h"

namespace kontor::pages {
namespace {

constexpr std::string_view kLasting = "public, max-age=31536000, immutable";
constexpr std::string_view kPassing = "public, max-age=60";

struct Source {
  std::string_view name, content_type, bytes;
};
constexpr Source kSources[] = {
    {"shop.css", "text/css; charset=utf-8", kShopCss},
    {"shop.js", "text/javascript; charset=utf-8", kShopJs},
    {"icon.svg", "image/svg+xml", kIconSvg},
};

std::string hash_of(std::string_view bytes) {
  const std::string hash = services::blake2b(bytes);
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), 5));
}

}  // namespace

Assets::Assets() {
  for (const Source& source : kSources) {
    const auto dot = source.name.rfind('.');
    Asset asset;
    asset.path = "/assets/" + std::string(source.name.substr(0, dot)) + "." + hash_of(source.bytes) +
                 std::string(source.name.substr(dot));
    asset.lasting = http::make_ready(source.content_type, kLasting, source.bytes);
    asset.passing = http::make_ready(source.content_type, kPassing, source.bytes);
    assets_.emplace(source.name, std::move(asset));
  }
}

const std::string& Assets::path(std::string_view name) const {
  const auto found = assets_.find(name);
  KONTOR_ASSERT(found != assets_.end());
  return found->second.path;
}

std::shared_ptr<const http::ReadyBytes> Assets::find(std::string_view file) const {
  const auto first = file.find('.');
  const auto last = file.rfind('.');
  if (first == std::string_view::npos || first == last) return nullptr;
  const auto found = assets_.find(std::string(file.substr(0, first)) + std::string(file.substr(last)));
  if (found == assets_.end()) return nullptr;
  const bool current = std::string_view(found->second.path).ends_with(std::string("/") + std::string(file));
  return current ? found->second.lasting : found->second.passing;
}

}  // namespace kontor::pages
