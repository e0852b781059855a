// The demo's pictures: SVG drawings of one to three kilobytes, put together from the motifs of web/demo/drawings.txt
// and a color. There is a bounded number of them, shared by any number of products.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kontor::demo {

struct Picture {
  std::string motif;
  int variant = 1;  // 1 to drawing_variants(motif)
  std::string color;
  bool close_up = false;

  // "mug-2-navy.svg", "mug-2-navy-close.svg": the same for the same picture, of a-z, digits and dashes.
  std::string file_name() const;
};

// How many drawings there are of a motif; 0: there is no such motif.
int drawing_variants(std::string_view motif);
// Whether a color has a place in the palette.
bool is_color(std::string_view name);
std::vector<std::string_view> motifs();
// The drawing, as a document. Motif and color must be known.
std::string draw(const Picture& picture);

}  // namespace kontor::demo
