#include "web/scitt_handler.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "tiles/proof_builder.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kKeys = "/.well-known/scitt-keys";
constexpr absl::string_view kEntries = "/entries/";
constexpr absl::string_view kCbor = "application/cbor";
constexpr absl::string_view kCose = "application/cose";
constexpr absl::string_view kProblem =
    "application/concise-problem-details+cbor";
constexpr uint64_t kLeastLeaves = 2;  // a proof has one hash at least

Response Body(absl::string_view type, std::string bytes,
              absl::string_view caching) {
  Response response;
  response.Add("Content-Type", type).Add("Cache-Control", caching);
  response.body = tiles::PinnedBytes::FromString(std::move(bytes));
  return response;
}

Response Problem(int status, absl::string_view title,
                 absl::string_view detail) {
  Response response =
      Body(kProblem, checkpoint::CoseProblem(title, detail), "no-cache");
  response.status = status;
  return response;
}

// "" when it is no base64url.
std::string FromBase64Url(absl::string_view text) {
  std::string base64 = absl::StrReplaceAll(text, {{"-", "+"}, {"_", "/"}});
  while (base64.size() % 4 != 0) base64 += '=';
  return base::Base64Decode(base64).value_or("");
}

}  // namespace

void ScittHandler::Handle(const Request& request, Reply reply) {
  absl::string_view path = request.path();
  const bool keys = path == kKeys;
  const bool key = !keys && absl::ConsumePrefix(&path, kKeys) &&
                   absl::ConsumePrefix(&path, "/");
  const bool entry = !keys && !key && absl::ConsumePrefix(&path, kEntries);
  Response response;
  if (!keys && !key && !entry) {
    response = Problem(404, "no such path", "");
  } else if (request.method != "GET" && request.method != "HEAD") {
    response = Problem(405, "method not allowed", "only GET and HEAD");
    response.Add("Allow", "GET, HEAD");
  } else if (keys) {
    response = Keys();
  } else {
    response = key ? Key(path) : LimitedReceipt(request, path);
  }
  response.Add("Access-Control-Allow-Origin", "*")
      .Add("X-Content-Type-Options", "nosniff");
  reply.Send(std::move(response));
}

Response ScittHandler::Keys() const {
  std::string keys;
  uint64_t count = 0;
  for (const LogKey& key : parts_.keys()) {
    const auto published = checkpoint::PublishCoseKey(key.vkey);
    if (!published.ok()) continue;
    keys += published->cose_key;
    ++count;
  }
  return Body(kCbor, absl::StrCat(checkpoint::CoseArrayHead(count), keys),
              "public, max-age=60");
}

Response ScittHandler::Key(absl::string_view text) const {
  const std::string id = FromBase64Url(text);
  for (const LogKey& key : parts_.keys()) {
    auto published = checkpoint::PublishCoseKey(key.vkey);
    if (!published.ok() || id.empty() || published->key_id != id) continue;
    return Body(kCbor, std::move(published->cose_key), "public, max-age=60");
  }
  return Problem(404, "no such key", "the log has no key with this id");
}

// The tree that the entry's receipt was given in, if it is published and has one.
absl::StatusOr<uint64_t> ScittHandler::TreeOfReceipt(
    uint64_t index, uint64_t published_size) const {
  ASSIGN_OR_RETURN(const std::string bytes,
                   parts_.store->ReadCheckpointCovering(index));
  ASSIGN_OR_RETURN(const checkpoint::Note note, checkpoint::ParseNote(bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  return tree.tree_size >= kLeastLeaves && tree.tree_size <= published_size
             ? tree.tree_size
             : published_size;
}

absl::StatusOr<std::string> ScittHandler::MakeReceipt(uint64_t index) const {
  const uint64_t published_size = parts_.published()->tree_size;
  if (index >= published_size || published_size < kLeastLeaves) {
    return absl::NotFoundError(absl::StrCat("no receipt of entry ", index,
                                            " in the published tree of ",
                                            published_size, " entries"));
  }
  ASSIGN_OR_RETURN(const uint64_t size, TreeOfReceipt(index, published_size));
  const tiles::ProofBuilder proofs(parts_.store);
  ASSIGN_OR_RETURN(const auto proof, proofs.InclusionProof(index, size));
  ASSIGN_OR_RETURN(const auto root, proofs.Root(size));
  for (const LogKey& key : parts_.keys()) {
    const bool counts =
        key.first_size <= size && (key.end_size == 0 || size < key.end_size);
    for (const checkpoint::CoseSigner& signer : parts_.signers) {
      if (!counts || signer.vkey() != key.vkey) continue;
      return signer.SignInclusion(index, size, proof, root);
    }
  }
  return absl::NotFoundError(absl::StrCat(
      "this server has no key any more that counts for tree size ", size));
}

Response ScittHandler::LimitedReceipt(const Request& request,
                                      absl::string_view text) {
  const int wait = clients_.Take(request.client, parts_.receipts_per_client);
  if (wait == 0) return Receipt(request, text);
  Response response =
      Problem(429, "too many requests", "of this address, for receipts");
  response.Add("Retry-After", absl::StrCat(wait));
  return response;
}

Response ScittHandler::Receipt(const Request& request,
                               absl::string_view text) const {
  uint64_t index = 0;
  if (!absl::SimpleAtoi(text, &index) || absl::StrCat(index) != text) {
    return Problem(404, "no such entry", "want a leaf index");
  }
  absl::StatusOr<std::string> receipt = MakeReceipt(index);
  if (receipt.ok()) {
    return Body(kCose, *std::move(receipt), "public, max-age=31536000");
  }
  if (absl::IsNotFound(receipt.status())) {
    return Problem(404, "no such receipt", receipt.status().message());
  }
  parts_.diagnostics->Error(
      "http_read_failed",
      {{"path", request.path()}, {"status", receipt.status().ToString()}});
  return absl::IsUnavailable(receipt.status())
             ? Problem(503, "busy", "try again")
             : Problem(500, "the log failed", "its operator has been told");
}

}  // namespace sightline::web
