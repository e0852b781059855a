// The floor of an HTTP answer: a bare epoll loop that looks for the end of the head and sends the same prepared bytes.
// It parses nothing and knows nothing; whatever does more must be slower. usage: kontor-floor PORT BODY-BYTES
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: kontor-floor PORT BODY-BYTES\n");
    return 2;
  }
  const std::string body(static_cast<std::size_t>(std::atoi(arguments[2])), 'x');
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"0123456789abcdef\"\r\n"
      "Cache-Control: public, max-age=60\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(arguments[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("bind");
    return 1;
  }
  listen(listener, 4096);
  const int epoll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  static char buffer[65536];
  epoll_event events[512];
  while (true) {
    const int ready = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        for (int fresh = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK); fresh >= 0;
             fresh = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) {
          setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          epoll_event added{};
          added.events = EPOLLIN;
          added.data.fd = fresh;
          epoll_ctl(epoll, EPOLL_CTL_ADD, fresh, &added);
        }
        continue;
      }
      const auto got = recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) {
        close(fd);
        continue;
      }
      if (std::string_view(buffer, static_cast<std::size_t>(got)).find("\r\n\r\n") == std::string_view::npos) continue;
      if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) close(fd);
    }
  }
}
