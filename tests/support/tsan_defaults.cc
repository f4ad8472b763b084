// ThreadSanitizer settings of every test that links gRPC; unused in other
// builds.
//
// Debian's gRPC is not instrumented, so the happens-before edges inside it are
// not seen: what its inline code does to its own objects looks racy. race_top
// matches the innermost frame only (^ anchors: handlers have grpc:: types in
// their signatures), so races in our handlers and callbacks are still reported.
extern "C" const char* __tsan_default_suppressions() {
  return "race_top:^grpc::\n"
         "race_top:^std::__atomic_base\n"
         "race_top:^std::_Function_base\n"
         "race_top:^std::function<\n"
         "race_top:^std::enable_if<\n"
         "race_top:^/usr/include/grpcpp/\n"
         "race_top:^/usr/include/google/protobuf/\n";
}
