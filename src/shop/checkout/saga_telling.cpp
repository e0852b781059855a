// The saga's last word to a buyer who was promised one: the purchase that waited behind a 202 came to nothing.
#include <boost/json/object.hpp>

#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/checkout/events.h"
#include "shop/checkout/saga.h"

namespace kontor::checkout {
namespace {

// The problem document's own reason.
std::string reason_in(const std::optional<std::string>& problem) {
  if (!problem) return {};
  const auto document = json::parse(*problem);
  if (!document) return {};
  const auto* object = document->root().if_object();
  const auto* reason = object == nullptr ? nullptr : object->if_contains("reason");
  return reason != nullptr && reason->is_string() ? std::string(std::string_view(reason->get_string())) : std::string();
}

}  // namespace

// Nothing when there is nobody to tell: who gave it up knows, and so does who is being answered right now. Otherwise
// what a mail needs of the plan, which a settled row has no more (Unplaced forgets it once the mail is written).
std::optional<std::string> Saga::kept_for_buyer(const Journal& journal, const Change& last) {
  const bool gave_up = last.to == CheckoutState::kCancelled;
  const bool answered_now = journal.answer_status == 0 && last.answer_status != 0;
  const bool answered_otherwise = journal.answer_status != 0 && journal.answer_status != 202;
  if (gave_up || answered_now || answered_otherwise) return std::nullopt;
  if (journal.plan.email.empty()) return std::string();
  Plan kept = journal.plan;
  kept.document.payments.clear();
  kept.document.billing_address.reset();
  kept.document.tax_id.reset();
  kept.action_url.reset();
  return json::print(kept);
}

// The row itself says whether a 202 went out: this process may know it from before that.
Result<void> Saga::settle_undone(db::Tx& tx, const Journal& journal, Change last,
                                 const std::optional<std::string>& kept, Time at) {
  if (!kept) return apply(tx, journal.id, last, at);
  TRY(const auto row, find(tx, journal.id));
  if (!row || row->settled() || row->answer_status != 202) return apply(tx, journal.id, last, at);
  if (!kept->empty()) last.plan = &*kept;
  TRY_DO(apply(tx, journal.id, last, at));
  const CheckoutNotCompleted news{journal.id, reason_in(last.problem ? last.problem : row->problem)};
  return services::emit(tx, news, journal.id.text(), at);
}

}  // namespace kontor::checkout
