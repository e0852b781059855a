#include "demo/drawings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "base/assert.h"
#include "base/text.h"
#include "demo/drawings_text.h"
#include "demo/luck.h"

namespace kontor::demo {
namespace {

struct Tone {
  int r = 0, g = 0, b = 0;
};

constexpr Tone tone(int rgb) { return {rgb >> 16, (rgb >> 8) & 255, rgb & 255}; }
Tone mix(Tone a, Tone b, double share) {
  const auto part = [&](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * share)); };
  return {part(a.r, b.r), part(a.g, b.g), part(a.b, b.b)};
}
double lightness(Tone t) { return (t.r * 299 + t.g * 587 + t.b * 114) / 255000.0; }
int distance(Tone a, Tone b) { return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b); }
std::string hex(Tone t) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "#";
  for (const int part : {t.r, t.g, t.b}) {
    out += kDigits[part >> 4];
    out += kDigits[part & 15];
  }
  return out;
}

struct Named {
  std::string_view name;
  Tone tone;
};
constexpr Named kPalette[] = {
    {"black", tone(0x3b3e48)},    {"graphite", tone(0x5a6070)}, {"silver", tone(0xb9c0ca)},
    {"white", tone(0xf0ece3)},    {"cream", tone(0xecdfc4)},    {"sand", tone(0xd9bf98)},
    {"navy", tone(0x2f4a78)},     {"blue", tone(0x4a7fc1)},     {"sky", tone(0x8fbfe0)},
    {"teal", tone(0x2f8f8b)},     {"green", tone(0x3f7d58)},    {"sage", tone(0x9db592)},
    {"olive", tone(0x7c8048)},    {"mustard", tone(0xdda63a)},  {"orange", tone(0xe2803f)},
    {"yellow", tone(0xf0c64a)},   {"red", tone(0xc8433f)},      {"terracotta", tone(0xc9694a)},
    {"burgundy", tone(0x8a2f45)}, {"coral", tone(0xee8572)},    {"plum", tone(0x7c4a78)},
    {"lavender", tone(0xb3a2d9)}, {"brown", tone(0x8a5f44)},    {"oak", tone(0xcfa26c)},
    {"walnut", tone(0x8d6040)},   {"copper", tone(0xc97f56)},   {"steel", tone(0xa7b0bb)},
    {"brass", tone(0xcda655)}};
constexpr Tone kAccents[] = {tone(0xe2803f), tone(0x2f8f8b), tone(0xdda63a), tone(0x4a7fc1),
                             tone(0xee8572), tone(0xf0c64a), tone(0x7c4a78), tone(0x3f7d58)};
// Walls for dark things and for light ones.
constexpr std::array kPaleWalls = {tone(0xf1e6d6), tone(0xe0eadc), tone(0xdbe7f0),
                                   tone(0xf6e0da), tone(0xe7e1f2), tone(0xe9e6df)};
constexpr std::array kFullWalls = {tone(0xd9c29f), tone(0xb2c8ad), tone(0xacc6d8),
                                   tone(0xe0b6aa), tone(0xc3b8de), tone(0xbfbbb0)};
constexpr Tone kWarm = tone(0xfff4e2), kShade = tone(0x1d1c3a), kDeep = tone(0x17162e), kWhite = tone(0xffffff);

struct Motif {
  int variants = 1;
  bool flat = false;
  struct Part {
    int variant = 0;  // 0: of all
    std::string_view text;
  };
  std::vector<Part> parts;
  std::vector<Part> grounds;  // "200 330 112 13"
};
using Motifs = std::map<std::string_view, Motif, std::less<>>;

Motifs read_motifs() {
  Motifs all;
  Motif* open = nullptr;
  for (std::string_view line : split(kDrawingsText, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    int variant = 0;
    if (line.size() > 2 && line[1] == ':' && line[0] >= '1' && line[0] <= '9') {
      variant = line[0] - '0';
      line.remove_prefix(2);
    }
    if (line.starts_with("motif ")) {
      const auto words = split(line, ' ');
      KONTOR_ASSERT(words.size() == 3);
      open = &all[words[1]];
      open->variants = words[2][0] - '0';
      continue;
    }
    KONTOR_ASSERT(open != nullptr);
    if (line == "flat")
      open->flat = true;
    else if (line.starts_with("ground "))
      open->grounds.push_back({variant, line.substr(7)});
    else
      open->parts.push_back({variant, line});
  }
  return all;
}

const Motifs& all_motifs() {
  static const Motifs kAll = read_motifs();
  return kAll;
}

std::optional<Tone> color_of(std::string_view name) {
  for (const auto& named : kPalette)
    if (named.name == name) return named.tone;
  return std::nullopt;
}

struct Stop {
  std::string_view offset;
  Tone tone;
};
std::string linear(char id, std::string_view direction, std::initializer_list<Stop> stops) {
  std::string out = std::string("<linearGradient id=\"") + id + "\" " + std::string(direction) + ">";
  for (const auto& stop : stops)
    out += "<stop offset=\"" + std::string(stop.offset) + "\" stop-color=\"" + hex(stop.tone) + "\"/>";
  return out + "</linearGradient>";
}

class Drawing {
 public:
  Drawing(const Motif& motif, const Picture& picture)
      : motif_(motif),
        picture_(picture),
        hash_(hash_of(picture.motif + picture.color + std::to_string(picture.variant))),
        color_(*color_of(picture.color)) {
    std::vector<Tone> accents;
    for (const Tone accent : kAccents)
      if (distance(accent, color_) > 150) accents.push_back(accent);
    accent_ = accents[hash_ % accents.size()];
    const auto& walls = lightness(color_) > 0.7 ? kFullWalls : kPaleWalls;
    const std::size_t place = (hash_ >> 8) + (picture.close_up ? 2 : 0);
    wall_ = walls[place % walls.size()];
    if (distance(wall_, color_) < 110) wall_ = walls[(place + 3) % walls.size()];
  }

  std::string text() {
    for (const auto& part : motif_.parts)
      if (part.variant == 0 || part.variant == picture_.variant) append(part.text);
    const std::string ground = shadow();
    std::string inner;
    if (picture_.close_up) {
      inner = "<g transform=\"translate(200 200) rotate(-7) scale(1.7) translate(-" + std::to_string(172 + hash_ % 50) +
              " -" + std::to_string(168 + (hash_ >> 4) % 44) + ")\">" + ground + body_ + "</g>";
    } else {
      inner = R"(<circle cx="200" cy="196" r="150" fill="#fff" opacity=".28"/>)" + ground + body_;
    }
    fills();
    return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800"><defs>)" + defs_ +
           R"x(</defs><rect width="400" height="400" fill="url(#b)"/>)x" + inner + "</svg>\n";
  }

 private:
  // With the colors in the places of "$c" and its kin.
  void append(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '$') {
        body_ += text[i];
        continue;
      }
      body_ += hex(named(text[++i]));
    }
  }

  Tone named(char letter) const {
    switch (letter) {
      case 'c':
        return color_;
      case 'd':
        return mix(color_, kShade, .22);
      case 'e':
        return mix(color_, kDeep, .48);
      case 'l':
        return mix(color_, kWarm, .42);
      case 'a':
        return accent_;
      case 'f':
        return mix(accent_, kShade, .22);
      case 'j':
        return mix(accent_, kWarm, .45);
      default:
        KONTOR_ASSERT(letter == 'k');
        return tone(0x2b2d36);
    }
  }

  // What lies on the floor below it, or on the wall behind.
  std::string shadow() {
    const Tone dark = mix(wall_, tone(0x2a2440), .62);
    if (motif_.flat) {
      defs_ += R"(<filter id="s" x="-20%" y="-20%" width="140%" height="150%"><feDropShadow dx="7" dy="12" )"
               R"(stdDeviation="9" flood-opacity=".5" flood-color=")" +
               hex(dark) + "\"/></filter>";
      body_ = R"x(<g filter="url(#s)">)x" + body_ + "</g>";
      return {};
    }
    for (const auto& ground : motif_.grounds) {
      if (ground.variant != 0 && ground.variant != picture_.variant) continue;
      const auto figures = split(ground.text, ' ');
      KONTOR_ASSERT(figures.size() == 4);
      defs_ += R"(<radialGradient id="s"><stop offset=".3" stop-opacity=".6" stop-color=")" + hex(dark) +
               R"("/><stop offset="1" stop-opacity="0" stop-color=")" + hex(dark) + "\"/></radialGradient>";
      return R"x(<ellipse fill="url(#s)" cx=")x" + std::string(figures[0]) + "\" cy=\"" + std::string(figures[1]) +
             "\" rx=\"" + std::string(figures[2]) + "\" ry=\"" + std::string(figures[3]) + "\"/>";
    }
    return {};
  }

  void fill(char id, const std::string& gradient) {
    if (body_.find(std::string("url(#") + id + ")") != std::string::npos) defs_ += gradient;
  }

  // The gradients that the body names.
  void fills() {
    const std::string_view across = "x2=\"1\" y2=\"1\"", level = "x2=\"1\"";
    fill('c', linear('c', across, {{"0", mix(color_, kWarm, .24)}, {".5", color_}, {"1", mix(color_, kShade, .2)}}));
    fill('h', linear('h', level,
                     {{"0", mix(color_, kShade, .06)},
                      {".28", mix(color_, kWarm, .26)},
                      {".6", color_},
                      {"1", mix(color_, kShade, .3)}}));
    fill('a', linear('a', across, {{"0", mix(accent_, kWarm, .2)}, {"1", mix(accent_, kShade, .18)}}));
    fill('m', linear('m', across, {{"0", tone(0xf3f5f8)}, {".5", tone(0xc3cad4)}, {"1", tone(0x8c95a4)}}));
    fill('k', linear('k', across, {{"0", tone(0x565b6b)}, {"1", tone(0x24262f)}}));
    fill('o', linear('o', across, {{"0", tone(0xe8c093)}, {"1", tone(0xb8824f)}}));
    fill('w', linear('w', across, {{"0", kWhite}, {"1", tone(0xdfe2e8)}}));
    const Tone night = tone(0x2a3050);
    const Tone deep = lightness(color_) < .85 ? mix(color_, night, .35) : mix(accent_, night, .5);
    fill('q', linear('q', across, {{"0", mix(accent_, kWhite, .35)}, {"1", deep}}));
    fill('y', linear('y', across, {{"0", tone(0x6f86b8)}, {"1", tone(0x232743)}}));
    fill('g', R"(<linearGradient id="g" x2="1"><stop stop-color="#fff" stop-opacity=".35"/><stop offset=".5" )"
              R"(stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-opacity=".22"/></linearGradient>)");
    fill('v', R"(<radialGradient id="v" cx=".35" cy=".3" r=".8"><stop stop-color=")" + hex(mix(color_, kWarm, .4)) +
                  R"("/><stop offset=".5" stop-color=")" + hex(color_) + R"("/><stop offset="1" stop-color=")" +
                  hex(mix(color_, kShade, .35)) + "\"/></radialGradient>");
    defs_ += R"(<radialGradient id="b" cy=".42"><stop stop-color=")" + hex(mix(wall_, kWhite, .55)) +
             R"("/><stop offset="1" stop-color=")" + hex(wall_) + "\"/></radialGradient>";
  }

  const Motif& motif_;
  const Picture& picture_;
  std::uint64_t hash_;
  Tone color_, accent_, wall_;
  std::string body_, defs_;
};

}  // namespace

std::string Picture::file_name() const {
  return motif + "-" + std::to_string(variant) + "-" + color + (close_up ? "-close.svg" : ".svg");
}

int drawing_variants(std::string_view motif) {
  const auto found = all_motifs().find(motif);
  return found == all_motifs().end() ? 0 : found->second.variants;
}

bool is_color(std::string_view name) { return color_of(name).has_value(); }

std::vector<std::string_view> motifs() {
  std::vector<std::string_view> names;
  for (const auto& [name, motif] : all_motifs()) names.push_back(name);
  return names;
}

std::string draw(const Picture& picture) {
  const auto motif = all_motifs().find(picture.motif);
  KONTOR_ASSERT(motif != all_motifs().end() && is_color(picture.color));
  return Drawing(motif->second, picture).text();
}

}  // namespace kontor::demo
