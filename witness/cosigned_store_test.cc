// What every CosignedStore owes, and what the one of files does when it dies.
#include "witness/cosigned_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/test_vectors.h"
#include "witness/file_cosigned_store.h"
#include "witness/memory_cosigned_store.h"

namespace sightline::witness {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr char kOrigin[] = "example.com/vector-log";

// A tree whose root is `size` and `variant` in bytes.
CosignedTree Tree(uint64_t size, uint8_t variant = 0,
                  absl::string_view origin = kOrigin) {
  CosignedTree tree;
  tree.tree_size = size;
  for (int i = 0; i < 8; ++i) {
    tree.root_hash[i] = static_cast<uint8_t>(size >> (8 * i));
  }
  tree.root_hash[31] = variant;
  checkpoint::Checkpoint text;
  text.origin = std::string(origin);
  text.tree_size = size;
  text.root_hash = tree.root_hash;
  const auto signer = checkpoint::LogSigner();
  tree.note = *checkpoint::SignCheckpoint(text, {&signer, 1});
  return tree;
}

class Folder {
 public:
  Folder() {
    std::string name = absl::StrCat(::testing::TempDir(), "/cosigned.XXXXXX");
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// --- The contract ---------------------------------------------------------------

struct Engine {
  const char* name;
  std::function<std::unique_ptr<CosignedStore>(const std::string& folder)> make;
};

class CosignedStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  Folder folder_;
  std::unique_ptr<CosignedStore> store_ = GetParam().make(folder_.path());
};

TEST_P(CosignedStoreContract, KnowsNothingOfAnOriginAtFirst) {
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(CosignedStoreContract, ReadsBackWhatItStored) {
  ASSERT_OK(store_->Replace(kOrigin, 0, Tree(5)));
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(Tree(5))));
  ASSERT_OK(store_->Replace(kOrigin, 5, Tree(9)));
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(Tree(9))));
}

TEST_P(CosignedStoreContract, KeepsOriginsApart) {
  ASSERT_OK(store_->Replace(kOrigin, 0, Tree(5)));
  ASSERT_OK(store_->Replace("b", 0, Tree(7, 0, "b")));
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(Tree(5))));
  EXPECT_THAT(store_->Read("b"), IsOkAndHolds(Eq(Tree(7, 0, "b"))));
}

TEST_P(CosignedStoreContract, RefusesWhenAnotherTreeIsStored) {
  ASSERT_OK(store_->Replace(kOrigin, 0, Tree(5)));
  EXPECT_THAT(store_->Replace(kOrigin, 0, Tree(6)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store_->Replace(kOrigin, 4, Tree(6)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(Tree(5))));
}

TEST_P(CosignedStoreContract, NeverGoesBackNorSideways) {
  ASSERT_OK(store_->Replace(kOrigin, 0, Tree(5)));
  EXPECT_THAT(store_->Replace(kOrigin, 5, Tree(4)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(store_->Replace(kOrigin, 5, Tree(5, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(store_->Read(kOrigin), IsOkAndHolds(Eq(Tree(5))));
  EXPECT_OK(store_->Replace(kOrigin, 5, Tree(5)));
}

TEST_P(CosignedStoreContract, LetsOneOfManyBeFirst) {
  std::atomic<int> stored{0};
  std::vector<std::thread> threads;
  for (uint8_t i = 0; i < 8; ++i) {
    threads.emplace_back([this, i, &stored] {
      if (store_->Replace(kOrigin, 0, Tree(5, i)).ok()) ++stored;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Engines, CosignedStoreContract,
    ::testing::Values(
        Engine{"Memory",
               [](const std::string&) {
                 return std::make_unique<MemoryCosignedStore>();
               }},
        Engine{"Files",
               [](const std::string& folder) {
                 return std::move(FileCosignedStore::Open(folder)).value();
               }}),
    [](const auto& info) { return info.param.name; });

// --- Files ----------------------------------------------------------------------

using Step = FileCosignedStore::Step;

std::unique_ptr<FileCosignedStore> OpenOrDie(
    const std::string& folder, FileCosignedStore::Options options = {}) {
  return std::move(FileCosignedStore::Open(folder, std::move(options))).value();
}

TEST(FileCosignedStore, IsOneProcesssAlone) {
  Folder folder;
  const auto store = OpenOrDie(folder.path());
  EXPECT_THAT(FileCosignedStore::Open(folder.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("in use by another process")));
}

TEST(FileCosignedStore, RemembersAfterItWasClosed) {
  Folder folder;
  ASSERT_OK(OpenOrDie(folder.path())->Replace(kOrigin, 0, Tree(5)));
  EXPECT_THAT(OpenOrDie(folder.path())->Read(kOrigin),
              IsOkAndHolds(Eq(Tree(5))));
}

TEST(FileCosignedStore, RefusesANoteThatIsNotTheTrees) {
  Folder folder;
  const auto store = OpenOrDie(folder.path());
  CosignedTree wrong = Tree(5);
  wrong.tree_size = 6;
  EXPECT_THAT(store->Replace(kOrigin, 0, wrong),
              StatusIs(absl::StatusCode::kInternal));
}

// Every byte of the file matters: none of its damages is read as a tree.
TEST(FileCosignedStore, SaysThatADamagedFileIsDamaged) {
  Folder folder;
  const auto store = OpenOrDie(folder.path());
  ASSERT_OK(store->Replace(kOrigin, 0, Tree(5)));
  const std::string path = store->PathOf(kOrigin);
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  ASSERT_GT(bytes.size(), 200u);
  const auto write = [&path](const std::string& contents) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
  };
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    write(flipped);
    ASSERT_THAT(store->Read(kOrigin), StatusIs(absl::StatusCode::kDataLoss))
        << "byte " << i;
    write(bytes.substr(0, i));
    ASSERT_THAT(store->Read(kOrigin), StatusIs(absl::StatusCode::kDataLoss))
        << "cut at " << i;
  }
  EXPECT_THAT(store->Replace(kOrigin, 0, Tree(6)),
              StatusIs(absl::StatusCode::kDataLoss));
}

class DiesAt : public ::testing::TestWithParam<Step> {};

// Kills a child process at each step; whoever opens the folder next finds the
// old tree or the new one, and can go on from it.
TEST_P(DiesAt, LeavesTheOldTreeOrTheNew) {
  Folder folder;
  ASSERT_OK(OpenOrDie(folder.path())->Replace(kOrigin, 0, Tree(5)));
  const pid_t child = fork();
  if (child == 0) {
    FileCosignedStore::Options options;
    options.at_step = [](Step step) {
      if (step == GetParam()) raise(SIGKILL);
      return absl::OkStatus();
    };
    (void)OpenOrDie(folder.path(), options)->Replace(kOrigin, 5, Tree(9));
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  const auto store = OpenOrDie(folder.path());
  const auto left = store->Read(kOrigin);
  ASSERT_OK(left);
  ASSERT_TRUE(left->has_value());
  const bool renamed = GetParam() > Step::kRename;
  EXPECT_EQ(**left, renamed ? Tree(9) : Tree(5));
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    (void)file;
    ++files;
  }
  EXPECT_EQ(files, 2u) << "the tree and LOCK";
  EXPECT_OK(store->Replace(kOrigin, (*left)->tree_size, Tree(12)));
}

TEST_P(DiesAt, KeepsOneOfTheTwoWhenTheStepFails) {
  Folder folder;
  ASSERT_OK(OpenOrDie(folder.path())->Replace(kOrigin, 0, Tree(5)));
  FileCosignedStore::Options options;
  bool failing = true;
  options.at_step = [&failing](Step step) {
    return failing && step == GetParam() ? absl::UnavailableError("no")
                                         : absl::OkStatus();
  };
  const auto store = OpenOrDie(folder.path(), options);
  EXPECT_THAT(store->Replace(kOrigin, 5, Tree(9)),
              StatusIs(absl::StatusCode::kUnavailable));
  failing = false;
  const auto left = store->Read(kOrigin);
  ASSERT_OK(left);
  ASSERT_TRUE(left->has_value());
  EXPECT_EQ(**left, GetParam() > Step::kRename ? Tree(9) : Tree(5));
  EXPECT_OK(store->Replace(kOrigin, (*left)->tree_size, Tree(12)));
}

INSTANTIATE_TEST_SUITE_P(Steps, DiesAt,
                         ::testing::Values(Step::kWrite, Step::kSyncFile,
                                           Step::kRename, Step::kSyncFolder,
                                           Step::kDone));

}  // namespace
}  // namespace sightline::witness
