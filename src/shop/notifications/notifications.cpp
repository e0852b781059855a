#include "shop/notifications/notifications.h"

namespace kontor::notifications {
namespace {

using services::Formats;

constexpr int kAlternatives = 3;

std::string subject_of(Occasion occasion, const std::string& number) {
  switch (occasion) {
    case Occasion::kConfirmed:
      return "Your order " + number + " is confirmed";
    case Occasion::kShipped:
      return "Your order " + number + " is on its way";
    case Occasion::kCancelled:
      return "Your order " + number + " is cancelled";
    case Occasion::kLinesCancelled:
      return "A part of your order " + number + " is cancelled";
    case Occasion::kRefunded:
      return "Money back for your order " + number;
  }
  KONTOR_ASSERT(!"unknown occasion");
}

void append_lines(std::string& text, const Formats& formats, const orders::Order& order) {
  for (const auto& line : order.document.lines)
    text += "  " + std::to_string(line.quantity) + " x " + line.title + "  " + formats.money(line.line_total) + "\n";
  text += "\n  Total  " + formats.money(order.document.totals.total) + "\n";
}

void append_what_is_left(std::string& text, const Formats& formats, const orders::Order& order) {
  for (const auto& line : order.document.lines)
    if (line.left() > 0) text += "  " + std::to_string(line.left()) + " x " + line.title + "\n";
  text += "\n  Total  " + formats.money(orders::view_of(order).current_totals.total) + "\n";
}

std::string text_of(Occasion occasion, const Formats& formats, const orders::Order& order) {
  const auto& document = order.document;
  std::string text = "Hello " + document.shipping_address.name + ",\n\n";
  switch (occasion) {
    case Occasion::kConfirmed:
      text += "thank you for your order.\n\n";
      append_lines(text, formats, order);
      break;
    case Occasion::kShipped:
      text += "this has left our house:\n\n";
      for (const auto& shipment : document.shipments) {
        if (shipment.status != orders::ShipmentState::kShipped) continue;
        text += "  " + shipment.carrier.value_or("parcel") + " " + shipment.tracking_number.value_or("") + "\n";
        text += "  expected until " + formats.day(shipment.estimated_delivery.latest) + "\n";
      }
      break;
    case Occasion::kCancelled:
      text += "your order is cancelled. What was paid comes back to you.\n";
      break;
    case Occasion::kLinesCancelled:
      text += "of your order this is left; what was paid for the rest comes back to you.\n\n";
      append_what_is_left(text, formats, order);
      break;
    case Occasion::kRefunded:
      text += "we have given back:\n\n";
      for (const auto& payment : document.payments)
        if (payment.refunded.amount_minor() > 0)
          text += "  " + payment.method + "  " + formats.money(payment.refunded) + "\n";
      break;
  }
  return text;
}

// By the reasons that checkout gives. What staff or rules think of a buyer is not said.
std::string_view why(std::string_view reason) {
  if (reason == "checkout.payment_declined") return "The payment was declined.";
  if (reason == "checkout.step_not_taken") return "The payment was not confirmed at your bank in time.";
  if (reason == "checkout.payment_never_arrived") return "The payment did not reach your bank.";
  if (reason == "checkout.expired") return "We did not hear of the payment in time.";
  if (reason == "inventory.out_of_stock") return "Something of it was sold out by the time the payment came.";
  return "We could not accept it.";
}

}  // namespace

void Notifications::foresee(std::span<const OrderId> orders) {
  auto found = orders_.find_all(orders);
  const std::lock_guard lock(mutex_);
  foreseen_.clear();
  if (!found) return;
  for (auto& order : *found) {
    const OrderId id = order.id;
    foreseen_.insert_or_assign(id, std::move(order));
  }
}

// What was read ahead is as new as its event, and told once.
Result<std::optional<orders::Order>> Notifications::order(OrderId id) {
  {
    const std::lock_guard lock(mutex_);  // a letter that is tried again comes from another fiber
    if (auto ahead = foreseen_.extract(id)) return std::optional(std::move(ahead.mapped()));
  }
  return orders_.find(id);
}

Result<void> Notifications::tell_not_completed(CheckoutId checkout, const std::string& reason, const std::string& key) {
  if (unplaced_ == nullptr) return {};
  TRY(const auto purchase, unplaced_->unplaced(checkout));
  if (!purchase) return {};
  Mail mail;
  mail.key = key;
  mail.to = purchase->email;
  mail.subject = "Your purchase was not completed";
  mail.text = "Hello " + purchase->name + ",\n\nwe are sorry: this did not become an order.\n\n";
  for (const auto& line : purchase->lines)
    mail.text += "  " + std::to_string(line.quantity) + " x " + line.title + "\n";
  mail.text += "\n" + std::string(why(reason)) + " Nothing is charged; what was taken already comes back to you.\n\n" +
               shop_name_ + "\n";
  TRY_DO(messenger_.send(mail));
  return unplaced_->told(checkout);
}

Result<void> Notifications::send_gift_card(std::string_view credit_id, const std::string& key) {
  if (gift_cards_ == nullptr) return {};
  TRY(const auto card, gift_cards_->unsent(credit_id));
  if (!card) return {};
  Mail mail;
  mail.key = key;
  mail.to = card->email;
  mail.subject = "Your gift card of " + formats_.money(card->amount);
  mail.text = "Hello,\n\nthis is the code of a gift card of " + formats_.money(card->amount) + ":\n\n  " + card->code +
              "\n\nIt pays at the checkout, all at once or bit by bit.";
  if (card->expires) mail.text += " It can be used until " + formats_.date(*card->expires) + ".";
  mail.text += "\nWhoever has the code can spend it: keep it as you would keep money. We cannot tell it again.\n\n" +
               shop_name_ + "\n";
  TRY_DO(messenger_.send(mail));
  return gift_cards_->sent(credit_id);
}

Result<void> Notifications::tell(Occasion occasion, OrderId order_id, const std::string& key) {
  TRY(const auto order, this->order(order_id));
  if (!order || order->email.empty()) return {};
  Mail mail;
  mail.key = key;
  mail.to = order->email;
  mail.subject = subject_of(occasion, order->number());
  mail.text = text_of(occasion, formats_, *order) + "\n" + shop_name_ + "\n";
  return messenger_.send(mail);
}

Result<void> Notifications::tell_missing(const Missing& missing, OrderId order_id, const std::string& key) {
  TRY(const auto order, orders_.find(order_id));
  if (!order || order->email.empty()) return {};
  std::string title;
  for (const auto& line : order->document.lines)
    if (line.offer_id == missing.offer) title = line.title;
  Mail mail;
  mail.key = key;
  mail.to = order->email;
  mail.subject = "Something of your order " + order->number() + " is missing";
  mail.text = "Hello " + order->document.shipping_address.name +
              ",\n\nwe are sorry: there are fewer than we thought of\n\n  " + std::to_string(missing.quantity) + " x " +
              title + "\n\nThe orders before yours had them. Unless you say on the " +
              "order's page that you would rather wait,\nthey are cancelled on " +
              formats_.date_time(missing.decide_by) + ", and what was paid for them comes back to you.\n";
  if (alternatives_ != nullptr) {
    TRY(const auto others, alternatives_->alternatives(missing.offer, kAlternatives));
    if (!others.empty()) mail.text += "\nIn their place there is:\n\n";
    for (const auto& other : others)
      mail.text += "  " + other.title + "  " + formats_.money(other.price) + "\n  " + other.url + "\n";
  }
  mail.text += "\n" + shop_name_ + "\n";
  return messenger_.send(mail);
}

}  // namespace kontor::notifications
