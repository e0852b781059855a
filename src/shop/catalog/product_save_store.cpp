// Writing products: whatever the number of drafts, the reads come first and in groups, then each table is written in
// one go.
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog::store {
namespace {

using db::Home;
using Sets = std::vector<std::vector<db::Param>>;

#define KONTOR_HEAD_COLUMNS "SELECT id, external_id, slug, version, created_at, status FROM catalog_products "
constexpr db::Query kHeadsById{"catalog.heads_by_id", Home::kCatalog,
                               KONTOR_HEAD_COLUMNS "WHERE id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kHeadsByExternalId{"catalog.heads_by_external_id", Home::kCatalog,
                                       KONTOR_HEAD_COLUMNS "WHERE external_id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kHeadsBySlug{"catalog.heads_by_slug", Home::kCatalog,
                                 KONTOR_HEAD_COLUMNS "WHERE slug IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kInsertProduct{"catalog.insert_product", Home::kCatalog, R"sql(
  INSERT INTO catalog_products (id, external_id, slug, title, brand, category_id, status, rating_milli,
      review_count, version, created_at, updated_at, details, goods)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))sql"};
constexpr db::Query kUpdateProduct{"catalog.update_product", Home::kCatalog, R"sql(
  UPDATE catalog_products SET external_id = $2, slug = $3, title = $4, brand = $5, category_id = $6, status = $7,
      rating_milli = $8, review_count = $9, version = $10, updated_at = $11, details = $12,
      goods = $13
  WHERE id = $1)sql"};
constexpr db::Query kInsertOffer{"catalog.insert_offer", Home::kCatalog, R"sql(
  INSERT INTO catalog_offers (id, product_id, seller_id, sku, item_condition, options, price_minor, currency,
      list_price_minor, purchase_limit, backorder, active, version, min_quantity, quantity_step)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))sql"};
constexpr db::Query kUpdateOffer{"catalog.update_offer", Home::kCatalog, R"sql(
  UPDATE catalog_offers SET seller_id = $2, sku = $3, item_condition = $4, options = $5, price_minor = $6,
      currency = $7, list_price_minor = $8, purchase_limit = $9, backorder = $10, active = $11, version = $12,
      min_quantity = $13, quantity_step = $14
  WHERE id = $1)sql"};
constexpr db::Query kDropAttributes{"catalog.drop_attributes", Home::kCatalog,
                                    "DELETE FROM catalog_attributes WHERE product_id = $1"};
constexpr db::Query kInsertAttribute{"catalog.insert_attribute", Home::kCatalog, R"sql(
  INSERT INTO catalog_attributes (product_id, name, place, value_text, value_fold, value_micro)
  VALUES ($1, $2, $3, $4, $5, $6))sql"};
constexpr db::Query kDropListing{"catalog.drop_listing", Home::kCatalog,
                                 "DELETE FROM catalog_listing WHERE product_id = $2 AND currency = $1"};
constexpr db::Query kInsertListing{"catalog.insert_listing", Home::kCatalog, R"sql(
  INSERT INTO catalog_listing (currency, product_id, price_min, list_price, category_id, brand, brand_fold,
      rating_milli, review_count, sold, title, slug, image, external_id, search_fold, titles)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql"};
constexpr db::Query kDeleteProduct{"catalog.delete_product", Home::kCatalog,
                                   "DELETE FROM catalog_products WHERE id = $1"};
constexpr db::Query kDeleteOffers{"catalog.delete_offers", Home::kCatalog,
                                  "DELETE FROM catalog_offers WHERE product_id = $1"};
constexpr db::Query kDeleteOffer{"catalog.delete_offer", Home::kCatalog, "DELETE FROM catalog_offers WHERE id = $1"};
constexpr db::Query kDropSales{"catalog.drop_sales", Home::kCatalog, "DELETE FROM catalog_sales WHERE offer_id = $1"};
constexpr db::Query kDropTurns{"catalog.drop_turns", Home::kCatalog, "DELETE FROM catalog_turns WHERE offer_id = $1"};
constexpr db::Query kTouch{"catalog.touch", Home::kCatalog,
                           "UPDATE catalog_products SET version = version + 1, updated_at = $2 WHERE id = $1"};

struct Head {
  ProductId id;
  std::string external_id, slug;
  std::int64_t version = 0;
  Time created;
  ProductStatus status = ProductStatus::kDraft;
};

Error taken(std::string_view reason, std::string field, std::string message) {
  Error error{Errc::kInvalid, std::string(reason), message, {}, {}, 0};
  error.fields.push_back({std::move(field), "taken", std::move(message)});
  return error;
}

db::Param text_or_null(const std::string& text) { return text.empty() ? db::Param(db::Null{}) : db::Param(text); }

db::Param minor_or_null(const std::optional<Money>& money) {
  return money ? db::Param(money->amount_minor()) : db::Param(db::Null{});
}

bool may_become(ProductStatus from, ProductStatus to) { return from == to || kStatusTable.leads(from, to); }

Error status_refused(ProductStatus from, ProductStatus to) {
  Error error = transition_refused(kStatusTable, from, to, "catalog.status_refused");
  error.fields.push_back({"/status", "invalid_transition", error.detail});
  return error;
}

bool same_offer(const Offer& a, const Offer& b) {
  return a.seller == b.seller && a.sku == b.sku && a.condition == b.condition && a.options == b.options &&
         a.price == b.price && a.list_price == b.list_price && a.purchase_limit == b.purchase_limit &&
         a.backorder == b.backorder && a.active == b.active && a.min_quantity == b.min_quantity &&
         a.quantity_step == b.quantity_step;
}

class Saving {
 public:
  Saving(db::Tx& tx, std::span<const Draft> drafts, Time now) : tx_(tx), drafts_(drafts), now_(now) {}

  // A rehearsal decides and writes nothing.
  Result<std::vector<Saved>> run(bool rehearse) {
    TRY_DO(load_heads());
    TRY_DO(load_offers());
    TRY_DO(load_slugs());
    for (const Draft& draft : drafts_) {
      Saved saved;
      if (auto refused = decide(draft, saved)) {
        saved = Saved{};
        saved.refused = std::move(refused);
      }
      answer_.push_back(std::move(saved));
    }
    if (!rehearse) TRY_DO(write());
    return std::move(answer_);
  }

 private:
  Result<void> load_heads() {
    std::vector<db::Param> ids, externals;
    for (const Draft& draft : drafts_) {
      if (draft.product.id) ids.emplace_back(draft.product.id);
      if (!draft.product.external_id.empty()) externals.emplace_back(draft.product.external_id);
    }
    const auto take = [&](const db::Rows::Row& row) -> Result<void> {
      add_head(row);
      return {};
    };
    TRY_DO(ask_in(tx_, {kHeadsById}, ids, take));
    return ask_in(tx_, {kHeadsByExternalId}, externals, take);
  }

  void add_head(const db::Rows::Row& row) {
    Head head{row.id<ProductId>(0), row.str(1),  row.str(2),
              row.i64(3),           row.time(4), static_cast<ProductStatus>(row.i64(5))};
    if (!head.external_id.empty()) by_external_[head.external_id] = head.id;
    by_slug_[head.slug] = head.id;
    heads_[head.id] = std::move(head);
  }

  Result<void> load_offers() {
    std::vector<ProductId> products;
    std::vector<std::string> skus;
    for (const Draft& draft : drafts_) {
      if (const Head* head = find(draft)) products.push_back(head->id);
      for (const Offer& offer : draft.product.offers) skus.push_back(offer.sku);
    }
    TRY(const std::vector<Offer> theirs, offers_of(tx_, products));
    for (const Offer& offer : theirs) offers_[offer.product].push_back(offer);
    TRY(const std::vector<Offer> named, offers_by_sku(tx_, skus));
    for (const Offer& offer : named) by_sku_[{offer.seller.value, offer.sku}] = offer.id;
    return {};
  }

  Result<void> load_slugs() {
    std::vector<db::Param> slugs;
    for (const Draft& draft : drafts_) {
      wanted_slugs_.push_back(draft.product.slug.empty() ? slugify(draft.product.title) : draft.product.slug);
      slugs.emplace_back(wanted_slugs_.back());
    }
    TRY_DO(ask_in(tx_, {kHeadsBySlug}, slugs, [&](const db::Rows::Row& row) -> Result<void> {
      by_slug_[row.str(2)] = row.id<ProductId>(0);
      return {};
    }));
    // After the present ones: a slug that is given up in between is seen as a former one.
    TRY(by_former_slug_, former_products(tx_, slugs));
    return {};
  }

  const Head* find(const Draft& draft) const {
    ProductId id = draft.product.id;
    if (!id && !draft.product.external_id.empty()) {
      const auto found = by_external_.find(draft.product.external_id);
      if (found != by_external_.end()) id = found->second;
    }
    const auto head = heads_.find(id);
    return head == heads_.end() ? nullptr : &head->second;
  }

  // Fills `saved` and the write sets, or says why not.
  std::optional<Error> decide(const Draft& draft, Saved& saved) {
    const Head* head = find(draft);
    if (draft.product.id && head == nullptr)
      return Error{Errc::kNotFound, "catalog.no_such_product", "There is no such product.", {}, {}, 0};
    if (draft.create_only && head != nullptr)
      return taken("catalog.external_id_taken", "/external_id", "Another product has this external_id.");
    if (draft.if_version && head != nullptr && *draft.if_version != head->version)
      return version_conflict(head->version);
    if (head != nullptr && !may_become(head->status, draft.product.status))
      return status_refused(head->status, draft.product.status);
    const auto owner = by_external_.find(draft.product.external_id);
    if (head != nullptr && owner != by_external_.end() && owner->second != head->id)
      return taken("catalog.external_id_taken", "/external_id", "Another product has this external_id.");
    Product product = draft.product;
    product.id = head ? head->id : draft.fresh;
    product.version = head ? head->version + 1 : 1;
    product.created = head ? head->created : now_;
    if (auto refused = choose_slug(draft, head, product)) return refused;
    if (auto refused = match_offers(draft, product, saved)) return refused;
    by_slug_[product.slug] = product.id;
    if (!product.external_id.empty()) by_external_[product.external_id] = product.id;
    saved.product = product.id;
    saved.created = head == nullptr;
    if (head != nullptr && head->slug != product.slug) moves_.push_back({product.id.value, head->slug, product.slug});
    if (!product.brand.empty()) brands_.push_back(product.brand);
    stage(product, head == nullptr);
    return std::nullopt;
  }

  std::optional<Error> choose_slug(const Draft& draft, const Head* head, Product& product) {
    const auto anothers = [&](const std::unordered_map<std::string, ProductId>& owners, const std::string& slug) {
      const auto found = owners.find(slug);
      return found != owners.end() && found->second != product.id;
    };
    const auto free_for = [&](const std::string& slug) {
      return !anothers(by_slug_, slug) && !anothers(by_former_slug_, slug);
    };
    const std::string& wish = draft.product.slug;
    if (!wish.empty()) {
      if (free_for(wish)) return std::nullopt;
      if (!draft.slug_is_wish && anothers(by_slug_, wish))
        return taken("catalog.slug_taken", "/slug", "Another product has this slug.");
      if (!draft.slug_is_wish)
        return taken("catalog.slug_redirects", "/slug",
                     "Another product had this slug, and addresses with it lead there: give it up first.");
    }
    if (head != nullptr) {
      product.slug = head->slug;
      return std::nullopt;
    }
    product.slug = wanted_slugs_[static_cast<std::size_t>(&draft - drafts_.data())];
    const std::string id = product.id.text();
    if (product.slug.empty()) product.slug = "product-" + id.substr(id.size() - 13);
    if (free_for(product.slug)) return std::nullopt;
    product.slug.resize(std::min<std::size_t>(product.slug.size(), 66));
    while (product.slug.ends_with('-')) product.slug.pop_back();
    product.slug += "-" + id.substr(id.size() - 13);
    return std::nullopt;
  }

  // The product's offers as they will be; new and changed ones are staged.
  std::optional<Error> match_offers(const Draft& draft, Product& product, Saved& saved) {
    std::vector<Offer> all = offers_[product.id];
    Sets inserts, updates;
    std::vector<PriceChange> prices;
    for (std::size_t i = 0; i < draft.product.offers.size(); ++i) {
      Offer offer = draft.product.offers[i];
      offer.product = product.id;
      const auto known = by_sku_.find({offer.seller.value, offer.sku});
      const OfferId wanted = offer.id ? offer.id : known != by_sku_.end() ? known->second : OfferId{};
      const auto before =
          std::find_if(all.begin(), all.end(), [&](const Offer& o) { return wanted && o.id == wanted; });
      const std::string field = "/offers/" + std::to_string(i);
      take_sale(before == all.end() ? Offer{} : *before, offer);
      if (wanted && before == all.end())
        return taken("catalog.sku_taken", field + "/sku", "Another product has this sku.");
      if (wanted && known != by_sku_.end() && known->second != wanted)
        return taken("catalog.sku_taken", field + "/sku", "Another offer has this sku.");
      if (wanted && !before->timetable.empty() && before->price.currency() != offer.price.currency())
        return on_sale(field + "/price/currency");
      if (!wanted) {
        offer.id = draft.fresh_offers[i];
        offer.version = 1;
        by_sku_[{offer.seller.value, offer.sku}] = offer.id;
        stage_offer(offer, true, inserts);
        all.push_back(offer);
      } else if (!same_offer(*before, offer)) {
        offer.id = wanted;
        offer.version = before->version + 1;
        if (before->now() != offer.now()) prices.push_back({offer.id, offer.now(), before->now()});
        stage_offer(offer, false, updates);
        *before = offer;
      }
      saved.offers.push_back(wanted ? wanted : offer.id);
    }
    offer_inserts_.insert(offer_inserts_.end(), inserts.begin(), inserts.end());
    offer_updates_.insert(offer_updates_.end(), updates.begin(), updates.end());
    for (const PriceChange& change : prices)
      facts_.push_back(services::fact(OfferPriceChanged{change.offer, product.id, change.price, change.previous},
                                      change.offer.text()));
    prices_.insert(prices_.end(), prices.begin(), prices.end());
    product.offers = std::move(all);
    return std::nullopt;
  }

  // A draft sets the base price; the sale goes on.
  static void take_sale(const Offer& before, Offer& offer) {
    offer.sale_price = before.sale_price;
    offer.lowest_30d = before.lowest_30d;
    offer.timetable = before.timetable;
  }

  static Error on_sale(std::string field) {
    const std::string words = "The offer has sales in its present currency: cancel them first.";
    Error error{Errc::kInvalid, "catalog.offer_on_sale", words, {}, {}, 0};
    error.fields.push_back({std::move(field), "on_sale", words});
    return error;
  }

  const std::string& keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  void stage_offer(const Offer& o, bool fresh, Sets& sets) {
    const std::string& options = keep(o.options.empty() ? std::string("{}") : json::print(o.options));
    const db::Param currency(keep(std::string(o.price.currency().code())));
    if (fresh) {
      sets.push_back({o.id, o.product, o.seller, keep(o.sku), keep(o.condition), options, o.price.amount_minor(),
                      currency, minor_or_null(o.list_price), o.purchase_limit, o.backorder, o.active, o.version,
                      o.min_quantity, o.quantity_step});
    } else {
      sets.push_back({o.id, o.seller, keep(o.sku), keep(o.condition), options, o.price.amount_minor(), currency,
                      minor_or_null(o.list_price), o.purchase_limit, o.backorder, o.active, o.version, o.min_quantity,
                      o.quantity_step});
    }
  }

  void stage(const Product& staged, bool fresh) {
    const Product& p = products_.emplace_back(staged);
    const std::string& details = keep(print_details(p));
    const std::string& goods = keep(print_goods(p));
    const std::int64_t rating = std::llround(p.rating * 1000);
    if (fresh) {
      inserts_.push_back({p.id, text_or_null(p.external_id), p.slug, p.title, p.brand, p.category, p.status, rating,
                          p.review_count, p.version, p.created, now_, details, goods});
      facts_.push_back(services::fact(ProductCreated{p.id, p.version}, p.id.text()));
    } else {
      updates_.push_back({p.id, text_or_null(p.external_id), p.slug, p.title, p.brand, p.category, p.status, rating,
                          p.review_count, p.version, now_, details, goods});
      facts_.push_back(services::fact(ProductChanged{p.id, p.version}, p.id.text()));
      drops_.push_back({p.id});
      for (const Offer& before : offers_[p.id])
        listing_drops_.push_back({keep(std::string(before.price.currency().code())), p.id});
    }
    for (AttributeValue& value : attribute_values(p.attributes_json)) {
      const std::string& text = keep(std::move(value.text));
      attributes_.push_back(
          {p.id, keep(std::move(value.name)), value.place, text, keep(fold(text)), db::Param(value.micro)});
    }
    add_listing_rows(p, listing_, texts_);
    offers_[p.id] = p.offers;
  }

  Result<void> write() {
    const std::pair<const db::Query*, const Sets*> tables[] = {
        {&kInsertProduct, &inserts_},     {&kUpdateProduct, &updates_}, {&kInsertOffer, &offer_inserts_},
        {&kUpdateOffer, &offer_updates_}, {&kDropAttributes, &drops_},  {&kInsertAttribute, &attributes_},
        {&kDropListing, &listing_drops_}, {&kInsertListing, &listing_}};
    for (const auto& [query, sets] : tables)
      if (!sets->empty()) TRY_DO(tx_.run_each(*query, *sets));
    TRY_DO(note_prices(tx_, prices_, now_));
    TRY_DO(note_moves(tx_, SlugKind::kProduct, moves_, now_));
    TRY_DO(note_brands(tx_, brands_));
    return services::emit_all(tx_, facts_, now_);
  }

  db::Tx& tx_;
  std::span<const Draft> drafts_;
  Time now_;
  std::vector<Saved> answer_;
  std::unordered_map<ProductId, Head> heads_;
  std::unordered_map<std::string, ProductId> by_external_, by_slug_, by_former_slug_;
  std::unordered_map<ProductId, std::vector<Offer>> offers_;
  std::map<std::pair<std::int64_t, std::string>, OfferId> by_sku_;
  std::deque<std::string> wanted_slugs_;
  std::deque<std::string> texts_;
  std::deque<Product> products_;
  Sets inserts_, updates_, offer_inserts_, offer_updates_, drops_, attributes_, listing_drops_, listing_;
  std::vector<services::Fact> facts_;
  std::vector<PriceChange> prices_;
  std::vector<SlugMove> moves_;
  std::vector<std::string> brands_;
};

// The history stays until it is old.
Result<void> drop_sales_of(db::Tx& tx, std::span<const Offer> offers) {
  Sets sets;
  for (const Offer& offer : offers) sets.push_back({offer.id});
  if (sets.empty()) return {};
  TRY_DO(tx.run_each(kDropSales, sets));
  TRY_DO(tx.run_each(kDropTurns, sets));
  return {};
}

Result<void> drop_rows_of(db::Tx& tx, const Product& product) {
  TRY_DO(tx.run(kDropAttributes, product.id));
  TRY_DO(drop_former_slugs(tx, SlugKind::kProduct, product.id.value));
  for (const Offer& offer : product.offers) TRY_DO(tx.run(kDropListing, offer.price.currency(), product.id));
  return {};
}

}  // namespace

Result<void> touch_products(db::Tx& tx, std::span<const ProductId> ids, Time now) {
  Sets sets;
  for (const ProductId id : ids) sets.push_back({id, now});
  if (!sets.empty()) TRY_DO(tx.run_each(kTouch, sets));
  return {};
}

std::map<Currency, const Offer*> cheapest_of(std::span<const Offer> offers) {
  std::map<Currency, const Offer*> cheapest;
  for (const Offer& offer : offers) {
    if (!offer.active) continue;
    const Offer*& best = cheapest[offer.price.currency()];
    if (best == nullptr || offer.now() < best->now()) best = &offer;
  }
  return cheapest;
}

void add_listing_rows(const Product& p, Sets& sets, std::deque<std::string>& texts) {
  if (!meaning_of(p.status).listed) return;
  const auto cheapest = cheapest_of(p.offers);
  if (cheapest.empty()) return;
  const auto keep = [&](std::string text) -> const std::string& { return texts.emplace_back(std::move(text)); };
  const std::string& search = keep(fold(p.title + " " + p.brand + " " + p.external_id));
  const std::string& brand_fold = keep(fold(p.brand));
  const std::string& title = keep(p.title);
  const std::string& brand = keep(p.brand);
  const std::string& slug = keep(p.slug);
  const std::string& image = keep(p.images.empty() ? std::string() : p.images.front());
  const std::string& external_id = keep(p.external_id);
  const std::string& titles = keep(print_titles(p.translations_json));
  for (const auto& [currency, offer] : cheapest) {
    sets.push_back({keep(std::string(currency.code())), p.id, offer->now().amount_minor(),
                    minor_or_null(offer->compared()), p.category, brand, brand_fold, std::llround(p.rating * 1000),
                    p.review_count, 0, title, slug, image, text_or_null(external_id), search, titles});
  }
}

namespace {

// How many of the drafts, from the first, name different products and offers.
std::size_t distinct_run(std::span<const Draft> drafts) {
  std::unordered_set<std::string> external_ids;
  std::set<std::pair<std::int64_t, std::string>> skus;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const Product& product = drafts[i].product;
    if (!product.external_id.empty() && !external_ids.insert(product.external_id).second) return i;
    for (const Offer& offer : product.offers)
      if (!skus.insert({offer.seller.value, offer.sku}).second && i > 0) return i;
  }
  return drafts.size();
}

}  // namespace

// What one draft makes, the next may change: drafts that meet are saved one after the other.
Result<std::vector<Saved>> save_many(db::Tx& tx, std::span<const Draft> drafts, Time now, bool rehearse) {
  std::vector<Saved> all;
  while (!drafts.empty()) {
    const std::size_t count = distinct_run(drafts);
    TRY(std::vector<Saved> saved, Saving(tx, drafts.first(count), now).run(rehearse));
    all.insert(all.end(), std::make_move_iterator(saved.begin()), std::make_move_iterator(saved.end()));
    drafts = drafts.subspan(count);
  }
  return all;
}

Result<bool> remove_product(db::Tx& tx, ProductId id, std::optional<std::int64_t> if_version, Time now) {
  const ProductId ids[] = {id};
  TRY(const std::vector<Product> found, products(tx, ids));
  if (found.empty()) return false;
  if (if_version && *if_version != found[0].version) return fail(version_conflict(found[0].version));
  TRY_DO(drop_rows_of(tx, found[0]));
  TRY_DO(drop_sales_of(tx, found[0].offers));
  TRY_DO(drop_related(tx, id));
  TRY_DO(tx.run(kDeleteOffers, id));
  TRY_DO(tx.run(kDeleteProduct, id));
  ProductDeleted fact{id, {}};
  for (const Offer& offer : found[0].offers) fact.offers.push_back(offer.id);
  TRY_DO(services::emit(tx, fact, id.text(), now));
  return true;
}

Result<bool> remove_offer(db::Tx& tx, OfferId id, std::optional<std::int64_t> if_version, Time now) {
  const OfferId ids[] = {id};
  TRY(const std::vector<Offer> found, offers(tx, ids));
  if (found.empty()) return false;
  if (if_version && *if_version != found[0].version) return fail(version_conflict(found[0].version));
  const ProductId product_ids[] = {found[0].product};
  TRY(std::vector<Product> owners, products(tx, product_ids));
  KONTOR_ASSERT(owners.size() == 1);
  Product& product = owners[0];
  for (const Offer& offer : product.offers) TRY_DO(tx.run(kDropListing, offer.price.currency(), product.id));
  std::erase_if(product.offers, [&](const Offer& offer) { return offer.id == id; });
  Sets listing;
  std::deque<std::string> texts;
  add_listing_rows(product, listing, texts);
  if (!listing.empty()) TRY_DO(tx.run_each(kInsertListing, listing));
  TRY_DO(tx.run(kDeleteOffer, id));
  TRY_DO(drop_sales_of(tx, found));
  TRY_DO(tx.run(kTouch, product.id, now));
  TRY_DO(services::emit(tx, ProductChanged{product.id, product.version + 1}, product.id.text(), now));
  return true;
}

}  // namespace kontor::catalog::store
