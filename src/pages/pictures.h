// How a product's picture becomes an <img>, by what its address looks like: pictures of this shop come in several
// widths, drawings and pictures from elsewhere as they are, and what is neither becomes a tile with an initial. Nothing
// else knows how pictures are addressed, but for the script, which shows suggestions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "pages/html.h"

namespace kontor::pages {

// Where a picture stands: the box it fills, in CSS pixels, and what the browser is told about it.
struct PictureSlot {
  int width = 0, height = 0;
  std::string_view sizes;         // the `sizes` attribute
  bool eager = false;             // seen at once: not loaded lazily, and first of all
  std::string_view alt = {};      // "" where the name stands beside it
  std::string_view classes = {};  // beside "picture"
};

// `image` as in Product::images; "" and what cannot be shown becomes a tile with the first letter of `title`.
void put_picture(Html& out, std::string_view image, std::string_view title, const PictureSlot& slot);

// Whether it is shown as a picture.
bool is_shown(std::string_view image);
// An absolute address for other programs, "" when there is none. `site` is the shop's own, without a slash at the end.
std::string absolute_picture(std::string_view image, std::string_view site);

}  // namespace kontor::pages
