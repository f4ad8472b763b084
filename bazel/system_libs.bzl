"""Debian-packaged C++ libraries and code generators as Bazel targets.

`@system//:NAME` is a cc_library that carries only linker flags (headers are in
/usr/include, which the autodetected toolchain already knows). Bazel does not
track headers under built-in include directories, so an `apt upgrade` would
leave stale objects behind: versions.h holds the Debian versions and is an
input of every dependent compile. tools/bazel sets SYSTEM_LIBS_FINGERPRINT, so
the repository is fetched again whenever those versions change.
"""

def _run(rctx, args):
    r = rctx.execute(args)
    if r.return_code != 0:
        fail("%s failed:\n%s%s" % (" ".join(args), r.stdout, r.stderr))
    return r.stdout.strip()

def _tool(rctx, name):
    path = rctx.which(name)
    if path == None:
        fail("%s is not on PATH; run ./dev setup" % name)
    rctx.symlink(path, "bin/" + name)

def _flags(rctx, pkgs):
    """Deduplicated (copts, linkopts) of some pkg-config modules, order kept (last -l wins)."""
    if not pkgs:
        return [], []
    toks = [t for t in _run(rctx, ["pkg-config", "--cflags", "--libs"] + pkgs).split(" ") if t]
    copts, links = [], []
    for t in toks:
        if t.startswith("-D") and t != "-DNOMINMAX":
            if t[2:] not in copts:
                copts.append(t[2:])
        elif t.startswith("-l") or t.startswith("-Wl") or t == "-pthread":
            if t in links:
                links.remove(t)
            links.append(t)
    return copts, links

def _impl(rctx):
    versions = ["// Written by //bazel:system_libs.bzl; part of every dependent action's key."]
    for deb in rctx.attr.debs:
        v = _run(rctx, ["dpkg-query", "-W", "-f=${Version}", deb])
        versions.append("// %s %s" % (deb, v))
    rctx.file("versions.h", "\n".join(versions) + "\n")

    build = ['package(default_visibility = ["//visibility:public"])', 'exports_files(glob(["bin/*"]) + ["versions.h"])']
    for name, pkgs in rctx.attr.pkgs.items():
        defines, links = _flags(rctx, [p for p in pkgs.split(" ") if p])
        links += [t for t in rctx.attr.extra_linkopts.get(name, "").split(" ") if t]
        build.append("cc_library(name = %r, hdrs = ['versions.h'], defines = %r, linkopts = %r)" % (name, defines, links))

    for t in ["protoc", "grpc_cpp_plugin"]:
        _tool(rctx, t)

    # Well-known types as real inputs: protoc reads them from here.
    rctx.symlink("/usr/include/google/protobuf", "include/google/protobuf")
    build.append("filegroup(name = 'wkt', srcs = glob(['include/google/protobuf/**/*.proto']))")
    rctx.file("BUILD", "\n".join(build) + "\n")

system_libs = repository_rule(
    implementation = _impl,
    attrs = {
        "pkgs": attr.string_dict(mandatory = True),
        "extra_linkopts": attr.string_dict(),
        "debs": attr.string_list(),
    },
    environ = ["SYSTEM_LIBS_FINGERPRINT", "PKG_CONFIG_PATH", "PATH"],
    configure = True,
)
