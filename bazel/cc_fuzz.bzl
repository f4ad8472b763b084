"""A libFuzzer target: replays its corpus as a test, fuzzes with --config=fuzz."""

def cc_fuzz_test(name, srcs, corpus, deps = [], tags = [], **kwargs):
    """Two targets from one source file that defines LLVMFuzzerTestOneInput.

    Args:
      name: NAME is the corpus replay, an ordinary test with any compiler;
        NAME_bin is the fuzzer: `bazel run --config=fuzz //...:NAME_bin -- DIR`.
      srcs: the one source file.
      corpus: labels of the committed inputs; must not be empty.
      deps: libraries under test.
      tags: further tags of the replay test.
      **kwargs: passed to both.
    """
    native.cc_binary(
        name = name + "_bin",
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
        **kwargs
    )
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs + ["//tests/fuzz:replay_main.cc"],
        args = ["$(locations %s)" % c for c in corpus],
        data = corpus,
        tags = tags + ["fuzz"],
        deps = deps,
        **kwargs
    )
