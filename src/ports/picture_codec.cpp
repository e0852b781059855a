#include "ports/picture_codec.h"

namespace kontor {
namespace {

// An SVG document begins with its element, or with a prologue of blanks, declaration, comments and document type.
bool looks_like_svg(std::string_view bytes) {
  std::string_view head = bytes.substr(0, 4096);
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '<') return false;
  return head.find("<svg") != std::string_view::npos || head.find(":svg") != std::string_view::npos;
}

}  // namespace

std::optional<PictureFormat> recognise_picture(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return PictureFormat::kJpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return PictureFormat::kPng;
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return PictureFormat::kGif;
  if (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"sv)) return PictureFormat::kWebp;
  if (looks_like_svg(bytes)) return PictureFormat::kSvg;
  return std::nullopt;
}

}  // namespace kontor
