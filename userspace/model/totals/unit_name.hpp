// SPDX-License-Identifier: GPL-2.0-or-later
// What a cgroup is: a systemd unit, a container, a pod. From its path alone, by its last component that
// tells; the table with its sources is in docs/serve.md.
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

struct UnitName {
  std::string unit;  // what its numbers are summed up by; several cgroups may have the same
  std::string
      kind;  // "service", "scope", "slice", ..., "user", "session", "container", "pod", "cgroup"
  std::string runtime;       // of a container: "docker", "containerd", "cri-o", ...
  std::string container_id;  // or its name, where the runtime uses names
  std::string pod_uid;       // of Kubernetes

  friend bool operator==(const UnitName&, const UnitName&) = default;
};

// `path` is below the cgroup v2 mount; "/" is the root, "" a cgroup whose path is not known.
UnitName unit_of(std::string_view path);

}  // namespace hoodtrace
