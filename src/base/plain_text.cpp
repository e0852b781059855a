#include "base/plain_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace kontor {
namespace {

struct Named {
  std::string_view name, text;
};
// The references that shops' editors write; others stay as they are.
constexpr Named kNamed[] = {
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},   {"nbsp", " "},
    {"copy", "©"},   {"reg", "®"},    {"trade", "™"},  {"hellip", "…"}, {"ndash", "–"},  {"mdash", "—"},
    {"lsquo", "‘"},  {"rsquo", "’"},  {"ldquo", "“"},  {"rdquo", "”"},  {"sbquo", "‚"},  {"bdquo", "„"},
    {"laquo", "«"},  {"raquo", "»"},  {"bull", "•"},   {"middot", "·"}, {"deg", "°"},    {"times", "×"},
    {"divide", "÷"}, {"plusmn", "±"}, {"frac12", "½"}, {"frac14", "¼"}, {"frac34", "¾"}, {"sup2", "²"},
    {"sup3", "³"},   {"micro", "µ"},  {"euro", "€"},   {"pound", "£"},  {"yen", "¥"},    {"cent", "¢"},
    {"sect", "§"},   {"para", "¶"},   {"auml", "ä"},   {"ouml", "ö"},   {"uuml", "ü"},   {"Auml", "Ä"},
    {"Ouml", "Ö"},   {"Uuml", "Ü"},   {"szlig", "ß"},  {"agrave", "à"}, {"aacute", "á"}, {"acirc", "â"},
    {"atilde", "ã"}, {"aring", "å"},  {"aelig", "æ"},  {"ccedil", "ç"}, {"egrave", "è"}, {"eacute", "é"},
    {"ecirc", "ê"},  {"euml", "ë"},   {"igrave", "ì"}, {"iacute", "í"}, {"icirc", "î"},  {"iuml", "ï"},
    {"ntilde", "ñ"}, {"ograve", "ò"}, {"oacute", "ó"}, {"ocirc", "ô"},  {"oslash", "ø"}, {"ugrave", "ù"},
    {"uacute", "ú"}, {"ucirc", "û"},  {"yacute", "ý"}, {"shy", ""},     {"zwnj", ""},    {"zwj", ""},
    {"thinsp", " "}, {"ensp", " "},   {"emsp", " "},   {"check", "✓"},  {"star", "☆"},   {"infin", "∞"}};

constexpr std::size_t kLongestReference = 32;

void append_code_point(std::string& out, std::uint32_t code) {
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return;
  if (code == 0xa0) code = ' ';
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 63));
    out += static_cast<char>(0x80 | ((code >> 6) & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
}

std::optional<std::uint32_t> code_of(std::string_view digits) {
  const bool hex = !digits.empty() && (digits[0] == 'x' || digits[0] == 'X');
  if (hex) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 8) return std::nullopt;
  std::uint64_t code = 0;
  for (const char c : digits) {
    const char low = static_cast<char>(c | 32);
    if (c >= '0' && c <= '9')
      code = code * (hex ? 16 : 10) + static_cast<std::uint64_t>(c - '0');
    else if (hex && low >= 'a' && low <= 'f')
      code = code * 16 + static_cast<std::uint64_t>(low - 'a' + 10);
    else
      return std::nullopt;
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(code, 0x110000));
}

class Stripper {
 public:
  explicit Stripper(std::string_view html) : html_(html) {}

  std::string run() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && starts_tag())
        tag();
      else if (c == '&')
        reference();
      else {
        ++at_;
        text(c);
      }
    }
    while (!out_.empty() && (out_.back() == '\n' || out_.back() == ' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  // "a < b" is no tag.
  bool starts_tag() const {
    if (at_ + 1 >= html_.size()) return false;
    const char next = html_[at_ + 1];
    return next == '/' || next == '!' || next == '?' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
  }

  void tag() {
    if (html_.substr(at_).starts_with("<!--")) return skip_behind("-->");
    std::size_t begin = at_ + 1;
    const bool closes = html_[begin] == '/';
    if (closes) ++begin;
    std::size_t end = begin;
    while (end < html_.size() && end - begin < 16 && ((html_[end] | 32) >= 'a' && (html_[end] | 32) <= 'z')) ++end;
    if (end < html_.size() && html_[end] >= '1' && html_[end] <= '6') ++end;  // h1 to h6
    const std::string name = ascii_lower(html_.substr(begin, end - begin));
    skip_tag();
    if (!closes && (name == "script" || name == "style")) return skip_behind("</" + name);
    act(name, closes);
  }

  // To the '>' that ends the tag: quoted attributes may have one inside.
  void skip_tag() {
    char quote = '\0';
    for (; at_ < html_.size(); ++at_) {
      const char c = html_[at_];
      if (quote != '\0')
        quote = c == quote ? '\0' : quote;
      else if (c == '"' || c == '\'')
        quote = c;
      else if (c == '>')
        break;
    }
    if (at_ < html_.size()) ++at_;
  }

  void skip_behind(std::string_view end) {
    const auto folded = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 32 : a) == b; };
    const auto found =
        std::search(html_.begin() + static_cast<std::ptrdiff_t>(at_), html_.end(), end.begin(), end.end(), folded);
    at_ = static_cast<std::size_t>(found - html_.begin());
    at_ = std::min(html_.size(), at_ + end.size());
    if (end.starts_with("</")) skip_tag();
  }

  void act(std::string_view name, bool closes) {
    static constexpr std::array kBlocks = {"p",  "div", "ul",    "ol", "table",  "section", "article", "blockquote",
                                           "h1", "h2",  "h3",    "h4", "h5",     "h6",      "pre",     "header",
                                           "dl", "hr",  "tbody", "dt", "figure", "footer",  "form"};
    if (name == "br" || name == "tr" || name == "dd") return line();
    if (name == "li") {
      if (closes) return;
      line();
      lists_ = true;
      return;
    }
    if (name == "td" || name == "th") return text(' ');
    if (std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end()) block();
  }

  void line() {
    wish_ = std::max(wish_, 1);
    lists_ = false;
  }
  void block() {
    if (!lists_) wish_ = 2;  // a paragraph that opens a list item belongs to its line
  }

  void text(char c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      blank_ = true;
      return;
    }
    if (c == '\0') return;
    if (!out_.empty() && wish_ > 0) {
      out_.append(static_cast<std::size_t>(wish_), '\n');
      blank_ = false;
    }
    if (lists_) out_ += "- ";
    if (blank_ && !out_.empty() && !lists_) out_ += ' ';
    wish_ = 0;
    blank_ = false;
    lists_ = false;
    out_ += c;
  }

  void reference() {
    const auto length = html_.substr(at_, kLongestReference).find(';');
    if (length == std::string_view::npos) return plain_ampersand();
    const std::string_view name = html_.substr(at_ + 1, length - 1);
    std::string made;
    if (name.starts_with('#')) {
      const auto code = code_of(name.substr(1));
      if (!code) return plain_ampersand();
      append_code_point(made, *code);
    } else {
      const auto* found =
          std::find_if(std::begin(kNamed), std::end(kNamed), [&](const Named& one) { return one.name == name; });
      if (found == std::end(kNamed)) return plain_ampersand();
      made = found->text;
    }
    at_ += length + 1;
    for (const char c : made) text(c);
  }

  void plain_ampersand() {
    ++at_;
    text('&');
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::string out_;
  int wish_ = 0;        // line ends that stand before the next text
  bool blank_ = false;  // a blank stands before it
  bool lists_ = false;  // it begins a list item
};

}  // namespace

std::string plain_from_html(std::string_view html) { return Stripper(html).run(); }

}  // namespace kontor
