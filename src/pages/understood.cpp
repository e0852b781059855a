#include "pages/understood.h"

#include <charconv>
#include <cmath>

#include "pages/attributes.h"

namespace kontor::pages {
namespace {

using search::PartView;

const PartView* find(const search::ListingAnswer& answer, std::string_view kind, std::string_view attribute) {
  for (const PartView& part : parts_of(answer))
    if (part.kind == kind && part.attribute.value_or("") == attribute) return &part;
  return nullptr;
}

std::string number_text(double number) {
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed);
  return end.ec == std::errc() ? std::string(digits, end.ptr) : std::string();
}

// Bounds are in the page's currency, unless the page's prices are converted.
bool is_in(const PartView& part, Currency currency) {
  return (!part.price_min || part.price_min->currency() == currency) &&
         (!part.price_max || part.price_max->currency() == currency);
}

std::optional<std::int64_t> minor_of(const std::optional<Money>& money) {
  return money ? std::optional(money->amount_minor()) : std::nullopt;
}

std::string attribute_words(const PartView& part, const AttributeWords& reads) {
  const std::string& name = *part.attribute;
  std::string words;
  const auto shown = [&](double number) { return reads.value(name, number_text(number)); };
  for (const auto& value : part.values.value_or(std::vector<std::string>()))
    words += (words.empty() ? "" : " or ") + reads.value(name, value);
  if (part.min && part.max)
    words = *part.min == *part.max ? shown(*part.min) : shown(*part.min) + " – " + shown(*part.max);
  else if (part.min)
    words = "from " + shown(*part.min);
  else if (part.max)
    words = "up to " + shown(*part.max);
  return reads.label(name) + ": " + words;
}

}  // namespace

const std::vector<PartView>& parts_of(const search::ListingAnswer& answer) {
  static const std::vector<PartView> kNone;
  return answer.understood ? answer.understood->filters : kNone;
}

const PartView* price_part(const search::ListingAnswer& answer) { return find(answer, "price", ""); }
const PartView* rating_part(const search::ListingAnswer& answer) { return find(answer, "rating", ""); }
const PartView* attribute_part(const search::ListingAnswer& answer, std::string_view name) {
  return find(answer, "attribute", name);
}

std::string price_words(const Html& out, std::optional<std::int64_t> min, std::optional<std::int64_t> max,
                        Currency currency) {
  const auto money = [&](std::int64_t minor) { return out.money(Money::minor(minor, currency)); };
  if (!max) return "from " + money(min.value_or(0));
  if (min.value_or(0) == 0) return "up to " + money(*max);
  return money(*min) + " – " + money(*max);
}

std::string rating_words(const Html& out, double stars) {
  const std::int64_t tenths = std::lround(stars * 10);
  if (tenths == 10) return "1 star and up";
  return (tenths % 10 == 0 ? std::to_string(tenths / 10) : out.dress().formats.decimal(tenths, 1)) + " stars and up";
}

std::string part_words(const Html& out, const PartView& part, const AttributeWords& words) {
  if (part.kind == "rating") return rating_words(out, part.rating_min.value_or(0));
  if (part.kind == "attribute" && part.attribute) return attribute_words(part, words);
  const Currency currency = out.dress().currency;
  if (!is_in(part, currency) || (!part.price_min && !part.price_max)) return part.text;
  return price_words(out, minor_of(part.price_min), minor_of(part.price_max), currency);
}

Selection chosen_instead(const Selection& selection, const PartView* part, Currency currency) {
  if (part == nullptr) return selection.first_page();
  Selection out = selection.with_words(part->without);
  if (part->kind == "price" && is_in(*part, currency)) {
    out.price_min = minor_of(part->price_min);
    out.price_max = minor_of(part->price_max);
  }
  const double stars = part->rating_min.value_or(0);
  if (part->kind == "rating" && stars == std::floor(stars)) out.rating_min = static_cast<int>(stars);
  for (const auto& value : part->values.value_or(std::vector<std::string>()))
    if (part->attribute && !out.has_attribute(*part->attribute, value))
      out = out.with_attribute(*part->attribute, value);
  return out;
}

}  // namespace kontor::pages
