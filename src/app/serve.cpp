#include "app/serve.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/certificate.h"
#include "app/demo.h"
#include "app/house.h"
#include "app/load_watch.h"
#include "app/operations.h"
#include "app/searching.h"
#include "app/surroundings.h"
#include "app/watch.h"
#include "pages/pages.h"
#include "runtime/docs.h"
#include "runtime/http_server.h"
#include "runtime/monotonic.h"
#include "shop/checkout/reorder.h"

namespace kontor::app {
namespace {

std::int64_t one_a_core() {
  constexpr std::int64_t kMost = 4;
  return std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 1, kMost);
}

// Where the store is another process, an answer waits for it more than it computes, and there are more loops.
std::unique_ptr<runtime::Workers> searchers_of(const runtime::Config& config) {
  if (!config.text("store").empty()) return nullptr;
  const std::int64_t set = config.number("search_threads");
  return std::make_unique<runtime::Workers>(static_cast<int>(set > 0 ? set : one_a_core()), 1000);
}

runtime::ServerSettings server_settings(const runtime::Config& config) {
  runtime::ServerSettings settings;
  settings.head_bytes = static_cast<std::size_t>(config.number("header_limit"));
  settings.body_bytes = static_cast<std::size_t>(config.number("body_limit"));
  settings.connections = static_cast<std::size_t>(config.number("max_connections"));
  settings.head_ms = config.number("header_timeout_ms");
  settings.body_ms = config.number("body_timeout_ms");
  settings.write_ms = config.number("write_timeout_ms");
  settings.idle_ms = config.number("idle_timeout_ms");
  for (const auto& text : config.list("trusted_proxies"))
    settings.trusted_proxies.push_back(*runtime::parse_network(text));
  settings.hosts = config.list("hosts");
  settings.cors_origins = config.list("cors_origins");
  settings.hsts_s = config.number("hsts_max_age");
  return settings;
}

// The port that browsers come to: in front of a container or a firewall it may be another than the listener's.
int https_port(const runtime::Config& config, int listened) {
  const std::string_view url = config.text("public_url");
  if (!url.starts_with("https://")) return listened;
  const std::string_view authority = url.substr(8, url.find('/', 8) - 8);
  const auto address = runtime::parse_address(authority);
  return authority.find(':') == std::string_view::npos || !address ? 443 : address->port;
}

constexpr int kAlternatives = 4;

Result<std::vector<pages::MissingUnits>> missing_of(Shop& shop, OrderId order) {
  TRY(const auto shortages, shop.shortages.of_order(order));
  std::vector<pages::MissingUnits> out;
  for (const auto& one : shortages) {
    if (one.state != checkout::ShortageState::kOpen && one.state != checkout::ShortageState::kWaiting) continue;
    auto& units = out.emplace_back(pages::MissingUnits{
        one.offer, one.quantity, one.state == checkout::ShortageState::kWaiting, one.decide_by, {}});
    if (units.waits || !shop.degradation.recommends()) continue;
    TRY(units.alternatives, shop.alternatives.alternatives(one.offer, kAlternatives));
  }
  return out;
}

pages::OrderCalls order_calls(Shop& shop) {
  return {[&shop](const orders::Order& order) -> Result<http::Response> {
            TRY(const auto invoices, shop.invoices.of(order));
            return orders::invoice_response(
                orders::invoice_html(order, invoices, {std::string(kSeller), shop.settings.formats}));
          },
          [&shop](const cart::Owner& owner, const orders::Order& order) -> Result<pages::OrderedAgain> {
            TRY(const auto done, checkout::reorder(shop.carts, owner, order));
            pages::OrderedAgain again{!done.added.empty(), {}};
            for (const auto& line : done.missing) again.missing.push_back({line.quantity, line.title});
            return again;
          },
          [&shop](OrderId order) { return missing_of(shop, order); },
          [&shop](OrderId order, OfferId offer, bool waits) -> Result<void> {
            const auto decision = waits ? checkout::ShortageDecision::kWait : checkout::ShortageDecision::kCancel;
            TRY_DO(shop.shortages.decide(order, offer, decision, {"customer"}));
            return {};
          }};
}

pages::CartMailCalls cart_mail_calls(Shop& shop) {
  return {[&shop](std::string_view token) { return shop.customer_carts.stops(token).has_value(); },
          [&shop](std::string_view token) -> Result<void> {
            const auto customer = shop.customer_carts.stops(token);
            return customer ? shop.customer_carts.stop(*customer) : Result<void>();
          }};
}

pages::VisitorCalls visitor_calls(Shop& shop) {
  return {[&shop](const http::Request& request, const telemetry::Observation& what) { observe(shop, request, what); },
          [&shop] { return shop.behaviour.experiments.runs(kRankingSubject); },
          [&shop](const http::Request& request) { return trial_of(shop, request); },
          [&shop](CustomerId customer) { return shop.behaviour.experiments.forget(customer); }};
}

pages::Parts parts_of_pages(Shop& shop) {
  return {shop.showcase,
          *shop.search,
          shop.catalog,
          shop.carts,
          shop.checkouts,
          shop.orders,
          shop.shoppers,
          shop.world.clock,
          shop.world.random,
          shop.settings.public_url,
          order_calls(shop),
          cart_mail_calls(shop),
          shop.named_carts,
          shop.degradation,
          shop.settings.ready_bytes_mb,
          {shop.settings.currency, shop.settings.formats},
          shop.settings.other_locales,
          &shop.operator_rates,
          shop.settings.sitemap_addresses,
          visitor_calls(shop),
          shop.settings.asks_consent};
}

// One event loop, its server, and (but for the first) its thread.
struct Line {
  runtime::Loop loop;
  std::unique_ptr<runtime::Server> server;
  std::thread thread;
};

// SIGTERM, SIGINT, SIGHUP and SIGUSR1 are read from a descriptor by the first loop; writing to a closed socket is an
// error, not a signal.
int take_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

class Program {
 public:
  struct Surroundings {
    LogFile& log_file;         // reopened by a signal
    Certificate* certificate;  // null: plain HTTP
    runtime::Tracer* tracer;   // null: nothing is traced
  };
  Program(const runtime::Config& config, House& house, runtime::Log& log, runtime::Metrics& metrics,
          const Surroundings& around)
      : config_(config),
        house_(house),
        log_(log),
        metrics_(metrics),
        log_file_(around.log_file),
        certificate_(around.certificate),
        tracer_(around.tracer),
        load_(house.shop().degradation),
        operations_("") {
    add_operations(operations_, house, metrics, stopping_);
    auto [error_page, warm_page, products, listings, addresses] =
        pages::add_pages(house.shop().pages(), parts_of_pages(house.shop()));
    house.shop().warming.set_pages(std::move(warm_page));
    watch_cache(metrics, "pages", std::move(products));
    watch_cache(metrics, "listing_pages", std::move(listings));
    watch_cache(metrics, "page_addresses", std::move(addresses));
    const http::Router* tables[] = {&house.shop().api(), &operations_};
    const http::Docs docs(tables, {"Kontor", "1", "The shop's public contract."});
    docs.add_to(documents_);
    const http::Router* all[] = {&house.shop().api(), &operations_, &house.shop().pages(), &documents_};
    dispatcher_ = std::make_unique<http::Dispatcher>(all, &log);
    dispatcher_->on_refusal(error_page);
    observer_ = std::make_unique<AccessObserver>(log, metrics, config.on("access_log"));
    observer_->add_routes(*dispatcher_);
    if (config.text("admin_listen").empty()) return;
    public_ = std::make_unique<http::Dispatcher>(all, &log, [](auto pattern) { return !is_back_office(pattern); });
    public_->on_refusal(std::move(error_page));
    observer_->add_routes(*public_);
  }

  // The embedded store has one writer, whom one loop keeps busy; what is asked of PostgreSQL is waited for, and another
  // loop works meanwhile.
  std::int64_t loops_wanted() const {
    const std::int64_t set = config_.number("io_threads");
    if (set > 0) return set;
    return config_.text("store").empty() ? 1 : one_a_core();
  }

  // Every loop listens on every address; prints them.
  Result<void> listen() {
    Doors doors;
    for (std::int64_t i = 0, count = loops_wanted(); i < count; ++i) {
      auto line = std::make_unique<Line>();
      runtime::ServerWorld world;
      world.wall_clock = [&clock = house_.clock()] { return clock.now(); };
      world.seed = house_.shop().world.random.number();
      world.observer = observer_.get();
      world.workers = config_.on("compression") ? house_.shop().world.workers : nullptr;
      world.tracer = tracer_;
      line->server =
          std::make_unique<runtime::Server>(line->loop, *dispatcher_, server_settings(config_), std::move(world));
      TRY_DO(open_doors(*line->server, doors));
      line->loop.on_turn(
          [&turns = metrics_.histogram(
               "kontor_loop_turn_seconds", "How long a turn of an event loop kept everybody else waiting",
               {{"loop", std::to_string(i)}}, runtime::Buckets::kFine)](std::int64_t us) { turns.observe(us); });
      lines_.push_back(std::move(line));
    }
    watch_lines();
    const std::string shop = url(certificate_ != nullptr, "listen", doors.shop);
    std::printf("Shop and API:  %s/\nDocumentation: %s/docs\n", shop.c_str(), shop.c_str());
    std::printf("Try:           curl '%s/api/v1/products?limit=3'\n", shop.c_str());
    if (doors.office >= 0)
      std::printf("Back office:   %s/\n", url(config_.on("admin_tls"), "admin_listen", doors.office).c_str());
    if (doors.redirect >= 0) std::printf("To HTTPS from: %s/\n", url(false, "redirect_listen", doors.redirect).c_str());
    return {};
  }

  Result<void> run(int signals) {
    TRY_DO(house_.shop().start(lines_[0]->loop));
    runtime::Loop& first = lines_[0]->loop;
    if (tracer_ != nullptr) first.spawn([this] { tracer_->run(); });
    first.post([this, &first, signals] {
      first.watch(signals, EPOLLIN, [this, signals](std::uint32_t) {
        signalfd_siginfo info;
        while (::read(signals, &info, sizeof info) > 0) on_signal(static_cast<int>(info.ssi_signo));
      });
    });
    if (certificate_ != nullptr) first.spawn([this] { certificate_->watch(*house_.shop().world.workers); });
    first.spawn([this] { answer_supervisor(); });
    for (auto& line : lines_) load_.add(line->loop, [&server = *line->server] { return server.in_flight(); });
    load_.start(first);
    for (std::size_t i = 1; i < lines_.size(); ++i)
      lines_[i]->thread = std::thread([this, i] { lines_[i]->loop.run(); });
    first.run();
    for (auto& line : lines_)
      if (line->thread.joinable()) line->thread.join();
    for (auto& line : lines_) line->loop.kill_all();
    for (auto& line : lines_) line->server.reset();
    return {};
  }

 private:
  struct Doors {  // the ports, once they are known
    int shop = -1, office = -1, redirect = -1;
  };
  Result<void> open_doors(runtime::Server& server, Doors& doors) {
    const auto open = [&](std::string_view setting, const runtime::Entrance& entrance, int& port) -> Result<void> {
      const auto address = config_.address(setting);
      if (port < 0) TRY_DO(check_address_is_free(address));
      TRY(port, server.listen(address.host, port >= 0 ? port : address.port, entrance));
      return {};
    };
    const runtime::Tls* tls = certificate_ == nullptr ? nullptr : &certificate_->tls();
    TRY_DO(open("listen", {public_.get(), tls, 0, false}, doors.shop));
    // The office has all of the shop's addresses, too. It is asked by address, from inside.
    if (public_)
      TRY_DO(open("admin_listen", {dispatcher_.get(), config_.on("admin_tls") ? tls : nullptr, 0, true}, doors.office));
    if (!config_.text("redirect_listen").empty())
      TRY_DO(open("redirect_listen", {nullptr, nullptr, https_port(config_, doors.shop), false}, doors.redirect));
    return {};
  }
  std::string url(bool tls, std::string_view setting, int port) const {
    const std::string host = config_.address(setting).host;
    return std::string(tls ? "https://" : "http://") + (host.find(':') == std::string::npos ? host : "[" + host + "]") +
           ":" + std::to_string(port);
  }

  void on_signal(int number) {
    if (number == SIGHUP) {
      if (certificate_ != nullptr) certificate_->read_again();
      return;
    }
    if (number == SIGUSR1) {
      const auto reopened = log_file_.reopen();
      log_.info(reopened ? "the log file was reopened" : "the old log file stays in use",
                {{"detail", reopened ? "" : reopened.error().detail}});
      return;
    }
    if (!stopping_.exchange(true)) runtime::Loop::current()->spawn([this] { end(); });
  }

  // A loop that is stuck cannot say that it lives.
  void answer_supervisor() {
    tell_supervisor(std::getenv("NOTIFY_SOCKET"), "READY=1");
    const char* const limit = std::getenv("WATCHDOG_USEC");
    const std::int64_t limit_ms = limit == nullptr ? 0 : std::atoll(limit) / 1000;
    while (limit_ms > 0) {
      tell_supervisor(std::getenv("NOTIFY_SOCKET"), "WATCHDOG=1");
      runtime::sleep_for(std::max<std::int64_t>(limit_ms / 3, 10));
    }
  }

  void watch_lines() {
    const auto sum = [this](std::size_t (runtime::Server::*part)() const) {
      return [this, part] {
        double all = 0;
        for (const auto& line : lines_)
          if (line->server) all += static_cast<double>((line->server.get()->*part)());
        return all;
      };
    };
    metrics_.watch("kontor_http_connections", "Open connections", sum(&runtime::Server::connections));
    metrics_.watch("kontor_http_sockets", "Open WebSockets", sum(&runtime::Server::sockets));
    metrics_.watch("kontor_http_requests_in_flight", "Requests at work on fibers", sum(&runtime::Server::in_flight));
  }

  // On a fiber of the first loop: requests first, then what runs behind them, then the loops.
  void end() {
    log_.info("stopping", {});
    tell_supervisor(std::getenv("NOTIFY_SOCKET"), "STOPPING=1");
    const std::int64_t grace = config_.number("shutdown_grace_ms");
    std::vector<std::unique_ptr<runtime::Parker>> ended;
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      ended.push_back(std::make_unique<runtime::Parker>());
      lines_[i]->loop.spawn([this, i, grace, parker = ended.back().get()] {
        lines_[i]->server->shut_down(grace);
        parker->wake();
      });
    }
    lines_[0]->server->shut_down(grace);
    for (auto& parker : ended) parker->wait();
    house_.shop().stop();
    for (int waited = 0; house_.shop().running() && waited < 1000; ++waited) runtime::sleep_for(10);
    if (tracer_ != nullptr) {
      tracer_->stop();
      while (tracer_->running()) runtime::sleep_for(10);
    }
    for (auto& line : lines_) line->loop.stop();
  }

  const runtime::Config& config_;
  House& house_;
  runtime::Log& log_;
  runtime::Metrics& metrics_;
  LogFile& log_file_;
  Certificate* certificate_;
  runtime::Tracer* tracer_;
  LoadWatch load_;
  std::atomic<bool> stopping_{false};
  http::Router operations_;
  http::Router documents_{""};
  std::unique_ptr<http::Dispatcher> dispatcher_;  // of everything
  std::unique_ptr<http::Dispatcher> public_;      // without the back office, where that has a listener of its own
  std::unique_ptr<AccessObserver> observer_;
  std::vector<std::unique_ptr<Line>> lines_;
};

Result<std::unique_ptr<runtime::Tracer>> make_tracer(const runtime::Config& config, const Clock& clock) {
  const std::string& endpoint = config.text("otlp_endpoint");
  if (endpoint.empty()) return std::unique_ptr<runtime::Tracer>();
  TRY(auto settings, runtime::Tracer::parse(endpoint));
  settings.one_in = config.number("trace_sample");
  settings.version = KONTOR_VERSION;
  host::SystemRandom random;
  return std::make_unique<runtime::Tracer>(
      std::move(settings), [&clock] { return clock.now(); }, random.number());
}

int cannot_serve(const Error& error, int code) {
  std::fprintf(stderr, "kontor: %s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str());
  return code;
}

}  // namespace

int serve(const runtime::Config& config, bool demo) {
  const int signals = take_signals();
  runtime::StreamLog::Options log_options;
  log_options.format = config.text("log_format") == "json" ? runtime::LogFormat::kJson : runtime::LogFormat::kText;
  log_options.least = *runtime::parse_level(config.text("log_level"));
  const auto log_file = LogFile::open(config.text("log_file"));
  if (!log_file) return cannot_serve(log_file.error(), 4);
  log_options.fd = (*log_file)->fd();
  runtime::StreamLog log(log_options);
  runtime::Metrics metrics;
  const host::SystemClock clock;
  runtime::Workers workers(static_cast<int>(config.number("workers")), 1000);
  const auto certificate = Certificate::open(config, clock, log, metrics);
  if (!certificate) return cannot_serve(certificate.error(), 2);
  const auto tracer = make_tracer(config, clock);
  if (!tracer) return cannot_serve(tracer.error(), 2);
  const auto searchers = searchers_of(config);
  auto house = House::open(config, log, metrics, {&workers, tracer->get(), true, searchers.get()});
  if (!house) return cannot_serve(house.error(), house.error().code == Errc::kInvalid ? 2 : 4);
  std::printf("Kontor opened %s\n", (*house)->place().c_str());
  if (demo) {
    const std::int64_t began = runtime::monotonic_micros();
    const auto filled = fill_with_demo((*house)->shop(), config.text("data"), config.number("demo_products"));
    if (!filled) return cannot_serve(filled.error(), 4);
    if (filled->products > 0)
      std::printf("%s: %lld demo products of %lld sellers with %lld pictures were put in (%.1f s)\n",
                  filled->went_on ? "The demo was not complete" : "The store was empty",
                  static_cast<long long>(filled->products), static_cast<long long>(filled->shops + 1),
                  static_cast<long long>(filled->pictures),
                  static_cast<double>(runtime::monotonic_micros() - began) / 1e6);
  }
  for (const char* name : {"limits", "risk"})
    if (!config.on(name)) log.warning("switched off: for measurements only", {{"setting", std::string_view(name)}});
  if (!(*house)->shop().settings.admin_token.empty()) log.debug("the admin token is set", {});
  (*house)->watch_store(metrics);
  watch_shop(metrics, (*house)->shop());
  watch_cache(metrics, "cache_memory", [&cache = (*house)->cache()] { return cache.stats(); });
  watch_disk(metrics, config.text("data"));
  watch_log(metrics, log);
  watch_tracer(metrics, tracer->get());
  watch_process(metrics, (*house)->store().engine());
  Program program(config, **house, log, metrics, {**log_file, certificate->get(), tracer->get()});
  if (const auto listening = program.listen(); !listening) return cannot_serve(listening.error(), 4);
  std::fflush(stdout);
  const auto ran = program.run(signals);
  ::close(signals);
  if (!ran) return cannot_serve(ran.error(), 4);
  log.flush();
  return 0;
}

}  // namespace kontor::app
