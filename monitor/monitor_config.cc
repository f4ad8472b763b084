#include "monitor/monitor_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "statement/geography.h"

namespace sightline::monitor {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr size_t kMaxRules = 1000;
constexpr size_t kMaxPeers = 64;
constexpr size_t kMaxFaults = 20;

constexpr absl::string_view kNames[] = {
    "request",      "assembly",         "emergency",      "over-broad",
    "finding",      "overdue",          "review-overdue", "given-before-logged",
    "seal-overdue", "report-disagrees", "silent",         "unsound",
    "inconsistent", "split-view"};

// Reads a document and collects what is wrong with it.
class Parser {
 public:
  explicit Parser(MonitorConfig* config) : config_(*config) {}

  void Read(const YAML::Node& root) {
    if (root.IsNull()) return;
    Fields(root,
           {{"rules", [&](const auto& n) { ReadRules(n); }},
            {"witnesses",
             [&](const auto& n) { ReadPeers(n, &config_.witnesses); }},
            {"mirrors", [&](const auto& n) { ReadPeers(n, &config_.mirrors); }},
            {"peer_interval",
             [&](const auto& n) { Time(n, &config_.peer_interval); }},
            {"peer_ahead_after",
             [&](const auto& n) { Time(n, &config_.peer_ahead_after); }},
            {"outputs", [&](const auto& n) { ReadOutputs(n); }}});
  }

  absl::Status status() const {
    if (faults_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(faults_, "; "));
  }

 private:
  using Take = std::function<void(const YAML::Node&)>;

  void Fault(const YAML::Node& node, absl::string_view what) {
    if (faults_.size() == kMaxFaults) return;
    faults_.push_back(absl::StrCat("line ", node.Mark().line + 1, ": ", what));
  }

  void Fields(const YAML::Node& node,
              const std::vector<std::pair<std::string, Take>>& fields) {
    if (!node.IsMap()) return Fault(node, "want names and values");
    std::set<std::string> seen;
    for (const auto& pair : node) {
      const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
      const auto field =
          std::find_if(fields.begin(), fields.end(),
                       [&](const auto& f) { return f.first == name; });
      if (field == fields.end()) {
        Fault(pair.first, absl::StrCat("\"", name, "\" is no setting here"));
      } else if (!seen.insert(name).second) {
        Fault(pair.first, absl::StrCat(name, " is there twice"));
      } else {
        field->second(pair.second);
      }
    }
  }

  void Text(const YAML::Node& node, std::string* out) {
    if (!node.IsScalar() || node.Scalar().empty() ||
        node.Scalar().size() > 1000) {
      return Fault(node, "want a text of 1 to 1000 bytes");
    }
    *out = node.Scalar();
  }

  void Flag(const YAML::Node& node, bool* out) {
    const std::string text = node.IsScalar() ? node.Scalar() : "";
    if (text != "true" && text != "false") {
      return Fault(node, "want true or false");
    }
    *out = text == "true";
  }

  void Number(const YAML::Node& node, uint64_t most, uint64_t* out) {
    if (!node.IsScalar() || !absl::SimpleAtoi(node.Scalar(), out) ||
        *out == 0 || *out > most) {
      Fault(node, absl::StrCat("want a number from 1 to ", most));
    }
  }

  // "90s", "30m", "12h", "30d".
  void Time(const YAML::Node& node, absl::Duration* out) {
    const std::string text = node.IsScalar() ? node.Scalar() : "";
    absl::Duration time;
    double days = 0;
    if (absl::EndsWith(text, "d") &&
        absl::SimpleAtod(text.substr(0, text.size() - 1), &days)) {
      time = absl::Hours(24) * days;
    } else if (!absl::ParseDuration(text, &time)) {
      return Fault(node, "want a time, as \"90s\", \"12h\" or \"30d\"");
    }
    if (time < absl::Seconds(1) || time > absl::Hours(24 * 36'600)) {
      return Fault(node, "want a time of a second to a hundred years");
    }
    *out = time;
  }

  void List(const YAML::Node& node, std::vector<std::string>* out,
            const std::function<bool(const std::string&)>& fits,
            absl::string_view want) {
    const auto add = [&](const YAML::Node& item) {
      const std::string text = item.IsScalar() ? item.Scalar() : "";
      if (!fits(text)) return Fault(item, absl::StrCat("want ", want));
      out->push_back(text);
    };
    if (!node.IsSequence()) return add(node);
    if (node.size() == 0 || node.size() > 1000) {
      return Fault(node, "want 1 to 1000 of them");
    }
    for (const auto& item : node) add(item);
  }

  void ReadRules(const YAML::Node& node) {
    if (!node.IsSequence() || node.size() > kMaxRules) {
      return Fault(node, absl::StrCat("want a list of at most ", kMaxRules));
    }
    for (const auto& item : node) ReadRule(item);
  }

  void ReadKind(const YAML::Node& node, Rule* rule) {
    std::string name;
    Text(node, &name);
    const auto* const found =
        std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames)) {
      return Fault(node, absl::StrCat("\"", name, "\" is none of ",
                                      absl::StrJoin(kNames, ", ")));
    }
    rule->kind = static_cast<RuleKind>(found - std::begin(kNames));
  }

  void ReadCells(const YAML::Node& node, Rule* rule) {
    std::vector<std::string> tokens;
    List(
        node, &tokens,
        [](const std::string& text) {
          return statement::S2Id(text).has_value();
        },
        "an S2 cell token");
    for (const std::string& token : tokens) {
      rule->s2_cells.push_back(statement::S2Id(token).value_or(0));
    }
  }

  void ReadRule(const YAML::Node& node) {
    Rule rule;
    bool has_kind = false;
    const auto digits = [](const std::string& text, size_t size) {
      return text.size() == size &&
             std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
    };
    Fields(
        node,
        {{"name", [&](const auto& n) { Text(n, &rule.name); }},
         {"on",
          [&](const auto& n) {
            has_kind = true;
            ReadKind(n, &rule);
          }},
         {"submitter",
          [&](const auto& n) {
            List(
                n, &rule.submitters,
                [](const std::string& t) { return absl::StrContains(t, ":"); },
                "a submitter, as \"ori:CA0194200\"");
          }},
         {"state",
          [&](const auto& n) {
            List(
                n, &rule.states,
                [](const std::string& t) { return t.size() == 2; },
                "two letters");
          }},
         {"county",
          [&](const auto& n) {
            List(
                n, &rule.counties,
                [&](const std::string& t) { return digits(t, 5); },
                "five digits, in quotes");
          }},
         {"s2_cell", [&](const auto& n) { ReadCells(n, &rule); }},
         {"finding",
          [&](const auto& n) {
            List(
                n, &rule.findings,
                [](const std::string& t) { return absl::StrContains(t, "."); },
                "a rule of docs/statements.md, as \"window.max\"");
          }},
         {"after",
          [&](const auto& n) {
            absl::Duration after;
            Time(n, &after);
            rule.after = after;
          }},
         {"max_area_square_metres",
          [&](const auto& n) {
            Number(n, UINT64_MAX, &rule.max_area_square_metres);
          }},
         {"max_window", [&](const auto& n) { Time(n, &rule.max_window); }}});
    if (!node.IsMap()) return;
    if (!has_kind) return Fault(node, "a rule without \"on\"");
    if (rule.name.empty()) rule.name = std::string(RuleKindName(rule.kind));
    if (rule.kind == RuleKind::kSilent && !rule.after.has_value()) {
      return Fault(node, "a rule on silence without \"after\"");
    }
    if (!names_.insert(rule.name).second) {
      return Fault(node, absl::StrCat("a second rule \"", rule.name, "\""));
    }
    config_.rules.push_back(std::move(rule));
  }

  void ReadPeers(const YAML::Node& node, std::vector<Peer>* out) {
    if (!node.IsSequence() || node.size() > kMaxPeers) {
      return Fault(node, absl::StrCat("want a list of at most ", kMaxPeers));
    }
    for (const auto& item : node) {
      Peer peer;
      Fields(item,
             {{"name", [&](const auto& n) { Text(n, &peer.name); }},
              {"at", [&](const auto& n) { Text(n, &peer.at); }},
              {"ca_file", [&](const auto& n) { Text(n, &peer.ca_file); }}});
      if (peer.at.empty()) Fault(item, "one without \"at\"");
      if (!peer.ca_file.empty() && !absl::StartsWith(peer.at, "https://")) {
        Fault(item, "a ca_file is for https:// alone");
      }
      if (peer.name.empty()) peer.name = peer.at;
      out->push_back(std::move(peer));
    }
  }

  void ReadOutputs(const YAML::Node& node) {
    uint64_t number = 0;
    Fields(
        node,
        {{"stdout", [&](const auto& n) { Flag(n, &config_.to_output); }},
         {"webhook",
          [&](const auto& n) {
            WebhookConfig& webhook = config_.webhook;
            Fields(n, {{"url", [&](const auto& u) { Text(u, &webhook.url); }},
                       {"ca_file",
                        [&](const auto& c) { Text(c, &webhook.ca_file); }},
                       {"max_queue",
                        [&](const auto& q) {
                          Number(q, 100'000, &number);
                          webhook.max_queue = number;
                        }},
                       {"timeout",
                        [&](const auto& t) { Time(t, &webhook.timeout); }}});
            const bool https = absl::StartsWith(webhook.url, "https://");
            if (!https && !absl::StartsWith(webhook.url, "http://")) {
              Fault(n, "webhook: want an http:// or https:// URL");
            }
            if (!https && !webhook.ca_file.empty()) {
              Fault(n, "webhook: a ca_file is for https:// alone");
            }
          }},
         {"atom", [&](const auto& n) {
            AtomConfig& atom = config_.atom;
            Fields(n, {{"file", [&](const auto& f) { Text(f, &atom.file); }},
                       {"title", [&](const auto& t) { Text(t, &atom.title); }},
                       {"max_entries", [&](const auto& m) {
                          Number(m, 1000, &number);
                          atom.max_entries = number;
                        }}});
            if (atom.file.empty()) Fault(n, "atom: want a file");
          }}});
  }

  MonitorConfig& config_;
  std::set<std::string> names_;
  std::vector<std::string> faults_;
};

void AddTrouble(MonitorConfig* config) {
  for (const RuleKind kind :
       {RuleKind::kUnsound, RuleKind::kInconsistent, RuleKind::kSplitView}) {
    const bool there =
        std::any_of(config->rules.begin(), config->rules.end(),
                    [&](const Rule& rule) { return rule.kind == kind; });
    if (there) continue;
    Rule rule;
    rule.name = std::string(RuleKindName(kind));
    rule.kind = kind;
    config->rules.push_back(std::move(rule));
  }
}

}  // namespace

absl::string_view RuleKindName(RuleKind kind) {
  static_assert(std::size(kNames) == kRuleKinds);
  return kNames[static_cast<size_t>(kind)];
}

MonitorConfig DefaultMonitorConfig() {
  MonitorConfig config;
  AddTrouble(&config);
  return config;
}

absl::StatusOr<MonitorConfig> ParseMonitorConfig(const std::string& yaml) {
  if (yaml.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(yaml.size(), " bytes, want at most ", kMaxBytes));
  }
  MonitorConfig config;
  Parser parser(&config);
  try {
    parser.Read(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  absl::Status status = parser.status();
  if (!status.ok()) return status;
  AddTrouble(&config);
  return config;
}

}  // namespace sightline::monitor
