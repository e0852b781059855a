// A database of its own for a test, on the server that KONTOR_TEST_POSTGRES names (tools/with_postgres starts one). It
// is dropped with the object, whoever is still connected to it. Without a server available() is false and the test says
// that it skips.
#pragma once
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace kontor::testing {

class PostgresDatabase {
 public:
  PostgresDatabase() {
    const char* server = std::getenv("KONTOR_TEST_POSTGRES");
    if (server == nullptr) return;
    server_ = server;
    static std::atomic<int> counter{0};
    name_ = "kontor_test_" + std::to_string(::getpid()) + "_" + std::to_string(++counter);
    if (!run("CREATE DATABASE " + name_)) std::abort();
    const std::size_t query = server_.find('?');
    const std::string before = server_.substr(0, query);
    url_ = before.substr(0, before.rfind('/') + 1) + name_ + (query == std::string::npos ? "" : server_.substr(query));
  }
  ~PostgresDatabase() {
    if (available()) run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  bool available() const { return !url_.empty(); }
  const std::string& url() const { return url_; }
  // Where its server listens, and the database at another port: for a relay between the two.
  int port() const { return std::stoi(url_.substr(before_port() + 1)); }
  std::string url_at(int port) const {
    return url_.substr(0, before_port() + 1) + std::to_string(port) + url_.substr(url_.rfind('/'));
  }

 private:
  std::size_t before_port() const { return url_.rfind(':', url_.rfind('/')); }
  bool run(const std::string& sql) const {
    PGconn* connection = PQconnectdb(server_.c_str());
    PGresult* result = PQexec(connection, sql.c_str());
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good) std::fprintf(stderr, "%s: %s", sql.c_str(), PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return good;
  }
  std::string server_;
  std::string name_;
  std::string url_;
};

}  // namespace kontor::testing
