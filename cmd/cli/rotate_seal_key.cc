#include "cmd/cli/rotate_seal_key.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/exit_code.h"
#include "crypto/sha256.h"
#include "statement/whole_seal.h"
#include "storage/rocksdb_log_store.h"

namespace sightline::cli {
namespace {

absl::StatusOr<crypto::Digest> BindingOf(const storage::LogStore& store,
                                         uint64_t index) {
  absl::StatusOr<crypto::Digest> binding = absl::DataLossError("missing");
  RETURN_IF_ERROR(store.ReadEntries(
      index, index + 1, [&](uint64_t, absl::string_view bytes) {
        binding = statement::ReadPayloadBinding(bytes);
        return true;
      }));
  return binding;
}

}  // namespace

absl::StatusOr<int> RotateSealKey(const RotateSealKeyFlags& flags,
                                  Invocation& run) {
  ASSIGN_OR_RETURN(const auto sealer, daemon::MakeSealer(flags.key));
  if (sealer == nullptr) {
    return absl::InvalidArgumentError(
        "give the new key with --seal-key or --seal-key-command");
  }
  storage::RocksDbOptions options;
  options.create_if_missing = false;
  ASSIGN_OR_RETURN(const auto store,
                   storage::RocksDbLogStore::Open(flags.data_dir, options));
  uint64_t payloads = 0;
  uint64_t rewrapped = 0;
  RETURN_IF_ERROR(store->ReplaceSealedPayloads(
      [&](uint64_t index,
          absl::string_view ciphertext) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const crypto::Digest binding,
                         BindingOf(*store, index));
        auto replaced = sealer->Rewrap(binding, ciphertext);
        if (!replaced.ok()) {
          return base::Annotate(replaced.status(),
                                absl::StrCat("entry ", index));
        }
        ++payloads;
        rewrapped += *replaced != ciphertext;
        return replaced;
      }));
  RETURN_IF_ERROR(store->PurgeErased());
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"payloads", payloads}, {"rewrapped", rewrapped}});
  } else {
    out.Line(absl::StrCat(payloads, " sealed payloads are under the new key; ",
                          rewrapped, " were under an old one."));
  }
  return kExitOk;
}

}  // namespace sightline::cli
