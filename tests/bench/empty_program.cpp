#include "bench/empty_program.hpp"

#include <bpf/libbpf.h>

#include <memory>

#include "empty.skel.h"

namespace hoodtrace::bench {
namespace {

struct Attached {
  empty_bpf* skeleton = nullptr;
  bpf_link* link = nullptr;
};

int say_nothing(libbpf_print_level, const char*, va_list) { return 0; }

}  // namespace

Variant empty_program_variant(const std::string& hook) {
  return program_variant("empty program, " + hook, "empty_" + hook);
}

Variant program_variant(const std::string& name, const std::string& program_name) {
  auto attached = std::make_shared<Attached>();
  return {name,
          [attached, program_name] {
            libbpf_set_print(say_nothing);
            attached->skeleton = empty_bpf__open();
            if (attached->skeleton == nullptr) return false;
            bpf_program* program =
                bpf_object__find_program_by_name(attached->skeleton->obj, program_name.c_str());
            if (program == nullptr) return false;
            bpf_program__set_autoload(program, true);
            if (empty_bpf__load(attached->skeleton) != 0) return false;
            attached->link = bpf_program__attach(program);
            return attached->link != nullptr;
          },
          [attached] {
            bpf_link__destroy(attached->link);
            empty_bpf__destroy(attached->skeleton);
            *attached = {};
          }};
}

}  // namespace hoodtrace::bench
