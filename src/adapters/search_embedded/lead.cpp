#include "adapters/search_embedded/lead.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace kontor::search_embedded {

std::uint32_t places_of(const Lead& lead, std::uint16_t lane) {
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi16(static_cast<short>(lane));
  const auto* const lanes = reinterpret_cast<const __m128i*>(lead.lanes.data());
  const __m128i low = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_load_si128(lanes), wanted),
                                      _mm_cmpeq_epi16(_mm_load_si128(lanes + 1), wanted));
  const __m128i high = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_load_si128(lanes + 2), wanted),
                                       _mm_cmpeq_epi16(_mm_load_si128(lanes + 3), wanted));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(low)) | static_cast<std::uint32_t>(_mm_movemask_epi8(high)) << 16;
#else
  std::uint32_t places = 0;
  for (std::size_t i = 0; i < kLead; ++i) places |= std::uint32_t{lead.lanes[i] == lane} << i;
  return places;
#endif
}

bool stand_together(const Lead& lead, std::span<const std::uint16_t> lanes) {
  std::uint32_t places = ~0u;
  for (const std::uint16_t lane : lanes) places = (places == ~0u ? ~0u : places << 1) & places_of(lead, lane);
  return places != 0;
}

std::uint32_t closeness(const Lead& lead, std::span<const std::uint16_t> lanes) {
  if (lanes.size() < 2) return 0;
  std::uint32_t sum = 0, before = places_of(lead, lanes[0]);
  for (std::size_t i = 1; i < lanes.size(); ++i) {
    const std::uint32_t here = places_of(lead, lanes[i]);
    if ((before << 1 & here) != 0)
      sum += 4;
    else if (((before << 2 | before << 3) & here) != 0)
      sum += 2;
    else if ((here << 1 & before) != 0)
      sum += 1;
    before = here;
  }
  return sum;
}

}  // namespace kontor::search_embedded
