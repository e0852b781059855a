#include "adapters/search_embedded/text_scan.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/text_fold.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kLongestForm = 48;
constexpr std::uint32_t kMostParts = 12;  // of a run that is taken apart

struct Unit {
  std::string_view written, means;
};
constexpr auto kUnits = std::to_array<Unit>({
    {"a", "a"},           {"amp", "a"},
    {"amps", "a"},        {"cc", "cc"},
    {"centimeter", "cm"}, {"centimeters", "cm"},
    {"centimetre", "cm"}, {"centimetres", "cm"},
    {"cl", "cl"},         {"cm", "cm"},
    {"db", "db"},         {"dpi", "dpi"},
    {"feet", "ft"},       {"foot", "ft"},
    {"fps", "fps"},       {"ft", "ft"},
    {"g", "g"},           {"gb", "gb"},
    {"gbps", "gbps"},     {"ghz", "ghz"},
    {"gigabyte", "gb"},   {"gigabytes", "gb"},
    {"gram", "g"},        {"gramm", "g"},
    {"grams", "g"},       {"hz", "hz"},
    {"in", "in"},         {"inch", "in"},
    {"inches", "in"},     {"kb", "kb"},
    {"kg", "kg"},         {"kilo", "kg"},
    {"kilogram", "kg"},   {"kilogramm", "kg"},
    {"kilograms", "kg"},  {"kilos", "kg"},
    {"km", "km"},         {"kw", "kw"},
    {"l", "l"},           {"lb", "lb"},
    {"lbs", "lb"},        {"liter", "l"},
    {"liters", "l"},      {"litre", "l"},
    {"litres", "l"},      {"m", "m"},
    {"mah", "mah"},       {"mb", "mb"},
    {"mbps", "mbps"},     {"megabyte", "mb"},
    {"megabytes", "mb"},  {"megapixel", "mp"},
    {"megapixels", "mp"}, {"meter", "m"},
    {"meters", "m"},      {"metre", "m"},
    {"metres", "m"},      {"mg", "mg"},
    {"mhz", "mhz"},       {"milliliter", "ml"},
    {"millimeter", "mm"}, {"millimetre", "mm"},
    {"ml", "ml"},         {"mm", "mm"},
    {"mp", "mp"},         {"ms", "ms"},
    {"ounce", "oz"},      {"ounces", "oz"},
    {"oz", "oz"},         {"pound", "lb"},
    {"pounds", "lb"},     {"rpm", "rpm"},
    {"tb", "tb"},         {"terabyte", "tb"},
    {"terabytes", "tb"},  {"v", "v"},
    {"volt", "v"},        {"volts", "v"},
    {"w", "w"},           {"watt", "w"},
    {"watts", "w"},       {"wh", "wh"},
    {"zoll", "in"},
});
static_assert(std::is_sorted(kUnits.begin(), kUnits.end(),
                             [](const Unit& a, const Unit& b) { return a.written < b.written; }));

// Bits of what an ASCII byte may be.
constexpr std::uint8_t kLetter = 1, kDigit = 2, kJoiner = 4, kBlank = 8;
constexpr auto kClasses = [] {
  std::array<std::uint8_t, 128> classes{};
  for (char c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (char c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (char c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = kDigit;
  for (const char c : {'-', '.', '/', '_', '&', '\'', ',', '+'}) classes[static_cast<std::size_t>(c)] = kJoiner;
  for (const char c : {' ', '\t', '\n', '\r'}) classes[static_cast<std::size_t>(c)] = kBlank;
  return classes;
}();

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 1;  // bytes; value 0: no UTF-8
};
CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const std::uint32_t a = byte(0);
  if (a >= 0xC2 && a < 0xE0 && tail(1)) return {(a & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (a >= 0xE0 && a < 0xF0 && tail(1) && tail(2)) {
    const std::uint32_t value = (a & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (value >= 0x800 && (value < 0xD800 || value > 0xDFFF)) return {value, 3};
  }
  if (a >= 0xF0 && a < 0xF5 && tail(1) && tail(2) && tail(3)) {
    const std::uint32_t value = (a & 7) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    if (value >= 0x10000 && value <= 0x10FFFF) return {value, 4};
  }
  return {};
}

bool between(std::uint32_t value, std::uint32_t low, std::uint32_t high) { return value >= low && value <= high; }

// Signs and pictures: they part words. What is left of the planes is letters of some script.
bool is_sign(std::uint32_t value) {
  return (between(value, 0x80, 0xBF) && value != 0xAA && value != 0xB5 && value != 0xBA) || value == 0xF7 ||
         between(value, 0x2000, 0x2BFF) || between(value, 0x3000, 0x303F) || between(value, 0xE000, 0xF8FF) ||
         between(value, 0xFE00, 0xFE6F) || between(value, 0xFF00, 0xFF0F) || between(value, 0xFFF0, 0xFFFF) ||
         value >= 0x1F000 || between(value, 0x60C, 0x61F) || value == 0x640;
}
bool is_inch_mark(std::uint32_t value) { return value == 0x2033 || value == 0x201D || value == 0x201C; }
bool is_apostrophe(std::uint32_t value) { return value == 0x2019 || value == 0x2BC; }
bool is_dash(std::uint32_t value) { return between(value, 0x2010, 0x2015) || value == 0xAD; }
// Scripts that write without blanks: each sign is a word, and neighbours are found by standing side by side.
bool is_ideograph(std::uint32_t value) {
  return between(value, 0x3040, 0x30FF) || between(value, 0x3400, 0x9FFF) || between(value, 0xF900, 0xFAFF) ||
         between(value, 0x20000, 0x3FFFF);
}

}  // namespace

std::string_view unit_of(std::string_view folded) {
  const auto* found = std::lower_bound(kUnits.begin(), kUnits.end(), folded,
                                       [](const Unit& unit, std::string_view text) { return unit.written < text; });
  return found != kUnits.end() && found->written == folded ? found->means : std::string_view();
}

const std::vector<Form>& TextScan::scan(std::string_view text, std::size_t most) {
  folded_.clear();
  made_.clear();
  parts_.clear();
  runs_.clear();
  forms_.clear();
  folded_.reserve(text.size() * 3 + 16);
  made_.reserve(text.size() * 6 + 64);  // forms point into it: it must not move (see add())
  open_ = false;
  joiner_ = 0;
  only_blanks_ = true;
  split(text);
  end_run();
  std::size_t bases = 0;
  for (std::uint32_t run = 0; run < runs_.size() && bases < most; ++run) {
    const std::size_t before = forms_.size();
    emit(run);
    for (std::size_t i = before; i < forms_.size(); ++i) bases += forms_[i].base;
  }
  return forms_;
}

void TextScan::letter(std::string_view folded, bool digit, std::size_t from, std::size_t to) {
  if (!open_) {
    runs_.push_back(
        {static_cast<std::uint32_t>(from), 0, static_cast<std::uint32_t>(parts_.size()), 0, false, only_blanks_});
    open_ = true;
    joiner_ = 0;
  }
  Run& run = runs_.back();
  if (run.parts == 0 || joiner_ != 0 || parts_.back().digits != digit) {
    parts_.push_back({static_cast<std::uint32_t>(folded_.size()), 0, digit, run.parts == 0 ? '\0' : joiner_});
    ++run.parts;
    joiner_ = 0;
  }
  folded_ += folded;
  parts_.back().size += static_cast<std::uint32_t>(folded.size());
  run.to = static_cast<std::uint32_t>(to);
}

void TextScan::end_run() {
  if (!open_) return;
  open_ = false;
  only_blanks_ = joiner_ == 0 || joiner_ == '-';
  joiner_ = 0;
}

// Letters and digits of ASCII, which most texts are made of.
std::size_t TextScan::ascii_run(std::string_view text, std::size_t at, bool& open) {
  const auto kind = kClasses[static_cast<unsigned char>(text[at])];
  std::size_t end = at;
  char lower[64];
  std::size_t size = 0;
  while (end < text.size() && size < sizeof lower && static_cast<unsigned char>(text[end]) < 128 &&
         kClasses[static_cast<unsigned char>(text[end])] == kind)
    lower[size++] = static_cast<char>(text[end++] | (kind == kLetter ? 0x20 : 0));
  letter({lower, size}, kind == kDigit, at, end);
  open = true;
  return end;
}

void TextScan::split(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 128) {
      const std::uint8_t kind = kClasses[byte];
      if (kind == kLetter || kind == kDigit) {
        at = ascii_run(text, at, open_);
        continue;
      }
      if (kind == kJoiner && open_ && joiner_ == 0) {
        joiner_ = text[at];
      } else {
        if (open_ && byte == '"' && joiner_ == 0 && parts_.back().digits) runs_.back().inches = true;
        end_run();
        only_blanks_ = only_blanks_ && (kind == kBlank || byte == '-');
      }
      ++at;
      continue;
    }
    const CodePoint point = decode(text.substr(at));
    const std::size_t end = at + point.size;
    const auto folded = folded_form(point.value);
    if (point.value == 0 || is_sign(point.value)) {
      if (open_ && joiner_ == 0 && (is_apostrophe(point.value) || is_dash(point.value)))
        joiner_ = is_dash(point.value) ? '-' : '\'';
      else {
        if (open_ && is_inch_mark(point.value) && parts_.back().digits) runs_.back().inches = true;
        end_run();
        only_blanks_ = only_blanks_ && point.value == 0xA0;
      }
    } else if (point.value == 0xD7) {  // ×
      letter("x", false, at, end);
    } else if (is_ideograph(point.value)) {
      end_run();
      letter(text.substr(at, point.size), false, at, end);
      end_run();
    } else if (folded) {
      if (!folded->empty()) letter(*folded, false, at, end);
    } else {
      letter(text.substr(at, point.size), false, at, end);
    }
    at = end;
  }
}

// Takes the text over when it lies in made_; what lies in folded_ stays where it is.
void TextScan::add(std::string_view text, const Form& like) {
  if (text.empty()) return;
  text = clip(text, kLongestForm);
  const bool in_folded = text.data() >= folded_.data() && text.data() <= folded_.data() + folded_.size();
  Form form = like;
  if (in_folded) {
    form.text = text;
  } else {
    if (made_.size() + text.size() > made_.capacity()) return;  // forms already given must stay where they are
    const std::size_t at = made_.size();
    made_ += text;
    form.text = std::string_view(made_).substr(at);
  }
  forms_.push_back(form);
}

std::string_view TextScan::unit_after(std::uint32_t run) const {
  if (run + 1 >= runs_.size() || !runs_[run + 1].after_blank) return {};
  const Run& next = runs_[run + 1];
  if (next.parts != 1 || parts_[next.first].digits) return {};
  const std::string_view unit = unit_of(part_text(parts_[next.first]));
  return unit == "a" ? std::string_view() : unit;  // "2 a day"
}

void TextScan::emit(std::uint32_t number) {
  const Run& run = runs_[number];
  const Part& first = parts_[run.first];
  if (run.parts == 1 && !first.digits) {
    add(part_text(first), {{}, true, true, false, number, 1, run.from, run.to});
    return;
  }
  if (first.digits && emit_number(number)) return;
  emit_parts(number);
}

// "16", "15,6", "1,000", each with a unit or without; false: it is something else.
bool TextScan::emit_number(std::uint32_t number) {
  const Run& run = runs_[number];
  const Part* const parts = &parts_[run.first];
  std::string text(part_text(parts[0]));
  std::uint32_t used = 1;
  if (run.parts > 1 && parts[1].digits && (parts[1].joiner == '.' || parts[1].joiner == ',')) {
    const std::string_view rest = part_text(parts[1]);
    if (parts[1].joiner == ',' && rest.size() == 3 && text.size() <= 3) {
      text += rest;
    } else {
      text += '.';
      text += rest;
      while (text.back() == '0') text.pop_back();
      if (text.back() == '.') text.pop_back();
    }
    used = 2;
  }
  std::string_view unit;
  if (run.parts > used) {
    if (run.parts > used + 1 || parts[used].digits || (parts[used].joiner != 0 && parts[used].joiner != '-'))
      return false;
    unit = unit_of(part_text(parts[used]));
    if (unit.empty()) return false;
  }
  add(text, {{}, false, true, false, number, 1, run.from, run.to});
  if (!unit.empty()) add(part_text(parts[used]), {{}, true, true, false, number, 1, run.from, run.to});
  std::uint32_t runs = 1;
  if (unit.empty() && run.inches) unit = "in";
  if (unit.empty()) {
    unit = unit_after(number);
    runs = 2;
  }
  if (unit.empty()) return true;
  const std::uint32_t to = runs_[number + runs - 1].to;
  add(text + std::string(unit), {{}, false, false, true, number, runs, run.from, to});
  // A screen of 13.3 inches is one of 13.
  if (const std::size_t point = text.find('.'); unit == "in" && point != std::string::npos)
    add(text.substr(0, point) + "in", {{}, false, false, false, number, runs, run.from, to});
  return true;
}

void TextScan::emit_parts(std::uint32_t number) {
  const Run& run = runs_[number];
  std::uint32_t count = std::min(run.parts, kMostParts);
  const Part* const parts = &parts_[run.first];
  if (count == 2 && parts[1].joiner == '\'' && part_text(parts[1]) == "s") count = 1;  // men's
  bool letters = true;
  for (std::uint32_t i = 0; i < count; ++i) letters = letters && !parts[i].digits;
  Form like{{}, letters, true, false, number, 1, run.from, run.to};
  std::string whole, group;
  std::uint32_t grouped = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0 && parts[i].joiner != 0) {
      if (grouped > 1) add(group, {{}, false, false, false, number, 1, run.from, run.to});
      group.clear();
      grouped = 0;
    }
    like.is_word = !parts[i].digits;
    add(part_text(parts[i]), like);
    whole += part_text(parts[i]);
    group += part_text(parts[i]);
    ++grouped;
  }
  if (grouped > 1 && grouped < count) add(group, {{}, false, false, false, number, 1, run.from, run.to});
  if (count > 1) add(whole, {{}, letters, false, true, number, 1, run.from, run.to});
}

}  // namespace kontor::search_embedded
