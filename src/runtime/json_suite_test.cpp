// Public collections of JSON and of troublesome texts, run where their files are.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json/array.hpp>

#include "runtime/json.h"

namespace kontor::json {
namespace {

namespace fs = std::filesystem;

// KONTOR_TEST_DATA, or `shared/data` beside one of the folders above this file.
fs::path data_folder() {
  if (const char* named = std::getenv("KONTOR_TEST_DATA")) return named;
  for (const auto& start : {fs::path(__FILE__), fs::current_path()})
    for (fs::path at = fs::absolute(start); at.has_relative_path(); at = at.parent_path())
      if (fs::exists(at / "shared/data")) return at / "shared/data";
  return {};
}

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Text {
  std::string value;
  static constexpr auto fields() { return described(Field("value", &Text::value, "")); }
};

}  // namespace

TEST_CASE("the JSON parsing suite is taken and refused as it says") {
  const auto archive = data_folder() / "json-parsing-suite.tar.gz";
  if (!fs::exists(archive)) {
    MESSAGE("skipped: there is no json-parsing-suite.tar.gz; KONTOR_TEST_DATA names the folder that holds it");
    return;
  }
  char folder[] = "/tmp/kontor-json-suite-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  REQUIRE(std::system(("tar xzf '" + archive.string() + "' -C " + folder).c_str()) == 0);
  int taken = 0, refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file() || name.size() < 3 || name[1] != '_' ||
        entry.path().parent_path().filename() != "test_parsing")
      continue;
    const bool good = parse(slurp(entry.path())).has_value();
    if (name[0] == 'y') {
      // The suite calls duplicate members valid; here they are refused, since two readers may take different ones.
      const bool duplicate = name == "y_object_duplicated_key.json" || name == "y_object_duplicated_key_and_value.json";
      CHECK_MESSAGE(good != duplicate, name);
      ++taken;
    } else if (name[0] == 'n') {
      CHECK_MESSAGE(!good, name);
      ++refused;
    }
  }
  fs::remove_all(folder);
  CHECK(taken > 80);
  CHECK(refused > 150);
}

TEST_CASE("naughty strings survive the way out and back") {
  const auto file = data_folder() / "naughty-strings.json";
  if (!fs::exists(file)) {
    MESSAGE("skipped: there is no naughty-strings.json; KONTOR_TEST_DATA names the folder that holds it");
    return;
  }
  const auto list = parse(slurp(file));
  REQUIRE(list.has_value());
  int count = 0;
  for (const auto& entry : list->root().as_array()) {
    const Text text{std::string(entry.as_string().data(), entry.as_string().size())};
    const auto back = read<Text>(print(text));
    const bool has_nul = text.value.find('\0') != std::string::npos;
    CHECK(back.has_value() != has_nul);
    if (back) CHECK(back->value == text.value);
    ++count;
  }
  CHECK(count > 400);
}

}  // namespace kontor::json
