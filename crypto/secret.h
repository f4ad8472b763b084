// Bytes that must not be seen: wiped when they go, never printed.
//
// Threads: SecretString is thread-compatible; the functions are pure.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace sightline::crypto {

// Overwrites the bytes in a way that the compiler does not drop, and empties
// them.
void Wipe(std::string* bytes);

// Compares without telling by its duration where the first difference is.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

// Owns secret bytes. Moves, does not copy; view() is the one way in, so that a
// search for it finds every place where a secret is used.
class SecretString {
 public:
  SecretString() = default;

  // Takes over the bytes and leaves none behind in `bytes`.
  explicit SecretString(std::string&& bytes) : bytes_(bytes) { Wipe(&bytes); }
  static SecretString CopyOf(absl::string_view bytes) {
    return SecretString(std::string(bytes));
  }

  ~SecretString() { Wipe(&bytes_); }
  SecretString(SecretString&& other) noexcept { *this = std::move(other); }
  SecretString& operator=(SecretString&& other) noexcept;
  SecretString(const SecretString&) = delete;
  SecretString& operator=(const SecretString&) = delete;

  absl::string_view view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

// A secret printed by mistake is a compile error.
std::ostream& operator<<(std::ostream&, const SecretString&) = delete;

}  // namespace sightline::crypto
