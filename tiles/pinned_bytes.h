// Bytes handed over with whatever keeps them in memory: a store hands over a
// pinned cache block this way, without a copy.
//
// Threads: thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace sightline::tiles {

class PinnedBytes {
 public:
  PinnedBytes() = default;

  // `bytes` stay valid as long as `*owner` lives. Does not allocate.
  template <typename T>
  PinnedBytes(absl::string_view bytes, std::unique_ptr<T> owner)
      : bytes_(bytes), owner_(owner.release(), &Delete<T>) {}

  // Takes the string along.
  static PinnedBytes FromString(std::string bytes) {
    auto owner = std::make_unique<std::string>(std::move(bytes));
    const absl::string_view view = *owner;
    return PinnedBytes(view, std::move(owner));
  }

  // Views bytes whose owner outlives every use, for example a test's.
  static PinnedBytes Unowned(absl::string_view bytes) {
    PinnedBytes pinned;
    pinned.bytes_ = bytes;
    return pinned;
  }

  PinnedBytes(PinnedBytes&&) = default;
  PinnedBytes& operator=(PinnedBytes&&) = default;

  absl::string_view bytes() const { return bytes_; }

 private:
  template <typename T>
  static void Delete(void* owner) {
    delete static_cast<T*>(owner);
  }
  static void Nothing(void*) {}

  absl::string_view bytes_;
  std::unique_ptr<void, void (*)(void*)> owner_{nullptr, &Nothing};
};

}  // namespace sightline::tiles
