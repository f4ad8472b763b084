// The statement keys of imported agencies, in a folder: one file for each, made
// when it is first asked for.
//
// An agency that takes part later gets its key from here, or has it rotated to
// one of its own. The folder also keeps what makes a second run of an import
// produce the same bytes: a secret that salts follow from, and when the import
// began.
//
// Shapes:  "ori-CA0194200.key", PKCS#8 PEM, mode 0600; "import.secret".
// Errors:  those of crypto/key_file.h. kInvalidArgument: the secret file is not
//          one of ours.
// Durable: a key is on disk before it is given out.
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signer.h"

namespace sightline::cli {

class KeyFolder {
 public:
  // Makes the folder (mode 0700) and its secret unless they are there.
  static absl::StatusOr<std::unique_ptr<KeyFolder>> Open(
      const std::string& path, int64_t now_unix_ms, crypto::Rng* rng);

  absl::StatusOr<crypto::PrivateKey> StatementKey(absl::string_view submitter);

  // Where it is, or would be.
  std::string KeyPath(absl::string_view submitter) const;

  absl::string_view secret() const { return secret_.view(); }
  // When the folder was made: the claimed time of enrolments.
  int64_t begun_unix_ms() const { return begun_unix_ms_; }

 private:
  KeyFolder(std::string path, crypto::SecretString secret, int64_t begun)
      : path_(std::move(path)),
        secret_(std::move(secret)),
        begun_unix_ms_(begun) {}

  const std::string path_;
  const crypto::SecretString secret_;
  const int64_t begun_unix_ms_;
  base::Mutex mutex_;  // one maker of keys at a time
};

}  // namespace sightline::cli
