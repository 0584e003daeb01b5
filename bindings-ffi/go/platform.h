/* Written from platforms.json: the build has no archive for its platform. */
#if (defined(JOTGATE_LINUX_AMD64) && !__has_include("native/linux_amd64/libjotgate.a")) || \
    (defined(JOTGATE_LINUX_ARM64) && !__has_include("native/linux_arm64/libjotgate.a")) || \
    (defined(JOTGATE_LINUX_AMD64_MUSL) && !__has_include("native/linux_amd64_musl/libjotgate.a")) || \
    (defined(JOTGATE_LINUX_ARM64_MUSL) && !__has_include("native/linux_arm64_musl/libjotgate.a")) || \
    (defined(JOTGATE_DARWIN_ARM64) && !__has_include("native/darwin_arm64/libjotgate.a")) || \
    (defined(JOTGATE_DARWIN_AMD64) && !__has_include("native/darwin_amd64/libjotgate.a")) || \
    (defined(JOTGATE_WINDOWS_AMD64) && !__has_include("native/windows_amd64/libjotgate.a"))
#define JOTGATE_NO_LIBRARY
#endif
