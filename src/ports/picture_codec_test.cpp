#include "ports/picture_codec.h"

#include <doctest/doctest.h>

using namespace kontor;
using namespace std::string_literals;

TEST_CASE("a picture's kind follows from its first bytes, and from all of them") {
  const struct {
    std::string head;
    PictureFormat format;
  } all[] = {{"\xFF\xD8\xFF"s, PictureFormat::kJpeg},
             {"\x89PNG\r\n\x1A\n"s, PictureFormat::kPng},
             {"GIF87a"s, PictureFormat::kGif},
             {"GIF89a"s, PictureFormat::kGif},
             {"RIFF\x10\0\0\0WEBP"s, PictureFormat::kWebp},
             {" \n<svg"s, PictureFormat::kSvg}};
  for (const auto& [head, format] : all) {
    CAPTURE(head);
    CHECK(recognise_picture(head) == format);
    CHECK(recognise_picture(head + std::string(100, '\0')) == format);
    for (std::size_t keep = 0; keep < head.size(); ++keep) CHECK_FALSE(recognise_picture(head.substr(0, keep)));
    CHECK_FALSE(recognise_picture("x" + head + "x"));
  }
  CHECK_FALSE(recognise_picture("GIF88a"));
  CHECK_FALSE(recognise_picture("RIFF\x10\0\0\0WAVE"s));
  CHECK_FALSE(recognise_picture("<html>" + std::string(5000, ' ') + "<svg>"));  // too far on to be its element
}
