#include "app/generate.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unordered_set>

#include "app/commands.h"
#include "demo/demo.h"

namespace kontor::app {
namespace {

constexpr std::uint64_t kMostProducts = 1'000'000'000;
constexpr std::size_t kWrittenAtOnce = 1 << 20;  // bytes written at once

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int cannot_generate(const std::string& words, int code) {
  std::fprintf(stderr, "kontor: %s\n", words.c_str());
  return code;
}

// Draws each picture when it is first named.
class Pictures {
 public:
  explicit Pictures(std::string folder) : folder_(std::move(folder)) {}

  std::string name_of(const demo::Picture& picture) {
    std::string name = picture.file_name();
    if (drawn_.insert(name).second) {
      std::ofstream file(std::filesystem::path(folder_) / name, std::ios::binary);
      file << demo::draw(picture);
      if (!file.flush()) failed_ = true;
    }
    return name;
  }
  bool failed() const { return failed_; }
  std::size_t count() const { return drawn_.size(); }

 private:
  std::string folder_;
  std::unordered_set<std::string> drawn_;  // some thousands at most, however many products
  bool failed_ = false;
};

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};

int write_rows(std::FILE* out, const demo::Generator& generator, std::uint64_t count, const Pictures& pictures) {
  std::string piece;
  for (std::uint64_t n = 0; n < count; ++n) {
    json::print(piece, generator.product(n));
    piece += '\n';
    if (piece.size() < kWrittenAtOnce && n + 1 < count) continue;
    if (std::fwrite(piece.data(), 1, piece.size(), out) != piece.size())
      return cannot_generate(std::string("the rows cannot be written: ") + std::strerror(errno), kBadUse);
    piece.clear();
    if (pictures.failed()) return cannot_generate("the pictures cannot be written", kBadUse);
  }
  if (std::fflush(out) != 0)
    return cannot_generate(std::string("the rows cannot be written: ") + std::strerror(errno), kBadUse);
  return 0;
}

}  // namespace

bool GenerateWords::take(std::string_view name, const std::string& value) {
  std::string* const place = name == "count"      ? &count
                             : name == "seed"     ? &seed
                             : name == "pictures" ? &pictures
                             : name == "out"      ? &out
                                                  : nullptr;
  if (place != nullptr) *place = value;
  return place != nullptr;
}

int generate_command(const GenerateWords& words) {
  const auto count = number(words.count), seed = number(words.seed);
  if (!count || *count < 1 || *count > kMostProducts)
    return cannot_generate("generate needs --count, a whole number from 1 to 1000000000", kBadUse);
  if (!seed) return cannot_generate("--seed is '" + words.seed + "'; it may be a whole number from 0", kBadUse);
  if (!words.pictures.empty()) {
    std::error_code made;
    std::filesystem::create_directories(words.pictures, made);
    if (made) return cannot_generate(words.pictures + ": " + made.message(), kBadUse);
  }
  Pictures pictures(words.pictures);
  demo::Settings settings;
  settings.seed = *seed;
  settings.marketplace = words.marketplace;
  if (!words.pictures.empty())
    settings.picture = [&pictures](const demo::Picture& picture) { return pictures.name_of(picture); };
  const std::unique_ptr<std::FILE, CloseFile> out(words.out == "-" ? stdout : std::fopen(words.out.c_str(), "wb"));
  if (!out) return cannot_generate(words.out + ": " + std::strerror(errno), kBadUse);
  const int code = write_rows(out.get(), demo::Generator(settings), *count, pictures);
  if (code == 0 && words.out != "-") {
    std::printf("%llu products of seed %llu in %s", static_cast<unsigned long long>(*count),
                static_cast<unsigned long long>(*seed), words.out.c_str());
    if (!words.pictures.empty()) std::printf(", %zu pictures in %s", pictures.count(), words.pictures.c_str());
    std::printf("\n");
  }
  return code;
}

}  // namespace kontor::app
