// SPDX-License-Identifier: GPL-2.0-or-later
// The options of serve alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_serve_options(CLI::App& app, Options& options, const Command&) {
  ServeOptions& serve = options.serve;
  app.add_option("--cgroup", options.trace.target.cgroup_path,
                 "serve only a cgroup (v2) and those below it (default: the whole system)")
      ->type_name("PATH");
  add_list(
      app, "--families", [&serve](const std::string& family) { serve.families.push_back(family); },
      "what is counted: " + serve_family_words() + " (default: all); sched always is", "NAME,...");
  app.add_flag_callback(
      "--no-pairs", [&serve] { serve.pairs = false; },
      "do not sum up who waited behind whom, which costs most at a context switch");
  app.add_option_function<std::string>(
         "--max-units",
         [&serve](const std::string& word) { serve.max_units = parse_count(word, "units"); },
         "units with series of their own; the others are summed up as (other) (default: 200)")
      ->type_name("N");
}

void add_listen_options(CLI::App& app, Options& options, const Command&) {
  ListenAddress& listen = options.serve.listen;
  app.add_option(
         "--listen", listen.text,
         "HOST:PORT, [IPv6]:PORT, unix:PATH, or passed: the socket of a systemd socket unit "
         "(default: 127.0.0.1:9464)")
      ->type_name("ADDRESS");
  app.add_option("--tls-cert", listen.tls_cert, "serve HTTPS, with this certificate (PEM)")
      ->type_name("FILE");
  app.add_option("--tls-key", listen.tls_key, "its key (PEM)")->type_name("FILE");
}

}  // namespace hoodtrace
