#include "services/beyond_tree.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "statement/violations.h"

namespace sightline::services {

absl::Status BeyondTree(absl::string_view field, absl::string_view what,
                        uint64_t asked, uint64_t tree_size) {
  statement::Violations violations;
  violations.Add(field,
                 absl::StrCat(what, " ", asked, " is beyond the tree of ",
                              tree_size, " entries"));
  const absl::Status fault = violations.ToStatus();
  absl::Status out = absl::OutOfRangeError(fault.message());
  fault.ForEachPayload(
      [&out](absl::string_view type_url, const absl::Cord& payload) {
        out.SetPayload(type_url, payload);
      });
  return out;
}

}  // namespace sightline::services
