// The SQL of listings. One text per kind of question; every value is a parameter, and lists are padded to a few
// lengths.
#include <algorithm>
#include <functional>

#include "shop/showcase/listing.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kMostWords = 8;
constexpr std::size_t kMostAttributes = 8;

std::string like_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class Builder {
 public:
  Builder(const ListingQuery& query, bool whole) : q_(query), whole_(whole) {}

  Statement build(Pass pass) {
    currency_ = text(std::string(q_.currency.code()));
    const std::string where = " WHERE l.currency = " + currency_ + filters();
    const std::string source =
        " FROM catalog_v_listing l" + std::string(q_.in_stock || whole_ ? kWithAvailability : "");
    if (pass == Pass::kFacets) {
      out_.sql = "SELECT l.product_id, l.category_id, l.brand, l.price_min, l.rating_milli" + source + where +
                 " LIMIT " + number(q_.facet_matches() + 1);
    } else if (pass == Pass::kAttributes) {
      out_.sql = "SELECT t.name, t.value_text, COUNT(*) AS matches FROM (SELECT l.product_id" + source + where +
                 " LIMIT " + number(kAttributeMatches) +
                 ") m JOIN catalog_v_attributes t ON t.product_id = m.product_id GROUP BY t.name, t.value_text "
                 "ORDER BY matches DESC, t.name, t.value_text LIMIT 2000";
    } else {
      page(source, where);
    }
    return std::move(out_);
  }

  // Of the index alone.
  Statement size(std::int64_t most) {
    currency_ = text(std::string(q_.currency.code()));
    out_.sql = "SELECT COUNT(*) FROM (SELECT l.product_id FROM catalog_v_listing l WHERE l.currency = " + currency_ +
               " AND l.category_id IN (SELECT t.category_id FROM catalog_v_tree t WHERE t.ancestor_id IN " +
               list(q_.categories, {1, 20}) + ") LIMIT " + number(most) + ") c";
    return std::move(out_);
  }

 private:
  static constexpr std::string_view kWithAvailability =
      " LEFT JOIN showcase_availability a ON a.product_id = l.product_id";

  // The page's products first, by what an index has of them; then the rows of these few.
  void page(const std::string& source, std::string where) {
    const std::string order = ordered(where);
    const std::string direction = falling_ ? " DESC" : " ASC";
    out_.sql =
        "SELECT l.product_id, l.external_id, l.slug, l.title, l.brand, l.image, l.price_min, l.list_price, "
        "l.rating_milli, l.review_count, COALESCE(a.status, 0), m.sort_key FROM (SELECT l.product_id, " +
        key_ + " AS sort_key" + source + where + order + " LIMIT " + number(q_.limit + 1) +
        ") m JOIN catalog_v_listing l ON l.currency = " + currency_ + " AND l.product_id = m.product_id" +
        std::string(kWithAvailability) + " ORDER BY m.sort_key" + direction + ", m.product_id" + direction;
  }

  std::string add(db::Param param) {
    out_.params.push_back(param);
    return "$" + std::to_string(out_.params.size());
  }
  std::string number(std::int64_t value) { return "CAST(" + add(value) + " AS BIGINT)"; }
  std::string text(std::string value) { return add(out_.texts.emplace_back(std::move(value))); }

  // A condition that is only there when wanted; in a whole text it is switched by a parameter.
  void clause(bool wanted, const std::function<std::string()>& condition) {
    if (whole_)
      where_ += " AND (" + number(wanted ? 0 : 1) + " = 1 OR " + condition() + ")";
    else if (wanted)
      where_ += " AND " + condition();
  }

  template <class T>
  std::string list(const std::vector<T>& values, std::initializer_list<std::size_t> lengths) {
    std::size_t length = *(lengths.end() - 1);
    if (!whole_)
      for (const std::size_t candidate : lengths)
        if (candidate >= values.size()) {
          length = candidate;
          break;
        }
    std::string out = "(";
    for (std::size_t i = 0; i < length; ++i) {
      if (i > 0) out += ", ";
      if constexpr (std::is_same_v<T, std::string>)
        out += text(values.empty() ? std::string() : values[std::min(i, values.size() - 1)]);
      else
        out += number(values.empty() ? 0 : values[std::min(i, values.size() - 1)].value);
    }
    return out + ")";
  }

  std::string filters() {
    clause(!q_.ids.empty(), [&] { return "l.product_id IN " + list(q_.ids, {1, 10, 100}); });
    clause(!q_.slugs.empty(), [&] { return "l.slug IN " + list(q_.slugs, {1, 20}); });
    clause(!q_.categories.empty(), [&] {
      return std::string(whole_ || !q_.in_sort_order ? "" : "+") +
             "l.category_id IN (SELECT t.category_id FROM catalog_v_tree t WHERE t.ancestor_id IN " +
             list(q_.categories, {1, 20}) + ")";
    });
    clause(!q_.brands.empty(), [&] { return "l.brand_fold IN " + list(q_.brands, {1, 20}); });
    clause(q_.price_min > 0 || q_.price_max < kMaxAmountMinor,
           // Without its sort, the order by price is the worst way in: SQLite takes any range for a narrow one.
           [&] {
             return std::string(by_price() ? "" : "+") + "l.price_min BETWEEN " + number(q_.price_min) + " AND " +
                    number(q_.price_max);
           });
    clause(q_.rating_min_milli > 0, [&] { return "+l.rating_milli >= " + number(q_.rating_min_milli); });
    clause(q_.in_stock, [] { return std::string("a.status IN (1, 2)"); });
    clause(!q_.sellers.empty(), [&] {
      return "EXISTS (SELECT 1 FROM catalog_v_offers o WHERE o.product_id = l.product_id AND o.active = 1 AND "
             "o.seller_id IN " +
             list(q_.sellers, {1, 20}) + ")";
    });
    clause(!q_.words.empty(), [&] { return words(); });
    for (std::size_t i = 0; i < (whole_ ? kMostAttributes : q_.attributes.size()); ++i) attribute(i);
    return where_;
  }

  std::string words() {
    std::size_t count = kMostWords;
    if (!whole_)
      for (const std::size_t candidate : {1, 2, 4, 8})
        if (static_cast<std::size_t>(candidate) >= q_.words.size()) {
          count = candidate;
          break;
        }
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string word = q_.words.empty() ? "" : q_.words[std::min(i, q_.words.size() - 1)];
      if (i > 0) out += " AND ";
      out += "l.search_fold LIKE " + text("%" + like_escaped(word) + "%") + " ESCAPE '\\'";
    }
    return "(" + out + ")";
  }

  void attribute(std::size_t at) {
    static const AttributeFilter kNone;
    const AttributeFilter& filter = at < q_.attributes.size() ? q_.attributes[at] : kNone;
    const auto exists = [&](const std::string& condition) {
      return "EXISTS (SELECT 1 FROM catalog_v_attributes t WHERE t.product_id = l.product_id AND t.name = " +
             text(filter.name) + " AND " + condition + ")";
    };
    clause(!filter.texts.empty(), [&] { return exists("t.value_fold IN " + list(filter.texts, {1, 20})); });
    clause(filter.min_micro || filter.max_micro, [&] {
      return exists("t.value_micro BETWEEN " +
                    number(filter.min_micro.value_or(std::numeric_limits<std::int64_t>::min())) + " AND " +
                    number(filter.max_micro.value_or(std::numeric_limits<std::int64_t>::max())));
    });
  }

  // The order, and in `where` what comes after the cursor's row.
  std::string ordered(std::string& where) {
    falling_ = true;
    switch (q_.sort) {
      case Sort::kPriceAsc:
        key_ = "l.price_min";
        falling_ = false;
        break;
      case Sort::kPriceDesc:
        key_ = "l.price_min";
        break;
      case Sort::kRating:
        key_ = "l.rating_milli";
        break;
      case Sort::kBestSelling:
        key_ = "l.sold";
        break;
      case Sort::kNewest:
        key_ = "l.product_id";
        break;
      case Sort::kRelevance:
        key_ = q_.words.empty() ? "l.product_id" : phrase_rank();
        break;
    }
    const bool by_id = key_ == "l.product_id";
    const std::string direction = falling_ ? " DESC" : " ASC";
    if (q_.after) {
      const std::string beyond = falling_ ? " < " : " > ";
      const std::string id = number(q_.after->numbers[1]);
      if (by_id) {
        where += " AND l.product_id" + beyond + id;
      } else {
        const std::string value = number(q_.after->numbers[0]);
        where += " AND (" + key_ + beyond + value + " OR (" + key_ + " = " + value + " AND l.product_id" + beyond + id +
                 "))";
      }
    }
    return " ORDER BY " + (by_id ? "l.product_id" + direction : key_ + direction + ", l.product_id" + direction);
  }

  bool by_price() const { return q_.sort == Sort::kPriceAsc || q_.sort == Sort::kPriceDesc; }

  // Titles that begin with the words in their order first, then those that have them so anywhere.
  std::string phrase_rank() {
    std::string phrase;
    for (const std::string& word : q_.words) phrase += (phrase.empty() ? "" : " ") + word;
    phrase = like_escaped(phrase);
    return "(CASE WHEN l.search_fold LIKE " + text(phrase + "%") + " ESCAPE '\\' THEN 2 WHEN l.search_fold LIKE " +
           text("%" + phrase + "%") + " ESCAPE '\\' THEN 1 ELSE 0 END)";
  }

  const ListingQuery& q_;
  bool whole_;
  std::string where_;
  std::string key_, currency_;
  bool falling_ = true;
  Statement out_;
};

}  // namespace

Statement size_statement(const ListingQuery& query, std::int64_t most) { return Builder(query, false).size(most); }

Statement listing_statement(const ListingQuery& query, Pass pass, bool whole) {
  return Builder(query, whole).build(pass);
}

const db::Query* QueryShelf::find(const std::string& sql, bool even_if_full) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(sql); found != entries_.end()) return &found->second->query;
  if (entries_.size() >= kMost && !even_if_full) return nullptr;
  auto entry = std::make_unique<Entry>();
  entry->sql = sql;
  entry->query = db::Query{"showcase.listing", db::Home::kCatalog, entry->sql};
  return &entries_.emplace(sql, std::move(entry)).first->second->query;
}

}  // namespace kontor::showcase
