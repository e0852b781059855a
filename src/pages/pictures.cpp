#include "pages/pictures.h"

#include <algorithm>
#include <array>

namespace kontor::pages {
namespace {

constexpr std::array<int, 4> kPictureWidths = {160, 320, 640, 1280};
constexpr int kUsualWidth = 640;  // for browsers that know no srcset, and for other programs
constexpr int kTints = 6;         // .tile.t0 … in the style sheet

enum class Kind { kNone, kDrawing, kWidths, kElsewhere };

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Kind kind_of(std::string_view image) {
  constexpr std::string_view kFolder = "/media/";
  if (image.starts_with("https://") && image.size() > 8) return Kind::kElsewhere;
  if (!image.starts_with(kFolder)) return Kind::kNone;
  const auto dot = image.rfind('.');
  if (dot == std::string_view::npos || !is_name(image.substr(kFolder.size(), dot - kFolder.size()))) return Kind::kNone;
  const auto ending = image.substr(dot + 1);
  if (ending == "svg") return Kind::kDrawing;
  for (const std::string_view known : {"jpg", "jpeg", "png", "webp", "gif"})
    if (ending == known) return Kind::kWidths;
  return Kind::kNone;
}

std::string at_width(std::string_view image, int width) {
  return std::string(image.substr(0, image.rfind('.'))) + "-" + std::to_string(width) + ".webp";
}

std::string_view first_letter(std::string_view title) {
  std::size_t bytes = title.empty() ? 0 : 1;
  while (bytes < title.size() && (static_cast<unsigned char>(title[bytes]) & 0xC0) == 0x80) ++bytes;
  return title.substr(0, bytes);
}

void put_tile(Html& out, std::string_view title, const PictureSlot& slot) {
  unsigned sum = 0;
  for (const char c : title) sum = sum * 31 + static_cast<unsigned char>(c);
  out << "<span class=\"picture tile t" << sum % kTints << (slot.classes.empty() ? "" : " ") << slot.classes << "\"";
  if (slot.alt.empty())
    out << " aria-hidden=\"true\"";
  else
    out << " role=\"img\" aria-label=\"" << text(slot.alt) << "\"";
  out << "><span aria-hidden=\"true\">" << text(first_letter(title)) << "</span></span>";
}

}  // namespace

bool is_shown(std::string_view image) { return kind_of(image) != Kind::kNone; }

void put_picture(Html& out, std::string_view image, std::string_view title, const PictureSlot& slot) {
  const Kind kind = kind_of(image);
  if (kind == Kind::kNone) return put_tile(out, title, slot);
  out << "<img class=\"picture" << (slot.classes.empty() ? "" : " ") << slot.classes << "\" src=\"";
  if (kind == Kind::kWidths) {
    out << text(at_width(image, kUsualWidth)) << "\" srcset=\"";
    for (const int width : kPictureWidths)
      out << (width == kPictureWidths.front() ? "" : ", ") << text(at_width(image, width)) << " " << width << "w";
    out << "\" sizes=\"" << slot.sizes;
  } else {
    out << text(image);
  }
  out << "\" width=\"" << slot.width << "\" height=\"" << slot.height << "\" alt=\"" << text(slot.alt) << "\"";
  out << (slot.eager ? " fetchpriority=\"high\">" : " loading=\"lazy\" decoding=\"async\">");
}

std::string absolute_picture(std::string_view image, std::string_view site) {
  switch (kind_of(image)) {
    case Kind::kElsewhere:
      return std::string(image);
    case Kind::kDrawing:
      return std::string(site) + std::string(image);
    case Kind::kWidths:
      return std::string(site) + at_width(image, kUsualWidth);
    case Kind::kNone:
      break;
  }
  return {};
}

}  // namespace kontor::pages
