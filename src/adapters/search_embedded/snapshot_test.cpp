#include "adapters/search_embedded/snapshot.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/search_embedded/embedded_index.h"
#include "adapters/search_embedded/no_pause_test.h"

namespace kontor::search_embedded {
namespace {

using namespace search_index;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kontor-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void fill(EmbeddedIndex& index) {
  std::vector<Document> documents;
  for (std::int64_t id = 1; id <= 120; ++id) {
    Document document;
    document.id = ProductId{id};
    document.category = CategoryId{1 + id % 3};
    document.brand = id % 2 == 0 ? "Acme" : "Bolt";
    document.sellers = {SellerId{1 + id % 4}};
    document.attributes = {{"color", id % 5 == 0 ? "red" : "blue", {}},
                           {"size", std::to_string(id % 7), id % 7 * 1'000'000}};
    document.texts = {{"", "Oak table number " + std::to_string(id), "made of wood and steel"},
                      {"de", "Eichentisch", ""}};
    document.figures = {{{Currency(), 100 * id}, {*Currency::parse("EUR"), 90 * id}}, id % 3 != 0, id, 4'000, 20};
    documents.push_back(document);
  }
  index.upsert(documents);
  index.refresh(Time{});
  index.upsert(std::span(documents).subspan(0, 10));
  index.remove(std::vector<ProductId>{ProductId{50}});
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string asked(const EmbeddedIndex& index) {
  std::string out;
  for (const char* text : {"oak", "tables red", "eichentisch", "number 7", "stel", ""}) {
    Query query;
    query.text = text;
    query.language = std::string_view(text) == "eichentisch" ? "de" : "";
    query.currency = out.empty() ? *Currency::parse("EUR") : Currency();
    const auto answer = index.search(query, kNoPause);
    REQUIRE(answer);
    for (const Hit& hit : answer->hits) out += std::to_string(hit.id.value) + ":" + std::to_string(hit.key) + " ";
    for (const ValueCount& brand : answer->facets.brands) out += brand.value + "=" + std::to_string(brand.count) + " ";
    for (const AttributeCount& one : answer->facets.attributes)
      for (const ValueCount& value : one.values)
        out += one.name + value.value + "=" + std::to_string(value.count) + " ";
    out += std::to_string(answer->total) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("search snapshot: what was written answers the same, and goes on from there") {
  const Folder folder;
  const std::string path = folder.path() + "/search.snapshot";
  EmbeddedIndex index({});
  fill(index);
  REQUIRE(index.save(path, "catalog:17"));
  EmbeddedIndex other({});
  const auto position = other.load(path);
  REQUIRE(position);
  CHECK(*position == "catalog:17");
  CHECK(asked(other) == asked(index));
  CHECK(other.change(std::vector<Change>{{ProductId{7}, {}, false}, {ProductId{50}, {}, true}}) == 1);
  other.upsert(std::vector<Document>{});
  other.remove(std::vector<ProductId>{ProductId{7}});
  other.refresh(Time{});
  CHECK(other.figure().products == 118);
  REQUIRE(other.save(path, "catalog:18"));
  EmbeddedIndex third({});
  CHECK(third.load(path).value() == "catalog:18");
  CHECK(asked(third) == asked(other));
}

TEST_CASE("search snapshot: damage anywhere is refused") {
  const Folder folder;
  const std::string path = folder.path() + "/search.snapshot";
  EmbeddedIndex index({});
  fill(index);
  REQUIRE(index.save(path, "p"));
  const std::string whole = read_file(path);
  REQUIRE(whole.size() > 10'000);
  const auto refused = [&](std::string_view bytes) {
    write_file(path, bytes);
    EmbeddedIndex other({});
    const auto outcome = other.load(path);
    return !outcome && outcome.error().reason == "search.snapshot_damaged";
  };
  std::mt19937 luck(1);
  // Each byte of the head and the first sections, and some of all others.
  for (std::size_t at = 0; at < whole.size(); at += at < 600 ? 1 : 1 + luck() % 200) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << luck() % 8);
    INFO("byte " << at);
    CHECK(refused(bytes));
  }
  for (std::size_t size = 0; size < whole.size(); size += 1 + luck() % 500) CHECK(refused(whole.substr(0, size)));
  CHECK(refused(whole + std::string(8, '\0')));
  CHECK(refused(whole + whole));
  CHECK(refused(""));
  CHECK(refused(std::string(100'000, 'x')));
  write_file(path, whole);
  EmbeddedIndex good({});
  CHECK(good.load(path));
  EmbeddedIndex none({});
  CHECK(none.load(folder.path() + "/nothing").error().reason == "search.no_snapshot");
  CHECK(index.save(folder.path() + "/no/such/folder", "").error().reason == "search.cannot_write");
}

}  // namespace kontor::search_embedded
