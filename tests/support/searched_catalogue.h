// Products as shoppers find them: a shown catalogue, followed by a search index in memory.
#pragma once
#include <string_view>

#include "adapters/log_outbox/outbox_log.h"
#include "adapters/search_embedded/embedded_index.h"
#include "shop/search/search.h"
#include "tests/support/shown_catalogue.h"

namespace kontor::testing {

struct SearchedCatalogue : ShownCatalogue {
  log_outbox::OutboxLog log{test.store()};
  search_embedded::EmbeddedIndex index{{}};
  services::Cursors cursors{"a secret of tests"};
  search::Search search;

  explicit SearchedCatalogue(const search::SearchSettings& settings = {})
      : search({test.store(), catalog, showcase, index, log, test.clock}, cursors, nullptr, settings) {
    showcase.set_follower(&search.feed());
  }
  void begin(std::string_view position = "") { REQUIRE(search.feed().begin(position)); }
};

}  // namespace kontor::testing
