// Mails about carts, to customers: left alone, about to be thrown away, something in it no longer sold.
#include <algorithm>

#include "shop/notifications/notifications.h"

namespace kontor::notifications {
namespace {

void close_with_stop(Mail& mail, const LeftCart& cart, const std::string& shop_name) {
  mail.text += "\n\n" + shop_name + "\n";
  if (cart.stop.empty()) return;
  mail.text += "\n--\nNo more mails about your cart:\n" + cart.stop + "\n";
  mail.unsubscribe = cart.stop;
}

}  // namespace

Result<void> Notifications::remind(CartOccasion occasion, CustomerId customer, std::int64_t version,
                                   const std::string& key) {
  if (carts_ == nullptr) return {};
  TRY(const auto cart, carts_->left_cart(customer));
  if (!cart || cart->version != version) return {};
  Mail mail;
  mail.key = key;
  mail.to = cart->email;
  const bool ends = occasion == CartOccasion::kExpiring;
  mail.subject = ends ? "Your cart is about to be emptied" : "Your cart is waiting for you";
  mail.text = "Hello " + cart->name + ",\n\n" +
              (ends ? "on " + formats_.date(cart->expires) + " we empty your cart. In it are:\n\n"
                    : std::string("this is still in your cart:\n\n"));
  for (const auto& item : cart->items)
    mail.text +=
        "  " + std::to_string(item.quantity) + " x " + item.title + "  " + formats_.money(item.price) + " each\n";
  mail.text += "\nHere it is:\n\n  " + cart->url;
  close_with_stop(mail, *cart, shop_name_);
  return messenger_.send(mail);
}

Result<void> Notifications::tell_removed(CustomerId customer, std::span<const OfferId> offers, const std::string& key) {
  if (carts_ == nullptr) return {};
  TRY(const auto cart, carts_->left_cart(customer));
  if (!cart) return {};
  std::string gone;
  for (const auto& item : cart->items)
    if (std::find(offers.begin(), offers.end(), item.offer) != offers.end())
      gone += "  " + std::to_string(item.quantity) + " x " + item.title + "\n";
  if (gone.empty()) return {};
  Mail mail;
  mail.key = key;
  mail.to = cart->email;
  mail.subject = "Something in your cart is no longer sold";
  mail.text = "Hello " + cart->name + ",\n\nwe are sorry: this is no longer sold, and not counted in your cart.\n\n" +
              gone + "\nThe rest of it is here:\n\n  " + cart->url;
  close_with_stop(mail, *cart, shop_name_);
  return messenger_.send(mail);
}

}  // namespace kontor::notifications
