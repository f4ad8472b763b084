#include "cmd/cli/prove.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  uint64_t index = 0;
  std::string leaf_hash;  // hexadecimal; "": by index
  uint64_t tree_size = 0;
  uint64_t first = 0;
  uint64_t second = 0;
  std::string out;
};

std::string Hex(const merkle::Hash& hash) {
  return base::HexEncode(crypto::AsBytes(hash));
}

Json HexList(const std::vector<merkle::Hash>& hashes) {
  Json list = Json::array();
  for (const merkle::Hash& hash : hashes) list.push_back(Hex(hash));
  return list;
}

absl::StatusOr<client::InclusionProof> Fetch(const Flags& flags,
                                             client::LogClient& log) {
  if (flags.leaf_hash.empty()) {
    return log.ProveInclusion(flags.index, flags.tree_size);
  }
  const auto bytes = base::HexDecode(flags.leaf_hash);
  if (!bytes.ok()) return base::Annotate(bytes.status(), "--leaf-hash");
  ASSIGN_OR_RETURN(const merkle::Hash hash, crypto::DigestFromBytes(*bytes));
  return log.ProveInclusionOf(hash, flags.tree_size);
}

// The same proof as a file that verifies by itself. The log may have grown since;
// the file is of the tree that it has now.
absl::Status WriteProofFile(const std::string& path,
                            const client::InclusionProof& proof,
                            client::LogClient& log) {
  ASSIGN_OR_RETURN(const client::ProvenEntry entry, log.GetEntry(proof.index));
  return WriteFile(path, client::FormatReceiptFile(entry));
}

absl::StatusOr<int> Inclusion(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.out.empty()) RETURN_IF_ERROR(CheckAbsent(flags.out));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::InclusionProof proof,
                   Fetch(flags, session->log()));
  if (!flags.out.empty()) {
    RETURN_IF_ERROR(WriteProofFile(flags.out, proof, session->log()));
  }
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"index", proof.index},
                  {"tree_size", proof.tree_size},
                  {"leaf_hash", Hex(proof.leaf_hash)},
                  {"root_hash", Hex(proof.root)},
                  {"hashes", HexList(proof.hashes)},
                  {"checkpoint", proof.tree->note}});
    return kExitOk;
  }
  out.Line(absl::StrCat("Entry ", proof.index, " is in the log of ",
                        proof.tree_size, " entries: verified."));
  out.Field("leaf hash", Hex(proof.leaf_hash));
  out.Field("root hash", Hex(proof.root));
  for (const merkle::Hash& hash : proof.hashes) out.Field("sibling", Hex(hash));
  return kExitOk;
}

absl::StatusOr<int> Consistency(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::ConsistencyProof proof,
                   session->log().ProveConsistency(flags.first, flags.second));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"first_tree_size", proof.first_size},
                  {"second_tree_size", proof.second_size},
                  {"first_root_hash", Hex(proof.first_root)},
                  {"second_root_hash", Hex(proof.second_root)},
                  {"hashes", HexList(proof.hashes)},
                  {"checkpoint", proof.tree->note}});
    return kExitOk;
  }
  out.Line(absl::StrCat("The log of ", proof.second_size,
                        " entries begins with the log of ", proof.first_size,
                        ": nothing was changed or removed. Verified."));
  out.Field("first root", Hex(proof.first_root));
  out.Field("second root", Hex(proof.second_root));
  for (const merkle::Hash& hash : proof.hashes) out.Field("hash", Hex(hash));
  return kExitOk;
}

}  // namespace

void AddProve(CLI::App* app, Invocation* run) {
  CLI::App* prove =
      AddGroup(app, "prove", "Fetch a proof from the log and verify it");
  prove->footer(
      "Examples:\n"
      "  sightline prove inclusion --index 17\n"
      "  sightline prove consistency --first 100 --second 250");
  const auto flags = std::make_shared<Flags>();
  CLI::App* inclusion =
      prove->add_subcommand("inclusion", "That an entry is in the log");
  CLI::App* which = inclusion->add_option_group("Which entry", "");
  which->add_option("--index", flags->index, "Its leaf index")
      ->check(CLI::NonNegativeNumber);
  which->add_option("--leaf-hash", flags->leaf_hash,
                    "Its leaf hash, hexadecimal");
  which->require_option(1);
  inclusion
      ->add_option("--tree-size", flags->tree_size,
                   "In the tree of so many entries; 0: the newest")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  inclusion->add_option("--out", flags->out,
                        "Also write a file that `receipt verify` checks, in "
                        "the newest tree");
  AddConnectionOptions(inclusion, &flags->settings);
  SetAction(inclusion, run, [flags, run] { return Inclusion(*flags, *run); });

  CLI::App* consistency = prove->add_subcommand(
      "consistency", "That a later tree contains an earlier one unchanged");
  consistency->add_option("--first", flags->first, "Earlier tree size")
      ->required()
      ->check(CLI::PositiveNumber);
  consistency
      ->add_option("--second", flags->second, "Later tree size; 0: the newest")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddConnectionOptions(consistency, &flags->settings);
  SetAction(consistency, run,
            [flags, run] { return Consistency(*flags, *run); });
}

}  // namespace sightline::cli
