// The few drawings that are part of the markup, so that they take the colour of the text around them.
#pragma once
#include <string_view>

namespace kontor::pages {

#define KONTOR_ICON "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">"
// A merchant's house with its stepped gable.
inline constexpr std::string_view kMark =
    "<svg class=\"house\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\"><path d=\"M3 "
    "23V11h3V7.5h3V4h2V1h2v3h2v3.5h3V11h3v12h-6v-6h-6v6z\"/></svg>";
inline constexpr std::string_view kLens =
    KONTOR_ICON "<circle cx=\"10.5\" cy=\"10.5\" r=\"6.5\"/><path d=\"m15.5 15.5 5 5\"/></svg>";
inline constexpr std::string_view kParcel =
    KONTOR_ICON "<path d=\"M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5zM3.5 7.5 12 12l8.5-4.5M12 12v9\"/></svg>";
inline constexpr std::string_view kBasket =
    KONTOR_ICON "<path d=\"M3 9.5h18l-2 10.5H5zM7.5 9.5 11 3.5M16.5 9.5 13 3.5M9 13v4M12 13v4M15 13v4\"/></svg>";
inline constexpr std::string_view kFunnel = KONTOR_ICON "<path d=\"M4 6h16M7 12h10M10 18h4\"/></svg>";
inline constexpr std::string_view kTick = KONTOR_ICON "<path d=\"m5 12.5 4.5 4.5L19 7.5\"/></svg>";
inline constexpr std::string_view kCross = KONTOR_ICON "<path d=\"M6 6l12 12M18 6 6 18\"/></svg>";
inline constexpr std::string_view kAnchor =
    "<svg class=\"anchor\" viewBox=\"0 0 64 64\" aria-hidden=\"true\" focusable=\"false\"><circle cx=\"32\" cy=\"11\" "
    "r=\"6\"/><path d=\"M32 17v40M20 26h24M8 38c2 12 11 19 24 19s22-7 24-19M8 38l-2 8M8 38l8 4M56 38l2 8M56 38l-8 "
    "4\"/></svg>";
#undef KONTOR_ICON

}  // namespace kontor::pages
