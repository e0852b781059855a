#include "runtime/config.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/assert.h"
#include "base/text.h"

namespace kontor::runtime {
namespace {

struct File {
  std::string path;
  explicit File(std::string_view text) {
    char name[] = "/tmp/kontor-config-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
    std::ofstream(path) << text;
  }
  ~File() { unlink(path.c_str()); }
};

Config::Sources flags(std::vector<std::pair<std::string, std::string>> list) { return {std::move(list), nullptr, ""}; }

std::string refused(const Config::Sources& sources) {
  const auto config = Config::load(sources);
  return config ? "" : config.error().reason + " " + config.error().detail;
}

}  // namespace

TEST_CASE("flags win over the environment, which wins over the file, which wins over defaults") {
  const File file("log_format = \"json\"\nio_threads = 3\nlimits = false\n[gateway]\ntimeout_ms = 100\n");
  Config::Sources sources;
  sources.file = file.path;
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "KONTOR_IO_THREADS") return "4";
    if (name == "KONTOR_ADMIN_TOKEN") return "s3cret";
    return std::nullopt;
  };
  sources.flags = {{"listen", "[::1]:9000"}};
  const auto config = Config::load(sources);
  REQUIRE(config.has_value());
  CHECK(config->text("log_format") == "json");
  CHECK(config->origin("log_format") == "file " + file.path + " line 1");
  CHECK(config->number("io_threads") == 4);
  CHECK(config->origin("io_threads") == "environment KONTOR_IO_THREADS");
  CHECK_FALSE(config->on("limits"));
  CHECK(config->on("risk"));
  CHECK(config->origin("risk") == "default");
  CHECK(config->number("gateway_timeout_ms") == 100);
  CHECK(config->address("listen").host == "::1");
  CHECK(config->address("listen").port == 9000);
  CHECK(config->origin("listen") == "flag --listen");
  CHECK(config->text("admin_token") == "s3cret");
  CHECK(config->shown().find("s3cret") == std::string::npos);
  CHECK(config->shown().find("io_threads = 4") != std::string::npos);
  const File again(config->shown());  // what is shown can be read
  CHECK(Config::load({{}, nullptr, again.path})->number("io_threads") == 4);
}

TEST_CASE("unknown names and bad values are told in one line") {
  CHECK(refused(flags({{"lisen", "x"}}))
            .starts_with("config.unknown_setting flag --lisen: there is no setting 'lisen' (perhaps listen"));
  CHECK(refused(flags({{"io-threads", "none"}})).find("a whole number from 0 to 256") != std::string::npos);
  CHECK(refused(flags({{"io_threads", "257"}})) != "");
  CHECK(refused(flags({{"log-format", "xml"}})).find("one of text|json") != std::string::npos);
  CHECK(refused(flags({{"limits", "perhaps"}})).find("on or off") != std::string::npos);
  CHECK(refused(flags({{"listen", "nowhere"}})) != "");
  CHECK(refused({{}, nullptr, "/nonexistent/kontor.toml"}).starts_with("config.bad_file /nonexistent/kontor.toml"));
  CHECK(refused({{}, nullptr, "/nonexistent/kontor.toml"}).find("No such file") != std::string::npos);
  CHECK(refused({{}, nullptr, "/tmp"}).find("Is a directory") != std::string::npos);
  const File nothing("");
  CHECK(Config::load({{}, nullptr, nothing.path}));
  const File broken("a = = 1\n");
  CHECK(refused({{}, nullptr, broken.path}).find(", line 1: ") != std::string::npos);
  const File unknown("[gateway]\ncolour = \"red\"\n");
  CHECK(refused({{}, nullptr, unknown.path}).find("line 2: there is no setting 'gateway_colour'") != std::string::npos);
  const File list("data = [1]\n");
  CHECK(refused({{}, nullptr, list.path}).find("must be a text") != std::string::npos);
}

TEST_CASE("the example file is one: as it is, and with every line in force") {
  const auto example = example_settings();
  const File all_comments(example);
  REQUIRE(Config::load({{}, nullptr, all_comments.path}));
  std::string in_force;
  for (const auto line : split(example, '\n'))
    if (line.starts_with("# ") && line.find(" = ") != std::string_view::npos)
      in_force += std::string(line.substr(2)) + "\n";
  const File every(in_force);
  const auto config = Config::load({{}, nullptr, every.path});
  REQUIRE_MESSAGE(config, (config ? "" : config.error().detail));
  for (const auto& setting : settings()) {
    CHECK(config->text(setting.name) == setting.initial);
    CHECK(config->origin(setting.name).starts_with("file "));
  }
}

TEST_CASE("addresses") {
  CHECK(parse_address("8080")->host == "127.0.0.1");
  CHECK(parse_address(":80")->host == "0.0.0.0");
  CHECK(parse_address("[::]:1")->host == "::");
  CHECK(parse_address("shop.local:0")->port == 0);
  for (const auto* bad : {"", ":", "x:", "1.2.3.4:70000", "::1:80", "[]:1", "a b:1", "x:-1", "x:1x"})
    CHECK_MESSAGE(!parse_address(bad), bad);
}

TEST_CASE("lists come with commas, or as arrays of a file") {
  const File file("trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\nhosts = \"shop.example, www.shop.example\"\n");
  Config::Sources sources;
  sources.file = file.path;
  sources.flags = {{"cors-origins", "https://a.example http://localhost:3000"}, {"admin-listen", ""}};
  const auto config = Config::load(sources);
  REQUIRE_MESSAGE(config, (config ? "" : config.error().detail));
  CHECK(config->list("trusted_proxies") == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK(config->list("hosts") == std::vector<std::string>{"shop.example", "www.shop.example"});
  CHECK(config->list("cors_origins") == std::vector<std::string>{"https://a.example", "http://localhost:3000"});
  const File again(config->shown());
  CHECK(Config::load({{}, nullptr, again.path})->list("trusted_proxies").size() == 2);
  CHECK(refused(flags({{"trusted-proxies", "10.0.0.0/8, nginx"}})).find("('nginx' is none)") != std::string::npos);
  CHECK(refused(flags({{"hosts", "https://shop.example"}})).find("host names without port") != std::string::npos);
  CHECK(refused(flags({{"cors-origins", "https://shop.example/"}})).find("origins such as") != std::string::npos);
  CHECK(refused(flags({{"cors-origins", "* https://shop.example"}})).find("or * alone") != std::string::npos);
  CHECK(refused(flags({{"admin-listen", "nowhere"}})) != "");
  CHECK(refused(flags({{"trust-proxy", "on"}})).find("trusted_proxies") != std::string::npos);
  const File text("data = [\"x\"]\n");
  CHECK(refused({{}, nullptr, text.path}).find("must be a text") != std::string::npos);
}

TEST_CASE("asking for a setting that does not exist is a bug") {
  const AssertionsThrow throws;
  const auto config = Config::load({});
  CHECK_THROWS_AS(config->text("colour"), AssertionFailed);
  CHECK_THROWS_AS(config->number("data"), AssertionFailed);
}

}  // namespace kontor::runtime
