// SPDX-License-Identifier: GPL-2.0-or-later
// Who answers the scrapes. http/ implements it, where its libraries are installed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "view/serve/metric.hpp"

namespace hoodtrace {

struct ListenAddress {
  std::string text = "127.0.0.1:9464";  // HOST:PORT, [IPv6]:PORT, unix:PATH, or "passed" (systemd)
  std::string tls_cert;                 // PEM files; both or none
  std::string tls_key;
};

class MetricsServer {
 public:
  // The metrics of now; null when there are none in time. Called by the server's threads.
  using Scrape = std::function<std::shared_ptr<const MetricFamilies>()>;

  MetricsServer() = default;
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;
  virtual ~MetricsServer() = default;

  // Answers from here on, until the object is gone. Its threads inherit privileges and signal masks.
  virtual Result<void> start(Scrape scrape) = 0;
  // Where it listens, for a person: "http://127.0.0.1:9464/metrics".
  [[nodiscard]] virtual std::string address() const = 0;
};

}  // namespace hoodtrace
