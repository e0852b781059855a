#include "adapters/fetch_curl/curl_fetcher.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include "adapters/fetch_curl/public_address.h"
#include "base/assert.h"
#include "base/text.h"
#include "runtime/monotonic.h"

namespace kontor::fetch_curl {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 * 1024;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

// One answer as it comes in, and why it was broken off.
struct Receiving {
  std::size_t most_bytes;
  bool private_addresses;
  const std::function<bool()>& given_up;
  std::string body = {};
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool went_private = false;
  bool stopped = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  if (receiving.body.size() + size > receiving.most_bytes) {
    receiving.too_large = true;
    return 0;
  }
  receiving.body.append(data, size);
  return size;
}

std::size_t take_header(char*, std::size_t, std::size_t size, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  receiving.header_bytes += size;
  if (receiving.header_bytes <= kMostHeaderBytes) return size;
  receiving.too_large = true;
  return 0;
}

int tick(void* to, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& receiving = *static_cast<Receiving*>(to);
  receiving.stopped = receiving.given_up && receiving.given_up();
  return receiving.stopped ? 1 : 0;
}

curl_socket_t open_socket(void* to, curlsocktype, curl_sockaddr* address) {
  auto& receiving = *static_cast<Receiving*>(to);
  if (!receiving.private_addresses && !is_public(&address->addr)) {
    receiving.went_private = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// What an Error says of an address: no password, no query (which may hold a token).
std::string shown(const std::string& address) { return address.substr(0, address.find_first_of("?#")); }

tl::unexpected<Error> failed(CURLcode code, const Receiving& receiving, const std::string& address) {
  const std::string at = shown(address) + ": ";
  if (receiving.stopped) return fail(Errc::kUnavailable, "web.given_up", at + "the program stops.");
  if (receiving.too_large || code == CURLE_FILESIZE_EXCEEDED)
    return fail(Errc::kTooLarge, "web.too_large",
                at + "the answer has more than " + std::to_string(receiving.most_bytes >> 20) + " MB.");
  if (receiving.went_private)
    return fail(Errc::kForbidden, "web.private_address",
                at + "this leads to a private address, which is only fetched with fetch_private_addresses.");
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(Errc::kTimeout, "web.timeout", at + "no answer in time.");
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return fail(Errc::kInvalid, "web.bad_address", at + "only http and https addresses are fetched.");
  return fail(Errc::kUnavailable, "web.no_answer", at + curl_easy_strerror(code) + ".");
}

// libcurl's own parser decides what host an address means; another opinion would be a hole.
Result<void> check_address(const std::string& address) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  KONTOR_ASSERT(url != nullptr);
  const auto bad = [&](const char* words) {
    return fail(Errc::kInvalid, "web.bad_address", shown(address).substr(0, 200) + ": " + words);
  };
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return bad("that is no address, or one with a password in it.");
  char* scheme = nullptr;
  if (curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) return bad("that is no address.");
  const std::string name = scheme;
  curl_free(scheme);
  if (name != "http" && name != "https") return bad("only http and https addresses are fetched.");
  return {};
}

void prepare(CURL* easy, const std::string& address, Receiving& receiving) {
  const auto set = [&](CURLoption option, auto value) {
    KONTOR_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
  };
  set(CURLOPT_URL, address.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // a proxy of the environment would open the sockets, and look at nothing
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "Kontor/1");
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(receiving.most_bytes));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, &receiving);
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, &receiving);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &receiving);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &tick);
  set(CURLOPT_XFERINFODATA, &receiving);
}

Result<std::string> get_now(const CurlFetcher::Settings& settings, std::string address,
                            const std::function<bool()>& given_up) {
  const Easy easy(curl_easy_init(), &curl_easy_cleanup);
  KONTOR_ASSERT(easy != nullptr);
  const std::int64_t end = runtime::monotonic_micros() / 1000 + settings.total_ms;
  for (int redirects = 0;; ++redirects) {
    TRY_DO(check_address(address));
    const std::int64_t left = end - runtime::monotonic_micros() / 1000;
    if (left <= 0) return fail(Errc::kTimeout, "web.timeout", shown(address) + ": no answer in time.");
    Receiving receiving{settings.most_bytes, settings.private_addresses, given_up};
    curl_easy_reset(easy.get());
    prepare(easy.get(), address, receiving);
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_ms));
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(left));
    if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK) return failed(code, receiving, address);
    long status = 0;
    char* next = nullptr;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy.get(), CURLINFO_REDIRECT_URL, &next);
    if (status == 200) return std::move(receiving.body);
    if (next == nullptr || status < 300 || status > 399)
      return fail(Errc::kUnavailable, "web.status", shown(address) + ": answered " + std::to_string(status) + ".");
    if (redirects == settings.redirects)
      return fail(Errc::kUnavailable, "web.too_many_redirects",
                  shown(address) + ": more than " + std::to_string(settings.redirects) + " redirects.");
    address = next;
  }
}

}  // namespace

Result<std::string> CurlFetcher::get(const std::string& address, const std::function<bool()>& given_up) {
  std::call_once(started_, [this] {
    KONTOR_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    threads_ = std::make_unique<runtime::Workers>(settings_.parallel, 1000);
  });
  Result<std::string> done;
  TRY_DO(threads_->run([&] { done = get_now(settings_, address, given_up); }));
  return done;
}

}  // namespace kontor::fetch_curl
