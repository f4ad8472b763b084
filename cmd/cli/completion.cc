#include "cmd/cli/completion.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/exit_code.h"

namespace sightline::cli {
namespace {

// One command of the tree: its words, what may follow, and its options.
struct Node {
  std::string path;  // "receipt verify"; "" for sightline itself
  std::vector<CLI::App*> commands;
  std::vector<std::string> options;   // "--index"
  std::vector<std::string> operands;  // what may stand without an option
  // "--format" and what may follow it, of options that offer something.
  std::vector<std::pair<std::string, std::vector<std::string>>> values;
};

void AddOption(CLI::Option* option, Node* node) {
  const std::vector<std::string> offered = Offered(option);
  if (option->get_positional()) node->operands = offered;
  for (const std::string& name : option->get_lnames()) {
    node->options.push_back(absl::StrCat("--", name));
    if (!offered.empty()) {
      node->values.emplace_back(node->options.back(), offered);
    }
  }
}

void Walk(CLI::App* app, const std::string& path,
          const std::vector<std::string>& inherited, std::vector<Node>* nodes) {
  Node node;
  node.path = path;
  node.options = inherited;
  for (CLI::Option* option : app->get_options()) AddOption(option, &node);
  for (CLI::App* command : app->get_subcommands({})) {
    node.commands.push_back(command);
  }
  // Options of sightline itself may stand after a subcommand, too.
  const std::vector<std::string> common =
      path.empty() ? node.options : inherited;
  nodes->push_back(node);
  for (CLI::App* command : node.commands) {
    Walk(command,
         path.empty() ? command->get_name()
                      : absl::StrCat(path, " ", command->get_name()),
         common, nodes);
  }
}

// What may stand where no option does: commands and operands.
std::string Words(const Node& node) {
  std::vector<std::string> words = node.operands;
  for (const CLI::App* command : node.commands) {
    words.push_back(command->get_name());
  }
  return absl::StrJoin(words, " ");
}

// A case for each option that offers something. Options of sightline itself may
// follow every command.
std::string ValueCases(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes) {
    const std::string path =
        node.path.empty() ? "*\" " : absl::StrCat("\" ", node.path, " ");
    for (const auto& [option, values] : node.values) {
      absl::StrAppend(&out, "    ", path, option, "\") values='",
                      absl::StrJoin(values, " "), "' ;;\n");
    }
  }
  return out;
}

std::string Bash(const std::vector<Node>& nodes) {
  std::string out =
      "# bash completion for sightline: source <(sightline completion bash)\n"
      "_sightline() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} path= w\n"
      "  local before=${COMP_WORDS[COMP_CWORD-1]}\n"
      // "--format=csv" is three words.
      "  if [[ $word == = ]]; then word=\n"
      "  elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  fi\n"
      "  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $w\" in\n";
  for (const Node& node : nodes) {
    if (node.path.empty()) continue;
    absl::StrAppend(&out, "      \" ", node.path, "\") path=\" ", node.path,
                    "\" ;;\n");
  }
  absl::StrAppend(&out,
                  "    esac\n  done\n"
                  "  local commands= options= values=\n"
                  "  case \"$path $before\" in\n",
                  ValueCases(nodes),
                  "  esac\n"
                  "  case \"$path\" in\n");
  for (const Node& node : nodes) {
    absl::StrAppend(&out, "    \"", node.path.empty() ? "" : " ", node.path,
                    "\") commands='", Words(node), "' options='",
                    absl::StrJoin(node.options, " "), "' ;;\n");
  }
  absl::StrAppend(&out,
                  "  esac\n"
                  "  if [[ -n $values ]]; then\n"
                  "    COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
                  "  elif [[ $word == -* ]]; then\n"
                  "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                  "  else\n"
                  "    COMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))\n"
                  "  fi\n}\n"
                  "complete -o default -F _sightline sightline\n");
  return out;
}

// zsh runs bash completions itself.
std::string Zsh(const std::vector<Node>& nodes) {
  return absl::StrCat(
      "# zsh completion for sightline: source <(sightline completion zsh)\n"
      "autoload -U +X bashcompinit && bashcompinit\n",
      Bash(nodes));
}

std::string Fish(const std::vector<Node>& nodes) {
  std::string out =
      "# fish completion for sightline: sightline completion fish | source\n"
      "function __sightline_at\n"
      "  set -l words (commandline -opc | string match -v -- '-*')[2..]\n"
      "  test \"$words\" = \"$argv\"\nend\n";
  for (const Node& node : nodes) {
    for (const CLI::App* command : node.commands) {
      const std::string help = absl::StrReplaceAll(command->get_description(),
                                                   {{"'", "\\'"}, {"\n", " "}});
      absl::StrAppend(&out, "complete -c sightline -f -n '__sightline_at ",
                      node.path, "' -a ", command->get_name(), " -d '", help,
                      "'\n");
    }
    for (const std::string& option : node.options) {
      absl::StrAppend(&out, "complete -c sightline -n '__sightline_at ",
                      node.path, "' -l ", option.substr(2), "\n");
    }
  }
  return out;
}

}  // namespace

void AddCompletion(CLI::App* app, Invocation* run) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app->add_subcommand(
      "completion", "Print a completion script for a shell");
  command->footer("Example:\n  source <(sightline completion bash)");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  SetAction(command, run, [app, shell, run]() -> absl::StatusOr<int> {
    std::vector<Node> nodes;
    Walk(app, "", {}, &nodes);
    Output out = run->MakeOutput();
    out.Raw(*shell == "bash"  ? Bash(nodes)
            : *shell == "zsh" ? Zsh(nodes)
                              : Fish(nodes));
    return kExitOk;
  });
}

}  // namespace sightline::cli
