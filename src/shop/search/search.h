// Finding products: listings, searches and suggestions from the search index, which follows the catalogue within a
// second and is no store: it answers ids, the showcase has the cards. Part of the browsing world.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/search_index.h"
#include "services/cursor.h"
#include "services/snapshot.h"
#include "shop/search/feed.h"
#include "shop/search/listing.h"
#include "shop/search/listing_request.h"
#include "shop/search/plain_filters.h"
#include "shop/search/ready_listings.h"
#include "shop/search/suggestions.h"
#include "shop/search/tuning.h"

namespace kontor::search {

struct SearchSettings {
  std::size_t answer_bytes = 0;  // of ready answers
  // On which listings are answered, so that the loops do what cannot wait; null: on the asking fiber. Only where the
  // store answers on any thread.
  runtime::Workers* searchers = nullptr;
};

class Search {
 public:
  // `rates` may be null: nothing is converted then.
  Search(const FeedParts& parts, const services::Cursors& cursors, const showcase::ConverterSource* rates = nullptr,
         const SearchSettings& settings = {});

  // A page of products with prices in one currency, and what can be narrowed. kInvalid as Index::search; the store's
  // errors.
  Result<ListingAnswer> listing(const ListingQuery& query);
  // The same from the request, in the currency that it names: what is sold in it, or, where nothing is, everything
  // converted; bounds and ranges of prices are in it as well. What a price list says counts neither there nor in the
  // order of prices. kInvalid "pricing.no_rate"; kBadCursor.
  Result<ListingAnswer> answer(ListingRequest request, bool with_facets = true);
  // The same, given to `take` where it was made: on a thread of the searches, which so prints and frees it as well.
  using Take = std::function<void(ListingAnswer&&)>;
  Result<void> answer(const ListingRequest& request, bool with_facets, const Take& take);
  // What the search box offers, with prices in the currency that is named, as answer() has them, and names in the first
  // of the wished languages that fits.
  Result<SuggestAnswer> suggest(std::string_view prefix, std::size_t limit, std::optional<Currency> currency = {},
                                std::span<const std::string> wished = {});
  // Also by a slug that it had before.
  Result<std::optional<ProductId>> product_by_slug(std::string_view slug);
  // Learns anew by what the products can be asked for in plain language. After the feed's begin(), and now and then;
  // best after the suggestions' collect(), which finds the models.
  Result<void> learn_words();

  // Grows with everything that listings and suggestions are made of.
  std::uint64_t generation() const {
    return showcase_.generation() + feed_.generation() + tuning_.changes() + suggestions_.changes() + learned_.load();
  }
  // Waits until what this process changed is found, unless much is.
  void settle();
  bool much_changes() const;
  // Whether answers are whole: the shop is not so busy that it leaves something out.
  bool answers_in_full() const;
  ReadyListings& ready() { return ready_; }
  Feed& feed() { return feed_; }
  Tuning& tuning() { return tuning_; }
  Suggestions& suggestions() { return suggestions_; }
  search_index::Index& index() { return index_; }
  const search_index::Index& index() const { return index_; }
  showcase::Showcase& showcase() { return showcase_; }
  const services::Cursors& cursors() const { return cursors_; }

 private:
  Result<search_index::Answer> find(const search_index::Query& query) const;
  Result<ListingAnswer> list_in_one_language(const ListingQuery& query);
  Result<void> put_items(ListingAnswer& answer, const search_index::Answer& found, const ListingQuery& query);
  Result<void> put_facets(ListingAnswer& answer, search_index::Facets facets, const ListingQuery& query);
  Result<void> describe_attributes(ListingAnswer& answer, const ListingQuery& query,
                                   const std::optional<std::string>& locale);
  Result<bool> is_sold_in(Currency currency) const;
  // What prices in this currency are converted by; null: they are not.
  Result<std::shared_ptr<const showcase::Converter>> converter_to(std::optional<Currency> currency) const;
  Result<ListingAnswer> read_and_list(ListingQuery query);
  Result<ListingAnswer> answer_here(ListingRequest request, bool with_facets);
  void do_without(ListingQuery& query) const;
  void do_without(ListingAnswer& answer) const;

  catalog::Catalog& catalog_;
  showcase::Showcase& showcase_;
  search_index::Index& index_;
  const services::Cursors& cursors_;
  const showcase::ConverterSource* const rates_;
  runtime::Workers* const searchers_;
  Feed feed_;
  Tuning tuning_;
  Suggestions suggestions_;
  services::Snapshot<Vocabulary> vocabulary_;
  std::atomic<std::uint64_t> learned_{0};
  ReadyListings ready_;
};

}  // namespace kontor::search
