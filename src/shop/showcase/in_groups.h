// Many products asked for by few statements: fifty parameters for `IN (…)`, so that a statement keeps one text; a
// shorter group repeats its last value.
#pragma once
#include <cstddef>

namespace kontor::showcase {

inline constexpr std::size_t kGroup = 50;
#define KONTOR_SHOWCASE_IN50                                                                                         \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$" \
  "31,"                                                                                                              \
  "$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50"

}  // namespace kontor::showcase
