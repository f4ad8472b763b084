// A run from a server that lies: what is taken without a filter holds the log's own
// entries, from the index that was asked for on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/entry_run.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/log_service.pb.h"

namespace {

namespace client = ::sightline::client;
namespace v1 = ::sightline::v1;

constexpr uint64_t kSize = 11;

std::string EntryAt(uint64_t index) { return absl::StrCat("entry ", index); }

client::TreePtr Tree() {
  static const client::TreePtr tree = [] {
    sightline::merkle::CompactRange range;
    while (range.size() < kSize) {
      range.Append(sightline::merkle::LeafHash(EntryAt(range.size())));
    }
    auto made = std::make_shared<client::SignedTree>();
    made->size = kSize;
    made->root = range.Root();
    return made;
  }();
  return tree;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  v1::EntryRun run;
  if (!run.ParseFromArray(data, static_cast<int>(size))) return 0;
  const uint64_t start = run.start_index();
  v1::EntryFilter filter;
  filter.add_submitters("ori:CA0194200");
  client::EntryRun::Check(run, start, filter, Tree()).IgnoreError();
  const auto checked =
      client::EntryRun::Check(std::move(run), start, {}, Tree());
  if (!checked.ok()) return 0;
  uint64_t index = start;
  for (const client::EntryView& entry : checked->entries()) {
    if (entry.index != index || entry.bytes != EntryAt(index)) std::abort();
    ++index;
  }
  if (index != checked->next_index()) std::abort();
  return 0;
}
