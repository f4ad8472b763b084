#include "cmd/cli/progress_bar.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

namespace sightline::cli {
namespace {

class ProgressBarTest : public ::testing::Test {
 protected:
  Invocation On(bool terminal) {
    Surroundings around;
    around.err = &err_;
    around.err_is_terminal = terminal;
    return Invocation(around);
  }

  std::ostringstream err_;
  Invocation run_ = On(true);
};

TEST_F(ProgressBarTest, ShowsTheShareOfTheWhole) {
  ProgressBar bar(run_, "rows");
  bar.Show(50, 200);
  EXPECT_EQ(err_.str(), "\r[" + std::string(10, '#') + std::string(30, ' ') +
                            "] 25 % of 200 rows");
}

TEST_F(ProgressBarTest, WritesNothingThatLooksTheSame) {
  ProgressBar bar(run_, "rows");
  bar.Show(1000, 1000000);
  const std::string shown = err_.str();
  bar.Show(1001, 1000000);
  EXPECT_EQ(err_.str(), shown);
}

TEST_F(ProgressBarTest, GoesNoFurtherThanTheWhole) {
  ProgressBar bar(run_, "rows");
  bar.Show(7, 3);
  EXPECT_EQ(err_.str(), "\r[" + std::string(40, '#') + "] 100 % of 3 rows");
}

TEST_F(ProgressBarTest, TakesItsLineAway) {
  auto bar = std::make_unique<ProgressBar>(run_, "rows");
  bar->Show(1, 1);
  err_.str("");
  bar.reset();
  EXPECT_EQ(err_.str(), "\r\033[K");
}

TEST_F(ProgressBarTest, SaysNothingOfNothing) {
  { ProgressBar(run_, "rows").Show(0, 0); }
  EXPECT_EQ(err_.str(), "");
}

TEST_F(ProgressBarTest, SaysNothingWhereNobodyLooks) {
  { ProgressBar(On(false), "rows").Show(1, 2); }
  EXPECT_EQ(err_.str(), "");
}

TEST_F(ProgressBarTest, SaysNothingBesideJson) {
  run_.json = true;
  { ProgressBar(run_, "rows").Show(1, 2); }
  EXPECT_EQ(err_.str(), "");
}

}  // namespace
}  // namespace sightline::cli
