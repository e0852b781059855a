// What visitors do: a visit is one request or a few, one after the other, each made when the last was answered. A
// Visits says which requests come; it knows no sockets and no time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/shelf.h"

namespace kontor::bench {

// xorshift*: quick and repeatable.
class Luck {
 public:
  explicit Luck(std::uint64_t seed) : state_(seed == 0 ? 88172645463325252ull : seed) {}
  std::uint64_t next() {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
    return state_ * 0x2545F4914F6CDD1Dull;
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  double share() { return static_cast<double>((next() >> 11) + 1) * 0x1.0p-53; }  // (0, 1]

 private:
  std::uint64_t state_;
};

struct Visit {
  int kind = 0;            // of the request under way: an index of Visits::kinds()
  int step = 0;            // the visit's own
  std::size_t who = 0;     // the same
  std::string token = {};  // the same
};

struct Answer {
  int status = 0;
  std::string_view head;
  std::string_view body;
};
// The first header of that name, without regard to case; "" when there is none.
std::string_view header_of(std::string_view head, std::string_view name);

class Visits {
 public:
  virtual ~Visits() = default;
  virtual const std::vector<std::string>& kinds() const = 0;
  // Writes the first request of a new visit.
  virtual void begin(Visit& visit, std::string& request) = 0;
  // Writes the next one; false when the visit is over.
  virtual bool go_on(Visit& visit, const Answer& answer, std::string& request) = 0;
  virtual bool finished() const { return false; }  // nothing is left to come for
};

// How many of a hundred visits are of which sort.
struct Mix {
  int browse = 0, search = 0, cart = 0, checkout = 0;
};

// `run` tells the keys of one measurement from those of another. `shelf` outlives the visits.
std::unique_ptr<Visits> visits_of(const Mix& mix, const Target& target, const Shelf& shelf, std::uint64_t run);

// Writes requests; views are copied.
class RequestWriter {
 public:
  explicit RequestWriter(const Target& target) : host_(target.host) {}
  void get(std::string& out, std::string_view path, std::string_view token = {}) const;
  void post(std::string& out, std::string_view path, std::string_view body, std::string_view token,
            std::string_view key = {}) const;
  void add_to_cart(std::string& out, std::string_view product, std::string_view token) const;
  void buy(std::string& out, std::string_view token, std::string_view key) const;

 private:
  std::string host_;
};

}  // namespace kontor::bench
