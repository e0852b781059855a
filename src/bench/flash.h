// A flash sale: a few products with a counted stock, and everybody wants them. Puts the products into the shop (as
// staff), lets buyers rush until all is sold, and asks the shop afterwards what it sold: the orders that buyers can see
// must be as many as were promised, and never more than there were units.
#pragma once
#include <string>
#include <vector>

#include "bench/visits.h"

namespace kontor::bench {

struct FlashSale {
  std::vector<std::string> products;  // ids
  std::vector<std::string> offers;
  std::int64_t units_each = 0;
  std::int64_t units() const { return units_each * static_cast<std::int64_t>(products.size()); }
};

// Errors: kForbidden when `admin_token` is none of staff; the shop's own words otherwise.
Result<FlashSale> prepare_flash(const Target& target, const std::string& admin_token, std::uint64_t run,
                                std::int64_t units_each);

class FlashVisits : public Visits {
 public:
  // Both outlive it.
  FlashVisits(const FlashSale& sale, const Target& target, std::uint64_t run);

  const std::vector<std::string>& kinds() const override;
  void begin(Visit& visit, std::string& request) override;
  bool go_on(Visit& visit, const Answer& answer, std::string& request) override;
  bool finished() const override;

  const std::vector<std::string>& buyers() const { return buyers_; }  // tokens of those who got a 201, one each
  std::int64_t refused() const { return refused_; }

 private:
  const FlashSale& sale_;
  RequestWriter writer_;
  Luck luck_;
  std::string run_;
  std::uint64_t keys_ = 0;
  std::vector<std::string> buyers_;
  std::int64_t refused_ = 0;
};

struct FlashVerdict {
  std::int64_t units = 0;      // that there were
  std::int64_t promised = 0;   // 201 answers
  std::int64_t orders = 0;     // that the buyers can see
  std::int64_t allocated = 0;  // sold, by the stock rows
  std::int64_t left = 0;       // sellable, by the stock rows
  bool sound() const {
    return promised <= units && orders == promised && allocated == promised && left == units - promised;
  }
};
Result<FlashVerdict> verify_flash(const Target& target, const std::string& admin_token, const FlashSale& sale,
                                  const FlashVisits& visits);

}  // namespace kontor::bench
