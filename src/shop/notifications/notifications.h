// Mails to buyers about their orders. Looks the address up by the order's id, since events carry no personal data.
// Owns no table: a repeated event is the same mail with the same key, which the messenger sends once.
#pragma once
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ports/event_log.h"
#include "ports/messenger.h"
#include "services/formats.h"
#include "shop/orders/orders.h"

namespace kontor::notifications {

enum class Occasion { kConfirmed, kShipped, kCancelled, kLinesCancelled, kRefunded };

// Units of an order that are not there after all.
struct Missing {
  OfferId offer;
  std::int64_t quantity = 0;
  Time decide_by;
};

// A purchase that came to nothing after its buyer was told to wait.
struct Unplaced {
  std::string email, name;
  std::vector<orders::OrderLine> lines;
};

class UnplacedSource {
 public:
  virtual ~UnplacedSource() = default;
  virtual Result<std::optional<Unplaced>> unplaced(CheckoutId checkout) = 0;
  // The mail is written: who it went to may be forgotten. Repeating it changes nothing.
  virtual Result<void> told(CheckoutId checkout) = 0;
};

// A customer's cart, as a mail shows it.
struct LeftCart {
  std::string email, name;
  std::int64_t version = 0;
  struct Item {
    OfferId offer;
    std::string title;
    std::int64_t quantity = 0;
    Money price;  // of one
  };
  std::vector<Item> items;
  Time expires;
  std::string url;   // opens the cart
  std::string stop;  // ends mails about it
};

class CartSource {
 public:
  virtual ~CartSource() = default;
  // Nothing when it is empty, or its owner has no address or wants no such mails.
  virtual Result<std::optional<LeftCart>> left_cart(CustomerId customer) = 0;
};

// A gift card whose code nobody was told yet.
struct NewGiftCard {
  std::string email, code;
  Money amount;
  std::optional<Time> expires;
};

class GiftCardSource {
 public:
  virtual ~GiftCardSource() = default;
  // Nothing when its code was sent, or there is nowhere to send it.
  virtual Result<std::optional<NewGiftCard>> unsent(std::string_view credit_id) = 0;
  // The mail is written: the code is forgotten. Repeating it changes nothing.
  virtual Result<void> sent(std::string_view credit_id) = 0;
};

enum class CartOccasion { kLeftAlone, kExpiring };

class Notifications {
 public:
  // `formats` are the shop's: how mails write amounts and dates.
  Notifications(orders::Orders& orders, Messenger& messenger, std::string shop_name, services::Formats formats = {})
      : orders_(orders), messenger_(messenger), shop_name_(std::move(shop_name)), formats_(std::move(formats)) {}
  // Not owned; before the first mail. Without one nothing is offered in the place of what is missing.
  void set_alternatives(orders::AlternativeSource* alternatives) { alternatives_ = alternatives; }

  // Likewise. Without one nobody hears of purchases that came to nothing.
  void set_unplaced(UnplacedSource* unplaced) { unplaced_ = unplaced; }

  // Likewise. Without one nobody hears of carts.
  void set_carts(CartSource* carts) { carts_ = carts; }

  // Likewise. Without one nobody is sent a gift card.
  void set_gift_cards(GiftCardSource* gift_cards) { gift_cards_ = gift_cards; }

  // Reads orders that are told of next, at once; what it cannot read is read when it is told.
  void foresee(std::span<const OrderId> orders);

  // `key` is unique per event. An order that is gone, or has no address, gets no mail, and that is no failure.
  Result<void> tell(Occasion occasion, OrderId order, const std::string& key);
  // What is missing, what may be had in its place, and until when the buyer may say to wait.
  Result<void> tell_missing(const Missing& missing, OrderId order, const std::string& key);
  // That a purchase which waited is not bought, and why.
  Result<void> tell_not_completed(CheckoutId checkout, const std::string& reason, const std::string& key);
  // What lies in a cart that was left alone, with the way back; no mail when it is at another `version` by now.
  Result<void> remind(CartOccasion occasion, CustomerId customer, std::int64_t version, const std::string& key);
  // That some of it is no longer sold; no mail when none of it lies there any more.
  Result<void> tell_removed(CustomerId customer, std::span<const OfferId> offers, const std::string& key);
  // The code of a gift card, to whom it was bought for or issued.
  Result<void> send_gift_card(std::string_view credit_id, const std::string& key);

 private:
  Result<std::optional<orders::Order>> order(OrderId id);

  orders::Orders& orders_;
  orders::AlternativeSource* alternatives_ = nullptr;
  UnplacedSource* unplaced_ = nullptr;
  CartSource* carts_ = nullptr;
  GiftCardSource* gift_cards_ = nullptr;
  Messenger& messenger_;
  std::string shop_name_;
  services::Formats formats_;
  std::mutex mutex_;
  std::unordered_map<OrderId, orders::Order> foreseen_;
};

}  // namespace kontor::notifications
