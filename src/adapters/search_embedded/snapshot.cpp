#include "adapters/search_embedded/snapshot.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace kontor::search_embedded {
namespace {

// A file is a head and sections: tag, bytes, checksum of both and the content, content padded to eight bytes. Arrays
// are written as they lie in memory, which the head's number says something about.
struct Head {
  char magic[8] = {'K', 'S', 'E', 'A', 'R', 'C', 'H', '\n'};
  std::uint32_t version = 2, order = 0x01020304;
};
struct Section {
  std::uint64_t tag = 0, bytes = 0, check = 0;
};

std::uint64_t check_of(std::uint64_t tag, std::string_view content) {
  // Four strands, so that a processor checks them at once.
  std::uint64_t check = tag;
  const std::size_t quarter = content.size() / 4;
  std::uint64_t strands[4];
  for (std::size_t i = 0; i < 4; ++i)
    strands[i] = hash_text(content.substr(i * quarter, i == 3 ? content.size() - 3 * quarter : quarter));
  for (const std::uint64_t strand : strands) check = check * 0x9E3779B97F4A7C15ull + (strand ^ check >> 29);
  return check ^ content.size();
}

std::size_t padding(std::size_t bytes) { return (8 - bytes % 8) % 8; }

class Writer {
 public:
  explicit Writer(const std::string& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    const Head head;
    put(&head, sizeof head);
  }
  ~Writer() {
    if (file_ >= 0) ::close(file_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void section(std::string_view content) {
    const Section section{++tag_, content.size(), check_of(tag_, content)};
    put(&section, sizeof section);
    put(content.data(), content.size());
    constexpr char kZeros[8] = {};
    put(kZeros, padding(content.size()));
  }
  template <class T>
  void array(const std::vector<T>& values) {
    section({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
  }
  void number(std::uint64_t value) { section({reinterpret_cast<const char*>(&value), sizeof value}); }
  bool finish() {
    section("end");
    flush();
    return ok_ && ::fsync(file_) == 0;
  }

 private:
  void put(const void* data, std::size_t size) {
    if (size >= kBuffer) {
      flush();
      write_all(static_cast<const char*>(data), size);
      return;
    }
    buffer_.append(static_cast<const char*>(data), size);
    if (buffer_.size() >= kBuffer) flush();
  }
  void flush() {
    write_all(buffer_.data(), buffer_.size());
    buffer_.clear();
  }
  void write_all(const char* data, std::size_t size) {
    while (ok_ && size > 0) {
      const ::ssize_t done = ::write(file_, data, size);
      if (done < 0 && errno == EINTR) continue;
      ok_ = done > 0;
      if (!ok_) return;
      data += done;
      size -= static_cast<std::size_t>(done);
    }
  }
  static constexpr std::size_t kBuffer = 1 << 20;
  int file_;
  bool ok_ = true;
  std::uint64_t tag_ = 0;
  std::string buffer_;
};

class Mapped {
 public:
  explicit Mapped(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status {};
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (data_ == MAP_FAILED) data_ = nullptr;
    }
    found_ = true;
    ::close(file);
  }
  ~Mapped() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  bool found() const { return found_; }
  std::string_view bytes() const {
    return data_ == nullptr ? "" : std::string_view(static_cast<const char*>(data_), size_);
  }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
  bool found_ = false;
};

// Sections in their order; after anything wrong all are empty and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view file) : left_(file) {}

  // Everything, before anything is used.
  bool verify() {
    const Head wanted;
    if (left_.size() < sizeof wanted || std::memcmp(left_.data(), &wanted, sizeof wanted) != 0) return false;
    left_.remove_prefix(sizeof wanted);
    const std::string_view begin = left_;
    std::string_view last;
    while (ok_ && !left_.empty()) last = section();
    const bool whole = ok_ && last == "end";
    left_ = begin;
    tag_ = 0;
    verified_ = true;
    return whole;
  }
  std::string_view section() {
    Section section;
    if (!ok_ || left_.size() < sizeof section) return broken();
    std::memcpy(&section, left_.data(), sizeof section);
    left_.remove_prefix(sizeof section);
    if (section.tag != ++tag_ || section.bytes > left_.size() || padding(section.bytes) > left_.size() - section.bytes)
      return broken();
    const std::string_view content = left_.substr(0, section.bytes),
                           pad = left_.substr(section.bytes, padding(section.bytes));
    if (!verified_ && (check_of(section.tag, content) != section.check || pad.find_first_not_of('\0') != pad.npos))
      return broken();
    left_.remove_prefix(section.bytes + padding(section.bytes));
    return content;
  }
  template <class T>
  void array(std::vector<T>& values) {
    const std::string_view content = section();
    if (content.size() % sizeof(T) != 0) {
      broken();
      return;
    }
    values.resize(content.size() / sizeof(T));
    if (!content.empty()) std::memcpy(values.data(), content.data(), content.size());
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    const std::string_view content = section();
    if (content.size() != sizeof value) {
      broken();
      return 0;
    }
    std::memcpy(&value, content.data(), sizeof value);
    return value;
  }
  bool ok() const { return ok_; }
  std::string_view broken() {
    ok_ = false;
    return {};
  }

 private:
  std::string_view left_;
  std::uint64_t tag_ = 0;
  bool ok_ = true, verified_ = false;
};

void write_words(Writer& writer, const WordTable& table, std::uint32_t size) {
  std::vector<std::uint32_t> sizes, values;
  std::vector<std::uint8_t> tags;
  std::string texts;
  for (std::uint32_t id = 0; id < size; ++id) {
    sizes.push_back(static_cast<std::uint32_t>(table.text(id).size()));
    values.push_back(table.value(id));
    tags.push_back(table.tag(id));
    texts += table.text(id);
  }
  writer.array(sizes);
  writer.array(values);
  writer.array(tags);
  writer.section(texts);
}

template <class F>
void read_words(Reader& reader, WordTable& table, F&& each) {
  std::vector<std::uint32_t> sizes, values;
  std::vector<std::uint8_t> tags;
  reader.array(sizes);
  reader.array(values);
  reader.array(tags);
  std::string_view texts = reader.section();
  if (values.size() != sizes.size() || tags.size() != sizes.size()) reader.broken();
  if (reader.ok()) table.reserve(static_cast<std::uint32_t>(sizes.size()));
  for (std::uint32_t id = 0; reader.ok() && id < sizes.size(); ++id) {
    if (sizes[id] > texts.size()) {
      reader.broken();
      return;
    }
    const std::string_view text = texts.substr(0, sizes[id]);
    if (text.size() > WordTable::kLongest || table.add(text, tags[id], values[id]) != id) reader.broken();
    each(text, id);
    texts.remove_prefix(sizes[id]);
  }
}

template <class F>
void write_texts(Writer& writer, std::uint32_t count, F&& text_of) {
  std::vector<std::uint32_t> sizes;
  std::string texts;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string& text = text_of(i);
    sizes.push_back(static_cast<std::uint32_t>(text.size()));
    texts += text;
  }
  writer.array(sizes);
  writer.section(texts);
}

template <class F>
void read_texts(Reader& reader, std::size_t count, F&& each) {
  std::vector<std::uint32_t> sizes;
  reader.array(sizes);
  std::string_view texts = reader.section();
  if (sizes.size() != count) reader.broken();
  for (std::size_t i = 0; reader.ok() && i < sizes.size(); ++i) {
    if (sizes[i] > texts.size()) {
      reader.broken();
      return;
    }
    each(i, std::string(texts.substr(0, sizes[i])));
    texts.remove_prefix(sizes[i]);
  }
}

void write_dictionary(Writer& writer, const Dictionary& dictionary, const DictionarySizes& sizes) {
  write_words(writer, dictionary.stems, sizes.stems);
  std::vector<std::uint32_t> uses;
  std::vector<std::uint16_t> lanes;
  for (std::uint32_t i = 0; i < sizes.terms; ++i) {
    uses.push_back(read(dictionary.uses[i]));
    lanes.push_back(dictionary.lanes[i]);
  }
  writer.array(lanes);
  writer.array(uses);
  write_words(writer, dictionary.words, sizes.words);
  write_words(writer, dictionary.brands, sizes.brands);
  write_texts(writer, sizes.brands, [&](std::uint32_t i) -> const std::string& { return dictionary.brand_names[i]; });
  write_words(writer, dictionary.categories, sizes.categories);
  write_words(writer, dictionary.sellers, sizes.sellers);
  write_words(writer, dictionary.attribute_names, sizes.attribute_names);
  write_texts(writer, sizes.attribute_names,
              [&](std::uint32_t i) -> const std::string& { return dictionary.attribute_shown[i]; });
  write_words(writer, dictionary.attribute_values, sizes.values);
  std::vector<std::int64_t> micros;
  std::vector<std::uint32_t> names;
  for (std::uint32_t i = 0; i < sizes.values; ++i) {
    const AttributeValue& value = dictionary.values[i];
    names.push_back(value.name << 1 | (value.has_micro ? 1u : 0u));
    micros.push_back(value.micro);
  }
  writer.array(names);
  writer.array(micros);
  write_texts(writer, sizes.values, [&](std::uint32_t i) -> const std::string& { return dictionary.values[i].shown; });
  std::string currencies;
  for (std::uint32_t i = 0; i < sizes.currencies; ++i) currencies += dictionary.currencies[i].code();
  writer.section(currencies);
}

void read_dictionary(Reader& reader, Dictionary& dictionary) {
  const auto nothing = [](std::string_view, std::uint32_t) {};
  read_words(reader, dictionary.stems, nothing);
  std::vector<std::uint32_t> uses;
  std::vector<std::uint16_t> lanes;
  reader.array(lanes);
  reader.array(uses);
  if (uses.size() != lanes.size()) reader.broken();
  for (const std::uint16_t lane : lanes) dictionary.lanes.push(lane);
  for (const std::uint32_t one : uses) dictionary.uses.push(one);
  read_words(reader, dictionary.words, [&](std::string_view text, std::uint32_t id) { dictionary.add_sign(text, id); });
  for (const WordTable* table : {&dictionary.stems, &dictionary.words})
    for (std::uint32_t i = 0; i < table->size(); ++i)
      if (term_of(table->value(i)) >= dictionary.terms()) reader.broken();
  read_words(reader, dictionary.brands, nothing);
  read_texts(reader, dictionary.brands.size(),
             [&](std::size_t, std::string text) { dictionary.brand_names.push(std::move(text)); });
  read_words(reader, dictionary.categories, nothing);
  read_words(reader, dictionary.sellers, nothing);
  read_words(reader, dictionary.attribute_names, nothing);
  read_texts(reader, dictionary.attribute_names.size(),
             [&](std::size_t, std::string text) { dictionary.attribute_shown.push(std::move(text)); });
  read_words(reader, dictionary.attribute_values, nothing);
  std::vector<std::int64_t> micros;
  std::vector<std::uint32_t> names;
  reader.array(names);
  reader.array(micros);
  if (names.size() != dictionary.attribute_values.size() || micros.size() != names.size()) reader.broken();
  read_texts(reader, names.size(), [&](std::size_t i, std::string text) {
    if (names[i] >> 1 >= dictionary.attribute_names.size()) reader.broken();
    dictionary.values.push({names[i] >> 1, (names[i] & 1) != 0, micros[i], std::move(text)});
  });
  std::string_view currencies = reader.section();
  for (; reader.ok() && currencies.size() >= 3; currencies.remove_prefix(3)) {
    const auto currency = Currency::parse(currencies.substr(0, 3));
    if (!currency || dictionary.add_currency(*currency) == kNone) reader.broken();
  }
}

template <class Self, class F>
void each_array(Self& segment, F&& f) {
  f(segment.ids);
  f(segment.norms);
  f(segment.leads);
  for (auto* lists : {&segment.values, &segment.sellers}) {
    f(lists->ends);
    f(lists->ordinals);
  }
  Postings::each_array(segment.text, f);
  Postings::each_array(segment.filters, f);
}

void write_part(Writer& writer, const Part& part) {
  const Segment& segment = *part.segment;
  each_array(segment, [&](const auto& array) { writer.array(array); });
  std::vector<Facts> facts;
  facts.reserve(segment.docs());
  for (const Facts& one : segment.facts) facts.push_back(read_facts(one));
  writer.array(facts);
  for (std::uint32_t currency = 1; currency < kMostCurrencies; ++currency) {
    std::vector<std::int64_t> prices;
    if (segment.prices[currency].load(std::memory_order_acquire) != nullptr)
      for (std::uint32_t doc = 0; doc < segment.docs(); ++doc) prices.push_back(segment.price(doc, currency));
    writer.array(prices);
  }
  writer.array(part.tombs == nullptr ? std::vector<std::uint64_t>() : part.tombs->bits);
}

bool sound(const OrdinalLists& lists, std::size_t docs, std::uint32_t ordinals) {
  if (lists.ends.size() != docs + 1 || lists.ends.front() != 0 || lists.ends.back() != lists.ordinals.size() ||
      !std::is_sorted(lists.ends.begin(), lists.ends.end()))
    return false;
  return std::all_of(lists.ordinals.begin(), lists.ordinals.end(), [&](std::uint32_t one) { return one < ordinals; });
}

bool sound(const Segment& segment, const Dictionary& dictionary) {
  const std::size_t docs = segment.ids.size();
  if (docs >= kMostDocs || segment.facts.size() != docs || segment.norms.size() != docs ||
      segment.leads.size() != docs || !sound(segment.values, docs, dictionary.values.size()) ||
      !sound(segment.sellers, docs, dictionary.sellers.size()))
    return false;
  for (const Facts& facts : segment.facts)
    if ((facts.brand != kNone && facts.brand >= dictionary.brands.size()) ||
        (facts.category != kNone && facts.category >= dictionary.categories.size()))
      return false;
  return segment.text.sound(static_cast<std::uint32_t>(docs)) &&
         segment.filters.sound(static_cast<std::uint32_t>(docs));
}

std::optional<Part> read_part(Reader& reader, const Dictionary& dictionary) {
  Part part;
  part.segment = std::make_shared<Segment>();
  Segment& segment = *part.segment;
  each_array(segment, [&](auto& array) { reader.array(array); });
  reader.array(segment.facts);
  if (!reader.ok() || !sound(segment, dictionary)) return std::nullopt;
  for (std::uint32_t currency = 1; currency < kMostCurrencies; ++currency) {
    std::vector<std::int64_t> prices;
    reader.array(prices);
    if (!prices.empty() && prices.size() != segment.docs()) return std::nullopt;
    for (std::uint32_t doc = 0; doc < prices.size(); ++doc) segment.set_price(doc, currency, prices[doc]);
  }
  segment.derive();
  auto tombs = std::make_shared<Tombs>();
  reader.array(tombs->bits);
  if (tombs->bits.empty()) return reader.ok() ? std::optional(std::move(part)) : std::nullopt;
  if (tombs->bits.size() != (segment.docs() + 63) / 64) return std::nullopt;
  for (std::uint32_t doc = 0; doc < segment.docs(); ++doc) tombs->count += tombs->has(doc);
  part.tombs = std::move(tombs);
  return part;
}

}  // namespace

DictionarySizes::DictionarySizes(const Dictionary& dictionary)
    : terms(dictionary.terms()),
      stems(dictionary.stems.size()),
      words(dictionary.words.size()),
      brands(dictionary.brands.size()),
      categories(dictionary.categories.size()),
      sellers(dictionary.sellers.size()),
      attribute_names(dictionary.attribute_names.size()),
      values(dictionary.attribute_values.size()),
      currencies(dictionary.currencies.size()) {}

Result<void> write_snapshot(const std::string& path, const Dictionary& dictionary, const DictionarySizes& sizes,
                            const Generation& generation, std::string_view position) {
  const std::string made = path + ".new";
  bool ok = false;
  {
    Writer writer(made);
    writer.section(position);
    write_dictionary(writer, dictionary, sizes);
    writer.number(generation.parts.size());
    for (const Part& part : generation.parts) write_part(writer, part);
    ok = writer.finish();
  }
  ok = ok && ::rename(made.c_str(), path.c_str()) == 0;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ok = ok && directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  if (!ok) {
    ::unlink(made.c_str());
    return fail(Errc::kUnavailable, "search.cannot_write", "The search index could not be written to " + path + ".");
  }
  return {};
}

Result<Restored> read_snapshot(const std::string& path, Dictionary& dictionary) {
  const Mapped file(path);
  if (!file.found()) return fail(Errc::kNotFound, "search.no_snapshot", "There is no " + path + ".");
  const auto damaged = [&] {
    return fail(Errc::kMalformed, "search.snapshot_damaged", path + " is damaged; the index is to be made anew.");
  };
  Reader reader(file.bytes());
  if (!reader.verify()) return damaged();
  Restored restored;
  restored.position = std::string(reader.section());
  read_dictionary(reader, dictionary);
  const std::uint64_t parts = reader.number();
  for (std::uint64_t i = 0; reader.ok() && i < parts; ++i) {
    auto part = read_part(reader, dictionary);
    if (!part) return damaged();
    restored.parts.push_back(std::move(*part));
  }
  if (!reader.ok()) return damaged();
  return restored;
}

}  // namespace kontor::search_embedded
