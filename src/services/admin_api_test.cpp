#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "runtime/router.h"
#include "services/audit.h"
#include "services/events_api.h"
#include "services/jobs_api.h"
#include "services/outbox.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

struct AdminWorld {
  testing::TestStore test{{services_migrations()}};
  log_outbox::OutboxLog log{test.store()};
  Jobs jobs{test.store(), test.clock, test.ids};
  Audit audit{test.store(), test.clock, test.ids, test.random};
  Cursors cursors{"a secret of sixteen bytes"};
  Shoppers shoppers{test.clock, test.random, test.ids, {"a secret of sixteen bytes", "admin-token"}};
  http::Router router{"/api/v1"};
  std::unique_ptr<http::Dispatcher> dispatcher;

  AdminWorld() {
    add_jobs_api(router, jobs, shoppers);
    add_audit_api(router, audit, shoppers, cursors);
    add_events_api(router, log, shoppers);
    const http::Router* routers[] = {&router};
    dispatcher = std::make_unique<http::Dispatcher>(routers);
  }
  http::Response get(const std::string& path, std::string query = "", std::string_view token = "Bearer admin-token") {
    http::Request request;
    request.path = request.target = path;
    request.query = query;
    if (!token.empty()) request.headers.push_back({"Authorization", token});
    return dispatcher->run(dispatcher->find(request.method, request.path), request);
  }
};

std::string member(const std::string& body, std::string_view name) {
  const auto document = json::parse(body);
  REQUIRE(document);
  const auto& value = document->root().as_object().at(boost::json::string_view(name.data(), name.size()));
  return value.is_string() ? std::string(value.as_string()) : std::string();
}

TEST_CASE("GET /admin/jobs/{id} shows a job to staff alone") {
  AdminWorld world;
  const auto id = *world.jobs.enqueue(world.jobs.make("testing.one", "{}"));
  const auto found = world.get("/api/v1/admin/jobs/" + id.text());
  CHECK(found.status == 200);
  CHECK(found.body == "{\"id\":\"" + id.text() +
                          "\",\"kind\":\"testing.one\",\"state\":\"queued\",\"progress\":{},\"created_at\":\"" +
                          to_rfc3339(world.test.clock.now()) + "\",\"updated_at\":\"" +
                          to_rfc3339(world.test.clock.now()) + "\"}");
  CHECK(world.get("/api/v1/admin/jobs/job_0000000000001").status == 404);
  CHECK(world.get("/api/v1/admin/jobs/nonsense").status == 404);
  CHECK(world.get("/api/v1/admin/jobs/" + id.text(), "", "").status == 401);
  const auto guest = "Bearer " + world.shoppers.issue_guest().token;
  CHECK(world.get("/api/v1/admin/jobs/" + id.text(), "", guest).status == 403);
}

TEST_CASE("GET /admin/events gives every event once over its pages, from all places") {
  AdminWorld world;
  for (int i = 0; i < 25; ++i) {
    const auto home = i % 3 == 0 ? db::Home::kCatalog : db::Home::kCustomer;
    REQUIRE(world.test.store().write(home, [&](db::Tx& tx) {
      return emit_text(tx, "testing.happened", std::to_string(i), R"({"i":)" + std::to_string(i) + "}", Time{1000 + i});
    }));
  }
  std::string after;
  std::string subjects;
  for (int page = 0; page < 4; ++page) {
    const auto answer = world.get("/api/v1/admin/events", "limit=10" + (after.empty() ? "" : "&after=" + after));
    REQUIRE(answer.status == 200);
    const auto document = json::parse(answer.body);
    for (const auto& item : document->root().as_object().at("items").as_array())
      subjects += std::string(item.as_object().at("subject").as_string()) + " ";
    after = member(answer.body, "next_after");
  }
  std::string wanted;
  for (int i = 0; i < 25; ++i) wanted += std::to_string(i) + " ";
  CHECK(subjects == wanted);
  for (const auto* bad : {"nonsense", "shop", "shop.", "shop.-1", "shop.1x", "nowhere.1", "shop.99999999999999999999"})
    CHECK(world.get("/api/v1/admin/events", std::string("after=") + bad).status == 400);
  CHECK(world.get("/api/v1/admin/events", "limit=0").status == 422);
  CHECK(world.get("/api/v1/admin/events", "limit=101").status == 422);
  CHECK(world.get("/api/v1/admin/events", "", "").status == 401);
}

TEST_CASE("GET /admin/audit-log pages by cursors that belong to their query") {
  AdminWorld world;
  for (int i = 0; i < 5; ++i) {
    const auto entry = world.audit.entry("staff:ada", "testing.act", "thing", std::to_string(i));
    REQUIRE(world.test.store().write(db::Home::kCatalog, [&](db::Tx& tx) { return Audit::record(tx, entry); }));
    world.test.clock.advance_ms(1);
  }
  std::string cursor;
  std::string details;
  for (int page = 0; page < 3; ++page) {
    const auto answer =
        world.get("/api/v1/admin/audit-log", "limit=2&actor=staff:ada" + (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(answer.status == 200);
    const auto document = json::parse(answer.body);
    for (const auto& item : document->root().as_object().at("items").as_array())
      details += std::to_string(item.as_object().at("detail").as_int64());
    if (page < 2)
      cursor = member(answer.body, "next_cursor");
    else
      CHECK(answer.body.find("\"next_cursor\":null") != std::string::npos);
  }
  CHECK(details == "43210");
  CHECK(world.get("/api/v1/admin/audit-log", "limit=2&cursor=" + cursor).status == 400);
  CHECK(world.get("/api/v1/admin/audit-log", "actor=staff:ada&cursor=AAAA").status == 400);
  CHECK(world.get("/api/v1/admin/audit-log", "actor=").status == 422);
}

}  // namespace
}  // namespace kontor::services
