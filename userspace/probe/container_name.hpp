// SPDX-License-Identifier: GPL-2.0-or-later
// Which cgroup is a container's.
#pragma once

#include <string_view>

namespace hoodtrace {

// Is `folder`, a part of a cgroup's path, that of the container whose id begins with `id_prefix`?
// Runtimes name it after the id: "docker-ID.scope", "cri-containerd-ID.scope", "libpod-ID.scope"
// below systemd, and "ID" elsewhere. An id is at least 12 hexadecimal digits.
bool is_container_folder(std::string_view folder, std::string_view id_prefix);

// Is any part of the path?
bool is_container_path(std::string_view path, std::string_view id_prefix);

}  // namespace hoodtrace
