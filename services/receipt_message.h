// Receipts as messages.
//
// Errors:  those of publish::ReceiptFromStore.
// Threads: pure but for the store; any thread.
// Cost:    from a batch: copies only; nothing is allocated when `out` has held
//          a receipt before.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "publish/tree_feed.h"
#include "sequencer/integrated_batch.h"
#include "storage/log_store.h"

namespace sightline::services {

// Replaces `*out` by `hashes`, 32 bytes each.
void FillHashes(absl::Span<const merkle::Hash> hashes,
                google::protobuf::RepeatedPtrField<std::string>* out);

// The receipt that was given for leaf `index`, from the store.
absl::Status FillStoredReceipt(const storage::LogStore& store, uint64_t index,
                               uint64_t published_size, v1::Receipt* out);

// The receipt of leaf `index` in `tree`.
absl::Status FillReceiptInTree(const storage::LogStore& store, uint64_t index,
                               const publish::PublishedTree& tree,
                               v1::Receipt* out);

// The receipt of an entry that has just been published, or of the earlier one
// that it repeats.
absl::Status FillReceipt(const sequencer::Placement& placement,
                         const storage::LogStore& store,
                         uint64_t published_size, v1::Receipt* out);

// The same as the answer to a submission.
absl::Status FillAnswer(const sequencer::Placement& placement,
                        const storage::LogStore& store, uint64_t published_size,
                        v1::SubmitResponse* out);

}  // namespace sightline::services
