// Text taken apart into the forms under which it is indexed and asked for: words folded, model numbers in all their
// spellings ("WH-1000XM4": wh, 1000, xm, 4, 1000xm4, wh1000xm4), numbers with their units ("16 GB", "16gb", "13″":
// 16gb, 13in). The same for products and questions, so that what is written alike is found alike. Any bytes are taken.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::search_embedded {

struct Form {
  std::string_view text;            // folded; lives until the next scan()
  bool is_word = false;             // letters of a language, to be stemmed; else taken as it is
  bool base = false;                // a part that takes a place of its own in the text
  bool whole = false;               // all that its runs have, written together
  std::uint32_t run = 0, runs = 1;  // which pieces of unbroken text it is of
  std::uint32_t from = 0, to = 0;   // the bytes it is made of
};

class TextScan {
 public:
  // The forms of `text`, in the order of the text; at most `most` base ones.
  const std::vector<Form>& scan(std::string_view text, std::size_t most = 4096);

 private:
  struct Part {
    std::uint32_t at = 0, size = 0;
    bool digits = false;
    char joiner = 0;  // what stands before it
  };
  struct Run {
    std::uint32_t from = 0, to = 0, first = 0, parts = 0;
    bool inches = false;      // an inch mark follows
    bool after_blank = true;  // nothing but blanks lie between it and the run before
  };
  void split(std::string_view text);
  std::size_t ascii_run(std::string_view text, std::size_t at, bool& open);
  void letter(std::string_view folded, bool digit, std::size_t from, std::size_t to);
  void end_run();
  void emit(std::uint32_t run);
  bool emit_number(std::uint32_t run);
  void emit_parts(std::uint32_t run);
  void add(std::string_view text, const Form& like);
  std::string_view part_text(const Part& part) const { return std::string_view(folded_).substr(part.at, part.size); }
  // What the unit's letters stand for, "inches" → "in"; empty: no unit.
  std::string_view unit_after(std::uint32_t run) const;

  std::string folded_;
  std::string made_;  // texts of forms that do not lie in folded_ as they are
  std::vector<Part> parts_;
  std::vector<Run> runs_;
  std::vector<Form> forms_;
  bool open_ = false;  // a run is being read
  char joiner_ = 0;    // seen since its last part
  bool only_blanks_ = true;
};

// "gigabytes" → "gb"; empty: no unit.
std::string_view unit_of(std::string_view folded);

}  // namespace kontor::search_embedded
