// The program's shop, with all of its consumers, on a store in which customers of the small test shop bought.
#pragma once
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "adapters/blobs_memory/memory_blobs.h"
#include "adapters/cache_memory/memory_cache.h"
#include "adapters/codec_vips/vips_codec.h"
#include "adapters/log_outbox/outbox_log.h"
#include "app/migrations.h"
#include "app/shop.h"
#include "tests/support/outgoing.h"
#include "tests/support/shop_world.h"

namespace kontor::testing {

struct NoWeb : WebFetcher {
  Result<std::string> get(const std::string&, const std::function<bool()>&) override {
    return fail(Errc::kUnavailable, "web.no_answer");
  }
};

struct WholeShop {
  WholeShop() { REQUIRE(small.test.store().migrate(app::all_migrations())); }
  ShopWorld small;
  log_outbox::OutboxLog log{small.store};
  Outgoing messenger;
  blobs_memory::MemoryBlobs blobs;
  cache_memory::MemoryCache cache{small.test.clock, 1 << 20};
  codec_vips::VipsCodec codec;
  NoWeb web;
  runtime::MemoryLog lines;
  runtime::Metrics metrics;
  std::unique_ptr<app::Shop> shop;

  void open() {
    auto made = app::Shop::make({small.store, log, small.test.clock, small.test.random, small.test.ids, small.gateway,
                                 messenger, blobs, codec, web, cache, lines, metrics},
                                {});
    REQUIRE(made);
    shop = std::move(*made);
    REQUIRE(shop->consumers.prepare());
  }
};

}  // namespace kontor::testing
