#include "bench/visits.h"

#include <algorithm>

namespace kontor::bench {
namespace {

constexpr std::size_t kVisitors = 20'000;  // whose carts are filled, each up to kLines
constexpr int kLines = 20;

enum VisitKind { kProduct, kProductPage, kCategoryPage, kSearch, kAddToCart, kCheckout };

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

struct Visitor {
  std::string token;
  int added = 0;
};

class ShopVisits : public Visits {
 public:
  ShopVisits(const Mix& mix, const Target& target, const Shelf& shelf, std::uint64_t run)
      : mix_(mix), writer_(target), shelf_(shelf), luck_(run), run_(std::to_string(run)), visitors_(kVisitors) {}

  const std::vector<std::string>& kinds() const override {
    static const std::vector<std::string> names{"GET product", "GET product page", "GET category page",
                                                "GET search",  "POST cart/items",  "POST checkout"};
    return names;
  }

  void begin(Visit& visit, std::string& request) override {
    visit.step = 0;
    visit.token.clear();
    const auto draw = static_cast<int>(luck_.below(100));
    if (draw < mix_.browse) return browse(visit, request);
    if (draw < mix_.browse + mix_.search) return search(visit, request);
    visit.kind = kAddToCart;
    if (draw < mix_.browse + mix_.search + mix_.cart) {
      visit.who = luck_.below(visitors_.size());
      Visitor& visitor = visitors_[visit.who];
      if (++visitor.added > kLines) visitor = Visitor{{}, 1};
      return writer_.add_to_cart(request, product().id, visitor.token);
    }
    visit.step = 1;
    writer_.add_to_cart(request, product().id, {});
  }

  bool go_on(Visit& visit, const Answer& answer, std::string& request) override {
    if (visit.kind != kAddToCart || answer.status != 200) return false;
    const auto token = header_of(answer.head, "Session-Token");
    if (visit.step == 0) {
      if (!token.empty()) visitors_[visit.who].token = token;
      return false;
    }
    visit.kind = kCheckout;
    writer_.buy(request, token, "bench-" + run_ + "-" + std::to_string(++bought_));
    return true;
  }

 private:
  const Shelf::Product& product() { return shelf_.products[luck_.below(shelf_.products.size())]; }

  // Half of those who look ask the API, the others want pages: three products for two categories.
  void browse(Visit& visit, std::string& request) {
    const auto draw = luck_.below(10);
    if (draw < 5) {
      visit.kind = kProduct;
      return writer_.get(request, "/api/v1/products/" + product().id);
    }
    if (draw < 8 || shelf_.categories.empty()) {
      visit.kind = kProductPage;
      return writer_.get(request, "/p/" + product().slug);
    }
    visit.kind = kCategoryPage;
    writer_.get(request, "/c/" + shelf_.categories[luck_.below(shelf_.categories.size())]);
  }

  // One word or two.
  void search(Visit& visit, std::string& request) {
    visit.kind = kSearch;
    std::string path = "/api/v1/search?q=";
    if (!shelf_.words.empty()) {
      path += shelf_.words[luck_.below(shelf_.words.size())];
      if (luck_.below(2) == 0) path += "+" + shelf_.words[luck_.below(shelf_.words.size())];
    }
    writer_.get(request, path);
  }

  Mix mix_;
  RequestWriter writer_;
  const Shelf& shelf_;
  Luck luck_;
  std::string run_;
  std::vector<Visitor> visitors_;
  std::uint64_t bought_ = 0;
};

}  // namespace

std::string_view header_of(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos && at + 2 < head.size();) {
    const std::size_t from = at + 2;
    at = head.find("\r\n", from);
    const std::string_view line = head.substr(from, at == std::string_view::npos ? at : at - from);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) { return lower(a) == lower(b); }))
      continue;
    const auto value = line.substr(name.size() + 1);
    const auto begins = value.find_first_not_of(' ');
    return begins == std::string_view::npos ? std::string_view() : value.substr(begins);
  }
  return {};
}

void RequestWriter::get(std::string& out, std::string_view path, std::string_view token) const {
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_);
  if (!token.empty()) out.append("\r\nAuthorization: Bearer ").append(token);
  out.append("\r\n\r\n");
}

void RequestWriter::post(std::string& out, std::string_view path, std::string_view body, std::string_view token,
                         std::string_view key) const {
  out.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_);
  if (!token.empty()) out.append("\r\nAuthorization: Bearer ").append(token);
  if (!key.empty()) out.append("\r\nIdempotency-Key: ").append(key);
  out.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
}

void RequestWriter::add_to_cart(std::string& out, std::string_view product, std::string_view token) const {
  std::string body = "{\"product_id\":\"";
  body.append(product).append("\",\"quantity\":1}");
  post(out, "/api/v1/cart/items", body, token);
}

void RequestWriter::buy(std::string& out, std::string_view token, std::string_view key) const {
  static constexpr std::string_view kBody =
      R"({"email":"bench@example.com","shipping_address":{"name":"Ada Lovelace","line1":"1 Main Street",)"
      R"("city":"Springfield","region":"IL","postal_code":"62701","country":"US"},)"
      R"("payments":[{"method":"card","token":"tok_approve"}]})";
  post(out, "/api/v1/checkout", kBody, token, key);
}

std::unique_ptr<Visits> visits_of(const Mix& mix, const Target& target, const Shelf& shelf, std::uint64_t run) {
  return std::make_unique<ShopVisits>(mix, target, shelf, run);
}

}  // namespace kontor::bench
