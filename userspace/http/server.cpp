// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "http/crowd.hpp"
#include "http/listening.hpp"
#include "http/text_format.hpp"

namespace hoodtrace {
namespace {

// Each of its two threads serves half of the connections; what waits for a snapshot blocks one of them.
// libmicrohttpd stops to accept at its limit, until a connection ends: Crowd ends one earlier. While one
// thread has its half, the other one must have free places for all that Crowd lets in.
constexpr unsigned kThreads = 2;
constexpr unsigned kConnections = 256;
static_assert(kConnections > Crowd::kMost + kThreads);
constexpr unsigned kSilenceSeconds = 10;
constexpr std::size_t kConnectionBytes = 16 << 10;  // request line and headers
constexpr std::size_t kMostPemBytes = 1 << 20;      // a chain of certificates has some 10 KB

struct DaemonStop {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

// Ends connections for which there is no place or that take too long. To shut a socket down makes the
// thread that serves it close it, and leaves its number in use until then.
class Connections {
 public:
  Connections() : watch_([this] { watch(); }) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    wake_.notify_all();
    watch_.join();
  }

  void opened(int socket) {
    const std::lock_guard lock(mutex_);
    if (const auto leaves = crowd_.opened(socket, std::chrono::steady_clock::now()))
      ::shutdown(*leaves, SHUT_RDWR);
  }
  void asked(int socket) {
    const std::lock_guard lock(mutex_);
    crowd_.asked(socket, std::chrono::steady_clock::now());
  }
  // Before the socket is closed.
  void closed(int socket) {
    const std::lock_guard lock(mutex_);
    crowd_.closed(socket);
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return ends_; }))
      for (const int socket : crowd_.overdue(std::chrono::steady_clock::now()))
        ::shutdown(socket, SHUT_RDWR);
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool ends_ = false;
  Crowd crowd_;
  std::thread watch_;
};

// The text of the newest metrics, made once: each answer that is on its way shares it.
class LatestText {
 public:
  std::shared_ptr<const std::string> of(const std::shared_ptr<const MetricFamilies>& families) {
    const std::lock_guard lock(mutex_);
    if (families != families_) {
      text_ = std::make_shared<const std::string>(to_text_format(*families));
      families_ = families;
    }
    return text_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const MetricFamilies> families_;
  std::shared_ptr<const std::string> text_;
};

std::optional<int> socket_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* socket =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (socket == nullptr) return {};
  return socket->connect_fd;
}

class MicroServer : public MetricsServer {
 public:
  MicroServer(Listening listening, std::string cert, std::string key)
      : listening_(std::move(listening)), cert_(std::move(cert)), key_(std::move(key)) {}
  Result<void> start(Scrape scrape) override;
  [[nodiscard]] std::string address() const override {
    if (listening_.address.find(':') == std::string::npos ||
        listening_.address.starts_with("unix:"))
      return listening_.address;
    return fmt::format("{}://{}/metrics", cert_.empty() ? "http" : "https", listening_.address);
  }

 private:
  static MHD_Result answer(void* self, MHD_Connection* connection, const char* url,
                           const char* method, const char* version, const char* body,
                           std::size_t* body_bytes, void** context);
  static void notify(void* self, MHD_Connection* connection, void** context,
                     MHD_ConnectionNotificationCode code);
  MHD_Result metrics(MHD_Connection* connection);

  Listening listening_;
  std::string cert_;
  std::string key_;
  Scrape scrape_;
  LatestText text_;
  std::optional<Connections> connections_;
  // Last: it stops before what it calls is gone.
  std::unique_ptr<MHD_Daemon, DaemonStop> daemon_;
};

MHD_Result respond(MHD_Connection* connection, unsigned status, MHD_Response* response,
                   const char* type) {
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  const MHD_Result result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result say(MHD_Connection* connection, unsigned status, std::string_view text) {
  return respond(connection, status,
                 MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()),
                                                 MHD_RESPMEM_MUST_COPY),
                 "text/plain; charset=utf-8");
}

MHD_Result MicroServer::metrics(MHD_Connection* connection) {
  const std::shared_ptr<const MetricFamilies> families = scrape_();
  if (!families) return say(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no snapshot in time\n");
  using Text = std::shared_ptr<const std::string>;
  auto text = std::make_unique<Text>(text_.of(families));
  MHD_Response* response = MHD_create_response_from_buffer_with_free_callback_cls(
      (*text)->size(), const_cast<char*>((*text)->data()),
      [](void* held) { delete static_cast<Text*>(held); }, text.get());
  if (response != nullptr) static_cast<void>(text.release());
  return respond(connection, MHD_HTTP_OK, response, kTextFormat);
}

MHD_Result MicroServer::answer(void* self, MHD_Connection* connection, const char* url,
                               const char* method, const char*, const char*,
                               std::size_t* body_bytes, void** context) {
  static int seen = 0;
  // The first call comes when the headers are complete; a body is read and dropped.
  if (*context == nullptr) {
    *context = &seen;
    return MHD_YES;
  }
  if (*body_bytes != 0) {
    *body_bytes = 0;
    return MHD_YES;
  }
  auto& server = *static_cast<MicroServer*>(self);
  if (const auto socket = socket_of(connection)) server.connections_->asked(*socket);
  if (std::strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
      std::strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
    return say(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only\n");
  const std::string_view path(url);
  if (path == "/metrics") return server.metrics(connection);
  if (path == "/healthz") return say(connection, MHD_HTTP_OK, "ok\n");
  if (path == "/") return say(connection, MHD_HTTP_OK, "hoodtrace: /metrics, /healthz\n");
  return say(connection, MHD_HTTP_NOT_FOUND, "there are /metrics and /healthz\n");
}

void MicroServer::notify(void* self, MHD_Connection* connection, void**,
                         MHD_ConnectionNotificationCode code) {
  const auto socket = socket_of(connection);
  if (!socket) return;
  Connections& connections = *static_cast<MicroServer*>(self)->connections_;
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    connections.opened(*socket);
  else
    connections.closed(*socket);
}

Result<void> MicroServer::start(Scrape scrape) {
  scrape_ = std::move(scrape);
  connections_.emplace();
  std::vector<MHD_OptionItem> options = {
      {MHD_OPTION_LISTEN_SOCKET, listening_.socket.get(), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, kConnections, nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, kSilenceSeconds, nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes, nullptr},
      {MHD_OPTION_THREAD_POOL_SIZE, kThreads, nullptr},
      {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&MicroServer::notify), this},
  };
  unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL;
  if (!cert_.empty()) {
    flags |= MHD_USE_TLS;
    options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, cert_.data()});
    options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, key_.data()});
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  daemon_.reset(MHD_start_daemon(flags, 0, nullptr, nullptr, &MicroServer::answer, this,
                                 MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END));
  if (!daemon_) {
    if (!cert_.empty())
      return failed(
          "cannot start the HTTPS server: are --tls-cert and --tls-key a certificate and its key "
          "in PEM form?");
    return failed(fmt::format("cannot start the HTTP server: {}", std::strerror(errno)));
  }
  // The daemon closes it.
  static_cast<void>(listening_.socket.release());
  return {};
}

Result<std::string> read_pem(const std::string& path) {
  const auto cannot_read = [&path](const char* why) {
    return failed(fmt::format("cannot read {}: {}", printable(path), why));
  };
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return cannot_read(std::strerror(errno));
  std::string text;
  std::array<char, 4096> part;
  ssize_t count = 0;
  while ((count = ::read(file.get(), part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > kMostPemBytes) return cannot_read("too large for a certificate or its key");
  }
  if (count < 0) return cannot_read(std::strerror(errno));
  if (text.empty()) return cannot_read("it is empty");
  return text;
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> open_metrics_server(const ListenAddress& address) {
  std::string cert;
  std::string key;
  if (!address.tls_cert.empty()) {
    Result<std::string> text = read_pem(address.tls_cert);
    if (!text) return text.error();
    cert = *text;
    text = read_pem(address.tls_key);
    if (!text) return text.error();
    key = *text;
  }
  Result<Listening> listening = listen_on(address.text);
  if (!listening) return listening.error();
  return std::unique_ptr<MetricsServer>(
      std::make_unique<MicroServer>(std::move(*listening), std::move(cert), std::move(key)));
}

}  // namespace hoodtrace
