#include "checkpoint/policy.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::checkpoint {
namespace {

constexpr size_t kMaxPolicySize = 1 << 20;

using Fields = std::vector<absl::string_view>;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

std::string Quoted(absl::string_view name) {
  return absl::StrCat("\"", absl::CHexEscape(name), "\"");
}

// Bytes 09, 0A, 20-7E, 80-FF; the newline is gone by now.
bool HasOnlyAllowedBytes(absl::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool IsCosignerType(KeyType type) {
  return type == KeyType::kCosignature || type == KeyType::kMlDsa44;
}

}  // namespace

// Takes the file line by line; owns the policy until it is complete.
class Policy::Parser {
 public:
  absl::Status AddLine(absl::string_view line) {
    if (!HasOnlyAllowedBytes(line)) return Malformed("control character");
    const Fields fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (fields.empty() || fields[0][0] == '#') return absl::OkStatus();
    if (fields[0] == "log") return AddLog(fields);
    if (fields[0] == "witness") return AddWitness(fields);
    if (fields[0] == "group") return AddGroup(fields);
    if (fields[0] == "quorum") return SetQuorum(fields);
    return Malformed(absl::StrCat("unknown keyword ", Quoted(fields[0])));
  }

  absl::StatusOr<Policy> Finish() {
    if (!has_quorum_) return Malformed("policy: no quorum line");
    return std::move(policy_);
  }

 private:
  absl::Status AddLog(const Fields& fields) {
    if (fields.size() < 2 || fields.size() > 3) {
      return Malformed("want: log <vkey> [<url>]");
    }
    ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(fields[1]));
    if (IsCosignerType(vkey.type)) {
      return Malformed("a log needs a log's signature type, not a cosigner's");
    }
    RETURN_IF_ERROR(TakeKey(vkey));
    ASSIGN_OR_RETURN(Verifier verifier, Verifier::Create(vkey));
    policy_.logs_.push_back({std::move(verifier), UrlOf(fields, 2)});
    return absl::OkStatus();
  }

  absl::Status AddWitness(const Fields& fields) {
    if (fields.size() < 3 || fields.size() > 4) {
      return Malformed("want: witness <name> <vkey> [<url>]");
    }
    Witness witness;
    witness.name = std::string(fields[1]);
    ASSIGN_OR_RETURN(witness.vkey, ParseVkey(fields[2]));
    witness.url = UrlOf(fields, 3);
    if (!IsCosignerType(witness.vkey.type)) {
      return Malformed("a witness needs a cosignature key (type 4 or 6)");
    }
    RETURN_IF_ERROR(TakeKey(witness.vkey));
    if (witness.vkey.type == KeyType::kCosignature) {
      ASSIGN_OR_RETURN(witness.verifier, Verifier::Create(witness.vkey));
    }
    Node node;
    node.name = witness.name;
    node.witness = policy_.witnesses_.size();
    policy_.witnesses_.push_back(std::move(witness));
    return AddNode(std::move(node));
  }

  absl::Status AddGroup(const Fields& fields) {
    if (fields.size() < 4) {
      return Malformed("want: group <name> all|any|<k> <name>...");
    }
    Node node;
    node.name = std::string(fields[1]);
    for (size_t i = 3; i < fields.size(); ++i) {
      ASSIGN_OR_RETURN(const size_t member, Find(fields[i]));
      if (!members_.insert(member).second) {
        return Malformed(
            absl::StrCat(Quoted(fields[i]), " is a member already"));
      }
      node.members.push_back(member);
    }
    ASSIGN_OR_RETURN(node.threshold,
                     ParseThreshold(fields[2], node.members.size()));
    return AddNode(std::move(node));
  }

  absl::Status SetQuorum(const Fields& fields) {
    if (fields.size() != 2) return Malformed("want: quorum <name>|none");
    if (has_quorum_) return Malformed("second quorum line");
    has_quorum_ = true;
    if (fields[1] == "none") return absl::OkStatus();
    ASSIGN_OR_RETURN(policy_.quorum_, Find(fields[1]));
    return absl::OkStatus();
  }

  absl::Status AddNode(Node node) {
    if (node.name == "none") return Malformed("the name \"none\" is reserved");
    if (!by_name_.emplace(node.name, policy_.nodes_.size()).second) {
      return Malformed(absl::StrCat(Quoted(node.name), " is defined already"));
    }
    policy_.nodes_.push_back(std::move(node));
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Find(absl::string_view name) const {
    const auto it = by_name_.find(name);
    if (it == by_name_.end()) {
      return Malformed(
          absl::StrCat(Quoted(name), " is not defined on an earlier line"));
    }
    return it->second;
  }

  // Refuses a key that is there already, under whatever name and type.
  absl::Status TakeKey(const Vkey& vkey) {
    const std::string kind =
        vkey.type == KeyType::kCosignature
            ? std::string(1, static_cast<char>(KeyType::kEd25519))
            : std::string(1, static_cast<char>(vkey.type));
    if (!keys_.insert(kind + vkey.key).second) {
      return Malformed(
          absl::StrCat("the key of ", Quoted(vkey.name), " is listed already"));
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<size_t> ParseThreshold(absl::string_view text,
                                               size_t members) {
    if (text == "all") return members;
    if (text == "any") return size_t{1};
    auto k = base::ParseDecimal(text);
    if (!k.ok() || *k < 1 || *k > members) {
      return Malformed(absl::StrCat("threshold ", Quoted(text),
                                    ": want all, any or 1 to ", members));
    }
    return static_cast<size_t>(*k);
  }

  static std::string UrlOf(const Fields& fields, size_t i) {
    return i < fields.size() ? std::string(fields[i]) : std::string();
  }

  Policy policy_;
  bool has_quorum_ = false;
  absl::flat_hash_map<std::string, size_t> by_name_;  // into policy_.nodes_
  absl::flat_hash_set<size_t> members_;               // nodes in some group
  absl::flat_hash_set<std::string> keys_;             // kind || key bytes
};

absl::StatusOr<Policy> Policy::Parse(absl::string_view text) {
  if (text.size() > kMaxPolicySize) {
    return absl::InvalidArgumentError("policy: more than 1 MiB");
  }
  Parser parser;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::Status added = parser.AddLine(line);
    ++number;
    if (added.ok()) continue;
    // Whatever the cause, it is the file that must change.
    return absl::InvalidArgumentError(
        absl::StrCat("policy: line ", number, ": ", added.message()));
  }
  return parser.Finish();
}

absl::Status Policy::CheckQuorum(absl::Span<const size_t> witnesses) const {
  if (!quorum_.has_value()) return absl::OkStatus();
  std::vector<bool> signed_by(witnesses_.size(), false);
  for (size_t witness : witnesses) {
    if (witness < signed_by.size()) signed_by[witness] = true;
  }
  std::vector<bool> holds(nodes_.size(), false);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.witness.has_value()) {
      holds[i] = signed_by[*node.witness];
      continue;
    }
    const auto satisfied =
        std::count_if(node.members.begin(), node.members.end(),
                      [&holds](size_t member) { return holds[member]; });
    holds[i] = static_cast<size_t>(satisfied) >= node.threshold;
  }
  if (holds[*quorum_]) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "policy: quorum ", Quoted(nodes_[*quorum_].name),
      " is not reached: ", std::count(signed_by.begin(), signed_by.end(), true),
      " of ", witnesses_.size(), " witnesses cosigned"));
}

std::vector<Verifier> Policy::WitnessKeys(std::vector<size_t>* indices) const {
  std::vector<Verifier> keys;
  indices->clear();
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    if (!witnesses_[i].verifier.has_value()) continue;
    keys.push_back(*witnesses_[i].verifier);
    indices->push_back(i);
  }
  return keys;
}

absl::Status Policy::CheckCosigned(const Note& note) const {
  std::vector<size_t> witness_of;
  const std::vector<Verifier> keys = WitnessKeys(&witness_of);
  std::vector<size_t> cosigned;
  for (const SignatureLine& line : note.signatures) {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (line.name != keys[i].name() || line.key_id != keys[i].key_id()) {
        continue;
      }
      RETURN_IF_ERROR(keys[i].Verify(note.text, line.signature).status());
      cosigned.push_back(witness_of[i]);
    }
  }
  return CheckQuorum(cosigned);
}

absl::StatusOr<OpenedCheckpoint> Policy::OpenCheckpoint(
    absl::string_view note_bytes) const {
  OpenedCheckpoint out;
  ASSIGN_OR_RETURN(out.note, ParseNote(note_bytes));
  ASSIGN_OR_RETURN(out.checkpoint, ParseCheckpoint(out.note.text));
  std::vector<size_t> witness_of;
  std::vector<Verifier> verifiers = WitnessKeys(&witness_of);
  for (const Log& log : logs_) {
    if (log.verifier.name() == out.checkpoint.origin) {
      verifiers.push_back(log.verifier);
    }
  }
  if (verifiers.size() == witness_of.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "policy: no log with the origin ", Quoted(out.checkpoint.origin)));
  }
  ASSIGN_OR_RETURN(out.verified, VerifyNote(out.note, verifiers));
  bool by_log = false;
  std::vector<size_t> cosigned;
  for (const VerifiedLine& line : out.verified) {
    if (line.verifier < witness_of.size()) {
      cosigned.push_back(witness_of[line.verifier]);
    } else {
      by_log = true;
    }
  }
  if (!by_log)
    return absl::InvalidArgumentError("policy: the log did not sign");
  RETURN_IF_ERROR(CheckQuorum(cosigned));
  return out;
}

}  // namespace sightline::checkpoint
