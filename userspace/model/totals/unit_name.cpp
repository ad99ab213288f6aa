// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/totals/unit_name.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace hoodtrace {
namespace {

using Parts = std::vector<std::string_view>;

Parts split(std::string_view path, char at) {
  Parts parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(at), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

bool is_hex(std::string_view text, std::size_t least) {
  return text.size() >= least &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

constexpr std::size_t kIdDigits = 64;
constexpr std::size_t kShownDigits = 12;

struct Prefix {
  std::string_view text;
  std::string_view runtime;
};

// "PREFIX-ID.scope" of systemd's driver, "PREFIX:ID" of runc given a slice it does not understand.
constexpr std::array kIdPrefixes = {
    Prefix{"docker-", "docker"},
    Prefix{"cri-containerd-", "containerd"},
    Prefix{"crio-", "cri-o"},
    Prefix{"libpod-", "podman"},
};

struct Container {
  std::string_view runtime;
  std::string_view id;
};

std::optional<Container> with_prefix(std::string_view part) {
  take_suffix(part, ".scope");
  for (const Prefix& prefix : kIdPrefixes) {
    std::string_view id = part;
    if (take_prefix(id, prefix.text) && is_hex(id, kIdDigits)) return Container{prefix.runtime, id};
  }
  return {};
}

// "kubepods-...-pod<uid>.slice:cri-containerd:<id>"
std::optional<Container> with_colons(std::string_view part) {
  const Parts words = split(part, ':');
  if (words.size() != 3 || !is_hex(words[2], kIdDigits)) return {};
  for (const Prefix& prefix : kIdPrefixes)
    if (words[1] == prefix.text.substr(0, prefix.text.size() - 1))
      return Container{prefix.runtime, words[2]};
  return Container{words[1], words[2]};
}

// A folder that is the id alone: the one above it tells the runtime.
std::optional<Container> bare_id(std::string_view part, std::string_view above) {
  if (!is_hex(part, kIdDigits)) return {};
  if (above == "docker") return Container{"docker", part};
  if (above.starts_with("pod")) return Container{"kubernetes", part};
  if (above.starts_with("libpod")) return Container{"podman", part};
  return Container{"unknown", part};
}

// LXC and machined name containers, and need not be asked for an id.
std::optional<Container> named(std::string_view part, std::string_view above) {
  if (above == "lxc") return Container{"lxc", part};
  if (take_prefix(part, "lxc.payload.")) return Container{"lxc", part};
  if (take_prefix(part, "systemd-nspawn@") && take_suffix(part, ".service"))
    return Container{"nspawn", part};
  if (take_prefix(part, "machine-") && take_suffix(part, ".scope")) {
    if (part.starts_with("qemu")) return Container{"libvirt", part};
    return Container{"nspawn", part};
  }
  return {};
}

std::optional<Container> container_of(std::string_view part, std::string_view above) {
  if (auto found = with_prefix(part)) return found;
  if (auto found = with_colons(part)) return found;
  if (auto found = bare_id(part, above)) return found;
  return named(part, above);
}

// The uid in "kubepods-burstable-pod<uid>.slice" or "pod<uid>"; systemd's driver has _ for each -.
std::string pod_uid_of(std::string_view part) {
  part = part.substr(0, part.find(':'));
  take_suffix(part, ".slice");
  const std::size_t dash = part.rfind("-pod");
  if (dash != std::string_view::npos && part.find("kubepods") != std::string_view::npos)
    part.remove_prefix(dash + 1);
  if (!take_prefix(part, "pod")) return {};
  std::string uid(part);
  std::replace(uid.begin(), uid.end(), '_', '-');
  std::string digits = uid;
  std::erase(digits, '-');
  constexpr std::size_t kUidDigits = 32;  // of a static pod there are no dashes
  return digits.size() == kUidDigits && is_hex(digits, kUidDigits) ? uid : std::string();
}

constexpr std::array<std::string_view, 6> kUnitEnds = {".service", ".scope", ".slice",
                                                       ".socket",  ".mount", ".swap"};

// What one could not tell apart in a graph, or what there is ever more of, has one name.
std::optional<UnitName> unit_of_part(std::string_view part) {
  for (const std::string_view end : kUnitEnds) {
    if (!part.ends_with(end) || part.size() == end.size()) continue;
    const std::string kind(end.substr(1));
    if (part.starts_with("session-")) return UnitName{"session-*.scope", "session", "", "", ""};
    if (part.starts_with("run-")) return UnitName{"run-*" + std::string(end), kind, "", "", ""};
    if (part.starts_with("user-") && end == ".slice")
      return UnitName{"user-*.slice", "user", "", "", ""};
    return UnitName{std::string(part), kind, "", "", ""};
  }
  return {};
}

}  // namespace

UnitName unit_of(std::string_view path) {
  if (path.empty()) return {"(unknown)", "unknown", "", "", ""};
  const Parts parts = split(path, '/');
  if (parts.empty()) return {"/", "root", "", "", ""};
  std::string pod_uid;
  for (const std::string_view part : parts)
    if (std::string uid = pod_uid_of(part); !uid.empty()) pod_uid = uid;
  // A container may have units inside; kind has containers inside containers.
  for (std::size_t i = parts.size(); i-- > 0;) {
    const auto container = container_of(parts[i], i > 0 ? parts[i - 1] : std::string_view());
    if (!container) continue;
    const bool has_id = is_hex(container->id, kIdDigits);
    const std::string_view shown = has_id ? container->id.substr(0, kShownDigits) : container->id;
    return {std::string(container->runtime) + "/" + std::string(shown), "container",
            std::string(container->runtime), std::string(container->id), pod_uid};
  }
  if (!pod_uid.empty()) return {"pod/" + pod_uid, "pod", "", "", pod_uid};
  for (const std::string_view part : parts)
    if (part.starts_with("user@") && part.ends_with(".service"))
      return {"user@*.service", "user", "", "", ""};
  for (std::size_t i = parts.size(); i-- > 0;)
    if (auto unit = unit_of_part(parts[i])) return *unit;
  return {std::string(path), "cgroup", "", "", ""};
}

}  // namespace hoodtrace
