// Does fentry attach to a kernel function? BTF alone does not tell: a kernel may refuse it
// (lockdown-like: EPERM), or the function at hand (EBUSY).
#pragma once

struct btf;

namespace hoodtrace {

// Loads and attaches an empty program for a moment.
bool fentry_attaches(const btf* types, const char* function);

}  // namespace hoodtrace
