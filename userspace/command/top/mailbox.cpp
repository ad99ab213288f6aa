// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace hoodtrace {

Mailbox::Mailbox() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Mailbox::ring() {
  const std::uint64_t one = 1;
  (void)!::write(event_.get(), &one, sizeof(one));
}

void Mailbox::put(std::shared_ptr<const Snapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  news_.snapshots.push_back(std::move(snapshot));
  ring();
}

void Mailbox::put(News news) {
  const std::lock_guard lock(mutex_);
  for (auto& snapshot : news.snapshots) news_.snapshots.push_back(std::move(snapshot));
  if (news.again) news_.again = std::move(news.again);
  if (news.message) news_.message = std::move(news.message);
  if (news.refusal) news_.refusal = std::move(news.refusal);
  if (news.end) news_.end = std::move(news.end);
  news_.leave = news_.leave || news.leave;
  ring();
}

Mailbox::News Mailbox::take() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  (void)!::read(event_.get(), &count, sizeof(count));
  News news = std::exchange(news_, {});
  news_.leave = news.leave;
  return news;
}

void Mailbox::wish(Browser::Wish wish) {
  const std::lock_guard lock(mutex_);
  wish_ = std::move(wish);
  changed_.notify_all();
}

Browser::Wish Mailbox::wish() const {
  const std::lock_guard lock(mutex_);
  return wish_;
}

void Mailbox::leave() {
  const std::lock_guard lock(mutex_);
  has_left_ = true;
  changed_.notify_all();
}

bool Mailbox::has_left() const {
  const std::lock_guard lock(mutex_);
  return has_left_;
}

std::optional<Browser::Wish> Mailbox::wait_for_other(const Browser::Wish& wish) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return has_left_ || wish_.differs_from(wish); });
  if (has_left_) return {};
  return wish_;
}

void Mailbox::ask_to_write(std::string path) {
  const std::lock_guard lock(mutex_);
  path_ = std::move(path);
}

std::optional<std::string> Mailbox::take_path() {
  const std::lock_guard lock(mutex_);
  return std::exchange(path_, {});
}

}  // namespace hoodtrace
