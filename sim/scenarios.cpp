#include <array>

#include "sim/scenario.h"

namespace kontor::sim {
namespace {

constexpr Faults kCalm{};
constexpr Faults kLossyGateway{.lost_answer_pct = 30,
                               .lost_request_pct = 10,
                               .late_effect_pct = 10,
                               .refused_pct = 5,
                               .decline_pct = 10,
                               .step_up_pct = 5,
                               .webhook_pct = 20,
                               .lost_reply_pct = 10};
constexpr Faults kCrashes{
    .lost_answer_pct = 5, .decline_pct = 5, .webhook_pct = 10, .lost_reply_pct = 5, .crash_every_steps = 120};
constexpr Faults kBadDisk{
    .lost_answer_pct = 5, .lost_reply_pct = 5, .crash_every_steps = 400, .disk_fails_every_writes = 80};
constexpr Faults kHiccups{.lost_answer_pct = 5,
                          .decline_pct = 5,
                          .webhook_pct = 10,
                          .lost_reply_pct = 5,
                          .crash_every_steps = 600,
                          .disk_hiccup_every_calls = 110};
constexpr Faults kFullDisk{.lost_reply_pct = 5, .crash_every_steps = 400, .disk_full_pct = 60};
constexpr Faults kSilentGateway{.lost_request_pct = 5,
                                .decline_pct = 5,
                                .silence_pct = 40,
                                .webhook_pct = 50,
                                .lost_reply_pct = 5,
                                .crash_every_steps = 20000};
constexpr Faults kEverything{.lost_answer_pct = 8,
                             .lost_request_pct = 5,
                             .late_effect_pct = 8,
                             .refused_pct = 4,
                             .decline_pct = 8,
                             .step_up_pct = 5,
                             .webhook_pct = 20,
                             .lost_reply_pct = 8,
                             .crash_every_steps = 250,
                             .disk_fails_every_writes = 200,
                             .clock_jumps_every_steps = 400};

constexpr Scenario kTwoCards{.name = "two_cards",
                             .shoppers = 3,
                             .purchases = 2,
                             .offers = 3,
                             .units = 6,
                             .cancel_pct = 35,
                             .ship_pct = 40,
                             .double_click_pct = 20,
                             .split_pct = 70,
                             .faults = kLossyGateway};
constexpr Scenario kCapturedLater{.name = "captured_later",
                                  .shoppers = 3,
                                  .purchases = 2,
                                  .offers = 3,
                                  .units = 6,
                                  .cancel_pct = 35,
                                  .part_cancel_pct = 40,
                                  .ship_pct = 60,
                                  .split_pct = 30,
                                  .saved_card_pct = 60,
                                  .capture_later = true,
                                  .faults = kCrashes};

constexpr Scenario kTwoDevices{.name = "two_devices",
                               .shoppers = 3,
                               .purchases = 2,
                               .offers = 3,
                               .units = 9,
                               .most_per_line = 4,
                               .cancel_pct = 20,
                               .double_click_pct = 20,
                               .sign_in_pct = 70,
                               .faults = kCrashes};

constexpr Scenario kSuspicious{.name = "suspicious",
                               .shoppers = 3,
                               .purchases = 2,
                               .offers = 3,
                               .units = 5,
                               .cancel_pct = 25,
                               .ship_pct = 40,
                               .double_click_pct = 15,
                               .split_pct = 20,
                               .suspicious_pct = 60,
                               .faults = kEverything};

constexpr Scenario kSplitOrders{.name = "split_orders",
                                .shoppers = 4,
                                .purchases = 2,
                                .offers = 3,
                                .units = 9,
                                .warehouses = 4,
                                .most_per_line = 3,
                                .cancel_pct = 25,
                                .ship_pct = 50,
                                .double_click_pct = 20,
                                .faults = kCrashes};

constexpr Scenario kPartCancellations{.name = "part_cancellations",
                                      .shoppers = 3,
                                      .purchases = 3,
                                      .offers = 3,
                                      .units = 18,
                                      .most_per_line = 3,
                                      .purchase_limit = 6,
                                      .cancel_pct = 15,
                                      .part_cancel_pct = 80,
                                      .ship_pct = 60,
                                      .faults = kCrashes};

constexpr Scenario kStockroom{.name = "stockroom",
                              .shoppers = 4,
                              .purchases = 2,
                              .offers = 2,
                              .units = 6,
                              .stock_acts = 12,
                              .clerk_deals = 8,
                              .purchase_limit = 2,
                              .cancel_pct = 25,
                              .ship_pct = 40,
                              .double_click_pct = 20,
                              .faults = kCrashes};

constexpr Scenario kDiskHiccups{.name = "disk_hiccups",
                                .shoppers = 3,
                                .purchases = 2,
                                .offers = 3,
                                .units = 6,
                                .clerk_deals = 3,
                                .cancel_pct = 25,
                                .ship_pct = 40,
                                .faults = kHiccups};

constexpr Scenario kEverythingAtOnce{.name = "everything",
                                     .shoppers = 4,
                                     .purchases = 2,
                                     .offers = 3,
                                     .units = 4,
                                     .warehouses = 2,
                                     .stock_acts = 6,
                                     .clerk_deals = 5,
                                     .purchase_limit = 3,
                                     .cancel_pct = 25,
                                     .part_cancel_pct = 25,
                                     .ship_pct = 40,
                                     .double_click_pct = 25,
                                     .split_pct = 25,
                                     .faults = kEverything};

constexpr Scenario kDrift{.name = "drift",
                          .shoppers = 4,
                          .purchases = 2,
                          .offers = 2,
                          .units = 9,
                          .stock_acts = 10,
                          .tampers = true,
                          .cancel_pct = 25,
                          .ship_pct = 40,
                          .faults = kCrashes};

constexpr Scenario kExternalOversell{.name = "external_oversell",
                                     .shoppers = 4,
                                     .purchases = 2,
                                     .offers = 2,
                                     .units = 9,
                                     .stock_acts = 8,
                                     .oversells = true,
                                     .cancel_pct = 15,
                                     .part_cancel_pct = 15,
                                     .ship_pct = 40,
                                     .split_pct = 20,
                                     .faults = kCrashes};

constexpr Scenario kHotSlots{.name = "hot_slots",
                             .shoppers = 5,
                             .purchases = 2,
                             .offers = 1,
                             .units = 8,
                             .most_per_line = 3,
                             .stock_acts = 14,
                             .one_house = true,
                             .spreads = true,
                             .purchase_limit = 4,
                             .cancel_pct = 30,
                             .part_cancel_pct = 30,
                             .ship_pct = 40,
                             .faults = kCrashes};

constexpr Scenario kBackorders{.name = "backorders",
                               .shoppers = 5,
                               .purchases = 2,
                               .offers = 2,
                               .units = 3,
                               .warehouses = 2,
                               .stock_acts = 4,
                               .spreads = true,
                               .backorder = 4,
                               .cancel_pct = 20,
                               .ship_pct = 60,
                               .faults = kCrashes};

// No clock that jumps: what a moment cost is asked of the clock.
constexpr Faults kAnxious{.lost_answer_pct = 8,
                          .lost_request_pct = 4,
                          .late_effect_pct = 6,
                          .decline_pct = 6,
                          .webhook_pct = 15,
                          .lost_reply_pct = 8,
                          .crash_every_steps = 300,
                          .disk_hiccup_every_calls = 400};
constexpr Scenario kPriceChanges{.name = "price_changes",
                                 .shoppers = 5,
                                 .purchases = 3,
                                 .offers = 3,
                                 .units = 30,
                                 .cancel_pct = 10,
                                 .part_cancel_pct = 15,
                                 .double_click_pct = 15,
                                 .split_pct = 10,
                                 .price_acts = 60,
                                 .faults = kAnxious};

constexpr Scenario kCouponBudget{.name = "coupon_budget",
                                 .shoppers = 5,
                                 .purchases = 2,
                                 .offers = 2,
                                 .units = 14,
                                 .cancel_pct = 35,
                                 .part_cancel_pct = 20,
                                 .ship_pct = 40,
                                 .double_click_pct = 20,
                                 .split_pct = 10,
                                 .coupon_uses = 3,
                                 .faults = kEverything};

constexpr Scenario kCartClaims{.name = "cart_claims",
                               .shoppers = 5,
                               .purchases = 2,
                               .offers = 2,
                               .units = 5,
                               .warehouses = 2,
                               .cancel_pct = 25,
                               .part_cancel_pct = 15,
                               .ship_pct = 30,
                               .double_click_pct = 20,
                               .claim_minutes = 3,
                               .sign_in_pct = 30,
                               .faults = kEverything};

constexpr Faults kEverythingAndDeclines = [] {
  Faults faults = kEverything;
  faults.decline_pct = 25;
  return faults;
}();

// About as much as three purchases cost, passed around by five shoppers.
constexpr Scenario kGiftCardBalance{.name = "gift_card_balance",
                                    .shoppers = 5,
                                    .purchases = 2,
                                    .offers = 2,
                                    .units = 14,
                                    .cancel_pct = 30,
                                    .part_cancel_pct = 30,
                                    .ship_pct = 40,
                                    .double_click_pct = 20,
                                    .gift_card_minor = 15'000,
                                    .gift_card_pct = 85,
                                    .faults = kEverythingAndDeclines};

constexpr auto kScenarios = std::to_array<Scenario>({
    {.name = "calm",
     .shoppers = 3,
     .purchases = 3,
     .offers = 3,
     .units = 12,
     .cancel_pct = 20,
     .part_cancel_pct = 30,
     .ship_pct = 50,
     .faults = kCalm},
    {.name = "last_unit", .shoppers = 5, .purchases = 1, .offers = 1, .units = 2, .most_per_line = 1, .faults = kCalm},
    {.name = "last_unit_under_crashes", .shoppers = 5, .purchases = 1, .offers = 2, .units = 2, .faults = kCrashes},
    {.name = "lossy_gateway", .purchases = 2, .units = 4, .cancel_pct = 20, .faults = kLossyGateway},
    {.name = "double_click",
     .shoppers = 3,
     .purchases = 2,
     .offers = 2,
     .units = 6,
     .double_click_pct = 70,
     .faults = kLossyGateway},
    {.name = "crashes",
     .shoppers = 3,
     .purchases = 2,
     .offers = 3,
     .units = 6,
     .cancel_pct = 30,
     .ship_pct = 50,
     .double_click_pct = 20,
     .faults = kCrashes},
    {.name = "bad_disk",
     .shoppers = 3,
     .purchases = 2,
     .offers = 3,
     .units = 6,
     .clerk_deals = 4,
     .ship_pct = 30,
     .faults = kBadDisk},
    {.name = "full_disk", .shoppers = 3, .purchases = 2, .offers = 3, .units = 6, .ship_pct = 30, .faults = kFullDisk},
    kStockroom,
    kDiskHiccups,
    kTwoCards,
    kTwoDevices,
    kCapturedLater,
    kSuspicious,
    kSplitOrders,
    kPartCancellations,
    kDrift,
    kExternalOversell,
    kHotSlots,
    kBackorders,
    kCouponBudget,
    kCartClaims,
    kGiftCardBalance,
    kPriceChanges,
    kEverythingAtOnce,
});

// Long histories: by name, and for one seed in kSeedsALong.
constexpr std::uint64_t kSeedsALong = 64;
constexpr auto kLong = std::to_array<Scenario>({
    {.name = "silent_gateway",
     .shoppers = 3,
     .purchases = 1,
     .offers = 2,
     .units = 2,
     .most_per_line = 1,
     .double_click_pct = 20,
     .faults = kSilentGateway},
});

constexpr auto kPlantedBugs = std::to_array<PlantedBug>({
    {"guard dropped", &Planted::drop_stock_guard},
    {"release twice", &Planted::release_twice},
    {"confirm after expiry", &Planted::confirm_after_expiry},
    {"charge before reserve", &Planted::charge_before_reserve},
    {"answer stored apart from the order", &Planted::answer_apart},
    {"timeout taken as no", &Planted::timeout_means_no},
    {"webhook not deduplicated", &Planted::repeated_webhooks},
    {"refund over capture", &Planted::refund_over_capture},
    {"event outside the transaction", &Planted::event_outside},
    {"lines not summed per stock row", &Planted::lines_not_summed},
    {"cancel racing pack", &Planted::cancel_what_is_packed},
    {"ledger leg missing", &Planted::lose_ledger_leg},
    {"a gift card keeps what it held", &Planted::keep_what_is_held},
    {"cart copy not dropped", &Planted::cart_copy_not_dropped},
});

}  // namespace

std::span<const PlantedBug> planted_bugs() { return kPlantedBugs; }

std::span<const Scenario> scenarios() { return kScenarios; }

const Scenario* find_scenario(std::string_view name) {
  for (const Scenario& scenario : kScenarios)
    if (scenario.name == name) return &scenario;
  for (const Scenario& scenario : kLong)
    if (scenario.name == name) return &scenario;
  return nullptr;
}

const Scenario& scenario_of(std::uint64_t seed) {
  if (seed % kSeedsALong == 0) return kLong[seed / kSeedsALong % kLong.size()];
  return kScenarios[seed % kScenarios.size()];
}

}  // namespace kontor::sim
