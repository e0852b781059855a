#include "pages/related_rows.h"

#include "pages/cards.h"

namespace kontor::pages {
namespace {

void put_row(Html& out, std::string_view id, std::string_view title, const std::vector<showcase::Card>& cards) {
  if (cards.empty()) return;
  std::vector<search::Item> items(cards.size());
  for (std::size_t i = 0; i < cards.size(); ++i) static_cast<showcase::Card&>(items[i]) = cards[i];
  out << "<section class=\"row\" aria-labelledby=\"" << id << "\"><div class=\"heading\"><h2 id=\"" << id << "\">"
      << title << "</h2></div>";
  put_cards(out, items, 0, true);
  out << "</section>";
}

}  // namespace

Result<showcase::RelatedCards> read_related(Site& site, const Dress& dress, ProductId id) {
  TRY(const auto beside, site.parts.showcase.related(id));
  std::vector<ProductId> shown;
  for (const auto* list : {&beside.related, &beside.accessory, &beside.alternative})
    shown.insert(shown.end(), list->begin(), list->end());
  if (shown.empty()) return showcase::RelatedCards{};
  if (!site.beside.note(id, shown)) site.ready.drop(std::nullopt);
  return showcase::cards_beside(site.parts.showcase, site.parts.rates, beside, dress.currency,
                                site.dresses.wished(dress));
}

void put_related(Html& out, const showcase::RelatedCards& cards, bool sold) {
  if (!sold) put_row(out, "alternatives", "To be had instead", cards.alternative);
  put_row(out, "accessories", "Goes with it", cards.accessory);
  if (sold) put_row(out, "alternatives", "Or one of these instead", cards.alternative);
  put_row(out, "related", "Also worth a look", cards.related);
}

}  // namespace kontor::pages
